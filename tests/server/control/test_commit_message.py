"""The message of a commit from what is staged, for an input box and for the file that git opens; never more than may be shown."""

import os
import subprocess
from pathlib import Path

import pytest

from coderoute_ls.domain import Position, Span
from coderoute_ls.lsp_client.json_rpc_peer import Refused
from coderoute_ls.server.rpc.messages.coderoute_messages import RunStarted
from coderoute_ls.server.rpc.messages.commit_messages import CommitMessage
from tests.support.editor import ScriptedEditor
from tests.support.provider import ScriptedProvider
from tests.support.session import joined, session, vendor

TEMPLATE = "\n# Please enter the commit message for your changes.\n#\n# On branch main\n"
TOP = Span(Position(0, 0), Position(0, 0))


def git(folder: Path, *command: str, **environ: str) -> str:
    home = {"HOME": str(folder.parent), "GIT_CONFIG_NOSYSTEM": "1", "PATH": os.environ["PATH"], **environ}
    own = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main", "-c", "commit.gpgSign=false")
    return subprocess.run(["git", *own, *command], cwd=folder, capture_output=True, check=True, env=home).stdout.decode()


def repository(tmp_path: Path, *subjects: str) -> Path:
    work = tmp_path / "work"
    work.mkdir()
    git(work, "init", "-q")
    for at, subject in enumerate(subjects):
        (work / f"old_{at}.py").write_text(f"{at}\n")
        git(work, "add", "-A")
        git(work, "commit", "-qm", subject)
    return work


def stage(work: Path, name: str, text: str) -> None:
    (work / name).parent.mkdir(parents=True, exist_ok=True)
    (work / name).write_text(text)
    git(work, "add", "-f", name)


BUILT_IN = "the built-in engine answers"
"""Said once, where no model can be asked."""


async def message(editor: ScriptedEditor, work: Path, begun: str = "") -> CommitMessage:
    answer = editor.peer.send("coderoute/commitMessage", {"uri": work.as_uri(), "begun": begun})
    return CommitMessage.read(await answer.result)


async def test_the_input_box_gets_what_the_model_says_of_the_staged_diff(tmp_path: Path) -> None:
    work = repository(tmp_path, "feat(shop): add the till", "fix(shop): count again")
    stage(work, "money.py", "def total(lines):\n    return sum(lines)\n")
    (work / "unstaged.py").write_text("not_a_part_of_it = 1\n")
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        asking = editor.peer.send("coderoute/commitMessage", {"uri": work.as_uri(), "begun": "wip: totals"})
        request = await provider.request()
        said = str(request.json["messages"])
        for shown in ("+    return sum(lines)", "fix(shop): count again", "Conventional Commits", "wip: totals"):
            assert shown in said
        assert "not_a_part_of_it" not in said
        await request.answer("```\nCommit message: `feat(shop): sum the lines`\nbecause.\n```\n")
        found = CommitMessage.read(await asking.result)
        assert (found.text, found.model) == ("feat(shop): sum the lines\n\nbecause.", "scripted")
        assert found.cost_usd is not None
        assert found.cost_usd > 0


async def test_without_a_model_it_is_named_from_the_structure(tmp_path: Path) -> None:
    work = repository(tmp_path)
    stage(work, "money.py", "x = 1\n")
    async with session(tmp_path) as editor:
        found = await message(editor, work)
        assert found.text == "Add money.py"
        assert "without a model" in " ".join(found.notes)
        assert BUILT_IN in await editor.notice()


@pytest.mark.parametrize("first", [True, False], ids=["first commit", "later"])
async def test_with_nothing_staged_it_says_what_to_do(tmp_path: Path, *, first: bool) -> None:
    work = repository(tmp_path, *(() if first else ("Add it",)))
    (work / "unstaged.py").write_text("x = 1\n")
    async with session(tmp_path) as editor:
        with pytest.raises(Refused, match="Nothing is staged: `git add`"):
            await message(editor, work)


async def test_outside_of_a_repository_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    async with session(tmp_path) as editor:
        with pytest.raises(Refused, match="is in no git repository"):
            await message(editor, tmp_path / "work")


