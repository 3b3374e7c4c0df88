"""The child that served a GGUF file until November 2026: llama.cpp's own defaults. What the benchmark compares with."""

import json
import os
from importlib import import_module
from pathlib import Path
from typing import Any

from coderoute_ls.standard_streams import claim_input, claim_output


def main() -> None:
    said, address = claim_input(), claim_output()
    model, context, key = json.loads(said.readline())
    library: Any = import_module("xllamacpp")
    params = library.CommonParams()
    params.model.path = model
    params.model_alias = {Path(model).stem}
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [key]
    params.n_ctx = context
    params.ui = False
    server = library.Server(params)
    address.write(json.dumps(server.listening_address).encode() + b"\n")
    address.flush()
    said.read()
    os._exit(0)


if __name__ == "__main__":
    main()
