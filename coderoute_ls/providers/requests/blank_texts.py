"""What Anthropic's models, wherever they live, do not take: texts of blanks alone, which other models write before a call, and a
begun answer that ends with a blank.
"""

from coderoute_ls.domain.conversation import TextPart
from coderoute_ls.providers.json_access import as_object
from coderoute_ls.providers.requests.conversation_writer import Writer


def says(writer: Writer, part: TextPart, path: str) -> bool:
    """Whether a text may be a block of its own."""
    if part.text and not part.text.strip():
        writer.lose("info", "dropped", path, "It takes no text of blanks alone.")
    return bool(part.text.strip())


def without_last_blanks(writer: Writer, block: object) -> None:
    """The last text of an answer that the caller has begun."""
    held = as_object(block)
    text = held.get("text")
    if isinstance(text, str) and text != text.rstrip():
        writer.lose("info", "rewritten", "messages", "Blanks at the end of a begun answer are left out.")
        held["text"] = text.rstrip()
