"""What may be loaded before ``initialize`` is answered, and before the first request is."""

import json
import subprocess
import sys
from pathlib import Path

from coderoute_ls.server.rpc.framing import framed
from tests.support.capabilities import generic

FIRST_STAGE = {
    "coderoute_ls",
    "coderoute_ls.import_path",
    *(f"coderoute_ls.server{name}" for name in ("", ".rpc", ".rpc.framing", ".startup", ".startup.early_initialize")),
}
FIRST_STAGE_LIBRARY = {
    "__future__", "annotationlib", "ast", "collections", "contextlib", "copy", "copyreg", "dataclasses", "dis", "enum",
    "errno", "fnmatch", "functools", "glob", "importlib", "inspect", "ipaddress", "itertools", "json", "keyword", "linecache",
    "math", "ntpath", "opcode", "operator", "pathlib", "re", "reprlib", "runpy", "sre_compile", "sre_constants", "sre_parse",
    "token", "tokenize", "types", "typing", "urllib", "warnings", "weakref",
}  # fmt: skip
"""Standard library packages, beyond those that any Python has loaded, and private ones."""
SECOND_STAGE = {"attr", "attrs", "cattrs", "lsprotocol", "orjson", "pygls", "typing_extensions"}
"""Third-party packages. No numpy, pydantic, httpx, keyring or tree-sitter: they come when they are first needed."""

WATCHED = """
import json, os, sys
before = set(sys.modules)
real = os.write
def write(handle, data):
    real(2, json.dumps(sorted(set(sys.modules) - before)).encode())
    os._exit(0)
os.write = write
sys.argv = ["coderoute-ls", "serve"]
import runpy
runpy.run_module("coderoute_ls", run_name="__main__", alter_sys=True)
"""
CONNECTED = """
import asyncio, json, os, sys
from pathlib import Path
before = set(sys.modules)
import coderoute_ls.cli._stdio
from coderoute_ls.server.startup.lazy_lsprotocol import import_late
import_late()
from coderoute_ls.app.application import Application
from coderoute_ls.server.language_server import Connection
async def connection():
    Connection(Application({"CODEROUTE_HOME": sys.argv[1]}).backend)
asyncio.run(connection())
print(json.dumps(sorted(name for name in set(sys.modules) - before)))
"""


def test_initialize_is_answered_by_a_handful_of_modules() -> None:
    params = {"processId": None, "rootUri": None, "capabilities": generic()}
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}).encode()
    message = framed(body)
    done = subprocess.run([sys.executable, "-c", WATCHED], input=message, capture_output=True, check=True)
    loaded: list[str] = json.loads(done.stderr)
    assert {name for name in loaded if name.startswith("coderoute_ls")} - {"coderoute_ls.__main__"} == FIRST_STAGE
    others = {name.partition(".")[0] for name in loaded} - {"coderoute_ls"}
    assert {name for name in others if not name.startswith("_")} <= FIRST_STAGE_LIBRARY


def test_the_first_request_needs_no_heavy_library(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", CONNECTED, str(tmp_path)], capture_output=True, text=True, check=True)
    loaded: list[str] = json.loads(done.stdout)
    others = {name.partition(".")[0] for name in loaded} - set(sys.stdlib_module_names) - {"coderoute_ls"}
    assert others == SECOND_STAGE
