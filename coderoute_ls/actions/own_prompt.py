"""A prompt of the user's own as an action: a Markdown file with a header, read from its text.

The header is TOML between two lines ``+++``: ``title``, and, where wanted, ``floor`` and ``surface`` (``report`` or ``edit``).
What follows is what the model is told to do; ``$language`` and ``$path`` stand for those of the file at hand.
"""

import re
from functools import partial
from string import Template
from typing import Literal, cast

from coderoute_ls.actions import edit, explain, prompt_rendering
from coderoute_ls.actions.region_description import bounds
from coderoute_ls.domain import Action, Brief, Prompt
from coderoute_ls.text.did_you_mean import nearest
from coderoute_ls.text.invisible_characters import without_controls
from coderoute_ls.untrusted_files import parsed_toml

FENCE = "+++"
ID = re.compile(r"[a-z][a-z0-9_-]{0,39}")
"""What the file may be called, without ``.md``."""
DEFAULT_FLOOR = 0.65
_KEYS = ("title", "floor", "surface")
_LONGEST_TITLE = 60
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")


class PromptError(ValueError):
    """What is wrong with a file, and in which line, counted from 1."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"line {line}: {message}")


def own_action(name: str, text: str) -> Action:
    """The action that a file called ``name.md`` describes. Raises `PromptError`."""
    lines = text.removeprefix("\ufeff").splitlines()
    if not lines or lines[0].strip() != FENCE:
        hint = ", not ---" if lines and lines[0].strip() == "---" else ""
        raise PromptError(1, f"a header in TOML is missing: begin with a line {FENCE}{hint}, and end the header with another")
    end = next((at for at in range(1, len(lines)) if lines[at].strip() == FENCE), None)
    if end is None:
        raise PromptError(1, f"the header does not end: write a line {FENCE} behind it")
    header = _header(lines[1:end])
    said = "\n".join(lines[end + 1 :]).strip()
    if not said:
        raise PromptError(end + 1, "nothing says what to do: write it below the header")
    return _action(name, cast("str", header["title"]), cast("float", header["floor"]), header["surface"] == "edit", said)


def _header(lines: list[str]) -> dict[str, object]:
    """Title, floor and surface."""
    try:
        found = parsed_toml("\n".join(lines))
    except ValueError as error:
        at = _AT_LINE.search(str(error))
        line = int(at[1]) + 1 if at else 2
        raise PromptError(line, f"the header is not valid TOML: {_AT_LINE.sub('', str(error)).strip()}") from None
    for key in found:
        if key not in _KEYS:
            meant = nearest(key, _KEYS, most=1)
            known = f"did you mean {meant[0]}?" if meant else f"known are {', '.join(_KEYS)}."
            raise PromptError(_line_of(key, lines), f"{key[:40]!r} is nothing that a header says; {known}")
    title, floor, surface = found.get("title"), found.get("floor", DEFAULT_FLOOR), found.get("surface", "report")
    shown = without_controls(" ".join(title.split())).strip() if isinstance(title, str) else ""
    if not shown:
        raise PromptError(_line_of("title", lines), 'the header needs a title: `title = "What the menus say"`')
    if isinstance(floor, bool) or not isinstance(floor, int | float) or not 0 <= floor <= 1:
        raise PromptError(_line_of("floor", lines), "floor must be a number from 0 to 1")
    if surface not in ("report", "edit"):
        raise PromptError(
            _line_of("surface", lines), 'surface must be "report" (shown beside the code) or "edit" (over the lines)'
        )
    return {"title": shown[:_LONGEST_TITLE], "floor": float(floor), "surface": surface}


def _line_of(key: str, lines: list[str]) -> int:
    """In the file; the header's first line where the key stands in none."""
    return next((at for at, line in enumerate(lines, start=2) if line.lstrip().startswith((key, f'"{key}'))), 1)


def _action(name: str, title: str, floor: float, edits: bool, said: str) -> Action:
    surface: Literal["replace", "report"] = "replace" if edits else "report"
    pattern = edit.ACTION if edits else explain.ACTION
    return Action(
        id=name,
        title=title,
        kind=f"refactor.rewrite.coderoute.own.{name}" if edits else f"source.coderoute.own.{name}",
        surface=surface,
        axis="coding",
        min_coding_score=floor,
        median_output=pattern.median_output,
        answer_per_region=pattern.answer_per_region,
        max_tokens=pattern.max_tokens,
        max_cost_usd=pattern.max_cost_usd,
        prompt=partial(_edit if edits else _report, said),
        region=pattern.region,
        doc="A prompt of your own.",
        says=said,
    )


def _edit(said: str, brief: Brief) -> Prompt:
    most = edit.ACTION.max_tokens
    return prompt_rendering.render("edit", brief, max_tokens=most, bounds=bounds(brief), instruction=_filled(said, brief))


def _report(said: str, brief: Brief) -> Prompt:
    most = explain.ACTION.max_tokens
    return prompt_rendering.render("own_report", brief, max_tokens=most, cut=True, instruction=_filled(said, brief))


def _filled(said: str, brief: Brief) -> str:
    document = brief.target.document
    words = {
        "language": prompt_rendering.language_name(document.language),
        "path": prompt_rendering.shown_path(document, brief.target.folder),
    }
    return Template(said).safe_substitute(words)