async def test_a_merge_keeps_gits_own_message_and_asks_nobody(tmp_path: Path) -> None:
    work = repository(tmp_path, "Add it")
    git(work, "checkout", "-qb", "side")
    stage(work, "side.py", "x = 1\n")
    git(work, "commit", "-qm", "Side")
    git(work, "checkout", "-q", "main")
    stage(work, "main.py", "x = 1\n")
    git(work, "commit", "-qm", "Main")
    git(work, "merge", "--no-commit", "--no-ff", "side")
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        found = await message(editor, work)
        assert found.text == "Merge branch 'side'"
        assert provider.log == []


async def test_secrets_ignored_and_generated_files_stay_here(tmp_path: Path) -> None:
    work = repository(tmp_path, "Add it")
    (work / "coderoute.toml").write_text('[context]\nignore = ["private/"]\n')
    secret = "ghp_" + "a8Kd93hfKQ02mdFs81nZxW4rT6yU1pLq3vBc"
    stage(work, "settings.py", f'GITHUB_TOKEN = "{secret}"\nname = "shop"\n')
    stage(work, "private/plan.md", "the_hidden_plan\n")
    stage(work, ".env", "PASSWORD=hunter2hunter2\n")
    stage(work, "package-lock.json", '{"lockfileVersion": 3}\n' * 40)
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        asking = editor.peer.send("coderoute/commitMessage", {"uri": work.as_uri()})
        request = await provider.request()
        said = str(request.json["messages"])
        for hidden in (secret, "hunter2", "the_hidden_plan", "private/plan", ".env", "lockfileVersion"):
            assert hidden not in said
        for shown in ('name = "shop"', "40 changed lines of a generated file are not shown"):
            assert shown in said
        await request.answer("Configure the shop")
        found = CommitMessage.read(await asking.result)
        assert found.notes == ["2 files were left out: ignored or secret."]


async def test_when_everything_is_secret_nobody_is_asked(tmp_path: Path) -> None:
    work = repository(tmp_path)
    stage(work, ".env", "PASSWORD=hunter2hunter2\n")
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        with pytest.raises(Refused, match="nothing of them is sent anywhere"):
            await message(editor, work)
        assert provider.log == []


async def test_a_long_diff_is_cut_with_a_word(tmp_path: Path) -> None:
    work = repository(tmp_path, "Add it")
    stage(work, "small.py", "small = 1\n")
    stage(work, "large.py", "".join(f"row_{at} = {at}\n" for at in range(5_000)))
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        asking = editor.peer.send("coderoute/commitMessage", {"uri": work.as_uri()})
        request = await provider.request()
        said = str(request.json["messages"])
        assert len(said) < 30_000
        assert "small = 1" in said
        assert "more lines of large.py are not shown" in said
        await request.answer("Add rows")
        assert "of its lines were not shown to the model" in " ".join(CommitMessage.read(await asking.result).notes)


@pytest.mark.parametrize("name", [b"caf\xe9.py", b"a\nb.py", b'a"b\\c.py', b"tab\tx.py", "日本/naïve é.py".encode()])
async def test_a_file_of_any_name_is_described(tmp_path: Path, name: bytes) -> None:
    work = repository(tmp_path, "Add it")
    stage(work, os.fsdecode(name), "price_of_all = 1\n")
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        asking = editor.peer.send("coderoute/commitMessage", {"uri": work.as_uri()})
        request = await provider.request()
        assert "price_of_all" in str(request.json["messages"])
        await request.answer("Add the price")
        assert CommitMessage.read(await asking.result).notes == []


async def test_a_cancelled_request_ends_the_call(tmp_path: Path) -> None:
    work = repository(tmp_path)
    stage(work, "money.py", "x = 1\n")
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        asking = editor.peer.send("coderoute/commitMessage", {"uri": work.as_uri()})
        request = await provider.request()
        await request.start()
        editor.peer.cancel(asking)
        await request.closed()
        with pytest.raises(Refused):
            await asking.result


