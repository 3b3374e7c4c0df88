"""The real server, whose model file is served behind the benchmark's relay: ``serve_relayed.py PORT``."""

import sys
from pathlib import Path

from coderoute_ls.__main__ import main
from coderoute_ls.providers.local_model.model_files import ModelServer

if __name__ == "__main__":
    port = sys.argv[1]
    ModelServer.command = lambda self: [sys.executable, str(Path(__file__).with_name("relayed_child.py")), port]
    sys.argv[1:] = ["serve"]
    raise SystemExit(main())
