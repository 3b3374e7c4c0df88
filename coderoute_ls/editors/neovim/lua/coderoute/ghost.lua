-- Ghost text for Neovim without vim.lsp.inline_completion (before 0.12).
local server = require('coderoute.server')

local M = {}

local METHOD = 'textDocument/inlineCompletion'
local DEBOUNCE_MS = 75
local namespace = vim.api.nvim_create_namespace('coderoute.ghost')
local timer = assert(vim.uv.new_timer())

--- What is offered now: `items`, which one is shown (`index`), and where: `bufnr`, `row` and `col` (bytes, from 0) of the
--- cursor. `done` counts the bytes of the item's text that stand before the cursor already; `tick` is the buffer's state after
--- a part was accepted, which is a change that leaves the rest in place.
local offered = nil
local pending = nil

local function cursor()
  local row, col = unpack(vim.api.nvim_win_get_cursor(0))
  return row - 1, col
end

local function text_of(item)
  return type(item.insertText) == 'table' and item.insertText.value or item.insertText
end

local function rest()
  return text_of(offered.items[offered.index]):sub(offered.done + 1)
end

local function clear_marks()
  if offered and vim.api.nvim_buf_is_valid(offered.bufnr) then
    vim.api.nvim_buf_clear_namespace(offered.bufnr, namespace, 0, -1)
  end
end

local function draw()
  clear_marks()
  require('coderoute.next_edit').hide()
  local lines = vim.split(rest(), '\n', { plain = true })
  local below = vim.tbl_map(function(line)
    return { { line ~= '' and line or ' ', 'CodeRouteGhost' } }
  end, vim.list_slice(lines, 2))
  vim.api.nvim_buf_set_extmark(offered.bufnr, namespace, offered.row, offered.col, {
    virt_text = { { lines[1], 'CodeRouteGhost' } },
    virt_text_pos = 'inline',
    virt_lines = #below > 0 and below or nil,
  })
end

--- Takes the ghost text away, and forgets a question that is on its way.
function M.dismiss()
  timer:stop()
  clear_marks()
  offered = nil
  if pending then
    pending.client:cancel_request(pending.id)
    pending = nil
  end
end

--- Whether something is offered at the cursor.
function M.is_shown()
  return offered ~= nil
end

--- How many bytes of the item's text stand between its range's start and the cursor. Nil when the buffer says otherwise.
local function already(item, client, bufnr, row, col)
  if not item.range then
    return 0
  end
  local start = item.range.start
  if start.line ~= row then
    return nil
  end
  local line = vim.api.nvim_buf_get_lines(bufnr, row, row + 1, false)[1]
  local from = vim.str_byteindex(line, client.offset_encoding, start.character, false)
  local typed = line:sub(from + 1, col)
  return vim.startswith(text_of(item), typed) and #typed or nil
end

