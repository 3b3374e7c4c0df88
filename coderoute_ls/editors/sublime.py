"""Sublime Text with the LSP package."""

from coderoute_ls.editors import Editor, File

_SETTINGS = """
{
  "clients": {
    "coderoute": {
      "enabled": true,
      "command": ["@command@", "serve"],
      "selector": "source"
    }
  }
}
"""

EDITOR = Editor(
    name="sublime",
    title="Sublime Text with the package LSP",
    files=(File("Preferences > Package Settings > LSP > Settings", _SETTINGS, "//"),),
    works=("code actions, the next edit among them, applied as one edit", "completions in the list"),
    limits=("no ghost text",),
    tested="Not tested: Sublime Text is in none of the registries we can reach",
    aliases=("subl",),
)
