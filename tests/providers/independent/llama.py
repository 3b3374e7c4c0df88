"""llama.cpp's own server over a tiny model of random weights, made on the spot. Run with the Python of `install`'s environment.

``python llama.py FOLDER``: writes the model there and serves it; the server's own log says where.
"""
# pyright: basic, reportAttributeAccessIssue=false, reportMissingImports=false
# (its two libraries live in that other environment)

import signal
import sys
from pathlib import Path

import gguf
import numpy as np
import xllamacpp

WIDTH, HEADS, FEED, CONTEXT = 64, 4, 128, 1024
SPECIAL = ["<unk>", "<s>", "</s>", "<fim_prefix>", "<fim_suffix>", "<fim_middle>", "<file_sep>"]
PREFIX, SUFFIX, MIDDLE, FILE = 3, 4, 5, 6
LETTERS = range(ord("a"), ord("z") + 1)


def write_model(path: Path) -> None:
    """One layer, a vocabulary of single bytes and FIM tokens; its random answers are lower-case letters."""
    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_name("random")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(FEED)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    tokens = [*SPECIAL, *(f"<0x{byte:02X}>" for byte in range(256))]
    kinds = [gguf.TokenType.UNKNOWN, *([gguf.TokenType.CONTROL] * (len(SPECIAL) - 1)), *([gguf.TokenType.BYTE] * 256)]
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores([0.0] * len(tokens))
    writer.add_token_types(kinds)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    for name, token in (("pre", PREFIX), ("suf", SUFFIX), ("mid", MIDDLE), ("sep", FILE)):
        writer.add_uint32(f"tokenizer.ggml.fim_{name}_token_id", token)
    writer.add_chat_template("{% for message in messages %}{{ message['content'] }}\n{% endfor %}assistant: ")
    chance = np.random.default_rng(7)

    def random(*shape: int) -> "np.ndarray":
        return (chance.standard_normal(shape) * 0.3).astype(np.float32)

    vocabulary = len(tokens)
    output = np.zeros((vocabulary, WIDTH), np.float32)
    for letter in LETTERS:
        output[len(SPECIAL) + letter] = random(WIDTH) * 20
    writer.add_tensor("token_embd.weight", random(vocabulary, WIDTH))
    writer.add_tensor("output_norm.weight", np.ones(WIDTH, np.float32))
    writer.add_tensor("output.weight", output)
    for name, shape in {
        "attn_q": (WIDTH, WIDTH),
        "attn_k": (WIDTH, WIDTH),
        "attn_v": (WIDTH, WIDTH),
        "attn_output": (WIDTH, WIDTH),
        "ffn_gate": (FEED, WIDTH),
        "ffn_up": (FEED, WIDTH),
        "ffn_down": (WIDTH, FEED),
    }.items():
        writer.add_tensor(f"blk.0.{name}.weight", random(*shape))
    for name in ("attn_norm", "ffn_norm"):
        writer.add_tensor(f"blk.0.{name}.weight", np.ones(WIDTH, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main() -> None:
    model = Path(sys.argv[1]) / "random.gguf"
    write_model(model)
    params = xllamacpp.CommonParams()
    params.model.path = str(model)
    params.n_ctx = CONTEXT
    params.n_parallel = 1
    params.warmup = False
    params.cpuparams.n_threads = 1
    server = xllamacpp.Server(params)
    assert server.listening_address
    signal.pause()


if __name__ == "__main__":
    main()
