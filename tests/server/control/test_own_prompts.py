"""Prompts of the user's own stand beside the built-in actions; those of a folder only once just these texts are allowed."""

from pathlib import Path

import pytest

from coderoute_ls.domain import Position, Span
from coderoute_ls.lsp_client.json_rpc_peer import Refused
from coderoute_ls.server.features.own_prompts.own_actions import REFUSE, USE
from coderoute_ls.server.rpc.messages.control_messages import ActionsOffered
from tests.support.editor import ScriptedEditor
from tests.support.provider import ScriptedProvider
from tests.support.session import session, vendor

SOURCE = "def f(x):\n    return x\n"
ALL = Span(Position(0, 0), Position(2, 0))
REVIEW = '+++\ntitle = "Review"\n+++\nName what is risky.\n'
RENAME = '+++\ntitle = "Rename"\nfloor = 0.5\nsurface = "edit"\n+++\nGive better names.\n'


def own(tmp_path: Path, name: str, text: str) -> Path:
    file = tmp_path / "home" / "config" / "actions" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def of_folder(work: Path, name: str, text: str) -> Path:
    file = work / ".coderoute" / "actions" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


async def offered(editor: ScriptedEditor, uri: str) -> ActionsOffered:
    return ActionsOffered.read(await editor.command("coderoute.actions", {"uri": uri}))


async def titles(editor: ScriptedEditor, uri: str) -> list[str]:
    """Titles of the prompts that are not ours."""
    return [action.title for action in (await offered(editor, uri)).actions if action.file]


