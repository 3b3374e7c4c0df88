"""Real small models through the real server process: `make test-models`."""

import statistics
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from benchmarks.local import HOLE, beside, keystrokes
from benchmarks.local.serving import Relay, relayed
from coderoute_ls.app.application import Application
from coderoute_ls.app.measurement.measuring import compared
from coderoute_ls.app.own_models import file_offer
from coderoute_ls.providers.local_model.model_files import CONTEXT, header_of
from coderoute_ls.selection import Catalog
from coderoute_ls.storage import HOME_VARIABLE, OFFLINE_VARIABLE
from tests.support.weights import gemma, smollm2, with_hole_tokens

CODE = Path(__file__).parents[2] / "coderoute_ls" / "completion"
pytestmark = [pytest.mark.weights, pytest.mark.timeout(1_800)]
pytest.importorskip("xllamacpp", reason="needs the extra [local]")


@pytest.fixture
async def relay(tmp_path: Path) -> AsyncGenerator[Relay]:
    async with relayed(with_hole_tokens(smollm2(), tmp_path / "model.gguf")) as served:
        yield served


async def test_a_key_makes_the_model_read_four_tokens_again_at_most_also_after_enter(relay: Relay, tmp_path: Path) -> None:
    for place, keys in (await keystrokes.typed(relay, HOLE, tmp_path)).items():
        assert len(keys) > keystrokes.KEYS // 2, f"line {place}: most keys have to ask"
        assert statistics.median(key.read for key in keys) <= 4
        assert statistics.median(key.read for key in keys if "\n" in key.typed) <= 4
        read, whole = (statistics.median(getattr(key, count) for key in keys) for count in ("read", "whole"))
        assert whole > 100 * read, "next to nothing of a prompt; how long that is depends on the machine's speed"


async def test_ghost_text_does_not_wait_behind_an_action_and_a_cancelled_action_lets_go(relay: Relay, tmp_path: Path) -> None:
    found = await beside.measured(relay, HOLE, tmp_path)
    assert found.answered > beside.KEYS // 2
    assert found.disturbed == 0, "nothing of the action's prompt is begun before the key has its answer"
    assert found.idle_after_cpu_s <= 3


def test_each_file_says_what_it_can(tmp_path: Path) -> None:
    chat, base = header_of(smollm2()), header_of(gemma(tmp_path))
    assert chat is not None and base is not None
    assert (chat.context, chat.chats, chat.fim, chat.missing_bytes) == (8_192, True, None, 0)
    assert (base.context, base.chats, base.fim, base.missing_bytes) == (32_768, False, None, 0)
    offer = file_offer("local", gemma(tmp_path), None, Catalog.bundled(), context=CONTEXT, header=base)
    assert not offer.capabilities["text"], "a base model converses with nobody"


async def test_a_weak_model_is_measured_to_be_no_better_than_the_built_in_engine(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.toml").write_text(f'[providers.local]\nmodel_path = "{smollm2()}"\n')
    app = Application({HOME_VARIABLE: str(tmp_path), OFFLINE_VARIABLE: "1"}, keyring=None)
    offer = next(offer for offer in app.router.catalog.offers if offer.provider == "local")
    measured = (await compared(app, offer, CODE, 20)).measured(app.engine.clock.now())
    await app.close()
    assert measured.lines == 20 and not measured.beats_built_in
