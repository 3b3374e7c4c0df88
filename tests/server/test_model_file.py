"""A model file that the user's settings name: a provider like any other, from the setting to the text in the editor."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from coderoute_ls.domain import Position, Span
from coderoute_ls.lsp_client.scripted_editor import items_of
from coderoute_ls.providers.local_model import model_files
from tests.embedded.tiny_model import ANSWER, HOLE, write_tiny_model
from tests.support.provider import ScriptedProvider
from tests.support.session import PATIENT, UNHURRIED, Model, joined, session, vendor

pytest.importorskip("xllamacpp", reason="needs the extra [local]")

OLD = "def f(x):\n    return x\n"
ALL = Span(Position(0, 0), Position(2, 0))
NO_WARMING = {"inline": {"enable": False}}
"""An opened document asks nothing of a local model, so that only the test's own questions fail."""


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    write_tiny_model(tmp_path / "tiny.gguf", context=32_768)
    return tmp_path / "tiny.gguf"


def provider(path: Path) -> str:
    return f'[providers.local]\nmodel_path = "{path}"\n'


def scored(path: Path) -> str:
    """The user's settings file that names this model file and says how good it is; the built-in engine is off."""
    scores = f"[models.scores.{path.stem}]\ncoding = 0.9\ncompletion = 0.9\n"
    return "[embedded]\nenable = false\n[inline]\nprefetch = false\n" + provider(path) + scores


async def test_it_explains_rewrites_and_fills_holes_for_nothing(tmp_path: Path, tiny: Path) -> None:
    async with joined(tmp_path, scored(tiny)) as (editor, server):
        buffer = editor.open("file:///work/a.py", OLD)
        explained = await editor.run("explain", buffer, ALL)
        assert (await editor.finished(explained.job)).model == "tiny"
        assert ANSWER.strip() in await editor.read(await editor.shown_document())
        begun = editor.open("file:///work/c.py", f"def f(x):\n    return {HOLE[0]}\n")
        (item,) = items_of(await editor.inline(begun, Position(1, 12), invoked=False).result)
        assert HOLE[0] + item["insertText"] == HOLE
        other = editor.open("file:///work/b.py", "x=0\n")
        rewritten = await editor.run("refactor", other, Span(Position(0, 0), Position(1, 0)))
        assert (await editor.finished(rewritten.job)).outcome == "applied"
        assert other.text == ANSWER
        for action in ("explain", "inline_completion", "refactor"):
            record = server.session.backend.engine.records.last(action)
            assert record is not None and record.answered is not None
            assert (record.answered.offer.id, record.cost_usd) == ("local/tiny", 0.0)


async def test_a_repository_cannot_name_one(tmp_path: Path, tiny: Path) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "coderoute.toml").write_text(provider(tiny))
    async with joined(tmp_path) as (editor, server):
        assert "providers is ignored" in await editor.notice()
        assert not [offer for offer in server.session.backend.engine.router.catalog.offers if offer.provider == "local"]


async def test_without_a_score_it_is_only_the_best_that_there_is(tmp_path: Path, tiny: Path) -> None:
    async with session(tmp_path, provider(tiny)) as editor:
        job = await editor.run("explain", editor.open("file:///work/a.py", OLD), ALL)
        assert "using tiny, which has no score" in await editor.notice()
        assert (await editor.finished(job.job)).outcome == "applied"
        await editor.shown_document()


async def test_what_is_wrong_with_the_file_is_said_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "wrong.gguf").write_text("no model")
    async with session(tmp_path, scored(tmp_path / "wrong.gguf")) as editor:
        job = await editor.run("explain", editor.open("file:///work/a.py", OLD), ALL)
        finished = await editor.finished(job.job)
        assert finished.outcome == "failed"
        assert "wrong.gguf is not a GGUF file" in finished.message and "`model_path`" in finished.message
        assert await editor.notice() == finished.message


