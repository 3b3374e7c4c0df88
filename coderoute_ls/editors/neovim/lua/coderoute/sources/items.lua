-- What ghost text would show, as items of a completion menu: for nvim-cmp and blink.cmp.
local server = require('coderoute.server')

local M = {}

local METHOD = 'textDocument/inlineCompletion'
local LABEL = 60
local TEXT = 1 -- CompletionItemKind.Text

local function text_of(item)
  return type(item.insertText) == 'table' and item.insertText.value or item.insertText
end

--- Where the word before the cursor begins, in bytes.
local function word_start(line, col)
  return col - #line:sub(1, col):match('[%w_\128-\255]*$')
end

--- One item, in bytes: it begins with the word at the cursor, so that a menu which filters by that word keeps it.
local function converted(item, client, row, col, line)
  local from = col
  if item.range then
    if item.range.start.line ~= row or item.range['end'].line ~= row then
      return nil
    end
    from = vim.str_byteindex(line, client.offset_encoding, item.range.start.character, false)
  end
  local text = text_of(item)
  local typed = line:sub(from + 1, col)
  if not vim.startswith(text, typed) or #text == #typed then
    return nil
  end
  local start = math.min(from, word_start(line, col))
  local whole = line:sub(start + 1, from) .. text
  local first = vim.trim(vim.split(whole, '\n', { plain = true })[1])
  return {
    label = vim.fn.strcharpart(first, 0, LABEL) .. (vim.fn.strchars(first) > LABEL and '…' or ''),
    labelDetails = { description = 'CodeRoute' },
    kind = TEXT,
    filterText = whole,
    sortText = '\1', -- first, as far as the menu asks
    insertTextFormat = 1,
    textEdit = { newText = whole, range = { start = { line = row, character = start }, ['end'] = { line = row, character = col } } },
    documentation = { kind = 'markdown', value = ('```%s\n%s\n```'):format(vim.bo.filetype, whole) },
    data = { coderoute = item.command },
  }
end

--- Asks at the cursor; `callback` gets the items. Returns a function that ends the question. `invoked`: by hand, not by typing.
function M.request(bufnr, invoked, callback)
  local client = server.client(bufnr)
  if not client then
    callback({})
    return function() end
  end
  local row, col = unpack(vim.api.nvim_win_get_cursor(0))
  row = row - 1
  local line = vim.api.nvim_get_current_line()
  local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
  params.context = { triggerKind = invoked and 1 or 2 }
  local _, id = client:request(METHOD, params, function(err, result)
    local items = {}
    for _, item in ipairs(not err and result and (result.items or result) or {}) do
      items[#items + 1] = converted(item, client, row, col, line)
    end
    callback(items)
  end, bufnr)
  return function()
    if id then
      client:cancel_request(id)
    end
  end
end

--- The user took this item: the server learns of it.
function M.accepted(item, bufnr)
  local command = item.data and item.data.coderoute
  if command then
    server.execute(command.command, command.arguments[1], nil, bufnr)
  end
end

return M
