"""What was measured of local models in the user's own code: which lines are masked, what counts as right, and what it changes."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.app.application import Application
from coderoute_ls.app.measurement.masked_lines import masked_lines, shares
from coderoute_ls.app.measurement.measured_models import FILE, Measured, keep, measured_models, with_measured
from coderoute_ls.app.measurement.measuring import compared
from coderoute_ls.ledger.acceptance_rates import wilson
from coderoute_ls.selection import Catalog, local_offers
from coderoute_ls.storage import HOME_VARIABLE, OFFLINE_VARIABLE
from tests.support.provider import ScriptedProvider

CODE = "".join(
    f"def area_{number}(width, height):\n    total_{number} = width * height + {number}\n    return total_{number}\n\n\n"
    for number in range(30)
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    work = tmp_path / "work"
    work.mkdir()
    for number in range(6):
        (work / f"m{number}.py").write_text(CODE.replace("area", f"area{number}"))
    (work / "key.py").write_text('password = "hunter2-Rt7Qx9Lm2"\n' * 20)
    return work


def test_the_same_lines_are_masked_each_time_and_the_document_does_not_hold_them(folder: Path) -> None:
    places = list(masked_lines(folder, 20))
    assert len(places) == 20 and places == list(masked_lines(folder, 20))
    for place in places:
        line = place.document.line(place.position.line)
        assert len(line) == place.position.character and len(place.truth) >= 6
        original = Path(place.document.path).read_text().splitlines()[place.position.line]
        assert original == line + place.truth
        assert "key.py" not in place.document.path


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("height + 3", True),
        ("height", True),
        ("height + 3\n    return 1", True),
        ("h", False),
        ("", False),
        ("width", False),
        ("height + 4", False),
    ],
)
def test_right_is_what_stood_there_or_its_beginning(folder: Path, said: str, right: bool) -> None:
    place = replace(next(masked_lines(folder, 1)), truth="height + 3")
    assert place.right(said) is right
    assert shares([place], [said]) == (int(right), int(bool(said) and not right))


@given(st.integers(1, 200), st.data())
def test_the_interval_holds_the_share_and_shrinks_with_more_lines(of: int, data: st.DataObject) -> None:
    right = data.draw(st.integers(0, of))
    low, high = wilson(right, of)
    assert 0 <= low <= right / of + 1e-9 and right / of <= high + 1e-9 <= 1 + 1e-8
    wider = wilson(right * 4, of * 4)
    assert wider[1] - wider[0] < high - low


def test_it_is_kept_with_the_others_and_becomes_the_score(tmp_path: Path) -> None:
    better, worse = Measured(40, 24, 9, "2026-11-30"), Measured(40, 3, 9, "2026-11-30")
    keep(tmp_path, "ollama/good", better)
    keep(tmp_path, "ollama/bad", worse)
    assert measured_models(tmp_path) == {"ollama/good": better, "ollama/bad": worse}
    offers = local_offers("ollama", ["good", "bad", "other"], Catalog.bundled())
    good, bad, other = with_measured(offers, measured_models(tmp_path))
    assert (good.scores["completion"].value, good.capabilities["beats_built_in"], good.capabilities["fim"]) == (0.6, True, True)
    assert bad.scores["completion"].low < 0.075 < bad.scores["completion"].high and not bad.capabilities["beats_built_in"]
    assert other == offers[2]
    (tmp_path / FILE).write_text('{"version": 1, "models": {"ollama/good": {"lines": 0}, "x": {}, "y": {"lines": "4"}}}')
    assert measured_models(tmp_path) == {}


@pytest.mark.parametrize(("says_truth", "beats"), [(True, True), (False, False)])
async def test_both_complete_the_same_lines_and_the_better_one_is_told(
    folder: Path, tmp_path: Path, says_truth: bool, beats: bool
) -> None:
    async with ScriptedProvider() as server:
        home = tmp_path / "home"
        (home / "config").mkdir(parents=True)
        (home / "config" / "config.toml").write_text(
            f'[providers.mine]\ndialect = "openai-completions"\nbase_url = "{server.url}/v1"\nlocal = true\n'
            'models = [{ id = "m", fim = "<P>{prefix}<S>{suffix}<M>" }]\n'
        )
        app = Application({HOME_VARIABLE: str(home), OFFLINE_VARIABLE: "1"}, keyring=None)
        offer = next(offer for offer in app.router.catalog.offers if offer.id == "mine/m")
        places = list(masked_lines(folder, 12))

        async def answer() -> None:
            for place in places:
                request = await server.request()
                assert request.json["max_tokens"] == 48
                await request.answer(place.truth if says_truth else "nonsense_that_is_wrong(1)")

        answering = asyncio.create_task(answer())
        found = await compared(app, offer, folder, 12)
        await answering
        measured = found.measured(1_795_000_000)
        assert (measured.lines, measured.right) == (12, 12 if says_truth else 0)
        assert measured.beats_built_in is (says_truth and measured.built_in_right < 12)
        await app.close()