local function show(items, client, bufnr, row, col)
  local usable, done = {}, nil
  for _, item in ipairs(items) do
    local before = already(item, client, bufnr, row, col)
    if before and #text_of(item) > before and (done == nil or done == before) then
      usable[#usable + 1], done = item, before
    end
  end
  if #usable > 0 then
    offered = { items = usable, index = 1, bufnr = bufnr, row = row, col = col, done = done }
    draw()
  end
end

local function ask(bufnr, kind)
  local client = server.client(bufnr)
  if not client or vim.fn.mode():sub(1, 1) ~= 'i' or bufnr ~= vim.api.nvim_get_current_buf() then
    return
  end
  local row, col = cursor()
  local tick = vim.b[bufnr].changedtick
  local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
  params.context = { triggerKind = kind }
  local _, id = client:request(METHOD, params, function(err, result)
    pending = nil
    local row_now, col_now = cursor()
    local stale = vim.api.nvim_get_current_buf() ~= bufnr or tick ~= vim.b[bufnr].changedtick or row ~= row_now or col ~= col_now
    if err or not result or stale or vim.fn.mode():sub(1, 1) ~= 'i' then
      return
    end
    show(result.items or result, client, bufnr, row, col)
  end, bufnr)
  pending = id and { client = client, id = id } or nil
end

--- The typed text is what was offered: keep the rest in place instead of asking anew.
local function typed_through(bufnr)
  if not offered or offered.bufnr ~= bufnr then
    return false
  end
  if offered.tick == vim.b[bufnr].changedtick then
    return true
  end
  local row, col = cursor()
  local typed = row == offered.row and col > offered.col and vim.api.nvim_get_current_line():sub(offered.col + 1, col) or ''
  local left = rest()
  if typed == '' or #typed >= #left or not vim.startswith(left, typed) then
    return false
  end
  offered.col, offered.done = col, offered.done + #typed
  draw()
  return true
end

local function changed(event)
  if typed_through(event.buf) then
    return
  end
  M.dismiss()
  timer:start(DEBOUNCE_MS, 0, vim.schedule_wrap(function()
    ask(event.buf, 2)
  end))
end

local function moved()
  if offered then
    local row, col = cursor()
    if row ~= offered.row or col ~= offered.col then
      M.dismiss()
    end
  end
end

--- Puts the first `count` bytes of the rest behind the cursor, and tells the server.
local function insert(count)
  local shown, text = offered, rest()
  local taken = text:sub(1, count)
  local item = shown.items[shown.index]
  clear_marks()
  offered = nil
  vim.schedule(function()
    local lines = vim.split(taken, '\n', { plain = true })
    vim.api.nvim_buf_set_text(shown.bufnr, shown.row, shown.col, shown.row, shown.col, lines)
    local row = shown.row + #lines - 1
    local col = (#lines == 1 and shown.col or 0) + #lines[#lines]
    vim.api.nvim_win_set_cursor(0, { row + 1, col })
    local command = item.command
    if not command then
      return
    end
    local argument = vim.deepcopy(command.arguments[1])
    if count < #text then
      argument.chars = vim.str_utfindex(text_of(item):sub(1, shown.done + count), 'utf-32')
      local now = { row = row, col = col, done = shown.done + count, tick = vim.b[shown.bufnr].changedtick }
      offered = vim.tbl_extend('force', shown, now)
      draw()
    end
    server.execute(command.command, argument, nil, shown.bufnr)
  end)
  return true
end

--- Accepts all of the ghost text; false when there is none.
function M.accept()
  return offered ~= nil and insert(#rest())
end

--- Accepts the next word of the ghost text; false when there is none.
function M.accept_word()
  return offered ~= nil and insert(#(rest():match('^%s*[%w_]+') or rest():match('^%s*[^%w_%s]+') or rest()))
end

--- Accepts the ghost text up to the end of its line; false when there is none.
function M.accept_line()
  return offered ~= nil and insert(#(rest():match('^\n?[^\n]+') or rest()))
end

--- Shows the next alternative, or the previous one for -1; false when there is none.
function M.cycle(step)
  if not offered or #offered.items < 2 then
    return false
  end
  offered.index = (offered.index - 1 + step) % #offered.items + 1
  draw()
  return true
end

--- Asks at the cursor, as a user who wants an answer now.
function M.trigger()
  M.dismiss()
  ask(vim.api.nvim_get_current_buf(), 1)
end

--- Shows none in this buffer any more.
function M.detach(bufnr)
  M.dismiss()
  pcall(vim.api.nvim_del_augroup_by_name, 'coderoute.ghost.' .. bufnr)
end

--- Shows ghost text in this buffer.
function M.attach(bufnr)
  local group = vim.api.nvim_create_augroup('coderoute.ghost.' .. bufnr, { clear = true })
  vim.api.nvim_create_autocmd('TextChangedI', { group = group, buffer = bufnr, callback = changed })
  vim.api.nvim_create_autocmd('CursorMovedI', { group = group, buffer = bufnr, callback = moved })
  vim.api.nvim_create_autocmd({ 'InsertLeave', 'BufLeave' }, { group = group, buffer = bufnr, callback = M.dismiss })
end

return M
