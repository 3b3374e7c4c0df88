"""A check runs on what the editor shows, changes nothing of the user's, sees no keys and always ends."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from coderoute_ls.server.checks.command import check
from tests.support.processes import ends

PYTHON = sys.executable


async def test_an_exit_code_of_zero_passes_and_another_fails_with_what_was_said(tmp_path: Path) -> None:
    assert (await check([PYTHON, "-c", "pass"], tmp_path, tmp_path)).passed
    verdict = await check([PYTHON, "-c", "import sys; print('one'); print('2 failed'); sys.exit(1)"], tmp_path, tmp_path)
    assert not verdict.passed
    assert verdict.reason == "2 failed"


async def test_the_file_is_an_argument_and_nothing_is_read_by_a_shell(tmp_path: Path) -> None:
    file = tmp_path / "a; exit 3.py"
    verdict = await check([PYTHON, "-c", "import sys; print(sys.argv[1:])", "{file}", "$HOME"], tmp_path, file)
    assert verdict.passed
    assert str(file) in verdict.said
    assert "$HOME" in verdict.said


async def test_only_what_is_known_to_be_harmless_of_the_environment_reaches_the_command(tmp_path: Path) -> None:
    secret = {
        "OPENROUTER_API_KEY": "sk",
        "GITHUB_TOKEN": "ghp",
        "MY_PAT": "ghp",
        "DATABASE_URL": "postgres://u:p@h",
        "MY_WORD": "?",
    }
    environ = {**os.environ, **secret, "JAVA_HOME": "/opt/java"}
    program = f"import os; print([n for n in os.environ if n in ('JAVA_HOME', {', '.join(map(repr, secret))})])"
    verdict = await check([PYTHON, "-c", program], tmp_path, tmp_path, environ=environ)
    assert verdict.said.strip() == "['JAVA_HOME']"


async def test_a_command_ends_with_its_children_when_its_server_is_killed(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    os.mkfifo(pids)
    command = f"import os, time; open({str(pids)!r}, 'w').write(f'{{os.getpid()}} {{os.getppid()}}'); time.sleep(600)"
    server = (
        "import asyncio, sys; from pathlib import Path; from coderoute_ls.server.checks.command import check;"
        f"asyncio.run(check([sys.executable, '-c', {command!r}], Path({str(tmp_path)!r}), Path('x')))"
    )
    process = await asyncio.create_subprocess_exec(PYTHON, "-c", server)
    try:
        started = [int(number) for number in (await asyncio.to_thread(pids.read_text)).split()]
        ending = [ends(number) for number in started]
    finally:
        process.kill()
        await process.wait()
    async with asyncio.timeout(60):
        await asyncio.gather(*ending)


async def test_a_command_that_is_not_there_fails_with_a_reason(tmp_path: Path) -> None:
    verdict = await check(["no-such-program-anywhere"], tmp_path, tmp_path)
    assert not verdict.passed
    assert verdict.reason.startswith("no-such-program-anywhere cannot be run")


async def test_a_command_that_never_ends_is_ended_with_its_children(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    program = (
        "import subprocess, sys, pathlib; child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
        f"pathlib.Path({str(pids)!r}).write_text(str(child.pid)); child.wait()"
    )
    for timeout_s in (1.0, 8.0, 64.0):  # on a busy machine the command needs longer to start its child
        verdict = await check([PYTHON, "-c", program], tmp_path, tmp_path, timeout_s=timeout_s)
        assert not verdict.passed
        assert verdict.reason.endswith(f"took longer than {timeout_s:.0f} s")
        if pids.exists() and pids.read_text():
            break
    async with asyncio.timeout(60):
        await ends(int(pids.read_text()))


async def test_cancelling_ends_the_command(tmp_path: Path) -> None:
    started = tmp_path / "started"
    os.mkfifo(started)
    program = f"import time; open({str(started)!r}, 'w').close(); time.sleep(600)"
    task = asyncio.create_task(check([PYTHON, "-c", program], tmp_path, tmp_path))
    await asyncio.to_thread(started.read_bytes)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_much_output_is_cut_to_its_end(tmp_path: Path) -> None:
    verdict = await check([PYTHON, "-c", "print('x' * 5_000_000); print('the end')"], tmp_path, tmp_path)
    assert verdict.reason == "the end"
    assert len(verdict.said) <= 2000


@pytest.mark.skipif(sys.platform == "win32", reason="process groups are POSIX's")
@pytest.mark.parametrize("error", [ProcessLookupError, PermissionError])
async def test_a_group_that_has_ended_already_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[OSError]
) -> None:
    """Linux says that there is no such group; macOS says of one that is not waited for yet that it may not be signalled."""

    def killpg(*_: object) -> None:
        raise error

    monkeypatch.setattr(os, "killpg", killpg)
    assert (await check([PYTHON, "-c", "print('one')"], tmp_path, tmp_path)).passed
