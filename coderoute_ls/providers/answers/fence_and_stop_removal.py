"""The clean-up of a streamed answer: the fence around it, and what is behind its stop, is not shown."""

from dataclasses import dataclass

from coderoute_ls.providers.fill_in_middle_by_prompt import Unfenced
from coderoute_ls.providers.fill_in_middle_templates import Healed, StopCut


@dataclass(slots=True)
class AnswerShape:
    """The clean-up of a streamed answer; a conversation without stops needs none."""

    block: Unfenced | None
    cut: StopCut | None
    healed: Healed | None = None

    @property
    def plain(self) -> bool:
        return self.cut is None

    @property
    def over(self) -> bool:
        """Nothing that still comes would be shown."""
        return (self.cut is not None and self.cut.stopped) or (self.block is not None and self.block.closed)

    def feed(self, text: str) -> str:
        if self.block is not None:
            text = self.block.feed(text)
        if self.healed is not None:
            text = self.healed.feed(text)
        return text if self.cut is None else self.cut.feed(text)

    def close(self) -> str:
        rest = self.block.close() if self.block is not None else ""
        return rest if self.cut is None else self.cut.feed(rest) + self.cut.close()
