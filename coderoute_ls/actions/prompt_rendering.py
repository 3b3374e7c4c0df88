"""Prompts from text files: ``prompts/<action>.md`` holds the rules, a line ``---``, and what is asked.

Both halves are ``string.Template``s. What surrounds the region is cut to the brief's budget here, in one place.
"""

from functools import cache
from importlib.resources import files
from pathlib import PurePath
from string import Template

from coderoute_ls.domain import Brief, Document, Message, Part, Position, Prompt, Snippet, Span
from coderoute_ls.ignore import redact_pieces
from coderoute_ls.text import indent_unit, with_endings

_LANGUAGES = {
    "c": "C",
    "cpp": "C++",
    "csharp": "C#",
    "css": "CSS",
    "html": "HTML",
    "javascript": "JavaScript",
    "javascriptreact": "JavaScript with JSX",
    "json": "JSON",
    "php": "PHP",
    "plaintext": "text",
    "shellscript": "shell",
    "sql": "SQL",
    "typescript": "TypeScript",
    "typescriptreact": "TypeScript with JSX",
    "yaml": "YAML",
}
"""Names that are not simply the languageId with a capital letter."""


def render(action: str, brief: Brief, *, max_tokens: int, cut: bool = False, **words: str) -> Prompt:
    """The action's prompt. Templates know ``$language``, ``$path``, ``$style``, ``$instruction``, ``$place`` (the region with
    its surroundings) and ``$related`` (pieces of other files), besides the given words.

    ``cut``: a region beyond the budget may be shortened. Never for a rewrite: what the model does not see it would delete.
    """
    system, ask = template(action)
    target = brief.target
    document = target.document
    words = {
        "language": language_name(document.language),
        "path": shown_path(document, target.folder),
        "style": style(document),
        "instruction": target.instruction.strip(),
        **words,
    }
    rules = system.substitute(words)
    start, end = brief.region
    if cut:  # of a huge file no more than can be shown: every line has at least its ending
        end = min(end, Position(start.line + brief.max_chars + 1, 0))
    region = document.slice(Span(start, end))
    if cut and len(region) > brief.max_chars:
        region = region[: region.rfind("\n", 0, brief.max_chars) + 1 or brief.max_chars] + "[…]\n"
    left = max(0, brief.max_chars - len(rules) - len(ask.safe_substitute(words)) - len(region))
    named = _shown(target.named)
    related = named + _related(brief.snippets, left // 2)
    before, after = clear(document, brief.region, *_surroundings(document, brief.region, left - len(related) + len(named)))
    place = _block("before", before, optional=True) + _block("region", region) + _block("after", after, optional=True)
    user = ask.substitute(words, related=related, place=place).strip() + "\n"
    return Prompt(
        system=rules,
        messages=(Message("user", user),),
        max_tokens=max_tokens,
        parts=(
            Part("rules", len(rules)),
            *((Part("named", len(named)),) if named else ()),
            Part("related", len(related) - len(named)),
            Part("surroundings", len(before) + len(after)),
            Part("region", len(region)),
        ),
    )


@cache
def template(action: str) -> tuple[Template, Template]:
    """The rules and what is asked."""
    text = (files("coderoute_ls.actions") / "prompts" / f"{action}.md").read_text(encoding="utf-8")
    rules, ask = text.split("\n---\n", 1)
    return Template(rules.strip() + "\n"), Template(ask.strip())


def language_name(language: str) -> str:
    """``Python`` for ``python``."""
    return _LANGUAGES.get(language, language.capitalize() or "text")


def shown_path(document: Document, folder: str) -> str:
    """The path below the workspace folder, else the bare name: the place of the user's files is private."""
    path = PurePath(document.path or document.uri)
    if folder and path.is_relative_to(folder):
        return path.relative_to(folder).as_posix()
    return path.name


def style(document: Document) -> str:
    """How the file is written, in words."""
    unit = indent_unit(tuple(document.lines[:400]))
    return "indentation by tabs" if unit == "\t" else f"indentation by {len(unit)} spaces"


def _related(snippets: tuple[Snippet, ...], budget: int) -> str:
    """As many snippets as fit, in their order, each whole: half a definition misleads more than none."""
    shown: list[str] = []
    for snippet in snippets:
        block = _shown((snippet,))
        if len(block) > budget:
            continue
        budget -= len(block)
        shown.append(block)
    return "".join(shown)


def _shown(snippets: tuple[Snippet, ...]) -> str:
    """Each snippet in a tag that says where it is from."""
    texts = ((snippet.path, with_endings(snippet.text, "\n").strip("\n")) for snippet in snippets)
    return "".join(f'<related file="{path}">\n{text}\n</related>\n' for path, text in texts)


def _surroundings(document: Document, region: Span, budget: int) -> tuple[str, str]:
    """Whole lines before and after the region; two thirds of the budget go before it."""
    after = document.after(region.end, budget // 3)
    if len(after) == budget // 3:
        after = after[: after.rfind("\n") + 1]
    before = document.before(region.start, budget - len(after))
    if len(before) == budget - len(after):
        before = before[before.find("\n") + 1 :]
    return before, after


MARGIN = 2_000
"""Characters beyond what is shown that are looked at for what they say of it: the name of a value, the start of a key."""


def clear(document: Document, region: Span, before: str, after: str) -> tuple[str, str]:
    """What is right before and right after the region, without its secrets: seen by what is further out, too."""
    above = document.before(region.start, len(before) + MARGIN)
    below = document.after(region.end, len(after) + MARGIN)
    between = document.slice(region)[:MARGIN]
    _, before, _, after, _ = redact_pieces(above[: len(above) - len(before)], before, between, after, below[len(after) :])
    return before, after


def _block(name: str, text: str, *, optional: bool = False) -> str:
    """The text between tags, with plain line ends; nothing when there is nothing to show."""
    if optional and not text.strip():
        return ""
    shown = with_endings(text, "\n").rstrip("\n")
    return f"<{name}>\n{shown}\n</{name}>\n"
