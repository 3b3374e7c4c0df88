"""A random model of some 100 kB in the GGUF format, with a vocabulary of bytes and the four tokens for filling in the middle."""

from pathlib import Path

import numpy as np
import pytest

LENGTH, WIDTH, HEADS, HIDDEN = 512, 32, 4, 64
FIM = ("pre", "suf", "mid")


def write_tiny_model(path: Path) -> None:
    """Skips the test where the ``gguf`` package is not installed."""
    gguf = pytest.importorskip("gguf", reason="needs the gguf package")
    chance = np.random.default_rng(0)

    def random(*shape: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        return (chance.standard_normal(shape) * 0.1).astype(np.float32)

    tokens = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256)), "<PRE>", "<SUF>", "<MID>", "<EOT>"]
    kinds = [2, 3, 3, *[6] * 256, *[3] * 4]
    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_context_length(LENGTH)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(HIDDEN)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("llama")
    writer.add_token_list([token.encode() for token in tokens])
    writer.add_token_scores([0.0] * len(tokens))
    writer.add_token_types(kinds)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    for offset, name in enumerate(FIM):
        writer.add_uint32(f"tokenizer.ggml.fim_{name}_token_id", 259 + offset)
    writer.add_chat_template("{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}assistant:")
    writer.add_tensor("token_embd.weight", random(len(tokens), WIDTH))
    writer.add_tensor("output_norm.weight", np.ones(WIDTH, np.float32))
    writer.add_tensor("output.weight", random(len(tokens), WIDTH))
    for name in ("attn_norm", "ffn_norm"):
        writer.add_tensor(f"blk.0.{name}.weight", np.ones(WIDTH, np.float32))
    for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
        writer.add_tensor(f"blk.0.{name}.weight", random(WIDTH, WIDTH))
    for name in ("ffn_gate", "ffn_up"):
        writer.add_tensor(f"blk.0.{name}.weight", random(HIDDEN, WIDTH))
    writer.add_tensor("blk.0.ffn_down.weight", random(WIDTH, HIDDEN))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
