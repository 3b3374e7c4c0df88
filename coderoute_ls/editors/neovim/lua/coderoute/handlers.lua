-- What the server tells and asks beyond plain LSP.
local reports = require('coderoute.reports')
local say = require('coderoute.say')

local M = {}

--- The last `coderoute/status`, for a statusline.
M.status = nil
--- The last finished job that leaves a choice.
M.job = nil
--- Tokens of running jobs, by token.
M.running = {}

--- Whether next edits are suggested in any folder: where they are not, nothing is asked.
function M.suggests_next_edits()
  return M.status ~= nil and M.status.nextEdits == true
end

local function client_of(ctx)
  return assert(vim.lsp.get_client_by_id(ctx.client_id))
end

--- ``refactor`` → ``Refactor by swift, $0.0002``.
local function summary(job)
  local title = job.action:sub(1, 1):upper() .. job.action:sub(2):gsub('_', ' ')
  local model = job.model ~= nil and job.model ~= vim.NIL and job.model ~= '' and job.model or 'CodeRoute'
  local cost = type(job.costUsd) == 'number' and job.costUsd > 0 and (', $%.4f'):format(job.costUsd) or ''
  return ('%s by %s%s'):format(title, model, cost)
end

local function finished(job)
  M.job = job
  if job.outcome == 'failed' then
    return -- the server says so itself, in every editor
  end
  local problems = job.problems or {}
  local lines = vim.list_extend(job.message ~= '' and { job.message } or {}, problems)
  local choices = vim.tbl_map(function(choice)
    return choice.choice
  end, job.choices or {})
  if #lines == 0 and (#choices == 0 or require('coderoute.review').is_shown(job.job)) then
    return -- the marks say it, and stay
  end
  local whole = vim.list_extend({ summary(job) }, lines)
  for _, choice in ipairs(job.choices or {}) do
    whole[#whole + 1] = (':CodeRoute %s  %s'):format(choice.choice, choice.title)
  end
  local first = #problems > 0 and table.concat(lines, ' ') or summary(job)
  local how = #choices > 0 and ('  [:CodeRoute %s]'):format(table.concat(choices, '|')) or ''
  say.one_line(first, how, table.concat(whole, '\n'), #problems > 0 and vim.log.levels.WARN or vim.log.levels.INFO)
end

M.all = {
  ['window/showDocument'] = reports.show,
  ['workspace/textDocumentContent/refresh'] = reports.refresh,
  ['coderoute/status'] = function(_, status)
    local newly = status.nextEdits and not M.suggests_next_edits()
    M.status = status
    if newly then
      require('coderoute.next_edit').again()
    end
    vim.cmd.redrawstatus({ bang = true })
  end,
  ['coderoute/review'] = function(_, review, ctx)
    require('coderoute.review').told(review, client_of(ctx))
  end,
  ['coderoute/jobFinished'] = function(_, job)
    finished(job)
  end,
  ['coderoute/applyGroupedEdit'] = function(_, params, ctx)
    return require('coderoute.edits').apply(params, client_of(ctx))
  end,
  ['window/showMessage'] = function(_, params)
    local levels = { vim.log.levels.ERROR, vim.log.levels.WARN }
    say.one_line(params.message, '', params.message, levels[params.type] or vim.log.levels.INFO)
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
