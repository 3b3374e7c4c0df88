"""Neovim, with the plugin of this folder."""

from coderoute_ls.editors import Editor, File

_CONFIG = r"""
vim.opt.runtimepath:append('@plugin@')
vim.lsp.enable('coderoute')
vim.keymap.set({ 'i', 'n' }, '<Tab>', function()
  return require('coderoute').accept() and '' or '<Tab>'
end, { expr = true, desc = 'Accept ghost text; go to the next edit, or take it' })
vim.keymap.set('n', '<Esc>', function()
  return require('coderoute').reject() and '' or '<Esc>'
end, { expr = true, desc = 'Reject the next edit; cancel or take back an edit' })
vim.keymap.set('n', ']r', function()
  require('coderoute').go_to_change(1)
end, { desc = 'Next change of an edit under review' })
vim.keymap.set('n', '[r', function()
  require('coderoute').go_to_change(-1)
end, { desc = 'Previous change of an edit under review' })
vim.keymap.set('i', '<M-Right>', function()
  return require('coderoute').accept_word() and '' or '<M-Right>'
end, { expr = true, desc = 'Accept a word of ghost text' })

-- Keys under <leader>c, none of them over one of yours:
-- require('coderoute').setup({ keys = true })

-- With a plugin manager, instead of the first line:
--   lazy.nvim   { dir = '@plugin@', name = 'coderoute', lazy = false }
--   vim-plug    Plug '@plugin@'
"""

EDITOR = Editor(
    name="neovim",
    title="Neovim 0.11 or newer",
    files=(File("~/.config/nvim/init.lua", _CONFIG, "--"),),
    works=(
        "ghost text: all, a word, a line, alternatives",
        "next edits: Tab goes there and takes them, Esc in normal mode rejects them",
        "edits under review: ]r and [r go from change to change, :CodeRoute keep or reject, Esc takes the edit back",
        "actions streamed into the buffer, taken back by one undo; cancel, retry, why, usage: :help coderoute",
    ),
    limits=(
        "explanations open in a scratch window, as Markdown that is not rendered",
        "needs Neovim 0.11 or newer",
    ),
    tested="Tested with Neovim 0.11.4; the built-in inline completion of 0.12 is used, but untested",
    aliases=("nvim",),
)
