"""Vim with ALE."""

from coderoute_ls.editors import Editor, File

_VIMRC = """
let g:ale_completion_enabled = 1
let g:ale_lsp_show_message_severity = 'information'
let g:ale_linters = {'python': ['coderoute', 'ruff', 'pyright']}
call ale#linter#Define('python', {
\\   'name': 'coderoute',
\\   'lsp': 'stdio',
\\   'executable': '@command@',
\\   'command': '%e serve',
\\   'project_root': {buffer -> getcwd()},
\\})
"""

EDITOR = Editor(
    name="vim-ale",
    title="Vim with ALE",
    files=(File("~/.vimrc", _VIMRC, '"'),),
    works=("completions in the list", "explanations (:ALECodeAction), as a message"),
    limits=(
        "ALE takes no edits from a server, so no action that changes code is offered",
        "no ghost text; one definition per language",
    ),
    tested="Tested with Vim 9.0 with ALE 3.3.0",
    aliases=("ale",),
)