PROGRAMS = """
    core.fsmonitor core.pager pager.diff pager.log diff.external diff.mine.command diff.mine.textconv filter.mine.clean
    filter.mine.smudge gpg.program gpg.ssh.program core.sshCommand core.editor core.gitProxy credential.helper core.askPass
    sequence.editor interactive.diffFilter uploadpack.packObjectsHook core.alternateRefsCommand trailer.mine.command
    merge.mine.driver
"""
"""Settings of git that name a program."""


async def test_nothing_that_a_repository_names_is_executed(tmp_path: Path) -> None:
    """Every program that git's configuration, attributes or hooks could start in what is asked of it."""
    work = repository(tmp_path, "Add it")
    ran = tmp_path / "ran"
    program = tmp_path / "program.sh"
    program.write_text(f"#!/bin/sh\necho $0 >> {ran}\ncat\n")
    program.chmod(0o755)
    for key in PROGRAMS.split():
        git(work, "config", key, str(program))
    for key, value in (("log.showSignature", "true"), ("diff.submodule", "log"), ("diff.orderFile", str(tmp_path / "absent"))):
        git(work, "config", key, value)
    git(work, "config", "alias.diff", f"!{program}")
    for hook in ("pre-commit", "prepare-commit-msg", "post-index-change", "fsmonitor-watchman", "reference-transaction"):
        (work / ".git" / "hooks" / hook).write_text(program.read_text())
        (work / ".git" / "hooks" / hook).chmod(0o755)
    (work / ".gitattributes").write_text("* diff=mine filter=mine merge=mine\n")
    (work / "money.py").write_text("x = 1\n")
    blob = git(work, "hash-object", "-w", "--no-filters", "money.py").strip()
    git(
        work,
        "-c",
        f"core.hooksPath={os.devnull}",
        "-c",
        "core.fsmonitor=false",
        "update-index",
        "--add",
        "--cacheinfo",
        f"100644,{blob},money.py",
    )
    ran.unlink(missing_ok=True)
    async with session(tmp_path) as editor:
        assert (await message(editor, work)).text == "Add money.py"
        assert BUILT_IN in await editor.notice()
    assert not ran.exists(), ran.read_text()


async def test_the_file_that_git_opens_is_filled_by_a_code_action_and_one_edit(tmp_path: Path) -> None:
    work = repository(tmp_path, "Add it")
    stage(work, "money.py", "x = 1\n")
    file = work / ".git" / "COMMIT_EDITMSG"
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        buffer = editor.open(file.as_uri(), TEMPLATE, "git-commit")
        (action,) = await editor.code_actions(buffer, TOP)
        assert action["title"] == "Write the commit message from what is staged"
        started = RunStarted.read(await editor.command(action["command"]["command"], *action["command"]["arguments"]))
        await (await provider.request()).answer("Add money")
        finished = await editor.finished(started.job)
        assert (finished.outcome, finished.action) == ("applied", "commit_message")
        assert buffer.text == f"Add money{TEMPLATE}"


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("", "Add money"),
        ("half a thought\n" + TEMPLATE, "Add money\n" + TEMPLATE),
        ("# only comments\n", "Add money\n# only comments\n"),
        ("Draft\n\nSigned-off-by: A <a@b>\n" + TEMPLATE, "Add money\n\nSigned-off-by: A <a@b>\n" + TEMPLATE),
    ],
)
async def test_what_the_user_has_begun_gives_way_and_trailers_and_comments_stay(tmp_path: Path, text: str, after: str) -> None:
    work = repository(tmp_path, "Add it")
    stage(work, "money.py", "x = 1\n")
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        buffer = editor.open((work / ".git" / "COMMIT_EDITMSG").as_uri(), text, "gitcommit")
        started = RunStarted.read(await editor.command("coderoute.commitMessage", {"uri": buffer.uri}))
        await (await provider.request()).answer("Add money")
        await editor.finished(started.job)
        assert buffer.text == after


