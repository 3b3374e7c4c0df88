-- What the server tells and asks beyond plain LSP.
local M = {}

--- The last `coderoute/status`, for a statusline.
M.status = nil
--- The last finished job that leaves a choice.
M.job = nil
--- Tokens of running jobs, by token.
M.running = {}

local function client_of(ctx)
  return assert(vim.lsp.get_client_by_id(ctx.client_id))
end

local function finished(job)
  M.job = job
  if job.outcome == 'failed' then
    return -- the server says so itself, in every editor
  end
  local lines = vim.list_extend(job.message ~= '' and { job.message } or {}, job.problems or {})
  for _, choice in ipairs(job.choices or {}) do
    lines[#lines + 1] = (':CodeRoute %s  %s'):format(choice.choice, choice.title)
  end
  if #lines > 0 then
    vim.notify(table.concat(lines, '\n'), #(job.problems or {}) > 0 and vim.log.levels.WARN or vim.log.levels.INFO)
  end
end

M.all = {
  ['coderoute/status'] = function(_, status)
    M.status = status
    vim.cmd.redrawstatus({ bang = true })
  end,
  ['coderoute/jobFinished'] = function(_, job)
    finished(job)
  end,
  ['coderoute/applyGroupedEdit'] = function(_, params, ctx)
    return require('coderoute.edits').apply(params, client_of(ctx))
  end,
  ['coderoute/input'] = function(_, params)
    local text = vim.fn.input({ prompt = params.prompt .. ' ', cancelreturn = vim.NIL })
    return { text = text }
  end,
}

--- Remembers which jobs run, for `:CodeRoute cancel`.
function M.progress(client_id, params)
  local kind = params.value.kind
  M.running[params.token] = kind ~= 'end' and { client_id = client_id, title = params.value.title } or nil
  vim.cmd.redrawstatus({ bang = true })
end

return M
