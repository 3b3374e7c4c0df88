-- Next edits: what follows from the last edits, drawn where it would be; one key leads there and takes it.
local handlers = require('coderoute.handlers')
local server = require('coderoute.server')

local M = {}

local METHOD = 'coderoute/nextEdit'
local OUTCOME = 'coderoute/nextEditOutcome'
local namespace = vim.api.nvim_create_namespace('coderoute.next_edit')

--- What is shown now: the server's `offer`, the `client` it came from, and the buffer that it changes (`bufnr`). `hint` is the
--- buffer with the mark that leads there.
local shown = nil
local pending = nil

local function version_of(bufnr)
  return vim.lsp.util.buf_versions[bufnr]
end

local function tell(outcome)
  shown.client:notify(OUTCOME, { item = shown.offer.item, outcome = outcome })
end

local function forget_question()
  if pending then
    pending.client:cancel_request(pending.id)
    pending = nil
  end
end

local function clear()
  for _, bufnr in ipairs({ shown.bufnr, shown.hint }) do
    if vim.api.nvim_buf_is_valid(bufnr) then
      vim.api.nvim_buf_clear_namespace(bufnr, namespace, 0, -1)
    end
  end
  shown = nil
end

--- Takes the suggestion away; the user has not said what they think of it.
function M.hide()
  forget_question()
  if shown then
    tell('ignored')
    clear()
  end
end

--- Row and byte column, from 0, of an LSP position.
local function place(position)
  local line = vim.api.nvim_buf_get_lines(shown.bufnr, position.line, position.line + 1, false)[1] or ''
  return position.line, vim.str_byteindex(line, shown.client.offset_encoding, position.character, false)
end

local function mark(row, col, opts)
  vim.api.nvim_buf_set_extmark(shown.bufnr, namespace, row, col, opts)
end

local function added(line)
  return { { line ~= '' and line or ' ', 'CodeRouteNextNew' } }
end

