-- Read-only documents of the server, such as explanations: in a scratch window that follows while the answer streams.
local scratch = require('coderoute.scratch')

local M = {}

--- Buffer of each document that is shown, by its address.
local buffers = {}

local function is_ours(uri)
  return vim.startswith(uri, 'coderoute:')
end

--- Fetches the document's text anew.
local function fill(client, uri)
  client:request('workspace/textDocumentContent', { uri = uri }, function(_, result)
    local bufnr = buffers[uri]
    if result and bufnr and vim.api.nvim_buf_is_valid(bufnr) then
      scratch.fill(bufnr, result.text)
    end
  end)
end

--- Brings the document into view; the cursor stays where it is.
local function open(client, uri)
  local bufnr = buffers[uri]
  if not (bufnr and vim.api.nvim_buf_is_valid(bufnr) and vim.fn.bufwinid(bufnr) ~= -1) then
    local window = vim.api.nvim_get_current_win()
    buffers[uri] = scratch.open((uri:gsub('^coderoute:/+', 'coderoute://')))
    if vim.api.nvim_win_is_valid(window) then
      vim.api.nvim_set_current_win(window)
    end
  end
  fill(client, uri)
end

--- Answers `window/showDocument`.
function M.show(err, params, ctx)
  if not is_ours(params.uri) then
    return vim.lsp.handlers['window/showDocument'](err, params, ctx)
  end
  open(assert(vim.lsp.get_client_by_id(ctx.client_id)), params.uri)
  return { success = true }
end

--- Answers `workspace/textDocumentContent/refresh`.
function M.refresh(_, params, ctx)
  if buffers[params.uri] then
    fill(assert(vim.lsp.get_client_by_id(ctx.client_id)), params.uri)
  end
  return vim.NIL
end

return M
