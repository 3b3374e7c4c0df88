"""An edit under review, from the command to the last decision: each hunk is kept or rejected for itself, all of it exactly."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coderoute_ls.domain import Outcome, Position, ReviewCount, Span
from coderoute_ls.lsp_client.json_rpc_peer import Refused
from coderoute_ls.lsp_client.scripted_editor import Buffer
from coderoute_ls.server.language_server import Connection
from coderoute_ls.server.rpc.messages.review_messages import EditUnderReview
from coderoute_ls.text import split_lines
from tests.support.capabilities import generic
from tests.support.editor import ScriptedEditor
from tests.support.long_edit import HUNKS, LONG, LONG_NEW, chosen, half
from tests.support.provider import Json, ScriptedProvider
from tests.support.session import Model, joined, vendor

HEAD, TAIL = "import math\n\n", "\nprint(math.pi)\n"
OLD = "def f(x):\n    y = x\n    return y\n\n\ndef g():\n    pass\n\n\ndef h():\n    return 1\n"
NEW = "def f(x: int) -> int:\n    return x\n\n\ndef g() -> None:\n    pass\n\n\ndef h():\n    print(1)\n    return 1\n"
URI = "file:///work/a.py"
MODELS = (Model("swift", 0.8, 0.2), Model("grand", 0.95, 3.0))


@asynccontextmanager
async def written(
    place: Path, old: str = OLD, new: str = NEW, **options: object
) -> AsyncGenerator[tuple[ScriptedEditor, Buffer, str, Connection]]:
    """A refactoring of ``old`` into ``new`` is written; with its job."""
    async with ScriptedProvider() as provider, joined(place, vendor(provider, MODELS), **options) as (editor, server):  # type: ignore[arg-type]
        buffer = editor.open(URI, HEAD + old + TAIL)
        started = await editor.run("refactor", buffer, Span(Position(2, 0), Position(2 + old.count("\n"), 0)))
        await (await provider.request()).answer(f"```python\n{new}```")
        finished = await editor.finished(started.job)
        assert finished.outcome == "applied", finished.problems
        assert buffer.text == HEAD + new + TAIL
        await editor.settle()
        yield editor, buffer, started.job, server


async def decide(editor: ScriptedEditor, job: str, hunk: int, decision: str, *, force: bool = False) -> bool:
    """Whether it was done; then the editor has what follows from it, as far as the server goes on by itself."""
    asked = {"job": job, "hunk": hunk, "decision": decision, "force": force}
    before = len(editor.edits)
    done = await editor.command("coderoute.decideHunk", asked)
    if done["done"] and decision == "reject":
        await editor.until(lambda: len(editor.edits) > before)
        await editor.settle()
        await editor.settle()
    return bool(done["done"])


def states(told: EditUnderReview) -> tuple[str, list[int], int, int]:
    return told.state, [hunk.hunk for hunk in told.hunks], told.kept, told.rejected


async def test_hunks_are_told_decided_and_undone_one_by_one(tmp_path: Path) -> None:
    async with written(tmp_path) as (editor, buffer, job, _):
        told = editor.reviews[job]
        assert states(told) == ("open", [0, 1, 2], 0, 0)
        assert told.title.startswith("Refactor by swift, $")
        assert [(hunk.first, hunk.last, hunk.old) for hunk in told.hunks] == [
            (2, 4, "def f(x):\n    y = x\n    return y\n"),
            (6, 7, "def g():\n"),
            (11, 12, ""),
        ]
        assert [choice.choice for choice in told.choices] == ["keep", "undo", "retry", "show"]
        assert told.choices[2].title.startswith("Retry on grand (≈ $")
        assert await decide(editor, job, 0, "keep")
        assert await decide(editor, job, 1, "reject")
        assert states(editor.reviews[job]) == ("open", [2], 1, 1)
        assert buffer.text == HEAD + NEW.replace("g() -> None", "g()") + TAIL
        assert await decide(editor, job, 2, "reject")
        assert states(editor.reviews[job]) == ("done", [], 1, 2)
        editor.undo()
        await editor.settle()
        assert states(editor.reviews[job]) == ("open", [2], 1, 1)
        editor.undo()
        await editor.settle()
        assert states(editor.reviews[job]) == ("open", [1, 2], 1, 0)
        assert buffer.text == HEAD + NEW + TAIL
        editor.undo()  # the whole action
        await editor.settle()
        assert buffer.text == HEAD + OLD + TAIL
        assert states(editor.reviews[job]) == ("done", [], 0, 3)


async def test_while_it_is_written_the_old_and_the_new_are_told_and_nothing_can_be_decided(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, joined(tmp_path, vendor(provider)) as (editor, _):
        buffer = editor.open(URI, HEAD + OLD + TAIL)
        started = await editor.run("refactor", buffer, Span(Position(2, 0), Position(13, 0)))
        request = await provider.request()
        await request.start()
        await request.text("```python\ndef f(x: int) -> int:\n    return x\n")
        await editor.until(lambda: bool(editor.reviews[started.job].hunks))
        told = editor.reviews[started.job]
        assert (told.state, [(hunk.first, hunk.last) for hunk in told.hunks]) == ("writing", [(2, 4)])
        assert buffer.lines[2:4] == ["def f(x: int) -> int:\n", "    return x\n"]
        with pytest.raises(Refused):
            await editor.command("coderoute.decideHunk", {"job": started.job, "hunk": 0, "decision": "keep"})
        editor.press_cancel(started.token)
        assert (await editor.finished(started.job)).outcome == "cancelled"
        await editor.settle()
        assert editor.reviews[started.job].state == "done"
        assert buffer.text == HEAD + OLD + TAIL


async def test_a_hunk_that_was_typed_in_is_only_rejected_when_that_is_said(tmp_path: Path) -> None:
    async with written(tmp_path) as (editor, buffer, job, _):
        editor.type(buffer, Position(3, len("    return x")), " + 1")
        await editor.settle()
        assert [hunk.changed for hunk in editor.reviews[job].hunks] == [True, False, False]
        assert not await decide(editor, job, 0, "reject")
        assert "return x + 1" in buffer.text
        await editor.command("coderoute.choose", {"job": job, "choice": "undo"})
        assert "one change was left" in await editor.notice()
        assert "return x + 1" in buffer.text
        assert "def g():\n" in buffer.text
        editor.jobs.clear()
        assert await decide(editor, job, 0, "reject", force=True)
        assert buffer.text == HEAD + OLD + TAIL


async def test_undo_of_all_brings_back_exactly_the_old_text(tmp_path: Path) -> None:
    async with written(tmp_path) as (editor, buffer, job, _):
        await decide(editor, job, 1, "reject")
        editor.type(buffer, Position(0, 0), "# mine\n")
        again = await editor.command("coderoute.choose", {"job": job, "choice": "undo"})
        await editor.finished(again["job"])
        assert buffer.text == "# mine\n" + HEAD + OLD + TAIL
        assert states(editor.reviews[job]) == ("done", [], 0, 3)


async def test_the_editors_undo_opens_it_again_though_the_end_of_taking_it_back_comes_late(tmp_path: Path) -> None:
    async with written(tmp_path) as (editor, buffer, job, _):
        editor.type(buffer, Position(0, 0), "# mine\n")
        editor.hold_edits()
        again = await editor.command("coderoute.choose", {"job": job, "choice": "undo"})
        await editor.until(lambda: editor.held == 1)
        editor.release_edits()
        editor.hold_edits()
        await editor.until(lambda: editor.held == 1)  # what ends the undo step
        assert buffer.text == "# mine\n" + HEAD + OLD + TAIL
        editor.undo()
        await editor.settle()
        editor.release_edits()
        await editor.finished(again["job"])
        await editor.settle()
        assert buffer.text == "# mine\n" + HEAD + NEW + TAIL
        assert states(editor.reviews[job]) == ("open", [0, 1, 2], 0, 0)


@pytest.mark.parametrize("choice", ["keep", "undo", "retry", "show"])
@pytest.mark.parametrize("by", ["the editor", "us"])
async def test_an_edit_that_was_undone_and_brought_back_can_be_decided_about_as_before(
    tmp_path: Path, by: str, choice: str
) -> None:
    async with ScriptedProvider() as provider, joined(tmp_path, vendor(provider, MODELS)) as (editor, _):
        buffer = editor.open(URI, HEAD + OLD + TAIL)
        job = (await editor.run("refactor", buffer, Span(Position(2, 0), Position(13, 0)))).job
        await (await provider.request()).answer(f"```python\n{NEW}```")
        await editor.finished(job)
        await editor.settle()
        for _ in range(2):
            if by == "us":
                editor.type(buffer, Position(0, 0), "# mine\n")  # so that taking back is a step of its own
                again = await editor.command("coderoute.choose", {"job": job, "choice": "undo"})
                await editor.finished(again["job"])
                await editor.settle()
                assert buffer.text == "# mine\n" + HEAD + OLD + TAIL
                editor.undo()
                editor.undo()
            else:
                editor.undo()
                await editor.settle()
                assert buffer.text == HEAD + OLD + TAIL
                everything = Span(Position(0, 0), Position(len(buffer.lines) - 1, 0))
                editor.replace(buffer, everything, HEAD + NEW + TAIL)  # the editor's redo
            await editor.settle()
            assert states(editor.reviews[job]) == ("open", [0, 1, 2], 0, 0)
        again = await editor.command("coderoute.choose", {"job": job, "choice": choice})
        if choice == "show":
            assert "def g() -> None:" in await editor.read(await editor.shown_document())
            return
        if choice == "retry":
            await (await provider.request()).answer(f"```python\n{NEW.replace('print(1)', 'print(2)')}```")
        if choice != "keep":
            await editor.finished(again["job"])
        await editor.settle()
        wanted = {"keep": NEW, "undo": OLD, "retry": NEW.replace("print(1)", "print(2)")}[choice]
        assert buffer.text == HEAD + wanted + TAIL
        assert editor.reviews[job].state == "done"


ODD = {
    "Windows endings": (OLD.replace("\n", "\r\n"), NEW),
    "mixed endings": (OLD.replace("y = x\n", "y = x\r\n").replace("pass\n", "pass\r\n"), NEW),
    "tabs": (OLD.replace("    ", "\t"), NEW),
    "signs of two code units": (
        OLD.replace("y = x", "y = '🎉é𝒳'").replace("pass", "pass  # 🎉🎉"),
        NEW.replace("x\n", "'🎉é𝒳'\n"),
    ),
    "signs that end lines elsewhere": (OLD.replace("y = x", "y = 'a\u2028b\x0cc'"), NEW),
    "no last line ending": (OLD.removesuffix("\n"), NEW),
}


@pytest.mark.parametrize("what", ODD)
async def test_rejected_one_by_one_an_odd_document_is_exactly_what_it_was(tmp_path: Path, what: str) -> None:
    old, new = ODD[what]
    async with ScriptedProvider() as provider, joined(tmp_path, vendor(provider)) as (editor, _):
        buffer = editor.open(URI, old)
        end = Position(len(buffer.lines) - 1, len(buffer.lines[-1]))
        job = (await editor.run("refactor", buffer, Span(Position(0, 0), end))).job
        await (await provider.request()).answer(f"```python\n{new}```")
        assert (await editor.finished(job)).outcome == "applied"
        await editor.settle()
        texts = [buffer.text]
        for hunk in reversed(editor.reviews[job].hunks):
            await decide(editor, job, hunk.hunk, "reject")
            texts.append(buffer.text)
        assert buffer.text == old
        assert editor.reviews[job].state == "done"
        for text in reversed(texts[:-1]):
            editor.undo()
            assert buffer.text == text
        await editor.settle()
        assert editor.reviews[job].rejected == 0


async def test_retry_takes_back_what_is_undecided_and_the_stronger_answer_is_reviewed_anew(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, joined(tmp_path, vendor(provider, MODELS)) as (editor, _):
        buffer = editor.open(URI, HEAD + OLD + TAIL)
        started = await editor.run("refactor", buffer, Span(Position(2, 0), Position(13, 0)))
        await (await provider.request()).answer(f"```python\n{NEW}```")
        await editor.finished(started.job)
        await decide(editor, started.job, 0, "keep")
        again = await editor.command("coderoute.choose", {"job": started.job, "choice": "retry"})
        request = await provider.request()
        assert request.model == "grand"
        kept = NEW[: NEW.index("\n\n\n")] + OLD[OLD.index("\n\n\n") :]
        assert buffer.text == HEAD + kept + TAIL
        stronger = kept.replace("    return 1\n", "    return 2\n")
        await request.answer(f"```python\n{stronger}```")
        assert (await editor.finished(again["job"])).outcome == "applied"
        await editor.settle()
        assert buffer.text == HEAD + stronger + TAIL
        assert editor.reviews[started.job].state == "done"
        assert [hunk.old for hunk in editor.reviews[again["job"]].hunks] == ["    return 1\n"]


async def test_keep_leaves_the_text_and_ends_the_review(tmp_path: Path) -> None:
    async with written(tmp_path) as (editor, buffer, job, _):
        await editor.command("coderoute.choose", {"job": job, "choice": "keep"})
        await editor.settle()
        assert states(editor.reviews[job]) == ("done", [], 3, 0)
        assert buffer.text == HEAD + NEW + TAIL


async def test_the_text_before_the_edit_is_there_for_a_diff(tmp_path: Path) -> None:
    async with written(tmp_path) as (editor, buffer, job, _):
        await decide(editor, job, 0, "keep")
        before = (await editor.command("coderoute.beforeEdit", {"job": job}))["text"]
        assert before == HEAD + NEW[: NEW.index("\n\n\n")] + OLD[OLD.index("\n\n\n") :] + TAIL
        await editor.command("coderoute.showDiff", {"job": job})
        shown = await editor.read(await editor.shown_document())
        assert "-def g():" in shown
        assert "+def g() -> None:" in shown
        assert buffer.text == HEAD + NEW + TAIL


async def test_several_edits_have_each_their_own_review(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, joined(tmp_path, vendor(provider)) as (editor, _):
        buffer = editor.open(URI, OLD)
        first = await editor.run("refactor", buffer, Span(Position(0, 0), Position(3, 0)))
        one = await provider.request()
        second = await editor.run("refactor", buffer, Span(Position(5, 0), Position(7, 0)))
        two = await provider.request()
        await two.answer("```python\ndef g() -> None:\n    return None\n```")
        await one.answer("```python\ndef f(x):\n    return x\n```")
        await editor.finished(first.job)
        await editor.finished(second.job)
        await decide(editor, first.job, 0, "reject")
        assert buffer.text == OLD.replace("def g():\n    pass", "def g() -> None:\n    return None")
        assert (editor.reviews[first.job].state, editor.reviews[second.job].state) == ("done", "open")


async def test_a_decision_that_meets_typing_is_made_on_what_is_there_then(tmp_path: Path) -> None:
    async with written(tmp_path) as (editor, buffer, job, _):
        editor.hold_edits()
        await editor.command("coderoute.decideHunk", {"job": job, "hunk": 1, "decision": "reject"})
        await editor.until(lambda: editor.held == 1)
        editor.type(buffer, Position(0, 0), "# mine\n")
        editor.release_edits()
        await editor.until(lambda: editor.reviews[job].rejected == 1)
        assert len(editor.refused) == 1
        assert buffer.text == "# mine\n" + HEAD + NEW.replace("g() -> None", "g()") + TAIL


async def test_where_it_is_switched_off_nothing_is_marked(tmp_path: Path) -> None:
    async with written(tmp_path, settings={"edits": {"review": False}}) as (editor, _, job, server):
        assert job not in editor.reviews
        actions = await editor.code_actions(editor.buffers[URI], Span(Position(2, 0), Position(2, 0)))
        assert not any(action["kind"].endswith("review") for action in actions)
        assert server.features.writers.remembered(job)


# -- other editors ------------------------------------------------------------------------------------------------------------


async def test_any_editor_decides_by_code_actions(tmp_path: Path) -> None:
    able = generic(ours=False)
    able["experimental"] = {"coderoute": {"jobs": True}}
    async with written(tmp_path, capabilities=able) as (editor, buffer, _, _):

        async def offered(line: int) -> list[tuple[str, dict[str, object]]]:
            found = await editor.code_actions(buffer, Span(Position(line, 0), Position(line, 0)))
            return [(action["title"], action["command"]) for action in found if action["kind"].endswith(".review")]

        titles = [title for title, _ in await offered(6)]
        assert titles[:2] == ["Keep change 2 of 3", "Reject change 2 of 3"]
        assert [title.partition(":")[0].partition(" (")[0] for title in titles[2:]] == [
            *("Keep", "Undo", "Retry on grand", "Show the answer", "Show the difference")
        ]
        assert await offered(0) == []
        command = dict(await offered(6))["Reject change 2 of 3"]
        before = len(editor.edits)
        await editor.command(str(command["command"]), *command["arguments"])  # type: ignore[misc]
        await editor.until(lambda: len(editor.edits) > before)
        assert buffer.text == HEAD + NEW.replace("g() -> None", "g()") + TAIL
        editor.type(buffer, Position(3, 4), "# ")
        await editor.settle()
        assert "Reject change 1 of 3, and what you changed in it" in dict(await offered(3))


# -- the ledger ---------------------------------------------------------------------------------------------------------------


async def test_the_ledger_hears_of_each_decision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with ScriptedProvider() as provider, joined(tmp_path, vendor(provider)) as (editor, server):
        ledger = server.session.backend.engine.ledger
        counts: list[ReviewCount] = []
        words: list[str] = []

        def reviewed(_: str, count: ReviewCount) -> None:
            counts.append(count)

        def outcome(_: str, word: Outcome) -> None:
            words.append(word)

        monkeypatch.setattr(ledger, "reviewed", reviewed)
        monkeypatch.setattr(ledger, "outcome", outcome)
        buffer = editor.open(URI, OLD)
        started = await editor.run("refactor", buffer, Span(Position(0, 0), Position(11, 0)))
        await (await provider.request()).answer(f"```python\n{NEW}```")
        await editor.finished(started.job)
        await decide(editor, started.job, 0, "keep")
        await decide(editor, started.job, 1, "reject")
        await decide(editor, started.job, 2, "reject")
        editor.undo()
        await editor.settle()
        assert counts == [
            ReviewCount(3, 0, 0, 5),
            ReviewCount(3, 1, 0, 5),
            ReviewCount(3, 1, 1, 4),
            ReviewCount(3, 1, 2, 3),
            ReviewCount(3, 1, 1, 4),
        ]
        assert words == ["accepted", "partly", "partly", "partly"]


async def usage_shows(editor: ScriptedEditor, row: str) -> None:
    """Wait until usage has this row of edits; the ledger is written behind."""
    told = ""
    try:
        async with asyncio.timeout(60):
            while f"\n| {row} |\n" not in told:
                told = (await editor.command("coderoute.usage", {}))["text"]
    except TimeoutError:
        raise AssertionError(told) from None


async def test_usage_shows_what_was_decided_and_what_an_accepted_line_costs(tmp_path: Path) -> None:
    """Computed by hand: changes, kept, rejected, accepted lines, dollars for each of those."""
    async with ScriptedProvider() as provider, joined(tmp_path, vendor(provider, [Model("swift", 0.8, 2.0)])) as (editor, _):
        buffer = editor.open(URI, OLD)

        async def edited(prompt: int, answer: int) -> str:
            started = await editor.run("refactor", buffer, Span(Position(0, 0), Position(11, 0)))
            usage: Json = {"prompt_tokens": prompt, "completion_tokens": answer}
            await (await provider.request()).answer(f"```python\n{NEW}```", usage)
            await editor.finished(started.job)
            await editor.settle()
            return started.job

        one = await edited(700, 300)  # 1,000 tokens at $2 a million
        await usage_shows(editor, "refactor | 3 | 0 | 0 | 5 | $0.0004")  # 3 lines become 2, 1 becomes 1, 0 become 1
        await decide(editor, one, 0, "keep")
        await usage_shows(editor, "refactor | 3 | 1 | 0 | 5 | $0.0004")
        await decide(editor, one, 1, "reject")
        await usage_shows(editor, "refactor | 3 | 1 | 1 | 4 | $0.0005")
        editor.undo()
        await usage_shows(editor, "refactor | 3 | 1 | 0 | 5 | $0.0004")
        await editor.command("coderoute.choose", {"job": one, "choice": "keep"})
        await usage_shows(editor, "refactor | 3 | 3 | 0 | 5 | $0.0004")
        buffer = editor.open("file:///work/b.py", OLD)
        two = await edited(1500, 500)
        await usage_shows(editor, "refactor | 6 | 3 | 0 | 10 | $0.0006")
        undone = await editor.command("coderoute.choose", {"job": two, "choice": "undo"})
        await editor.finished(undone["job"])
        await usage_shows(editor, "refactor | 6 | 3 | 3 | 5 | $0.0012")  # what was taken back costs, too


# -- 400 lines ----------------------------------------------------------------------------------------------------------------


async def test_an_edit_of_400_lines_of_which_half_is_accepted(tmp_path: Path) -> None:
    async with written(tmp_path, LONG, LONG_NEW) as (editor, buffer, job, _):
        assert len(editor.reviews[job].hunks) == len(HUNKS) > 70
        rejected = half()
        texts = [buffer.text]
        for number in sorted(rejected):
            await decide(editor, job, number, "reject")
            texts.append(buffer.text)
        for number in set(range(len(HUNKS))) - rejected:
            await decide(editor, job, number, "keep")
        await editor.settle()
        assert buffer.text == HEAD + "".join(chosen(rejected)) + TAIL
        assert states(editor.reviews[job]) == ("done", [], len(HUNKS) - len(rejected), len(rejected))
        for text in reversed(texts[:-1]):  # one step per decision
            editor.undo()
            assert buffer.text == text
        await editor.settle()
        assert editor.reviews[job].rejected == 0
        editor.undo()
        assert buffer.text == HEAD + LONG + TAIL


STEPS = st.one_of(
    st.tuples(st.sampled_from(["keep", "reject", "reject"]), st.integers(0, len(HUNKS) - 1)),
    st.tuples(st.sampled_from(["type above", "type below", "type between", "undo"]), st.integers(0, len(HUNKS) - 1)),
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(STEPS, min_size=5, max_size=25))
def test_whatever_is_decided_typed_and_undone_the_buffer_holds_exactly_that(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]
) -> None:
    asyncio.run(review(tmp_path_factory.mktemp("review"), steps))


async def review(place: Path, steps: list[tuple[str, int]]) -> None:
    """The expected text is kept as pieces: each hunk, with what was typed in front of it."""
    async with written(place, LONG, LONG_NEW) as (editor, buffer, job, _):
        typed: dict[int, list[str]] = {}
        rejected, kept = set[int](), set[int]()
        history: list[tuple[str, int]] = []
        above = below = 0
        for count, (what, number) in enumerate(steps):
            told = {hunk.hunk: hunk for hunk in editor.reviews[job].hunks}
            match what:
                case "keep" if number in told:
                    await decide(editor, job, number, "keep")
                    kept.add(number)
                case "reject" if number in told:
                    await decide(editor, job, number, "reject")
                    rejected.add(number)
                    history.append(("reject", number))
                case "type above":
                    editor.type(buffer, Position(0, 0), f"# above {count}\n")
                    above += 1
                    history.append(("above", 0))
                case "type below":
                    editor.type(buffer, Position(len(buffer.lines) - 1, 0), f"# below {count}\n")
                    below += 1
                    history.append(("below", 0))
                case "type between" if number in told:
                    editor.type(buffer, Position(told[number].first, 0), f"# between {count}\n")
                    typed.setdefault(number, []).append(f"# between {count}\n")
                    history.append(("between", number))
                case "undo" if history:
                    editor.undo()
                    did, which = history.pop()
                    above, below = above - (did == "above"), below - (did == "below")
                    if did == "reject":
                        rejected.discard(which)
                    if did == "between":
                        typed[which].pop()
                case _:
                    continue
            await editor.settle()
            assert middle(buffer, above, below) == expected(rejected, typed)
            told_now = editor.reviews[job]
            assert [hunk.hunk for hunk in told_now.hunks] == [n for n in range(len(HUNKS)) if n not in rejected | kept]
            assert not any(hunk.changed for hunk in told_now.hunks)
            lines = buffer.lines
            for hunk in told_now.hunks:
                assert tuple(lines[hunk.first : hunk.last]) == HUNKS[hunk.hunk].new


def middle(buffer: Buffer, above: int, below: int) -> str:
    """Without head, tail and what was typed around them."""
    lines = buffer.lines[:-1]
    return "".join(lines[above + HEAD.count("\n") : len(lines) - below - TAIL.count("\n")])


def expected(rejected: set[int], typed: dict[int, list[str]]) -> str:
    lines = split_lines(LONG_NEW)[:-1]
    for hunk in reversed(HUNKS):
        old = hunk.old if hunk.id in rejected else hunk.new
        lines[hunk.place.first : hunk.place.last] = [*typed.get(hunk.id, []), *old]
    return "".join(lines)
