"""What editors say they can do: six recorded ones where the shared data is present, and one generic one that is always here."""

import json
from typing import Any

from tests.support.shared import shared_data

Json = dict[str, Any]

RECORDED = (
    "vscode-1.139.1-languageclient-11.0.0",
    "neovim-0.11.4",
    "neovim-0.7.2",
    "eglot-1.9-emacs-28.2",
    "lsp-mode-8.0.0",
    "vim-ale-3.3.0",
)
"""Editors whose real ``initialize`` parameters lie in the shared data."""

GENERIC: Json = {
    "general": {"positionEncodings": ["utf-16"]},
    "workspace": {
        "applyEdit": True,
        "workspaceEdit": {"documentChanges": True, "resourceOperations": ["create", "rename", "delete"]},
        "configuration": True,
        "workspaceFolders": True,
        "didChangeConfiguration": {"dynamicRegistration": True},
        "didChangeWatchedFiles": {"dynamicRegistration": True, "relativePatternSupport": True},
        "executeCommand": {"dynamicRegistration": True},
    },
    "textDocument": {
        "synchronization": {"dynamicRegistration": True, "didSave": True},
        "completion": {"completionItem": {"snippetSupport": True}, "contextSupport": True},
        "inlineCompletion": {"dynamicRegistration": True},
        "codeAction": {
            "dynamicRegistration": True,
            "codeActionLiteralSupport": {
                "codeActionKind": {"valueSet": ["", "quickfix", "refactor", "refactor.rewrite", "source"]}
            },
            "dataSupport": True,
            "resolveSupport": {"properties": ["edit", "command"]},
        },
    },
    "window": {"workDoneProgress": True, "showDocument": {"support": True}, "showMessage": {}},
}
"""An editor that does what LSP 3.18 lets it do, and nothing of ours."""

OURS: Json = {"groupedEdits": True, "input": True, "status": True, "jobs": True, "ghostAgain": True, "review": True}
"""What our own clients announce on top."""


def generic(*, encodings: tuple[str, ...] = ("utf-16",), ours: bool = True) -> Json:
    """The generic editor's capabilities, with or without our own additions."""
    general: Json = {"general": {"positionEncodings": list(encodings)}}
    return GENERIC | general | ({"experimental": {"coderoute": OURS}} if ours else {})


def without_inline_completion() -> Json:
    """The generic editor, as most are today: ghost text comes as an ordinary completion."""
    able = generic()
    return able | {"textDocument": {key: value for key, value in able["textDocument"].items() if key != "inlineCompletion"}}


def recorded(editor: str) -> Json:
    """The capabilities that this editor really sent. Skips the calling test where the recordings are absent."""
    return json.loads(shared_data("capabilities", f"{editor}.json").read_text())["capabilities"]
