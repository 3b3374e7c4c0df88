"""Tests: write tests for the selection or the definition around the cursor, where the project keeps its tests."""

from coderoute_ls.actions.action_region import definition, selection_or_definition
from coderoute_ls.actions.prompt_rendering import render
from coderoute_ls.domain import Action, Brief, Document, Prompt, Snippet

_FRAMEWORKS = {
    "python": "pytest: functions, plain asserts",
    "go": "the testing package, table-driven where there are several cases",
    "rust": "#[test] functions",
    "java": "JUnit 5",
    "c": "a main function with assert, unless the existing tests use a framework",
    "cpp": "GoogleTest, unless the existing tests use another framework",
    "csharp": "xUnit",
    "ruby": "RSpec",
    "php": "PHPUnit",
} | dict.fromkeys(
    ("javascript", "javascriptreact", "typescript", "typescriptreact"), "the framework that the existing tests use, else Vitest"
)


def prompt(brief: Brief) -> Prompt:
    """A snippet of kind ``test`` is the file that the tests will be added to."""
    target = brief.target
    existing = next((snippet for snippet in brief.snippets if snippet.kind == "test"), None)
    around = definition(target)
    return render(
        "tests",
        brief,
        max_tokens=ACTION.max_tokens,
        framework=_FRAMEWORKS.get(target.document.language, "the framework that is usual in this language"),
        name=f"`{around.name}`" if around else "the lines in <region>",
        destination=_destination(target.document, existing),
    )


def _destination(document: Document, existing: Snippet | None) -> str:
    if document.language == "rust" and not any("mod tests" in line for line in document.lines):
        return _MODULE
    return _ADD.format(path=existing.path) if existing else _CREATE


_ADD = (
    "They will be added to {path}, which is shown: write only new tests, in its style, with its fixtures, and without anything "
    "that already stands there. Import what is missing."
)
_CREATE = "They will be a new file: write all of it, imports included."
_MODULE = "They will be added at the end of this file: write the whole `#[cfg(test)] mod tests { use super::*; … }`."

ACTION = Action(
    id="tests",
    title="Write tests",
    kind="source.coderoute.tests",
    surface="new_file",
    axis="coding",
    min_coding_score=0.60,
    median_output=900,
    max_tokens=8192,
    max_cost_usd=0.50,
    prompt=prompt,
    region=selection_or_definition,
    doc="Writes tests for the selection or the definition around the cursor, in a new test file or added to the existing one.",
)
