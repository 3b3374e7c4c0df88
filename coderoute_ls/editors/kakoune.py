"""Kakoune with kakoune-lsp."""

from coderoute_ls.editors import Editor, File

_KAKRC = """
hook -group coderoute global BufSetOption filetype=(python|rust|javascript|typescript|go|c|cpp|java|ruby) %{
    set-option -add buffer lsp_servers %{
        [coderoute]
        root_globs = ["coderoute.toml", ".git"]
        command = "@command@"
        args = ["serve"]
    }
}
"""

EDITOR = Editor(
    name="kakoune",
    title="Kakoune with kakoune-lsp 18 or newer",
    files=(File("~/.config/kak/kakrc", _KAKRC),),
    works=("code actions (lsp-code-actions), applied as one edit", "completions in the list"),
    limits=("no ghost text",),
    tested="Not tested: kakoune-lsp is in none of the registries we can reach",
)
