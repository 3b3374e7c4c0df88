-- Set up at start-up: the command, the highlights, and what happens when the server attaches. Loads nothing else.
if vim.g.loaded_coderoute then
  return
end
vim.g.loaded_coderoute = true

--- As a comment, and in italics: many colour schemes give comments no colour in a terminal without true colours.
local function highlight()
  local comment = vim.api.nvim_get_hl(0, { name = 'Comment', link = false })
  vim.api.nvim_set_hl(0, 'CodeRouteGhost', {
    default = true,
    fg = comment.fg or 0x808080,
    ctermfg = comment.ctermfg or 244,
    italic = true,
    cterm = { italic = true },
  })
  -- Struck through: it stands beside the new text, with no sign, and the colour of a search that found it hides its own.
  local old = vim.api.nvim_get_hl(0, { name = 'DiffDelete', link = false })
  old.default, old.strikethrough = true, true
  old.cterm = vim.tbl_extend('force', old.cterm or {}, { strikethrough = true })
  vim.api.nvim_set_hl(0, 'CodeRouteNextOld', old)
  vim.api.nvim_set_hl(0, 'CodeRouteNextNew', { default = true, link = 'DiffAdd' })
  vim.api.nvim_set_hl(0, 'CodeRouteReviewOld', { default = true, link = 'DiffDelete' })
  vim.api.nvim_set_hl(0, 'CodeRouteReviewNew', { default = true, link = 'DiffAdd' })
  vim.api.nvim_set_hl(0, 'CodeRouteReviewHint', { default = true, link = 'DiagnosticVirtualTextInfo' })
  vim.api.nvim_set_hl(0, 'CodeRouteNextHint', { default = true, link = 'DiagnosticVirtualTextInfo' })
end
highlight()

vim.api.nvim_create_user_command('CodeRoute', function(opts)
  require('coderoute.commands').run(opts)
end, {
  nargs = '*',
  range = true,
  desc = 'CodeRoute: the menu, or one of its commands',
  complete = function(lead, line)
    return require('coderoute.commands').complete(lead, line)
  end,
})

local group = vim.api.nvim_create_augroup('coderoute', { clear = true })

vim.api.nvim_create_autocmd('ColorScheme', { group = group, callback = highlight })

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
