"""What a child process is given: an allow-list's environment, an import path without the working directory, typed messages."""

import ast
import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.child_process.environment import child_environment
from coderoute_ls.child_process.spawn import python_command, spawn
from coderoute_ls.domain import Answer, Diagnostic, Document, Draft, Position, Span, Target
from coderoute_ls.embedded.process import worker_messages as messages
from coderoute_ls.embedded.process.wire_format import HEADER, LARGEST, Malformed
from coderoute_ls.import_path import PACKAGES, safe_import_path

KNOWN = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/home/me",
    "LANG": "de_DE.UTF-8",
    "TMPDIR": "/tmp",
    "SYSTEMROOT": "/windows",
    "LC_ALL": "C",
}
SECRETS = {
    "OPENROUTER_API_KEY": "sk", "MY_PAT": "ghp", "DATABASE_URL": "postgres://u:p@h/d", "GH": "x", "HTTPS_PROXY": "http://u:p@proxy",
    "PYTHONSTARTUP": "/home/me/x.py", "PYTHONHOME": "/x", "LD_PRELOAD": "/x.so", "BASH_ENV": "/x", "NODE_OPTIONS": "--require /x",
    "GIT_DIR": "/x", "PIP_INDEX_URL": "https://u:p@h", "SSH_AUTH_SOCK": "/x", "AWS_PROFILE": "prod", "RUFF_CONFIG": "/x",
}  # fmt: skip


@pytest.mark.parametrize("tools", [False, True])
def test_only_names_of_the_list_reach_a_child(tools: bool) -> None:
    assert child_environment({**KNOWN, **SECRETS}, tools=tools) == KNOWN


@pytest.mark.parametrize(
    ("value", "passed"),
    [("/a:.:/b", "/a:/b"), (":/a", "/a"), ("", None), (".", None), ("bin:/a:", "/a")],
)
@pytest.mark.skipif(os.name == "nt", reason="POSIX paths")
def test_relative_folders_of_a_search_path_are_dropped(value: str, passed: str | None) -> None:
    assert child_environment({"PATH": value}).get("PATH") == passed


def test_a_folder_variable_that_is_no_folder_and_a_word_that_is_a_sentence_are_dropped() -> None:
    environ = {"HOME": "secret", "JAVA_HOME": "ghp_0123", "LANG": "my secret is 42", "CC": "x" * 200}
    assert child_environment(environ, tools=True) == {}


@pytest.mark.skipif(os.name == "nt", reason="POSIX paths")
def test_the_working_directory_and_what_is_named_relative_to_it_is_no_place_to_import_from(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    entries = ["", ".", str(tmp_path), str(tmp_path / "link"), str(tmp_path / "src"), str(tmp_path / "venv"), "/usr/lib/python3"]
    environ = {"PYTHONPATH": "src::/usr/lib/python3"}
    assert safe_import_path(entries, str(tmp_path), environ) == [str(tmp_path / "venv"), "/usr/lib/python3"]
    assert safe_import_path([PACKAGES], PACKAGES, {}) == [PACKAGES]


async def test_a_child_of_ours_imports_our_package_and_ignores_python_variables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit(3)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("PYTHONINSPECT", "1")
    child = await spawn(python_command("coderoute_ls", "--version"))
    said, _ = await child.communicate(b"")
    assert child.returncode == 0
    assert b"coderoute-ls" in said


POSITION = Position(1, 2)
TARGET = Target(
    Document("file:///a.py", "python", 3, ["a\n", "\ud800 é 😀"], "/a.py"), Span(POSITION, POSITION), "do",
    (Diagnostic(Span(POSITION, POSITION), "bad", "ruff", "E1", 2),), "/", False,
)  # fmt: skip
MESSAGES: list[messages.Message] = [
    messages.Setup("/c", 256), messages.Folder("/f", True, ("*.x", "y")), messages.Change("u", "p", 0, 1, ("a\n", "\udc80")),
    messages.Closed("u"),
    messages.Feedback(0.5, True), messages.DraftAsked(1, "u", POSITION), messages.Ready(), messages.Progress("/f", 1, 2, "note"),
    messages.Replied(1, None), messages.Replied(2, Draft("x", 0.25, True)), messages.Replied(3, Answer("text", True, ("a", "b"))),
]  # fmt: skip


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_every_message_arrives_as_it_was_sent(message: messages.Message) -> None:
    assert messages.unpack(messages.pack(message)[HEADER.size :]) == message


def test_a_question_arrives_with_its_document() -> None:
    asked = messages.unpack(messages.pack(messages.AnswerAsked(7, "explain", TARGET, TARGET.span))[HEADER.size :])
    assert isinstance(asked, messages.AnswerAsked)
    assert asked.target.document.text == TARGET.document.text
    assert asked.target.diagnostics == TARGET.diagnostics
    assert (asked.id, asked.action, asked.region, asked.target.folder) == (7, "explain", TARGET.span, "/")


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{}", b"null", b"[]", b"[[]]", b'["Unknown", 1]', b'["Replied"]', b'["Replied", 1]', b'["Replied", "1", null]',
        b'["Replied", 1, ["Setup", "/x", 1]]', b'["Replied", 1, ["Draft", "x", "1", true]]', b'["Replied", true, null]',
        b'["Change", "u", "p", 0, 1, "lines"]', b'["Change", "u", "p", 0, 1, [1]]', b'["Ready", 1]', b"cos\nsystem\n(S'id'\ntR.",
        b"\x80\x05\x8c\x05posix", b"[" * 100_000,
    ],
)  # fmt: skip
def test_what_is_no_declared_message_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed):
        messages.unpack(body)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=20))
def test_whatever_a_child_says_is_a_message_or_refused(plain: object) -> None:
    try:
        message = messages.unpack(json.dumps(plain).encode())
    except Malformed:
        return
    assert type(message) in messages.Message.__args__


def test_a_message_of_absurd_size_is_refused_before_it_is_read() -> None:
    with pytest.raises(Malformed):
        messages.size_of(HEADER.pack(LARGEST + 1))


PACKAGE = Path(PACKAGES) / "coderoute_ls"
ANYWHERE = {"create_subprocess_exec", "create_subprocess_shell", "subprocess_exec", "subprocess_shell", "Popen"}
STARTERS = {
    "os": {"system", "popen", "execv", "execve", "execvp", "posix_spawn", "spawnv", "fork"},
    "subprocess": {"run", "call", "check_output"},
}


def test_only_the_package_for_it_starts_processes_and_nobody_reads_pickles() -> None:
    found: set[str] = set()
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Attribute):
                of = node.value.id if isinstance(node.value, ast.Name) else ""
                if node.attr in ANYWHERE or node.attr in STARTERS.get(of, ()):
                    found.add(file.relative_to(PACKAGE).as_posix())
            if isinstance(node, ast.Import | ast.ImportFrom):
                modules = {alias.name for alias in node.names} | {getattr(node, "module", None)}
                assert not modules & {"pickle", "shelve", "dill"}, file
    assert found == {"child_process/spawn.py", "child_process/command_guard.py"}
