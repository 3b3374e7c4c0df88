"""Zed, with a development extension: Zed starts only servers that an extension names."""

from coderoute_ls.editors import Editor, File

_MANIFEST = """
id = "coderoute"
name = "CodeRoute"
description = "Every AI action goes to the cheapest model that is good enough."
version = "0.1.0"
schema_version = 1
authors = ["you"]

[language_servers.coderoute]
name = "CodeRoute"
languages = ["Python", "Rust", "JavaScript", "TypeScript", "TSX", "Go", "C", "C++"]
"""

_CARGO = """
[package]
name = "coderoute"
version = "0.1.0"
edition = "2021"

[lib]
crate-type = ["cdylib"]

[dependencies]
zed_extension_api = "0.6"
"""

_LIB = """
use zed_extension_api as zed;

struct CodeRoute;

impl zed::Extension for CodeRoute {
    fn new() -> Self {
        CodeRoute
    }

    fn language_server_command(
        &mut self,
        _server: &zed::LanguageServerId,
        worktree: &zed::Worktree,
    ) -> zed::Result<zed::Command> {
        Ok(zed::Command {
            command: worktree.which("coderoute-ls").unwrap_or("@command@".into()),
            args: vec!["serve".into()],
            env: worktree.shell_env(),
        })
    }
}

zed::register_extension!(CodeRoute);
"""

EDITOR = Editor(
    name="zed",
    title="Zed",
    files=(
        File("coderoute-zed/extension.toml; then in Zed: extensions, Install Dev Extension, this folder", _MANIFEST),
        File("coderoute-zed/Cargo.toml", _CARGO),
        File("coderoute-zed/src/lib.rs", _LIB, "//"),
    ),
    works=("code actions, the next edit among them, applied as one edit", "completions in the list"),
    limits=("no ghost text: Zed's edit predictions do not come from language servers", "Rust has to be installed, to build it"),
    tested="Compiled against zed_extension_api 0.6, and held against its documented manifest; Zed itself is in no registry",
)
