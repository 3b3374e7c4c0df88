"""The model picker: only what clears the floor, with price and first token; what is picked is written where it belongs."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from coderoute_ls.domain import Position, Span
from coderoute_ls.lsp_client.json_rpc_peer import Refused
from coderoute_ls.server.rpc.messages.control_messages import Offers
from tests.support.editor import ScriptedEditor
from tests.support.provider import ScriptedProvider
from tests.support.session import Model, session, vendor

SOURCE = "def f(x):\n    return x\n"
ALL = Span(Position(0, 0), Position(2, 0))
MODELS = (Model("weak", 0.6, 0.5), Model("fit", 0.8, 1.0), Model("strong", 0.95, 10.0))


async def offers(editor: ScriptedEditor, action: str = "refactor", **more: Any) -> Offers:
    buffer = editor.buffers.get(more.get("uri", "")) or next(iter(editor.buffers.values()))
    asked = {"action": action, "uri": buffer.uri, "range": buffer.range(ALL), **more}
    return Offers.read(await editor.command("coderoute.offers", asked))


async def model_of(editor: ScriptedEditor, uri: str) -> str:
    """Who is named in the title of the code action."""
    actions = await editor.code_actions(editor.buffers[uri], ALL)
    (title,) = (action["title"] for action in actions if action["title"].startswith("Refactor"))
    return title.removeprefix("Refactor (").split(",")[0]


async def test_it_lists_what_clears_the_floor_the_cheapest_first_with_price_and_first_token(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider, MODELS)) as editor:
        editor.open((tmp_path / "work" / "a.py").as_uri(), SOURCE)
        found = await offers(editor)
        assert [(each.name, each.chosen) for each in found.offers] == [("fit", True), ("strong", False)]
        assert found.floor == pytest.approx(0.70)
        assert [each.usd for each in found.offers] == sorted(each.usd for each in found.offers)
        assert all(each.usd > 0 and each.first_token_s > 0 for each in found.offers)
        assert found.why_none == ""


async def test_a_folders_floor_and_lists_hold_here_too(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider, MODELS)) as editor:
        editor.open((tmp_path / "work" / "a.py").as_uri(), SOURCE)
        await editor.set({"actions": {"refactor": {"minCodingScore": 0.9}}})
        assert [each.name for each in (await offers(editor)).offers] == ["strong"]
        await editor.set({"actions": {"refactor": {"minCodingScore": 0.9}}, "models": {"deny": ["*/strong"]}})
        found = await offers(editor)
        assert found.offers == []
        assert "No model can be asked for refactor (floor 0.90" in found.why_none


@pytest.mark.parametrize("scope", ["folder", "always"])
async def test_a_pick_holds_from_now_on_until_it_is_taken_back(tmp_path: Path, scope: str) -> None:
    other = tmp_path / "other"
    other.mkdir()
    uri, elsewhere = (tmp_path / "work" / "a.py").as_uri(), (other / "a.py").as_uri()
    folders = [tmp_path / "work", other]
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider, MODELS), folders=folders) as editor:
        for address in (uri, elsewhere):
            editor.open(address, SOURCE)
        strong = (await offers(editor, uri=uri)).offers[-1].id
        pick = {"action": "refactor", "uri": uri, "scope": scope, "offer": strong}
        assert "answers" in (await editor.command("coderoute.chooseModel", pick))["text"]
        assert await model_of(editor, uri) == "strong"
        assert await model_of(editor, elsewhere) == ("strong" if scope == "always" else "fit")
        found = await offers(editor, uri=uri)
        assert (found.model, [each.name for each in found.offers]) == (strong, ["fit", "strong"])
        assert found.model_from == ("your config.toml" if scope == "always" else "your choice for this folder")
        await editor.command("coderoute.chooseModel", {**pick, "offer": None})
        assert await model_of(editor, uri) == "fit"


async def test_always_is_one_line_of_the_users_file_and_a_folders_choice_is_no_part_of_the_folder(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, "# mine\n" + vendor(provider, MODELS)) as editor:
        file = tmp_path / "home" / "config" / "config.toml"
        before = file.read_text()
        uri = editor.open((tmp_path / "work" / "a.py").as_uri(), SOURCE).uri
        strong = (await offers(editor)).offers[-1].id
        await editor.command("coderoute.chooseModel", {"action": "refactor", "uri": uri, "scope": "always", "offer": strong})
        after = file.read_text()
        assert after.startswith(before)
        assert tomllib.loads(after)["actions"] == {"refactor": {"model": strong}}
        await editor.command("coderoute.chooseModel", {"action": "refactor", "uri": uri, "scope": "folder", "offer": strong})
        assert list((tmp_path / "work").iterdir()) == []
        assert file.read_text() == after


async def test_the_pick_of_a_folder_is_above_that_for_always_and_gives_way_to_a_new_one(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider, MODELS)) as editor:
        uri = editor.open((tmp_path / "work" / "a.py").as_uri(), SOURCE).uri
        fit, strong = (each.id for each in (await offers(editor)).offers)
        pick = {"action": "refactor", "uri": uri}
        await editor.command("coderoute.chooseModel", {**pick, "scope": "always", "offer": strong})
        await editor.command("coderoute.chooseModel", {**pick, "scope": "folder", "offer": fit})
        assert await model_of(editor, uri) == "fit"
        await editor.command("coderoute.chooseModel", {**pick, "scope": "always", "offer": strong})
        assert await model_of(editor, uri) == "strong"


async def test_this_time_is_a_run_with_the_offer(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider, MODELS)) as editor:
        buffer = editor.open((tmp_path / "work" / "a.py").as_uri(), SOURCE)
        strong = (await offers(editor)).offers[-1].id
        run = {"action": "refactor", "uri": buffer.uri, "range": buffer.range(ALL), "offer": strong}
        started = await editor.command("coderoute.run", run)
        request = await provider.request()
        assert request.model == "strong"
        await request.answer(SOURCE.replace("x", "value"))
        assert (await editor.finished(started["job"])).outcome == "applied"
        assert await model_of(editor, buffer.uri) == "fit"


async def test_a_picked_model_that_is_gone_is_told_with_what_to_do(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider, MODELS)) as editor:
        buffer = editor.open((tmp_path / "work" / "a.py").as_uri(), SOURCE)
        gone = {"action": "refactor", "uri": buffer.uri, "scope": "folder", "offer": "scripted/gone"}
        await editor.command("coderoute.chooseModel", gone)
        started = await editor.run("refactor", buffer, ALL)
        finished = await editor.finished(started.job)
        assert "scripted/gone was asked for by name" in finished.message
        assert "Pick another model for refactor" in await editor.notice()
        assert [each.id for each in (await offers(editor)).offers] == ["scripted/fit", "scripted/strong"]  # to pick from
        assert provider.log == []


async def test_a_file_that_cannot_be_changed_by_lines_stays_and_says_what_to_write(tmp_path: Path) -> None:
    user = "actions = { refactor = { min_coding_score = 0.6 } }\n"
    async with ScriptedProvider() as provider, session(tmp_path, user + vendor(provider, MODELS)) as editor:
        file = tmp_path / "home" / "config" / "config.toml"
        before = file.read_text()
        uri = editor.open((tmp_path / "work" / "a.py").as_uri(), SOURCE).uri
        with pytest.raises(Refused, match=r'write `model = "x/y"` under \[actions.refactor\]'):
            await editor.command("coderoute.chooseModel", {"action": "refactor", "uri": uri, "scope": "always", "offer": "x/y"})
        assert file.read_text() == before


async def test_a_prompt_of_ones_own_has_its_model_for_this_time_only(tmp_path: Path) -> None:
    async with session(tmp_path) as editor:
        file = tmp_path / "home" / "config" / "actions" / "mine.md"
        file.parent.mkdir()
        file.write_text('+++\ntitle = "Mine"\n+++\nx\n')
        uri = editor.open((tmp_path / "work" / "a.py").as_uri(), SOURCE).uri
        with pytest.raises(Refused, match="for this time only"):
            await editor.command("coderoute.chooseModel", {"action": "mine", "uri": uri, "scope": "always", "offer": "x/y"})
