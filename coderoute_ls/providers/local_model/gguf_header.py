"""What a GGUF file says of itself before its weights: window, chat template, tokens for holes, and how long it has to be."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from io import BufferedReader
from math import prod
from pathlib import Path
from typing import cast

from coderoute_ls.domain import FimSupport

MAGIC = b"GGUF"
_SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_TEXT, _ARRAY = 8, 9
_MOST_TEXT, _MOST_ITEMS, _MOST_KEYS = 1 << 22, 1 << 21, 1 << 14
"""A file that claims more is broken."""
_BYTES: Mapping[int, tuple[int, int]] = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 9: (32, 36),
    10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 15: (256, 292),
    16: (256, 66), 17: (256, 74), 18: (256, 98), 19: (256, 50), 20: (32, 18), 21: (256, 110), 22: (256, 82), 23: (256, 136),
    24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8), 28: (1, 8), 29: (256, 56), 30: (1, 2), 34: (256, 54), 35: (256, 66),
    39: (32, 17),
}  # fmt: skip
"""ggml's type → weights in a block, bytes of a block."""
_PREFIX, _SUFFIX, _MIDDLE = "fim_pre_token_id", "fim_suf_token_id", "fim_mid_token_id"
_OLD = {_PREFIX: "prefix_token_id", _SUFFIX: "suffix_token_id", _MIDDLE: "middle_token_id"}
_NAMED = (
    ("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"),
    ("<fim_prefix>", "<fim_suffix>", "<fim_middle>"),
    ("<fim-prefix>", "<fim-suffix>", "<fim-middle>"),
    ("<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>"),
    ("<|code_prefix|>", "<|code_suffix|>", "<|code_middle|>"),
    ("<PRE>", "<SUF>", "<MID>"),
)
"""The names by which llama.cpp knows these tokens where the file gives no numbers."""


class Broken(Exception):
    """The file is no GGUF file, or ends within its header."""


@dataclass(frozen=True, slots=True)
class GgufHeader:
    """One file's own facts."""

    context: int | None = None
    """Tokens of context that the model was made for."""
    chats: bool = False
    """It has a chat template: without one there is no conversation."""
    fim: FimSupport | None = None
    """Its raw tokens for filling a hole, prefix first; None where its vocabulary has none."""
    missing_bytes: int = 0
    """Bytes of weights that the header promises and the file does not have: its download was cut."""


def read_header(path: Path) -> GgufHeader:
    """The header of this file, read again only when the file changes. Raises `Broken` and OSError."""
    found = path.stat()
    return _read(path, found.st_size, found.st_mtime_ns)


@lru_cache(maxsize=16)
def _read(path: Path, size: int, changed: int) -> GgufHeader:
    del changed
    with path.open("rb") as file:
        try:
            return _Reader(file, size).header()
        except (struct.error, UnicodeDecodeError, KeyError, OverflowError) as error:
            raise Broken(str(error)) from None


class _Reader:
    """Reads the values in their order; little-endian files of the versions 2 and 3."""

    def __init__(self, file: BufferedReader, size: int) -> None:
        self._file = file
        self._size = size

    def header(self) -> GgufHeader:
        if self._file.read(4) != MAGIC:
            raise Broken("no GGUF file")
        version, tensors, keys = self._unpack("<IQQ")
        if version not in (2, 3) or keys > _MOST_KEYS or tensors > _MOST_ITEMS:
            raise Broken("not of a version that is known")
        values = dict(self._pair() for _ in range(keys))
        context = values.get(f"{values.get('general.architecture')}.context_length")
        return GgufHeader(
            context if isinstance(context, int) else None,
            "tokenizer.chat_template" in values,
            _fim(values),
            self._missing(tensors, values.get("general.alignment")),
        )

    def _missing(self, tensors: int, alignment: object) -> int:
        """Bytes that the last tensor reaches past the end of the file."""
        end = 0
        for _ in range(tensors):
            self._text()
            (dimensions,) = self._unpack("<I")
            shape = self._unpack(f"<{dimensions}Q") if dimensions <= 8 else ()
            kind, offset = self._unpack("<IQ")
            weights, size = _BYTES.get(kind, (1, 0))  # of a type that is not known, only where it starts
            end = max(end, offset + prod(shape) // weights * size)
        step = alignment if isinstance(alignment, int) and alignment > 0 else 32
        start = -(-self._file.tell() // step) * step
        return max(0, start + end - self._size) if tensors else 0

    def _pair(self) -> tuple[str, object]:
        key = self._text()
        (kind,) = self._unpack("<I")
        return key, self._value(kind, kept=key == "tokenizer.ggml.tokens")

    def _value(self, kind: int, *, kept: bool = False) -> object:
        if kind == _TEXT:
            return self._text()
        if kind != _ARRAY:
            return self._unpack(_SCALARS[kind])[0]
        item, count = self._unpack("<IQ")
        if count > _MOST_ITEMS:
            raise Broken("an array without end")
        if item == _TEXT and kept:
            return [self._text() for _ in range(count)]
        if item in _SCALARS:
            self._file.seek(count * struct.calcsize(_SCALARS[item]), 1)
            return None
        for _ in range(count):
            self._value(item)
        return None

    def _text(self) -> str:
        (size,) = self._unpack("<Q")
        if size > _MOST_TEXT:
            raise Broken("a text without end")
        return self._file.read(size).decode("utf-8", "replace")

    def _unpack(self, form: str) -> tuple[int, ...]:
        return struct.unpack(form, self._file.read(struct.calcsize(form)))


def _fim(values: Mapping[str, object]) -> FimSupport | None:
    tokens = cast("list[str]", values.get("tokenizer.ggml.tokens") or [])
    numbers = [values.get(f"tokenizer.ggml.{name}", values.get(f"tokenizer.ggml.{_OLD[name]}")) for name in _OLD]
    if all(isinstance(number, int) and number < len(tokens) for number in numbers):
        marks = tuple(tokens[number] for number in numbers if isinstance(number, int))
    else:
        known = set(tokens)
        marks = next((named for named in _NAMED if known.issuperset(named)), ())
    if len(marks) != 3:
        return None
    before, after, middle = marks
    end = values.get("tokenizer.ggml.eos_token_id")
    stops = (*marks, tokens[end]) if isinstance(end, int) and end < len(tokens) else marks
    return FimSupport("openai-completions", f"{before}{{prefix}}{after}{{suffix}}{middle}", tuple(dict.fromkeys(stops)))
