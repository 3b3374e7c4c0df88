"""``inline.draft_first``: the built-in engine's answer at once, a model's in its place, in an editor that can be told."""

from pathlib import Path

import pytest

from coderoute_ls.domain import Position
from coderoute_ls.lsp_client.scripted_editor import items_of
from tests.support.capabilities import generic
from tests.support.provider import ScriptedProvider
from tests.support.session import PATIENT, session, vendor


@pytest.mark.parametrize("ours", [True, False])
async def test_the_draft_gives_way_to_the_models_answer(tmp_path: Path, ours: bool) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "old.py").write_text("name_as_it_was = 1\n" * 6)
    settings = {"inline": {"draftFirst": True}, "embedded": {"answerAlone": False}}
    async with ScriptedProvider() as provider:
        user = vendor(provider).replace("enable = false", "enable = true", 1)
        async with session(tmp_path, user, settings=settings, capabilities=generic(ours=ours), timing=PATIENT) as editor:
            await editor.learned(tmp_path / "work")
            buffer = editor.open((tmp_path / "work" / "a.py").as_uri(), "x = 1\nname_as_")
            asked = editor.inline(buffer, Position(1, 8), invoked=False)
            request = await provider.request()
            if ours:
                (draft,) = items_of(await asked.result)
                assert draft["insertText"].startswith("it_was")
            await request.answer("it_will_be = 2")
            if ours:
                await editor.until(lambda: editor.ghosts_again == [buffer.uri])
                asked = editor.inline(buffer, Position(1, 8), invoked=False)
            (better,) = items_of(await asked.result)
            assert better["insertText"] == "it_will_be = 2"
