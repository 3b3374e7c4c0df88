"""Vim with vim-lsp."""

from coderoute_ls.editors import Editor, File

_VIMRC = """
autocmd User lsp_setup call lsp#register_server({
\\   'name': 'coderoute',
\\   'cmd': {info -> ['@command@', 'serve']},
\\   'allowlist': ['*'],
\\})
"""

EDITOR = Editor(
    name="vim-lsp",
    title="Vim with vim-lsp",
    files=(File("~/.vimrc", _VIMRC, '"'),),
    works=(
        "code actions (:LspCodeAction), the next edit among them, applied as one edit",
        "completions by omnifunc or asyncomplete",
    ),
    limits=("no ghost text",),
    tested="Vim 9.0 reads this set-up and starts the server by it; vim-lsp itself is in none of the registries we can reach",
    aliases=("vim",),
)
