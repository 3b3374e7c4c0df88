-- Set up at start-up: the command, the highlight, and what happens when the server attaches. Loads nothing else.
if vim.g.loaded_coderoute then
  return
end
vim.g.loaded_coderoute = true

vim.api.nvim_set_hl(0, 'CodeRouteGhost', { default = true, link = 'Comment' })

vim.api.nvim_create_user_command('CodeRoute', function(opts)
  require('coderoute.commands').run(opts)
end, {
  nargs = '+',
  range = true,
  desc = 'CodeRoute: why, quality, edit, usage, pause, cancel, keep, undo, retry',
  complete = function(lead, line)
    return require('coderoute.commands').complete(lead, line)
  end,
})

local group = vim.api.nvim_create_augroup('coderoute', { clear = true })

vim.api.nvim_create_autocmd('LspAttach', {
  group = group,
  callback = function(event)
    local client = vim.lsp.get_client_by_id(event.data.client_id)
    if client and client.name == 'coderoute' then
      require('coderoute').attach(client, event.buf)
    end
  end,
})

vim.api.nvim_create_autocmd('LspProgress', {
  group = group,
  callback = function(event)
    local client = vim.lsp.get_client_by_id(event.data.client_id)
    if client and client.name == 'coderoute' then
      require('coderoute.handlers').progress(client.id, event.data.params)
    end
  end,
})
