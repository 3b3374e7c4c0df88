"""Windows' way to a program: by its endings, never in the folder that is checked, and no shell in between."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from coderoute_ls.child_process.find_program import NotRunnable, windows_command


def environment(*folders: Path | str) -> Mapping[str, str]:
    return {"PATH": os.pathsep.join(map(str, folders)), "PATHEXT": ".COM;.EXE;.BAT;.CMD"}


def program(folder: Path, name: str) -> str:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(b"")
    return str(folder / name)


def found(command: str, *folders: Path | str) -> str:
    return Path(windows_command([command], environment(*folders))[0]).name.lower()


def test_a_name_without_an_ending_gets_one_in_their_order(tmp_path: Path) -> None:
    program(tmp_path / "node", "npm")  # for other shells
    program(tmp_path / "node", "npm.CMD")
    assert found("npm", tmp_path / "node") == "npm.cmd"
    program(tmp_path / "node", "npm.EXE")
    assert found("npm", tmp_path / "node") == "npm.exe"
    assert found("npm.cmd" if os.name == "nt" else "npm.CMD", tmp_path / "node") == "npm.cmd"


def test_the_first_folder_of_the_path_wins(tmp_path: Path) -> None:
    first = program(tmp_path / "a", "tool.EXE")
    program(tmp_path / "b", "tool.EXE")
    assert windows_command(["tool", "x"], environment(tmp_path / "a", tmp_path / "b")) == [first, "x"]


@pytest.mark.parametrize("entry", [".", "", "bin", "..\\bin"])
def test_the_working_directory_is_no_place_for_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entry: str) -> None:
    monkeypatch.chdir(tmp_path)
    program(tmp_path, "pytest.EXE")
    program(tmp_path / "bin", "pytest.EXE")
    with pytest.raises(NotRunnable, match="pytest is not found"):
        windows_command(["pytest"], environment(entry))


def test_a_path_that_the_user_wrote_is_taken_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    program(tmp_path / "tools", "check.EXE")
    assert found("tools/check") == "check.exe"
    assert found(str(tmp_path / "tools" / "check.EXE")) == "check.exe"
    with pytest.raises(NotRunnable, match="absent is not found"):
        windows_command(["tools/absent"], environment())


@pytest.mark.parametrize("argument", ["a&calc.py", "%PATH%", 'a"b.py', "a^b", "a|b", "a\nb", "a>b", "a<b"])
def test_a_batch_file_gets_no_argument_that_it_would_run(tmp_path: Path, argument: str) -> None:
    for ending in (".BAT", ".CMD"):
        program(tmp_path / "node", f"eslint{ending}")
        with pytest.raises(NotRunnable, match="eslint is a batch file"):
            windows_command(["eslint", "--fix", argument], environment(tmp_path / "node"))
        (tmp_path / "node" / f"eslint{ending}").unlink()
    file = program(tmp_path / "node", "eslint.EXE")
    assert windows_command(["eslint", argument], environment(tmp_path / "node")) == [file, argument]


def test_usual_arguments_of_a_batch_file_pass(tmp_path: Path) -> None:
    file = program(tmp_path / "node", "npm.CMD")
    usual = ["run", "test", "--", "src\\a b (copy)\\c.ts", "--grep=x,y"]
    assert windows_command(["npm", *usual], environment(tmp_path / "node")) == [file, *usual]