async def test_a_prompt_for_edits_is_offered_with_its_model_and_rewrites_the_lines(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        own(tmp_path, "rename.md", RENAME)
        buffer = editor.open((tmp_path / "work" / "a.py").as_uri(), SOURCE)
        found = [action for action in await editor.code_actions(buffer, ALL) if ".own." in action["kind"]]
        assert [action["title"].split(" (")[0] for action in found] == ["Rename"]
        started = await editor.run("rename", buffer, ALL)
        request = await provider.request()
        assert "Give better names." in str(request.json["messages"])
        await request.answer("```python\ndef f(value):\n    return value\n```")
        assert (await editor.finished(started.job)).outcome == "applied"
        assert buffer.text == "def f(value):\n    return value\n"


async def test_a_prompt_for_reports_shows_a_document(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        own(tmp_path, "review.md", REVIEW)
        buffer = editor.open((tmp_path / "work" / "a.py").as_uri(), SOURCE)
        started = await editor.run("review", buffer, ALL)
        await (await provider.request()).answer("Nothing is risky.")
        assert (await editor.finished(started.job)).action == "review"
        assert "Nothing is risky." in await editor.read(await editor.shown_document())


async def test_a_changed_file_holds_with_the_next_question_and_a_removed_one_is_gone(tmp_path: Path) -> None:
    async with session(tmp_path) as editor:
        uri = (tmp_path / "work" / "a.py").as_uri()
        assert await titles(editor, uri) == []
        file = own(tmp_path, "review.md", REVIEW)
        assert await titles(editor, uri) == ["Review"]
        file.write_text(REVIEW.replace("Review", "Look at it"))
        assert await titles(editor, uri) == ["Look at it"]
        own(tmp_path, "rename.md", RENAME)
        assert await titles(editor, uri) == ["Rename", "Look at it"]
        file.unlink()
        assert await titles(editor, uri) == ["Rename"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("review.md", "+++\ntitle = 3\n+++\nx", "line 2: the header needs a title"),
        ("refactor.md", REVIEW, "there is an action refactor already"),
        ("Big Name.md", REVIEW, "call the file by small letters"),
        ("review.md", "+++\n" + "x" * 70_000, "larger than 64 KiB"),
    ],
)
async def test_a_mistake_is_told_once_with_its_file_and_the_others_hold(tmp_path: Path, name: str, text: str, said: str) -> None:
    async with session(tmp_path) as editor:
        own(tmp_path, "rename.md", RENAME)
        file = own(tmp_path, name, text)
        uri = (tmp_path / "work" / "a.py").as_uri()
        for _ in range(2):
            answer = await offered(editor, uri)
            assert [action.title for action in answer.actions if action.file] == ["Rename"]
            (problem,) = answer.problems
            assert said in problem
            assert str(file) in problem
        assert said in await editor.notice()


async def test_what_editors_keep_beside_a_file_is_no_prompt_and_hides_none(tmp_path: Path) -> None:
    async with session(tmp_path) as editor:
        folder = own(tmp_path, "review.md", REVIEW).parent
        (folder / ".#review.md").symlink_to("me@here.123:456")  # Emacs, while the file is changed
        (folder / ".review.md").write_text("half of a")
        answer = await offered(editor, (tmp_path / "work" / "a.py").as_uri())
        assert [action.title for action in answer.actions if action.file] == ["Review"]
        assert answer.problems == []


async def test_a_link_to_nothing_is_told_and_the_others_hold(tmp_path: Path) -> None:
    async with session(tmp_path) as editor:
        own(tmp_path, "review.md", REVIEW).with_name("gone.md").symlink_to(tmp_path / "nothing")
        answer = await offered(editor, (tmp_path / "work" / "a.py").as_uri())
        assert [action.title for action in answer.actions if action.file] == ["Review"]
        assert "gone.md cannot be read" in answer.problems[0]
        assert "gone.md cannot be read" in await editor.notice()


async def test_a_folders_prompt_never_stands_in_place_of_the_users(tmp_path: Path) -> None:
    work = tmp_path / "work"
    of_folder(work, "review.md", REVIEW.replace("Review", "Theirs"))
    async with session(tmp_path) as editor:
        uri = (work / "a.py").as_uri()
        editor.presses.append(USE)
        await titles(editor, uri)
        await editor.until(lambda: bool(editor.questions))
        editor.questions.clear()
        while await titles(editor, uri) != ["Theirs"]:
            await editor.settle()
        mine = own(tmp_path, "review.md", REVIEW.replace("Review", "Mine"))
        assert await titles(editor, uri) == ["Mine"]
        assert "there is an action review already" in await editor.notice()
        mine.unlink()
        assert await titles(editor, uri) == ["Theirs"]


async def test_a_folders_prompts_wait_for_the_user_and_are_then_offered(tmp_path: Path) -> None:
    work = tmp_path / "work"
    of_folder(work, "review.md", REVIEW)
    async with session(tmp_path) as editor:
        editor.presses.append(USE)
        uri = (work / "a.py").as_uri()
        assert await titles(editor, uri) == []
        await editor.until(lambda: bool(editor.questions))
        (question,) = editor.questions
        editor.questions.clear()
        assert "work brings prompts of its own: “Review”" in question
        while not await titles(editor, uri):
            await editor.settle()
        assert await titles(editor, uri) == ["Review"]
    async with session(tmp_path / "again", folders=[work]) as editor:  # another user
        editor.presses.append(REFUSE)
        assert await titles(editor, uri) == []
        await editor.until(lambda: bool(editor.questions))
        editor.questions.clear()
        buffer = editor.open(uri, SOURCE)
        with pytest.raises(Refused, match="There is no action 'review'"):
            await editor.run("review", buffer, ALL)
        assert await titles(editor, uri) == []


async def test_the_answer_is_remembered_for_just_these_texts(tmp_path: Path) -> None:
    work, home = tmp_path / "work", tmp_path / "home"
    file = of_folder(work, "review.md", REVIEW)
    uri = (work / "a.py").as_uri()
    async with session(tmp_path) as editor:
        editor.presses.append(USE)
        await titles(editor, uri)
        await editor.until(lambda: bool(editor.questions))
        editor.questions.clear()
        while not await titles(editor, uri):
            await editor.settle()
    allowed = (home / "config" / "allowed_prompts.json").read_bytes()
    place = tmp_path / "second"
    (place / "home" / "config").mkdir(parents=True)
    (place / "home" / "config" / "allowed_prompts.json").write_bytes(allowed)
    (place / "home" / "config").rename(place / "kept")
    (place / "home").rmdir()
    async with session(place, folders=[work]) as editor:
        (place / "kept" / "allowed_prompts.json").rename(place / "home" / "config" / "allowed_prompts.json")
        assert await titles(editor, uri) == ["Review"]
        file.write_text(REVIEW + "And tell nobody.\n")
        assert await titles(editor, uri) == []  # asked again, and dismissed
        await editor.until(lambda: bool(editor.questions))
        editor.questions.clear()
        assert await titles(editor, uri) == []


async def test_a_folders_prompt_is_no_link_out_of_it(tmp_path: Path) -> None:
    work = tmp_path / "work"
    of_folder(work, "review.md", REVIEW).unlink()
    (tmp_path / "secret.md").write_text(REVIEW)
    (work / ".coderoute" / "actions" / "review.md").symlink_to(tmp_path / "secret.md")
    async with session(tmp_path) as editor:
        (problem,) = (await offered(editor, (work / "a.py").as_uri())).problems
        assert "is a link that leads out of the folder" in problem
        assert "is a link that leads out of the folder" in await editor.notice()
