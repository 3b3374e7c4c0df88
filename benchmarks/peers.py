"""Other people's programs that do a part of what ours does, for a comparison in the same run.

``PEERS=1 make bench`` installs them under ``.benchmarks/peers`` from PyPI and npm, which takes minutes; ``PEERS=FOLDER`` takes
them from a folder where they are, and installs there what is missing. Without it none is measured.
"""

import os
import subprocess
import sys
import venv
from pathlib import Path

from benchmarks.report import RESULTS

_NPM = ("tabby-agent", "@portkey-ai/gateway")


def folder() -> Path | None:
    """Where they are installed; None: the run is without them.

    Raises `subprocess.CalledProcessError` where a registry does not give one."""
    said = os.environ.get("PEERS", "")
    if said in ("", "0"):
        return None
    found = RESULTS / "peers" if said == "1" else Path(said).absolute()
    if not litellm(found).exists():
        print("installing LiteLLM's proxy ...", file=sys.stderr, flush=True)
        venv.create(found / "litellm", with_pip=True)
        subprocess.run([found / "litellm" / "bin" / "pip", "install", "--quiet", "litellm[proxy]"], check=True)
    if missing := [name for name in _NPM if not (found / "node_modules" / name).exists()]:
        print(f"installing {' and '.join(missing)} ...", file=sys.stderr, flush=True)
        subprocess.run(["npm", "install", "--silent", "--ignore-scripts", "--prefix", found, *missing], check=True)
    return found


def litellm(found: Path) -> Path:
    """The command that starts LiteLLM's proxy."""
    return found / "litellm" / "bin" / "litellm"


def portkey(found: Path) -> Path:
    """The script that starts Portkey's gateway."""
    return found / "node_modules" / "@portkey-ai" / "gateway" / "build" / "start-server.js"


def tabby_agent(found: Path) -> Path:
    """The script that starts Tabby's language server."""
    return found / "node_modules" / "tabby-agent" / "dist" / "cli.js"
