"""VS Code, with our extension."""

from coderoute_ls.editors import Editor, File

_SETTINGS = """
{
  "coderoute.server.path": "@file@"
}
"""

EDITOR = Editor(
    name="vscode",
    title="VS Code 1.91 or newer",
    files=(File("settings.json of the user, once the CodeRoute extension is installed", _SETTINGS, "//"),),
    works=("everything", "next edits: Tab goes there and takes them, Escape rejects them"),
    limits=("a server that is on PATH, or in the selected Python environment, is found without this setting",),
    tested="Tested with VS Code 1.139.1",
    aliases=("code", "codium"),
)
