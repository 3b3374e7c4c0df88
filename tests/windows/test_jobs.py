"""Whatever ends the server on Windows, the system ends what it started."""

import asyncio
import sys
from asyncio.subprocess import PIPE

import pytest

from coderoute_ls.processes import is_running
from tests.support.processes import ends

pytestmark = pytest.mark.skipif(sys.platform != "win32", reason="job objects are Windows'")

SERVER = """
import subprocess, sys
from coderoute_ls.child_process.windows_job_object import end_children_with_this_process
end_children_with_this_process()
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], stdin=subprocess.DEVNULL)
print(child.pid, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("end", ["kill", "leave"])
async def test_children_end_with_the_process_that_started_them(end: str) -> None:
    server = await asyncio.create_subprocess_exec(sys.executable, "-c", SERVER, stdin=PIPE, stdout=PIPE)
    assert server.stdin is not None
    assert server.stdout is not None
    child = int(await server.stdout.readline())
    assert is_running(child)
    over = ends(child)
    if end == "kill":
        server.kill()
    else:
        server.stdin.close()
    async with asyncio.timeout(60):
        await over
        await server.wait()
    assert not is_running(child)
