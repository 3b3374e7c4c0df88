"""Kakoune with kakoune-lsp."""

from coderoute_ls.editors import Editor, File

_KAKRC = """
hook -group coderoute global BufSetOption filetype=(python|rust|javascript|typescript|go|c|cpp|java|ruby) %{
    # Once for each buffer: what sets the filetype again would name the server again.
    evaluate-commands %sh{
        case "$kak_opt_lsp_servers" in
            *'[coderoute]'*) ;;
            *) printf '%s\\n' 'set-option -add buffer lsp_servers %{
[coderoute]
root_globs = ["coderoute.toml", ".git"]
command = "@command@"
args = ["serve"]
}' ;;
        esac
    }
}
"""

EDITOR = Editor(
    name="kakoune",
    title="Kakoune with kakoune-lsp 18 or newer",
    files=(File("~/.config/kak/kakrc, below the line that loads kakoune-lsp", _KAKRC),),
    works=("code actions (lsp-code-actions), the next edit among them, applied as one edit", "completions in the list"),
    limits=("no ghost text",),
    tested="Tested with Kakoune 2022.10.31 with kakoune-lsp 22",
    aliases=("kak",),
)
