"""lsprotocol's classes, finished late, are the ordinary ones."""

import json
import subprocess
import sys
from typing import Any

from tests.support.capabilities import generic

PLACE = {"line": 3, "character": 4}
MESSAGES: list[tuple[str, dict[str, Any]]] = [
    ("InitializeParams", {"processId": None, "rootUri": "file:///w", "capabilities": generic(), "workspaceFolders": None}),
    ("DidChangeTextDocumentParams", {
        "textDocument": {"uri": "file:///a.py", "version": 2},
        "contentChanges": [{"range": {"start": PLACE, "end": PLACE}, "text": "x"}, {"text": "whole"}],
    }),
    ("CodeActionParams", {
        "textDocument": {"uri": "file:///a.py"},
        "range": {"start": PLACE, "end": PLACE},
        "context": {"diagnostics": [{"range": {"start": PLACE, "end": PLACE}, "message": "m", "code": 7}], "triggerKind": 1},
    }),
    ("CompletionList", {"isIncomplete": True, "items": [{"label": "x", "textEdit": {
        "newText": "y", "range": {"start": PLACE, "end": PLACE},
    }}]}),
]  # fmt: skip


def told(how: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.server.told_types", how]
    done = subprocess.run(command, input=json.dumps(MESSAGES), capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_they_have_the_same_fields_and_convert_the_same_and_most_are_never_finished() -> None:
    usual, late = told("usual"), told("late")
    assert late["shapes"] == usual["shapes"]
    assert late["answers"] == usual["answers"]
    assert usual["unfinished"] == [0, 0]
    at_first, in_the_end = late["unfinished"]
    assert at_first > 500
    assert in_the_end > 400