async def test_the_built_in_engine_takes_over_from_a_file_that_cannot_be_loaded(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "old.py").write_text("name_as_it_was = 1\n" * 6)
    user = scored(tmp_path / "missing.gguf").replace("enable = false", "enable = true")
    async with session(tmp_path, user, timing=PATIENT) as editor:
        await editor.learned(tmp_path / "work")
        buffer = editor.open((tmp_path / "work" / "a.py").as_uri(), "x = 1\nname_as_")
        (item,) = items_of(await editor.inline(buffer, Position(1, 8), invoked=False).result)
        assert "name_as_it_was = 1".startswith("name_as_" + item["insertText"])
        job = await editor.run("explain", editor.open((tmp_path / "work" / "b.py").as_uri(), OLD), ALL)
        finished = await editor.finished(job.job)
        assert (finished.outcome, finished.model) == ("applied", "Built-in engine")
        said = await editor.notice()
        assert "missing.gguf cannot be read" in said and "`model_path`" in said
        assert "cannot be read" in await editor.read(await editor.shown_document())
        why = (await editor.command("coderoute.why", {"action": "explain"}))["text"]
        assert "local/missing failed: The model file" in why and "embedded/engine answered." in why


@pytest.mark.parametrize("price", [0.0, 1.0])
async def test_another_model_takes_over_at_once_from_a_file_that_cannot_be_loaded(tmp_path: Path, price: float) -> None:
    missing = tmp_path / "missing.gguf"
    async with (
        ScriptedProvider() as other,
        joined(tmp_path, scored(missing) + beside(other, price=price), settings=NO_WARMING) as (editor, server),
    ):
        job = await editor.run("explain", editor.open("file:///work/a.py", OLD), ALL)
        await (await other.request()).answer("It gives back what it takes.")
        assert (await editor.finished(job.job)).model == "scripted"
        await editor.shown_document()
        record = server.session.backend.engine.records.last("explain")
        assert record is not None
        assert [hop.offer for hop in record.hops] == ["local/missing"]
        assert "cannot be read" in record.hops[0].error


async def test_a_cache_that_cannot_be_warmed_sends_the_question_to_nobody_else(tmp_path: Path) -> None:
    missing = tmp_path / "missing.gguf"
    async with (
        ScriptedProvider() as other,
        joined(tmp_path, scored(missing) + beside(other, price=1.0), timing=replace(UNHURRIED, idle=0.0)) as (editor, server),
    ):
        buffers = [editor.open(f"file:///work/{number}.py", OLD) for number in range(20)]
        records = server.session.backend.engine.records
        await editor.settle()
        assert records.last("inline_completion") is None, "opening files asks nothing"
        editor.type(buffers[0], Position(1, 12), "y")
        while (record := records.last("inline_completion")) is None:
            await editor.settle()
        assert [hop.offer for hop in record.hops] == ["local/missing"]
        assert (record.answered, other.log) == (None, [])


def beside(other: ScriptedProvider, price: float) -> str:
    """The scripted provider's part of a settings file."""
    return vendor(other, [Model(price=price)]).partition("\n\n")[2]


class Unending(model_files.ModelServer):
    """Never loaded, however long one waits."""

    async def _spawn(self) -> model_files._Child:  # pyright: ignore[reportPrivateUsage]
        await asyncio.Event().wait()
        raise AssertionError


async def test_slow_loading_is_shown_and_stopping_it_ends_the_action(
    tmp_path: Path, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_files, "ModelServer", Unending)
    async with session(tmp_path, scored(tiny), timing=replace(UNHURRIED, slow_loading=0.0)) as editor:
        buffer = editor.open("file:///work/a.py", OLD)
        job = await editor.run("explain", buffer, ALL)
        begun = {"kind": "begin", "title": "Loading tiny.gguf", "cancellable": True}
        await editor.until(lambda: any(begun in values for values in editor.progress.values()))
        assert items_of(await editor.inline(buffer, Position(1, 11), invoked=False).result) == [], "it does not wait"
        (token,) = (token for token, values in editor.progress.items() if begun in values)
        editor.press_cancel(token)
        finished = await editor.finished(job.job)
        assert finished.outcome == "failed" and "stopped while it was loading" in finished.message
        assert await editor.notice() == finished.message
        await editor.ends(token)