async def test_who_goes_on_writing_keeps_their_words_and_gets_the_message_told(tmp_path: Path) -> None:
    work = repository(tmp_path, "Add it")
    stage(work, "money.py", "x = 1\n")
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        buffer = editor.open((work / ".git" / "COMMIT_EDITMSG").as_uri(), TEMPLATE, "git-commit")
        started = RunStarted.read(await editor.command("coderoute.commitMessage", {"uri": buffer.uri}))
        request = await provider.request()
        editor.type(buffer, Position(0, 0), "My own words")
        await request.answer("Add money")
        await editor.finished(started.job)
        assert "Add money" in await editor.notice()
        assert buffer.text == f"My own words{TEMPLATE}"


async def test_git_commit_verbose_is_believed_about_what_is_committed(tmp_path: Path) -> None:
    """As for ``--amend``: what will be committed is more than what is staged on top of the last commit."""
    work = repository(tmp_path, "Add it")
    diff = "diff --git a/amended.py b/amended.py\nnew file mode 100644\n--- /dev/null\n+++ b/amended.py\n@@ -0,0 +1 @@\n+x = 1\n"
    text = f"Add it\n# ------------------------ >8 ------------------------\n# Do not modify.\n{diff}"
    async with session(tmp_path) as editor:
        buffer = editor.open((work / ".git" / "COMMIT_EDITMSG").as_uri(), text, "git-commit")
        started = RunStarted.read(await editor.command("coderoute.commitMessage", {"uri": buffer.uri}))
        await editor.finished(started.job)
        assert buffer.text == text.replace("Add it\n", "Add amended.py\n")
        assert BUILT_IN in await editor.notice()


async def test_a_linked_worktree_has_its_own_and_a_file_that_only_claims_to_be_one_has_none(tmp_path: Path) -> None:
    work = repository(tmp_path, "Add it")
    git(work, "worktree", "add", "-q", str(tmp_path / "linked"))
    stage(tmp_path / "linked", "there.py", "x = 1\n")
    stage(work, "here.py", "x = 1\n")
    async with session(tmp_path) as editor:
        buffer = editor.open((work / ".git" / "worktrees" / "linked" / "COMMIT_EDITMSG").as_uri(), TEMPLATE, "git-commit")
        started = RunStarted.read(await editor.command("coderoute.commitMessage", {"uri": buffer.uri}))
        await editor.finished(started.job)
        assert buffer.text == f"Add there.py{TEMPLATE}"
        assert BUILT_IN in await editor.notice()
        other = work / ".git" / "worktrees" / "claims"
        other.mkdir()
        (other / "gitdir").write_text(str(tmp_path / "linked" / ".git"))
        buffer = editor.open((other / "COMMIT_EDITMSG").as_uri(), TEMPLATE, "git-commit")
        started = RunStarted.read(await editor.command("coderoute.commitMessage", {"uri": buffer.uri}))
        assert (await editor.finished(started.job)).outcome == "failed"
        assert "cannot be told" in await editor.notice()
        assert buffer.text == TEMPLATE


async def test_git_commit_with_a_path_is_about_the_index_that_git_made_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = repository(tmp_path, "Add it")
    stage(work, "other.py", "x = 1\n")
    (work / "old_0.py").write_text("changed\n")
    own = work / ".git" / "next-index-1.lock"
    git(work, "read-tree", "HEAD", GIT_INDEX_FILE=str(own))
    git(work, "add", "old_0.py", GIT_INDEX_FILE=str(own))
    for named, said in ((str(own), "Update old_0.py"), (str(tmp_path / "elsewhere"), "Add other.py")):
        monkeypatch.setenv("GIT_INDEX_FILE", named)
        async with joined(tmp_path / Path(named).name, folders=[work]) as (editor, _):
            assert (await message(editor, work)).text == said
            assert BUILT_IN in await editor.notice()


async def test_it_can_be_switched_off_and_waits_while_paused(tmp_path: Path) -> None:
    work = repository(tmp_path)
    stage(work, "money.py", "x = 1\n")
    async with session(tmp_path, "[actions.commit_message]\nenable = false\n") as editor:
        with pytest.raises(Refused, match="switched off"):
            await message(editor, work)
        await editor.command("coderoute.pause", {"paused": True})
        with pytest.raises(Refused, match="paused"):
            await message(editor, work)
