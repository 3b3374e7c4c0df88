"""The child that serves one GGUF file through llama.cpp, on a loopback port that the system chooses: ``[local]`` only.

Reads one line, JSON of path, context and key; prints its address as one line; ends when its standard input does, which is also
what happens when its parent dies.
"""

import json
import os
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from coderoute_ls.child_process.parent_death import end_with_parent
from coderoute_ls.standard_streams import claim_input, claim_output


class _Model(Protocol):
    path: str


PARALLEL = 2
"""Requests that are answered at once, out of one memory: a keystroke's beside an action's."""
CACHE_MIB = 512
"""Memory for prompts that are not in use, in MiB."""
BATCH_CPU, BATCH_GPU = 32, 512
"""Tokens of a prompt that are read between two looks at the other request, and at whether this one was given up."""


class _Threads(Protocol):
    n_threads: int


class _Params(Protocol):
    model: _Model
    model_alias: set[str]
    hostnames: list[str]
    port: int
    api_keys: list[str]
    n_ctx: int
    n_parallel: int
    kv_unified: bool
    n_batch: int
    n_ubatch: int
    cache_ram_mib: int
    cache_idle_slots: bool
    swa_full: bool
    cpuparams: _Threads
    cpuparams_batch: _Threads
    ui: bool


class _Server(Protocol):
    @property
    def listening_address(self) -> str: ...


class _Library(Protocol):
    """The part of xllamacpp that is used here; it has no types of its own."""

    def CommonParams(self) -> _Params: ...
    def get_device_info(self) -> list[dict[str, object]]: ...
    def Server(self, params: _Params) -> _Server: ...


def main() -> None:
    """Serve until standard input ends."""
    end_with_parent()  # loading holds the interpreter, so that the end of standard input would not be seen meanwhile
    said, address = claim_input(), claim_output()  # the library prints as it likes; the address must be alone
    model, context, key = cast("tuple[str, int, str]", json.loads(said.readline()))
    library = cast("_Library", import_module("xllamacpp"))
    params = library.CommonParams()
    params.model.path = model
    params.model_alias = {Path(model).stem}
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [key]
    params.n_ctx = context
    params.ui = False
    _share(params, gpu=any("GPU" in str(device.get("type")) for device in library.get_device_info()))
    server = library.Server(params)
    address.write(json.dumps(server.listening_address).encode() + b"\n")
    address.flush()
    said.read()
    os._exit(0)  # the library may take seconds to end its threads, and there is nothing to save


def _share(params: _Params, *, gpu: bool) -> None:
    """Two requests at once, and processors left for the editor and what else runs: with all of them as threads, one busy
    neighbour makes every step wait."""
    params.n_parallel, params.kv_unified = PARALLEL, True
    params.n_batch = params.n_ubatch = BATCH_GPU if gpu else BATCH_CPU
    params.cache_ram_mib = CACHE_MIB
    params.cache_idle_slots = False  # each kind of request has a slot of its own, which keeps its prompt
    params.swa_full = True  # else a model with a sliding window reads its whole prompt again for each key
    cores = os.cpu_count() or 1
    params.cpuparams.n_threads = max(1, cores // 2)
    params.cpuparams_batch.n_threads = max(1, cores - 1)


if __name__ == "__main__":
    main()
