-- Read-only windows of Markdown.
local M = {}

--- Opens a scratch window below with this name; `q` closes it. Returns its buffer.
function M.open(name)
  vim.cmd('botright new')
  local bufnr = vim.api.nvim_get_current_buf()
  vim.bo[bufnr].buftype, vim.bo[bufnr].bufhidden, vim.bo[bufnr].swapfile = 'nofile', 'wipe', false
  vim.bo[bufnr].filetype, vim.bo[bufnr].modifiable = 'markdown', false
  vim.api.nvim_buf_set_name(bufnr, name)
  vim.keymap.set('n', 'q', '<cmd>close<cr>', { buffer = bufnr, nowait = true })
  return bufnr
end

--- Puts this text into it. The view stays where it is.
function M.fill(bufnr, text)
  vim.bo[bufnr].modifiable = true
  vim.api.nvim_buf_set_lines(bufnr, 0, -1, false, vim.split(text, '\n', { plain = true }))
  vim.bo[bufnr].modifiable = false
end

--- Shows a text in a window of its own.
function M.show(title, text)
  local bufnr = M.open(('coderoute://%s/%d'):format(title, vim.uv.hrtime()))
  M.fill(bufnr, text)
end

return M
