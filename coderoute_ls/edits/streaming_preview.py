"""An answer on its way, as far as it may be shown: cleaned, outside of fences, indented as the first line says. The whole
answer decides in the end what is written.
"""

from coderoute_ls.edits.answer.target_region import Place
from coderoute_ls.edits.stream_filters.blank_line_removal import Trim
from coderoute_ls.edits.stream_filters.certain_lines import Preview
from coderoute_ls.edits.stream_filters.control_character_removal import Controls
from coderoute_ls.edits.stream_filters.line_ending_conversion import Endings
from coderoute_ls.edits.stream_filters.preview_indentation import Indent
from coderoute_ls.edits.stream_filters.reasoning_removal import Reasoning
from coderoute_ls.edits.stream_filters.special_token_removal import Tokens
from coderoute_ls.edits.stream_filters.stream_filter import Filter


class AnswerPreview:
    """The steps for one answer, in pieces of any size. ``sure``: all of it is the region's text."""

    def __init__(self, place: Place, *, sure: bool = False) -> None:
        own = "\n".join(place.old)
        self._reasoning = Reasoning(own)
        self._steps: list[Filter] = [
            Endings(),
            self._reasoning,
            Tokens(own),
            Controls(own),
            Preview(place, sure=sure),
            Trim(),
            Indent(place.base, place.unit or "    "),
        ]
        self._partial = ""

    def feed(self, text: str) -> list[str] | None:
        """Lines, without endings, that may be shown now; None when those that were shown turn out to be a thought."""
        for step in self._steps:
            text = step.feed(text)
        if self._reasoning.retracted:
            return None
        *lines, self._partial = (self._partial + text).split("\n")
        return lines
