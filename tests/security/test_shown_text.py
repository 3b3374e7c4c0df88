"""What is shown is text: nothing that steers a terminal, turns the direction of writing or is not seen reaches a reader."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.cli._style import print_json, print_table, say
from coderoute_ls.domain import Position, Span
from coderoute_ls.providers.key_redaction import quote
from coderoute_ls.text.invisible_characters import CONTROLS, without_controls
from tests.support.provider import ScriptedProvider
from tests.support.session import Model, session, vendor

HOSTILE = "a\x1b[31mb\x1b]0;t\x07c\u202ed\u2066e\x9bf\u200bg\x00h\ufeff"
SOURCE = "def f(x):\n    return x\n"


def test_the_terminal_gets_plain_text(capsys: pytest.CaptureFixture[str]) -> None:
    say(HOSTILE)
    say(HOSTILE, err=True)
    print_json({"name": HOSTILE})
    print_table(("name",), [(HOSTILE,)])
    out, err = capsys.readouterr()
    assert CONTROLS.search(out.replace("\\u", "")) is None
    assert CONTROLS.search(err) is None
    assert "abcdefgh" in out


def test_a_vendors_words_are_repeated_without_them() -> None:
    assert quote(f"refused: {HOSTILE}") == "refused: abcdefgh"


@given(st.text())
def test_nothing_of_them_stays_and_everything_else_does(text: str) -> None:
    clean = without_controls(text)
    assert {char for char in clean if CONTROLS.match(char)} <= {"\u200d"}
    assert without_controls(clean) == clean
    if CONTROLS.search(text) is None:
        assert clean == text


async def test_menu_titles_and_messages_of_an_editor_are_plain_text(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider:
        user = vendor(provider, (Model("scripted"),)).replace('id = "scripted"', 'id = "scri\\u202Epted\\u001b[31m"')
        async with session(tmp_path, user) as editor:
            buffer = editor.open((tmp_path / "work" / "a.py").as_uri(), SOURCE)
            diagnostic = {"range": buffer.range(Span(Position(0, 0), Position(0, 3))), "message": HOSTILE}
            found = await editor.code_actions(buffer, Span(Position(0, 0), Position(2, 0)), diagnostics=[diagnostic])
            titles = [action["title"] for action in found]
            assert any("scri" in title for title in titles)
            assert [title for title in titles if CONTROLS.search(title)] == []
