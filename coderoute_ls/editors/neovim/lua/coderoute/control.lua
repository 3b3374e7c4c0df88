-- Actions by name, prompts of one's own, the model picker, silence, the day's budget: what `:CodeRoute` and keys ask for.
local handlers = require('coderoute.handlers')
local server = require('coderoute.server')

local M = {}

local NEED_A_PROBLEM = { fix = true, explain_error = true }
local COMMIT = 'commit_message'
local BAR = 10

local function uri()
  return vim.uri_from_bufnr(0)
end

--- LSP range of the lines a command was given, of what is selected, or of the cursor.
function M.range(client, opts)
  local encoding = client.offset_encoding
  if opts and opts.range and opts.range > 0 then
    local last = vim.api.nvim_buf_get_lines(0, opts.line2 - 1, opts.line2, false)[1] or ''
    local width = vim.str_utfindex(last, encoding)
    return { start = { line = opts.line1 - 1, character = 0 }, ['end'] = { line = opts.line2 - 1, character = width } }
  end
  if vim.fn.mode():match('^[vV\22]') then
    return vim.lsp.util.make_given_range_params(nil, nil, 0, encoding).range
  end
  local at = vim.lsp.util.make_position_params(0, encoding).position
  return { start = at, ['end'] = at }
end

local function say(result)
  vim.notify('CodeRoute: ' .. result.text)
end

--- Starts an action at the cursor, on the selection or on a command's lines; `more.offer`: ask this offer, this time.
function M.run(action, opts, more)
  local client = server.client()
  if not client then
    return server.execute('coderoute.run', {}) -- it says what is missing
  end
  if action == COMMIT then
    return server.execute('coderoute.commitMessage', vim.tbl_extend('force', { uri = uri() }, more or {}))
  end
  local run = { action = action, uri = uri(), range = M.range(client, opts) }
  if NEED_A_PROBLEM[action] then
    run.diagnostics = vim.lsp.diagnostic.from(vim.diagnostic.get(0, { lnum = run.range.start.line }))
    if #run.diagnostics == 0 then
      return vim.notify('CodeRoute: there is no problem in this line; go to one with ]d')
    end
    run.range = run.diagnostics[1].range
  end
  server.execute('coderoute.run', vim.tbl_extend('force', run, more or {}))
end

--- All actions of this buffer, the user's own prompts last; waits a moment for the server, for completing a command line.
function M.actions()
  local client = server.client()
  if not client then
    return {}
  end
  local run = { command = 'coderoute.actions', arguments = { { uri = uri() } } }
  local answer = client:request_sync('workspace/executeCommand', run, 500)
  return answer and answer.result and answer.result.actions or {}
end

--- Asks for one of the actions that `wanted` lets through; not where it is `named`.
local function pick_action(prompt, wanted, picked, named)
  server.execute('coderoute.actions', { uri = uri() }, function(offered)
    local listed = vim.tbl_filter(wanted, offered.actions)
    if #listed == 0 then
      local problems = table.concat(offered.problems, '; ')
      local none = problems ~= '' and problems or 'write one into ' .. offered.promptsFolder .. ' (:help coderoute-prompts)'
      return vim.notify('CodeRoute: there is no such action; ' .. none)
    end
    if named and #listed == 1 then
      return picked(listed[1])
    end
    vim.ui.select(listed, {
      prompt = prompt,
      format_item = function(action)
        return ('%s (floor %.2f)'):format(action.title, action.floor)
      end,
    }, function(action)
      if action then
        picked(action)
      end
    end)
  end)
end

--- ``swift  ≈ $0.0002, 0.6 s, score 0.78``
local function told(offer)
  local price = offer.usd > 0 and ('≈ $%.2g'):format(offer.usd) or 'free'
  local marks = (offer['local'] and ', on this machine' or '') .. (offer.chosen and ', asked now' or '')
  local score = type(offer.score) == 'number' and (', score %.2f'):format(offer.score) or ''
  return ('%s  %s, %.1f s%s%s'):format(offer.name, price, offer.firstTokenS, score, marks)
end

local function pick_scope(action, offer)
  local scopes = { { 'folder', 'In this folder' }, { 'always', 'Always' } }
  if action.file ~= '' then
    scopes = {}
  end
  if offer.id and action.kind ~= '' then
    table.insert(scopes, 1, { 'once', 'This time' })
  end
  vim.ui.select(scopes, {
    prompt = ('%s by %s: for how long?'):format(action.title, offer.name),
    format_item = function(scope)
      return scope[2]
    end,
  }, function(scope)
    if not scope then
      return
    elseif scope[1] == 'once' then
      return M.run(action.id, nil, { offer = offer.id })
    end
    local choice = { action = action.id, uri = uri(), scope = scope[1], offer = offer.id or vim.NIL }
    server.execute('coderoute.chooseModel', choice, say)
  end)
end

