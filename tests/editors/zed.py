"""The set-up for Zed as files: ``python -m tests.editors.zed FOLDER``."""

import sys
from pathlib import Path

from coderoute_ls.editors import editors


def write(folder: Path, command: str) -> None:
    """What ``coderoute-ls editor zed`` prints, each file where its head says."""
    for file in editors()["zed"].files:
        path = folder / file.path.split(";")[0].removeprefix("coderoute-zed/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text.replace("@command@", command))


if __name__ == "__main__":
    write(Path(sys.argv[1]), "coderoute-ls")
