"""Helix."""

from coderoute_ls.editors import Editor, File

_LANGUAGES = """
[language-server.coderoute]
command = "@command@"
args = ["serve"]

[[language]]
name = "python"
language-servers = ["ruff", "jedi", "pylsp", "coderoute"]

[[language]]
name = "rust"
language-servers = ["rust-analyzer", "coderoute"]

[[language]]
name = "typescript"
language-servers = ["typescript-language-server", "coderoute"]
"""

EDITOR = Editor(
    name="helix",
    title="Helix",
    files=(File("~/.config/helix/languages.toml", _LANGUAGES),),
    works=("code actions (space a), the next edit among them, applied as one edit", "completions in the list"),
    limits=("no ghost text: Helix does not ask for it", "every language names its servers: add coderoute to each list"),
    tested="Held against the keys that Helix documents; there is no package of it in the registries we can reach",
    aliases=("hx",),
)