local function pick_offer(action)
  local client = assert(server.client())
  server.execute('coderoute.offers', { action = action.id, uri = uri(), range = M.range(client) }, function(found)
    if #found.offers == 0 then
      return vim.notify('CodeRoute: ' .. found.whyNone, vim.log.levels.WARN)
    end
    local listed = vim.list_extend({}, found.offers)
    if type(found.model) == 'string' then
      table.insert(listed, 1, { name = 'whichever is cheapest', reset = ('%s is set, %s'):format(found.model, found.modelFrom) })
    end
    vim.ui.select(listed, {
      prompt = ('%s: models that reach %.2f (%s)'):format(action.title, found.floor, found.floorFrom),
      format_item = function(offer)
        return offer.reset and ('Whichever is cheapest again (%s)'):format(offer.reset) or told(offer)
      end,
    }, function(offer)
      if offer then
        pick_scope(action, offer)
      end
    end)
  end)
end

--- Picks the model of an action: for this time, for this folder, or always.
function M.model(id)
  if not server.client() then
    return server.execute('coderoute.offers', {})
  end
  pick_action('Model of which action?', function(action)
    return id == nil or id == '' or action.id == id
  end, pick_offer, true)
end

--- Runs a prompt of one's own: this one, else one that is picked.
function M.prompt(id, opts)
  if id and id ~= '' then
    return M.run(id, opts)
  end
  pick_action('Which prompt?', function(action)
    return action.file ~= ''
  end, function(action)
    M.run(action.id, opts)
  end)
end

--- Suggests nothing for so many minutes; 0: again. Without a number it asks.
function M.snooze(minutes)
  local number = tonumber(minutes)
  if number then
    return server.execute('coderoute.snooze', { minutes = number })
  end
  local choices = { { 5, '5 minutes' }, { 60, 'An hour' }, { 0, 'Suggest again now' } }
  vim.ui.select(choices, {
    prompt = 'Snooze ghost text and next edits',
    format_item = function(choice)
      return choice[2]
    end,
  }, function(choice)
    if choice then
      M.snooze(choice[1])
    end
  end)
end

--- Suggestions in this buffer's language: 'on', 'off', or the other of the two.
function M.language(wanted)
  local client = server.client()
  local language = client and client.get_language_id(0, vim.bo.filetype) or vim.bo.filetype
  local switch = { language = language, uri = uri(), on = ({ on = true, off = false })[wanted] }
  server.execute('coderoute.switchLanguage', switch, say)
end

--- Today's spending as a bar with its numbers: ``█░░░░░░░░░ $0.42 of $5.00``; '' before the server has told it.
function M.budget()
  local status = handlers.status
  if not status then
    return ''
  end
  local spent, most = status.todayUsd or 0, status.dailyUsd or 0
  local full = most > 0 and math.min(BAR, math.ceil(spent / most * BAR - 1e-9)) or (spent > 0 and BAR or 0)
  local word = spent >= most and ' (only free models)' or spent >= most * (status.warnAt or 1) and ' (nearly used up)' or ''
  return ('%s%s $%.2f of $%.2f%s'):format(('█'):rep(full), ('░'):rep(BAR - full), spent, most, word)
end

--- ``snoozed until 15:42``, ``off in markdown``; '' while everything is suggested.
function M.silence()
  local status = handlers.status or {}
  if (status.snoozedUntil or 0) > 0 then
    return 'snoozed until ' .. os.date('%H:%M', status.snoozedUntil)
  end
  local client = server.client()
  local language = client and client.get_language_id(0, vim.bo.filetype)
  return language and vim.list_contains(status.languagesOff or {}, language) and 'off in ' .. language or ''
end

--- What a click on VS Code's status bar offers, as a list.
function M.menu()
  local entries = {
    { 'Why this model?', 'why' },
    { 'Prompts of your own', 'prompt' },
    { 'Model of an action', 'model' },
    { 'Quality for this workspace', 'quality' },
    { 'Snooze suggestions ' .. M.silence(), 'snooze' },
    { 'Suggestions in this language: on or off', 'language' },
    { 'Pause or resume', 'pause' },
    { 'Usage  ' .. M.budget(), 'usage' },
  }
  vim.ui.select(entries, {
    prompt = 'CodeRoute',
    format_item = function(entry)
      return vim.trim(entry[1])
    end,
  }, function(entry)
    if entry then
      vim.cmd.CodeRoute(entry[2])
    end
  end)
end

--- Ours among the code actions at the cursor.
function M.act()
  vim.lsp.buf.code_action({
    filter = function(action)
      return (action.kind or ''):find('.coderoute', 1, true) ~= nil
    end,
  })
end

local function of(action)
  return function(opts)
    M.run(action, opts)
  end
end

--- For `:CodeRoute`, by name.
M.subcommands = {
  act = M.act,
  refactor = of('refactor'),
  document = of('document'),
  fix = of('fix'),
  explain = of('explain'),
  explain_error = of('explain_error'),
  tests = of('tests'),
  commit = of(COMMIT),
  menu = M.menu,
  prompt = function(opts, id)
    M.prompt(id, opts)
  end,
  model = function(_, id)
    M.model(id)
  end,
  snooze = function(_, minutes)
    M.snooze(minutes)
  end,
  language = function(_, wanted)
    M.language(wanted)
  end,
}

--- What may follow a subcommand.
M.arguments = {
  snooze = function()
    return { '0', '5', '60' }
  end,
  language = function()
    return { 'off', 'on' }
  end,
  prompt = function()
    return vim.tbl_map(function(action)
      return action.file ~= '' and action.id or nil
    end, M.actions())
  end,
  model = function()
    return vim.tbl_map(function(action)
      return action.id
    end, M.actions())
  end,
}

return M
