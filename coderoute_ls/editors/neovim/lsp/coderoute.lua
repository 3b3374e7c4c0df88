-- Configuration of the server for vim.lsp.config (Neovim 0.11 and newer). Change any of it with
-- vim.lsp.config('coderoute', { ... }).
local handlers = require('coderoute.handlers')

return {
  cmd = require('coderoute.server').command(),
  root_markers = { 'coderoute.toml', '.git' },
  capabilities = {
    workspace = {
      workspaceEdit = { documentChanges = true }, -- Neovim takes them, and does not say so
      textDocumentContent = { dynamicRegistration = true }, -- the plugin shows them
    },
    textDocument = { inlineCompletion = { dynamicRegistration = false } }, -- the plugin shows it where Neovim does not
    experimental = {
      coderoute = { groupedEdits = true, input = true, status = true, jobs = true, nextEdit = true, review = true },
    },
  },
  handlers = handlers.all,
  -- A streamed edit carries the version it was computed on, so the server has to know of a change at once.
  flags = { debounce_text_changes = 0 },
}
