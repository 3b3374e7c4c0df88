"""``coderoute-ls gateway``, which also tells how it is: for each line on its input, its memory, open files and tasks, as JSON.

``python -m benchmarks.gateway.watched`` prints its address first. Its token is in ``TOKEN``.
"""

import asyncio
import gc
import json
import os
import sys
from pathlib import Path

from benchmarks.driving import resident_mb
from coderoute_ls.cli.gateway import served
from coderoute_ls.gateway.http.event_loop import run


async def _tell() -> None:
    """Until the input ends."""
    while await asyncio.to_thread(sys.stdin.readline):
        gc.collect()
        print(json.dumps({"mb": resident_mb(os.getpid()), "files": _files(), "tasks": len(asyncio.all_tasks())}), flush=True)


def _files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def _main() -> None:
    telling = asyncio.create_task(_tell())
    serving = asyncio.create_task(served(0, os.environ["TOKEN"], lambda url: print(url, flush=True)))
    await asyncio.wait({telling, serving}, return_when=asyncio.FIRST_COMPLETED)
    serving.cancel()
    await asyncio.wait({serving})


if __name__ == "__main__":
    run(_main())
