-- `:CodeRoute <what>`.
local handlers = require('coderoute.handlers')
local instruction = require('coderoute.instruction')
local say = require('coderoute.say')
local server = require('coderoute.server')

local show = require('coderoute.scratch').show

local M = {}

local QUALITIES = { 'economy', 'balanced', 'best' }

--- LSP range of the lines the command was given, or of the cursor.
local function range_of(opts, client)
  if opts.range == 0 then
    local at = vim.lsp.util.make_position_params(0, client.offset_encoding).position
    return { start = at, ['end'] = at }
  end
  local last = vim.api.nvim_buf_get_lines(0, opts.line2 - 1, opts.line2, false)[1] or ''
  local width = vim.str_utfindex(last, client.offset_encoding)
  return { start = { line = opts.line1 - 1, character = 0 }, ['end'] = { line = opts.line2 - 1, character = width } }
end

local function choose(choice)
  return function()
    if handlers.job then
      server.execute('coderoute.choose', { job = handlers.job.job, choice = choice })
    else
      vim.notify('CodeRoute: no job to ' .. choice)
    end
  end
end

local subcommands = {
  why = function()
    server.execute('coderoute.why', { uri = vim.uri_from_bufnr(0) }, function(why)
      show('why', why.text)
    end)
  end,
  usage = function()
    server.execute('coderoute.usage', vim.empty_dict(), function(usage)
      show('usage', usage.text)
    end)
  end,
  quality = function(_, quality)
    local write = function(picked)
      if picked then
        server.execute('coderoute.setQuality', { uri = vim.uri_from_bufnr(0), quality = picked })
      end
    end
    if quality ~= '' then
      write(quality)
    else
      vim.ui.select(QUALITIES, { prompt = 'Quality for this workspace' }, write)
    end
  end,
  edit = function(opts, words)
    local client = server.client()
    if client then
      instruction.edit(range_of(opts, client), words)
    else
      server.execute('coderoute.run', {}) -- says why there is none
    end
  end,
  ask = function(_, question)
    instruction.follow_up(question)
  end,
  sent = function()
    instruction.sent()
  end,
  pause = function()
    server.execute('coderoute.pause', vim.empty_dict())
  end,
  cancel = function()
    for token, job in pairs(handlers.running) do
      local client = vim.lsp.get_client_by_id(job.client_id)
      if client then
        client:notify('window/workDoneProgress/cancel', { token = token })
      end
    end
  end,
  last = function()
    show('last', say.last ~= '' and say.last or 'Nothing was said yet.')
  end,
  keep = choose('keep'),
  undo = choose('undo'),
  retry = choose('retry'),
  show = choose('show'),
}

--- Runs `:CodeRoute`.
function M.run(opts)
  local name, rest = opts.args:match('^(%S+)%s*(.*)$')
  local run = subcommands[name]
  if run then
    run(opts, rest)
  else
    vim.notify('CodeRoute: no such command: ' .. tostring(name), vim.log.levels.ERROR)
  end
end

--- Completes `:CodeRoute`.
function M.complete(lead, line)
  if line:match('^%S*CodeRoute%s+edit%s') then
    return instruction.complete(lead)
  end
  local choices = line:match('^%S*CodeRoute%s+quality%s') and QUALITIES or vim.tbl_keys(subcommands)
  table.sort(choices)
  return vim.tbl_filter(function(choice)
    return vim.startswith(choice, lead)
  end, choices)
end

return M
