"""Commit message: says what the staged change does, in the style of the repository's last subjects.

It is about the staged diff, as a document of its own (language ``diff``); the last subjects come as a snippet of kind
``subjects``, and what the user has begun to write as the target's instruction.
"""

import re

from coderoute_ls.actions.prompt_rendering import render
from coderoute_ls.domain import Action, Brief, Document, Position, Prompt, Span, Target
from coderoute_ls.text.invisible_characters import without_controls

LANGUAGES = frozenset({"git-commit", "gitcommit"})
"""What editors call the language of a commit message's file."""
_SCISSORS = ">8"
_COMMENT = "#"
_TRAILER = re.compile(r"[A-Za-z][A-Za-z0-9-]*: \S.*")
_SIGNED = re.compile(r"[A-Z][a-z]+(?:-[A-Za-z]+)+: ")
_LABEL = re.compile(r"(?:\*\*)?(?:commit message|message|subject)(?:\*\*)?:\s*(?:\*\*)?", re.IGNORECASE)
_QUOTES = ("`", '"', "'", "**")
_CONVENTIONAL = re.compile(r"[a-z]+(?:\([^()\n]{1,40}\))?!?: \S")


def region(target: Target) -> Span | None:
    """The whole diff; None for any other document."""
    document = target.document
    return Span(Position(0, 0), document.end) if document.language == "diff" and document.size else None


def prompt(brief: Brief) -> Prompt:
    subjects = next((snippet.text for snippet in brief.snippets if snippet.kind == "subjects"), "").splitlines()
    alone = Brief(brief.target, brief.region, (), brief.max_chars)
    begun = brief.target.instruction.strip()
    return render(
        "commit_message",
        alone,
        max_tokens=ACTION.max_tokens,
        cut=True,
        style=_style(subjects),
        subjects="<subjects>\n" + "\n".join(subjects) + "\n</subjects>\n\n" if subjects else "",
        begun=f"The user has begun to write this; keep what it says:\n<begun>\n{begun}\n</begun>\n\n" if begun else "",
    )


def _style(subjects: list[str]) -> str:
    """How the repository writes its subjects, in words."""
    if not subjects:
        return "There is no commit yet: begin with a verb in the imperative, as in `Add the parser`."
    if 2 * sum(_CONVENTIONAL.match(subject) is not None for subject in subjects) > len(subjects):
        return "The repository writes Conventional Commits, as <subjects> shows: keep to its types and scopes."
    return "Write as <subjects> does: the same mood, case, prefixes and length."


def message_region(document: Document) -> Span:
    """Where a commit message stands in git's file for it: before git's comments, and before trailers that are there already."""
    lines = [line.rstrip("\r\n") for line in document.lines]
    end = next((at for at, line in enumerate(lines) if line.startswith(_COMMENT) or _SCISSORS in line[:40]), len(lines))
    while end and not lines[end - 1].strip():
        end -= 1
    trailers = end
    while trailers and _TRAILER.fullmatch(lines[trailers - 1]):
        trailers -= 1
    # ``fix: the till`` in the first line is a subject; ``Signed-off-by: …`` there is what git has put in for the user.
    alone = _SIGNED.match(lines[0]) if trailers == 0 and end else not lines[trailers - 1].strip()
    if trailers < end and alone:
        end = trailers
        while end and not lines[end - 1].strip():
            end -= 1
    last = Position(end - 1, len(lines[end - 1])) if end else Position(0, 0)
    return Span(Position(0, 0), last)


def verbose_diff(document: Document) -> str:
    """The diff that ``git commit --verbose`` has written below its scissors line; "" where there is none."""
    cut = next((at for at, line in enumerate(document.lines) if line.startswith(_COMMENT) and _SCISSORS in line[:40]), None)
    return "" if cut is None else "".join(line for line in document.lines[cut + 1 :] if not line.startswith(_COMMENT))


def message_of(answer: str) -> str:
    """The commit message that a model's answer holds: without fences, labels, quotes, and lines that git would drop."""
    lines = [without_controls(line).rstrip() for line in answer.strip().splitlines()]
    fences = [at for at, line in enumerate(lines) if line.lstrip().startswith("```")]
    if fences:
        lines = lines[fences[0] + 1 : fences[1] if len(fences) > 1 else None]
    lines = [line for line in lines if not line.startswith(_COMMENT)]
    while lines and not lines[0].strip():
        lines.pop(0)
    if not lines:
        return ""
    subject = _LABEL.sub("", lines[0].strip(), count=1).strip()
    for quote in _QUOTES:
        if len(subject) > 2 * len(quote) and subject.startswith(quote) and subject.endswith(quote):
            subject = subject[len(quote) : -len(quote)].strip()
    body = lines[1:]
    if body and body[0].strip():
        body.insert(0, "")
    return "\n".join([subject, *body]).strip()


ACTION = Action(
    id="commit_message",
    title="Write the commit message",
    kind="",
    surface="message",
    axis="coding",
    min_coding_score=0.50,
    median_output=80,
    max_tokens=2048,
    max_cost_usd=0.05,
    prompt=prompt,
    region=region,
    doc="Writes the message of a commit from what is staged, in the style of the last commits.",
)
