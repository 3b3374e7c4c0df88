"""Thinking aloud in tags before the answer, as some local models do where their server does not take it out."""

from coderoute_ls.edits.clean.filter import Filter

_TAGS = tuple((f"<{tag}>", f"</{tag}>") for tag in ("think", "thinking", "thought", "reasoning", "reflection", "scratchpad"))


class Reasoning(Filter):
    """Drops tagged blocks in front of the answer. A block that never ends takes the whole answer with it."""

    def __init__(self) -> None:
        super().__init__()
        self._buffer = ""
        self._closing = ""
        self._answering = False

    def feed(self, text: str) -> str:
        if self._answering:
            return text
        self._buffer += text
        while True:
            if self._closing:
                before, found, after = self._buffer.partition(self._closing)
                if not found:
                    self._buffer = before[-len(self._closing) :]
                    return ""
                self._buffer, self._closing = after, ""
            start = self._buffer.lstrip()
            tags = next((tags for tags in _TAGS if start.startswith(tags[0])), None)
            if tags is None:
                break
            self._buffer, self._closing = start.removeprefix(tags[0]), tags[1]
        if any(opening.startswith(start) for opening, _ in _TAGS):
            return ""
        return self._give()

    def finish(self) -> str:
        return "" if self._closing else self._give()

    def _give(self) -> str:
        self._answering = True
        text, self._buffer = self._buffer, ""
        return text
