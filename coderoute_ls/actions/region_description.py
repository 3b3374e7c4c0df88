"""What a prompt says about the region that the answer replaces: its first and last line, and which part of a line is selected."""

from coderoute_ls.actions.action_region import part_of_line
from coderoute_ls.domain import Brief, Document, Span
from coderoute_ls.ignore import redact

_LONGEST = 160
"""A longer line is not said again."""
_OPEN, _CLOSE = "⟦", "⟧"


def bounds(brief: Brief) -> str:
    """A few lines at the end of a prompt; "" where there is nothing to say."""
    document = brief.target.document
    lines = [line.rstrip("\r\n") for line in document.slice(brief.region).splitlines() if line.strip()]
    said: list[str] = []
    if lines and max(len(lines[0]), len(lines[-1])) <= _LONGEST:
        count = "1 line" if len(lines) == 1 else f"{len(lines)} lines that are not blank"
        ends = f"`{redact(lines[0]).strip()}`" + (f" to `{redact(lines[-1]).strip()}`" if len(lines) > 1 else "")
        said.append(f"<region> is {count}, {ends}; your answer stands in place of all of it.")
    if (part := part_of_line(document, brief.target.span)) and brief.region.contains(part):
        said.append(
            f"The user means the part between {_OPEN} and {_CLOSE}; answer with whole lines all the same, without these marks:\n"
            f"<selected>\n{_marked(document, part)}\n</selected>"
        )
    return "\n".join(said) + "\n" if said else ""


def _marked(document: Document, part: Span) -> str:
    """The lines of a selection, with marks around it."""
    (first, begin), (last, stop) = part
    lines = [document.line(number) for number in range(first, last + 1)]
    lines[-1] = lines[-1][:stop] + _CLOSE + lines[-1][stop:]
    lines[0] = lines[0][:begin] + _OPEN + lines[0][begin:]
    return redact("\n".join(lines))