--- New whole lines stand below the old ones; where nothing goes, above the line that they come before.
local function draw_lines(row, last, lines)
  if lines[#lines] == '' then
    table.remove(lines)
  end
  if last > row then
    mark(row, 0, { end_row = last, end_col = 0, hl_group = 'CodeRouteNextOld', hl_eol = true })
  end
  if #lines > 0 then
    local count = vim.api.nvim_buf_line_count(shown.bufnr)
    local at = last > row and last - 1 or math.min(row, count - 1)
    mark(at, 0, { virt_lines = vim.tbl_map(added, lines), virt_lines_above = last == row and row < count })
  end
end

--- Within a line the new text stands behind the old one.
local function draw_within(edit, lines)
  local row, col = place(edit.range.start)
  local last, stop = place(edit.range['end'])
  if last > row or stop > col then
    mark(row, col, { end_row = last, end_col = stop, hl_group = 'CodeRouteNextOld' })
  end
  local below = vim.tbl_map(added, vim.list_slice(lines, 2))
  local first = lines[1] ~= '' and added(lines[1]) or nil
  mark(last, stop, { virt_text = first, virt_text_pos = 'inline', virt_lines = #below > 0 and below or nil })
end

local function draw_edit(edit)
  local lines = vim.split(edit.newText:gsub('\r\n?', '\n'), '\n', { plain = true })
  local from, to = edit.range.start, edit.range['end']
  local whole = from.character == 0 and to.character == 0
  if whole and (to.line > from.line or (#lines > 1 and lines[#lines] == '')) then
    draw_lines(from.line, to.line, lines)
  else
    draw_within(edit, lines)
  end
end

--- Whether the user has to be led to the place before they can see it.
local function is_away()
  local row = shown.offer.place.start.line + 1
  local here = vim.api.nvim_get_current_buf() == shown.bufnr
  if not here or row < vim.fn.line('w0') or row > vim.fn.line('w$') then
    return true
  end
  return (shown.offer.far or shown.offer.kind == 'jump') and vim.fn.line('.') ~= row
end

local function hint_text()
  local offer = shown.offer
  local row = offer.place.start.line + 1
  local what = ({ jump = 'go to', rename = ('rename to %s,'):format(offer.name or '') })[offer.kind] or 'next edit,'
  if offer.kind == 'replace_all' then
    what = ('%d places from'):format(#offer.edits)
  end
  local elsewhere = vim.api.nvim_get_current_buf() ~= shown.bufnr
  local file = elsewhere and vim.fn.fnamemodify(vim.uri_to_fname(offer.uri), ':t') .. ' ' or ''
  local arrow = elsewhere and '→' or row > vim.fn.line('.') and '↓' or '↑'
  return (' ⇥ %s %sline %d %s '):format(what, file, row, arrow)
end

--- Where the user is, a mark says where it goes on.
local function draw_hint()
  local bufnr = vim.api.nvim_get_current_buf()
  if shown.mark and vim.api.nvim_buf_is_valid(shown.hint) then
    vim.api.nvim_buf_del_extmark(shown.hint, namespace, shown.mark)
    shown.mark = nil
  end
  if is_away() or shown.offer.kind == 'rename' then
    shown.hint = bufnr
    local text = { { hint_text(), 'CodeRouteNextHint' } }
    local row = vim.api.nvim_win_get_cursor(0)[1] - 1
    shown.mark = vim.api.nvim_buf_set_extmark(bufnr, namespace, row, 0, { virt_text = text, virt_text_pos = 'eol' })
  end
end

--- Ghost text and the menu come first: both are about what is typed right now.
local function is_free()
  local mode = vim.fn.mode():sub(1, 1)
  return (mode == 'n' or mode == 'i') and vim.fn.pumvisible() == 0 and not require('coderoute.ghost').is_shown()
end

local function show(offer, client)
  local bufnr = vim.uri_to_bufnr(offer.uri)
  if not vim.api.nvim_buf_is_loaded(bufnr) or version_of(bufnr) ~= offer.version then
    return
  end
  shown = { offer = offer, client = client, bufnr = bufnr, hint = vim.api.nvim_get_current_buf() }
  for _, edit in ipairs(offer.edits or {}) do
    draw_edit(edit)
  end
  draw_hint()
  tell('shown')
end

--- Those of other servers, as they sent them.
local function diagnostics(bufnr, client)
  local own = vim.lsp.diagnostic.get_namespace(client.id)
  local found = vim.tbl_filter(function(each)
    return each.namespace ~= own and each.user_data and each.user_data.lsp
  end, vim.diagnostic.get(bufnr, { severity = { min = vim.diagnostic.severity.WARN } }))
  return vim.tbl_map(function(each)
    return each.user_data.lsp
  end, vim.list_slice(found, 1, 20))
end

--- Asks what would follow; `invoked` for a user who wants to know now.
function M.ask(invoked)
  local bufnr = vim.api.nvim_get_current_buf()
  local client = server.client(bufnr)
  if not client or not handlers.suggests_next_edits() or not vim.bo[bufnr].modifiable or not is_free() then
    return
  end
  forget_question()
  local version = version_of(bufnr)
  local params = {
    uri = vim.uri_from_bufnr(bufnr),
    version = version,
    position = vim.lsp.util.make_position_params(0, client.offset_encoding).position,
    diagnostics = diagnostics(bufnr, client),
    invoked = invoked or false,
  }
  local _, id = client:request(METHOD, params, function(err, answer)
    pending = nil
    local stale = vim.api.nvim_get_current_buf() ~= bufnr or version_of(bufnr) ~= version
    if err or stale or shown or not answer.edit or answer.edit == vim.NIL or not is_free() then
      return
    end
    show(answer.edit, client)
  end, bufnr)
  pending = id and { client = client, id = id } or nil
end

--- A change of the text: what was shown is for another version.
local function changed()
  M.hide()
  M.ask()
end

--- Asks again where nothing is shown.
function M.again()
  if not shown then
    M.ask()
  end
end

--- Brings the cursor to the place, with the way back in the jump list.
local function go()
  vim.cmd("normal! m'")
  if vim.api.nvim_get_current_buf() ~= shown.bufnr then
    vim.api.nvim_set_current_buf(shown.bufnr)
  end
  local row, col = place(shown.offer.place.start)
  vim.api.nvim_win_set_cursor(0, { math.min(row + 1, vim.api.nvim_buf_line_count(0)), col })
  draw_hint()
end

local function apply()
  local offer, bufnr, encoding = shown.offer, shown.bufnr, shown.client.offset_encoding
  local last = offer.edits[#offer.edits].range['end']
  local row, col = place(last)
  row = math.min(row, vim.api.nvim_buf_line_count(bufnr) - 1)
  local behind = vim.api.nvim_buf_set_extmark(bufnr, namespace, row, col, {})
  vim.cmd('let &l:undolevels = &l:undolevels') -- one undo step of its own
  vim.lsp.util.apply_text_edits(offer.edits, bufnr, encoding)
  local at = vim.api.nvim_buf_get_extmark_by_id(bufnr, namespace, behind, {})
  vim.api.nvim_win_set_cursor(0, { at[1] + 1, at[2] })
end

--- Leads to the suggestion, or takes it where it can be seen. False when there is none.
function M.accept()
  if not shown or version_of(shown.bufnr) ~= shown.offer.version then
    return false
  end
  vim.schedule(function()
    if not shown or version_of(shown.bufnr) ~= shown.offer.version then
      return
    end
    if is_away() then
      go()
      if shown.offer.kind ~= 'jump' then
        return
      end
    elseif shown.offer.kind == 'rename' then
      vim.lsp.buf.rename(shown.offer.name)
    elseif #(shown.offer.edits or {}) > 0 then
      apply()
    end
    tell('accepted')
    clear()
    M.ask()
  end)
  return true
end

--- Says that it is not wanted, here and elsewhere. False when there is none.
function M.reject()
  if not shown then
    return false
  end
  tell('rejected')
  clear()
  return true
end

--- What is shown, for tests and status lines; nil when nothing is.
function M.current()
  return shown and shown.offer
end

--- Suggests next edits in this buffer.
function M.attach(bufnr)
  local group = vim.api.nvim_create_augroup('coderoute.next_edit.' .. bufnr, { clear = true })
  local function on(events, callback)
    vim.api.nvim_create_autocmd(events, { group = group, buffer = bufnr, callback = callback })
  end
  on({ 'TextChanged', 'TextChangedI' }, changed)
  on({ 'InsertLeave', 'CompleteDone', 'BufWritePost', 'DiagnosticChanged', 'CursorHold' }, function()
    vim.schedule(M.again) -- the ghost text and the menu are gone by then
  end)
  on({ 'CompleteChanged', 'BufLeave' }, M.hide)
  on({ 'CursorMoved', 'CursorMovedI' }, function()
    if shown then
      draw_hint()
    end
  end)
end

return M
