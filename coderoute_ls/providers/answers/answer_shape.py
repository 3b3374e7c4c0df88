"""Cleans a streamed answer: what it repeats of the question and what comes after its stop is not shown."""

from dataclasses import dataclass

from coderoute_ls.providers.fill_in_middle import StopCut, Trimmer


@dataclass(slots=True)
class AnswerShape:
    """The clean-up of a streamed answer; a conversation without stops needs none."""

    trimmer: Trimmer | None
    cut: StopCut | None

    @property
    def plain(self) -> bool:
        return self.cut is None

    @property
    def over(self) -> bool:
        """Nothing that still comes would be shown."""
        return (self.cut is not None and self.cut.stopped) or (self.trimmer is not None and self.trimmer.closed)

    def feed(self, text: str) -> str:
        if self.trimmer is not None:
            text = self.trimmer.feed(text)
        return text if self.cut is None else self.cut.feed(text)

    def close(self) -> str:
        rest = self.trimmer.close() if self.trimmer is not None else ""
        return rest if self.cut is None else self.cut.feed(rest) + self.cut.close()
