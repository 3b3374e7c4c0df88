"""A model of 300 kB in the GGUF format whose every next token follows from the last one: it fills a hole with `HOLE` and answers
a conversation with `ANSWER`, through the same layers, cache and sampling as a large one.
"""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

HEADS, HIDDEN = 4, 64
FIM = ("pre", "suf", "mid")
HOLE, ANSWER = "value", "x=1\n"
"""Their letters are all different, so that each knows which one comes next."""
MIDDLE, END = "<MID>", "</s>"
TOKENS = ("<unk>", "<s>", END, *(f"<0x{byte:02X}>" for byte in range(256)), "<PRE>", "<SUF>", MIDDLE, "<EOT>")
WIDTH = 288
"""One dimension for each token, and as many as heads can share."""


def write_tiny_model(path: Path, *, context: int = 512) -> None:
    """Skips the test where the ``gguf`` package is not installed."""
    gguf = pytest.importorskip("gguf", reason="needs the gguf package (it is in the dev group)")
    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_context_length(context)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(HIDDEN)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_vocab_size(len(TOKENS))
    writer.add_tokenizer_model("llama")
    writer.add_token_list([token.encode() for token in TOKENS])
    writer.add_token_scores([0.0] * len(TOKENS))
    writer.add_token_types([2, 3, 3, *[6] * 256, *[3] * 4])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    for offset, name in enumerate(FIM):
        writer.add_uint32(f"tokenizer.ggml.fim_{name}_token_id", 259 + offset)
    writer.add_chat_template("{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}assistant:")
    writer.add_tensor("token_embd.weight", np.eye(len(TOKENS), WIDTH, dtype=np.float32))
    writer.add_tensor("output_norm.weight", np.ones(WIDTH, np.float32))
    writer.add_tensor("output.weight", _followers())
    chance = np.random.default_rng(0)
    for name in ("attn_norm", "ffn_norm"):
        writer.add_tensor(f"blk.0.{name}.weight", np.ones(WIDTH, np.float32))
    for name, shape in (("attn_q", (WIDTH, WIDTH)), ("attn_k", (WIDTH, WIDTH)), ("attn_v", (WIDTH, WIDTH))):
        writer.add_tensor(f"blk.0.{name}.weight", chance.standard_normal(shape).astype(np.float32) * 0.1)
    for name, shape in (("ffn_gate", (HIDDEN, WIDTH)), ("ffn_up", (HIDDEN, WIDTH))):
        writer.add_tensor(f"blk.0.{name}.weight", chance.standard_normal(shape).astype(np.float32) * 0.1)
    # what the block computes is thrown away: the residual stream carries the last token alone
    writer.add_tensor("blk.0.attn_output.weight", np.zeros((WIDTH, WIDTH), np.float32))
    writer.add_tensor("blk.0.ffn_down.weight", np.zeros((WIDTH, HIDDEN), np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _followers() -> "np.ndarray[tuple[int, ...], np.dtype[np.float32]]":
    """Row: a token; column: the token before it."""
    weights = np.zeros((len(TOKENS), WIDTH), np.float32)
    weights[_number(END)] = 1.0  # whatever has no follower ends the answer
    for start, text in ((MIDDLE, HOLE), (":", ANSWER)):
        for before, after in pairwise((start, *text, END)):
            weights[_number(after), _number(before)] = 5.0
    return weights


def _number(token: str) -> int:
    return TOKENS.index(token) if token in TOKENS else TOKENS.index(f"<0x{ord(token):02X}>")
