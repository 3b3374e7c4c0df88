-- `:CodeRoute <what>`.
local control = require('coderoute.control')
local handlers = require('coderoute.handlers')
local instruction = require('coderoute.instruction')
local review = require('coderoute.review')
local say = require('coderoute.say')
local server = require('coderoute.server')

local show = require('coderoute.scratch').show

local M = {}

local QUALITIES = { 'economy', 'balanced', 'best' }

--- About the edit under review here, else about the last one; `change`: about the change at the cursor.
local function choose(choice)
  return function(_, what)
    local job = review.job() or (handlers.job and handlers.job.job)
    if what == 'change' and (choice == 'keep' or choice == 'reject') then
      review.decide(choice)
    elseif job then
      server.execute('coderoute.choose', { job = job, choice = choice == 'reject' and 'undo' or choice })
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
      instruction.edit(control.range(client, opts), words)
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
  suggest = function()
    require('coderoute').next_edit()
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
  reject = choose('reject'),
  next = function()
    review.go(1)
  end,
  previous = function()
    review.go(-1)
  end,
  diff = review.diff,
  retry = choose('retry'),
  show = choose('show'),
}

for name, run in pairs(control.subcommands) do
  subcommands[name] = run
end

--- What may follow a subcommand, by its name.
local arguments = vim.tbl_extend('error', control.arguments, {
  quality = function()
    return QUALITIES
  end,
  keep = function()
    return { 'change' }
  end,
  reject = function()
    return { 'change' }
  end,
})

--- Runs `:CodeRoute`; without a word it shows the menu.
function M.run(opts)
  local name, rest = opts.args:match('^(%S+)%s*(.*)$')
  local run = subcommands[name or 'menu']
  if run then
    run(opts, rest or '')
  else
    vim.notify('CodeRoute: no such command: ' .. name, vim.log.levels.ERROR)
  end
end

--- Completes `:CodeRoute`.
function M.complete(lead, line)
  if line:match('^%S*CodeRoute%s+edit%s') then
    return instruction.complete(lead)
  end
  local name = line:match('CodeRoute%s+(%S+)%s')
  local choices = name == nil and vim.tbl_keys(subcommands) or arguments[name] and arguments[name]() or {}
  table.sort(choices)
  return vim.tbl_filter(function(choice)
    return vim.startswith(choice, lead)
  end, choices)
end

return M
