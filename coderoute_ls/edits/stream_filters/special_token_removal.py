"""Removes special tokens of chat and fill-in-the-middle templates that leak into answers."""

from coderoute_ls.edits.stream_filters.stream_filter import Filter
from coderoute_ls.text.finder import Finder

ENDS = (
    "<|endoftext|>", "<|end_of_text|>", "<|im_end|>", "<|im_start|>", "<|eot_id|>", "<|eom_id|>", "<|end|>", "<|return|>",
    "<|file_separator|>", "<|file_sep|>", "<|repo_name|>", "<file_sep>", "<end_of_turn>", "<｜end▁of▁sentence｜>",
    "<|EOT|>", "<EOT>",
)  # fmt: skip
"""After one of these, nothing belongs to the answer."""

MARKS = (
    "<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|fim_pad|>", "<fim_prefix>", "<fim_suffix>", "<fim_middle>",
    "<fim_pad>", "<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>", "<|fim_begin|>", "<|fim_hole|>", "<|fim_end|>",
    "<|code_prefix|>", "<|code_suffix|>", "<|code_middle|>", "<|cursor|>", "[PREFIX]", "[SUFFIX]", "[MIDDLE]",
    "<start_of_turn>", "<｜begin▁of▁sentence｜>", "<|begin_of_text|>", "<|assistant|>",
)  # fmt: skip
"""These are cut out, and the answer goes on."""
_ALL = (*ENDS, *MARKS)
_LONGEST = max(map(len, _ALL))

_FINDER = Finder(_ALL)


class Tokens(Filter):
    """``kept`` is the text that the answer replaces: a token that is in it is the user's own text."""

    def __init__(self, kept: str) -> None:
        super().__init__()
        self._kept = kept
        self._own: dict[str, bool] = {}
        """Whether the user's text has a token, as far as that was asked."""
        self._held: str = ""
        self._over = False

    def feed(self, text: str) -> str:
        if self._over:
            return ""
        text = self._held + text
        passed: list[str] = []
        at = 0
        for found in _FINDER.find(text):
            if self._is_own(found.group()):
                continue
            passed.append(text[at : found.start()])
            at = found.end()
            if found.group() in ENDS:
                self._over = True
                self._held = ""
                return "".join(passed)
        rest = text[at:]
        keep = self._open(rest)
        self._held = rest[len(rest) - keep :]
        return "".join(passed) + rest[: len(rest) - keep]

    def finish(self) -> str:
        return self._held

    def _is_own(self, token: str) -> bool:
        if token not in self._own:
            self._own[token] = token in self._kept
        return self._own[token]

    def _open(self, text: str) -> int:
        """How many characters at the end may be the start of a token."""
        text = text[-_LONGEST:]
        for start in (text.rfind("<"), text.rfind("[")):
            tail = text[start:] if start >= 0 else ""
            if tail and any(token.startswith(tail) and not self._is_own(token) for token in _ALL):
                return len(tail)
        return 0
