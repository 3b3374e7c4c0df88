"""Edit: change the selection, or the definition around the cursor, as the user's instruction says."""

import re

from coderoute_ls import syntax
from coderoute_ls.actions.action_region import selection_or_definition
from coderoute_ls.actions.prompt_rendering import render
from coderoute_ls.actions.region_description import bounds
from coderoute_ls.domain import Action, Brief, Prompt, Span, Target

_BLOCK = re.compile(r"(?:/\*|<!--|\*(?!/))?(?P<text>.*?)(?:\*/|-->)?")
_BLOCK_MARKS = ("/*", "*", "<!--")
_DOCUMENTATION = ("///", "//!", "/**", "#!")
"""Comments about the code, not about what to do with it."""


def region(target: Target) -> Span:
    """The selection, else the definition, else the cursor's line: an instruction can also ask for something new."""
    return selection_or_definition(target) or target.document.whole_lines(target.span)


def written_instruction(target: Target) -> str:
    """The comment right above the region, without its marks and on one line; "" when there is none, or only documentation."""
    mark = syntax.line_comment(target.document.language)
    found: list[str] = []
    for number in range(region(target).start.line - 1, -1, -1):
        line = target.document.line(number).strip()
        if line.startswith(_DOCUMENTATION):
            return ""
        if line.startswith(mark):
            found.append(line.lstrip(mark[0]).strip())
        elif mark == "//" and line.startswith(_BLOCK_MARKS) and (block := _BLOCK.fullmatch(line)):
            found.append(block["text"].strip())
        else:
            break
    return " ".join(text for text in reversed(found) if text)


def prompt(brief: Brief) -> Prompt:
    instruction = brief.target.instruction.strip() or written_instruction(brief.target)
    return render("edit", brief, max_tokens=ACTION.max_tokens, bounds=bounds(brief), instruction=instruction)


ACTION = Action(
    id="edit",
    title="Edit by instruction",
    kind="refactor.rewrite.coderoute.edit",
    surface="replace",
    axis="coding",
    min_coding_score=0.65,
    median_output=12,
    answer_per_region=1.05,
    max_tokens=8192,
    max_cost_usd=0.50,
    prompt=prompt,
    region=region,
    doc="Changes the selection, or the definition around the cursor, as an instruction (or the comment above it) says.",
)
