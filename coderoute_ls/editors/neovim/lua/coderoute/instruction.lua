-- `:CodeRoute edit`: what should change, from which files, by whom and for how much.
local server = require('coderoute.server')

local M = {}

local function price(usd)
  return type(usd) == 'number' and usd > 0 and ('≈ $%.4f'):format(usd) or 'free'
end

--- The words without what is named in them, and that: `@file`, `@file:10-20`, `@file#symbol`.
function M.parse(words)
  local named, rest = {}, {}
  for word in words:gmatch('%S+') do
    local path, mark, part = word:match('^@([^:#]+)([:#]?)(.*)$')
    if not path then
      rest[#rest + 1] = word
    else
      local item = { uri = vim.uri_from_fname(vim.fn.fnamemodify(path, ':p')) }
      local first, last = part:match('^(%d+)-?(%d*)$')
      if mark == ':' and first then
        item.range = M.lines(tonumber(first), tonumber(last) or tonumber(first))
      elseif mark == '#' then
        item.symbol = part
      end
      named[#named + 1] = item
    end
  end
  return table.concat(rest, ' '), named
end

--- LSP range of whole lines, counted from 1.
function M.lines(first, last)
  return { start = { line = first - 1, character = 0 }, ['end'] = { line = last, character = 0 } }
end

--- Completes `@file` in a command or in the box.
function M.complete(lead)
  if not vim.startswith(lead, '@') then
    return {}
  end
  return vim.tbl_map(function(file)
    return '@' .. file
  end, vim.fn.getcompletion(lead:sub(2), 'file'))
end

local function tell(problem)
  vim.notify('CodeRoute: ' .. problem, vim.log.levels.WARN)
end

--- What can be done now, as a list of { label, what it does }.
local function choices(box, preview, again)
  local rows = {}
  local function add(label, act)
    rows[#rows + 1] = { label = label, act = act }
  end
  if preview.problem == '' then
    add(('Ask %s (%s)'):format(preview.model, price(preview.costUsd)), function()
      server.execute('coderoute.run', box)
    end)
  end
  for _, quality in ipairs(preview.qualities or {}) do
    if quality.problem == '' and quality.floor ~= preview.floor then
      local label = ('At %.2f: %s (%s)'):format(quality.floor, quality.model, price(quality.costUsd))
      add(label, function()
        again(vim.tbl_extend('force', box, { floor = quality.floor }))
      end)
    end
  end
  for at, shown in ipairs(preview.context or {}) do
    local size = shown.problem ~= '' and shown.problem or ('%d characters'):format(shown.chars)
    add(('Leave out %s (%s)'):format(shown.label, size), function()
      table.remove(box.context, at)
      again(box)
    end)
  end
  add('Change the words', function()
    M.ask(box)
  end)
  add('Show what was sent last', function()
    M.sent()
  end)
  return rows
end

--- Shows who would answer and what can be changed, then does what is chosen.
local function offer(box)
  server.request('coderoute/preview', box, function(preview)
    local prompt = preview.problem ~= '' and ('Nothing would be sent: ' .. preview.problem)
      or ('%s (floor %.2f)'):format(box.instruction, preview.floor)
    vim.ui.select(choices(box, preview, offer), {
      prompt = prompt,
      kind = 'coderoute',
      format_item = function(row)
        return row.label
      end,
    }, function(row)
      if row then
        row.act()
      end
    end)
  end)
end

--- Asks for the words; who would answer and the price stand in front of them.
function M.ask(box)
  server.request('coderoute/preview', box, function(preview)
    if preview.problem ~= '' then
      return tell(preview.problem)
    end
    server.request('coderoute/instructions', vim.empty_dict(), function(earlier)
      for at = #(earlier.items or {}), 1, -1 do
        vim.fn.histadd('input', earlier.items[at]) -- the latest is the first that the up key brings
      end
      vim.ui.input({
        prompt = ('Edit by %s (%s): '):format(preview.model, price(preview.costUsd)),
        default = box.instruction,
        completion = "customlist,v:lua.require'coderoute.instruction'.complete",
      }, function(words)
        if words and vim.trim(words) ~= '' then
          local instruction, named = M.parse(words)
          offer(vim.tbl_extend('force', box, { instruction = instruction, context = vim.list_extend(box.context, named) }))
        end
      end)
    end)
  end)
end

--- `:CodeRoute edit {words}`: with an instruction it is run at once, without one it is asked for.
function M.edit(range, words)
  local instruction, named = M.parse(words)
  local box = { action = 'edit', uri = vim.uri_from_bufnr(0), range = range, instruction = instruction, context = named }
  if instruction == '' then
    M.ask(box)
  else
    server.execute('coderoute.run', box)
  end
end

--- `:CodeRoute sent`: what the last action sent, from the server's memory.
function M.sent()
  server.execute('coderoute.sent', vim.empty_dict(), function(sent)
    require('coderoute.scratch').show('sent', sent.text)
  end)
end

--- `:CodeRoute ask {question}`: about the last explanation or edit.
function M.follow_up(question)
  local function run(job, words)
    server.execute('coderoute.followUp', { job = job, question = words })
  end
  if question ~= '' then
    return run('', question)
  end
  server.request('coderoute/conversation', vim.empty_dict(), function(seen)
    if seen.problem ~= '' then
      return tell(seen.problem)
    end
    local prompt = ('%s: ask %s (%s): '):format(seen.title, seen.model, price(seen.costUsd))
    vim.ui.input({ prompt = prompt }, function(words)
      if words and vim.trim(words) ~= '' then
        run(seen.job, words)
      end
    end)
  end)
end

return M
