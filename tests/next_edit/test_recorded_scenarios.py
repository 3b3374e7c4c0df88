"""The recorded scenarios of a public evaluation: quiet where silence is right, worth more than nothing elsewhere."""

import pytest

from benchmarks.next_edit.recorded import examples, gated, scored
from benchmarks.next_edit.scenarios import SHARED, Scenario, scenarios
from coderoute_ls.domain import Position
from coderoute_ls.next_edit.codecs import CODECS, RegionRequest

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason=f"the recorded scenarios are not at {SHARED}")


def test_the_last_edits_alone_are_quiet_and_score_what_was_promised() -> None:
    score = scored(scenarios(), examples)
    assert score.quiet_share >= 0.96
    assert score.score >= 0.13


def test_the_gate_silences_every_answer_where_silence_is_right() -> None:
    silent = [each for each in scenarios() if each.expected is None]
    for provider in ("mercuryapi", "zeta", "sweep-next-edit-1.5B", "qwen3.5-0.8B"):
        assert scored(silent, gated(provider)).failures == []


def test_prompts_have_the_form_that_the_models_own_clients_send() -> None:
    """The region's marks stand around the region, as in the recorded requests."""
    scenario: Scenario = next(each for each in scenarios() if each.expected is not None)
    lines = tuple(scenario.buffer.rstrip("\n").split("\n"))
    request = RegionRequest(scenario.file, scenario.language, lines, 0, len(lines), Position(1, 0), scenario.edits)
    assert f"<|editable_region_start|>\n{lines[0]}\n" in CODECS["zeta"].render(request)
    assert f"<<<<<<< CURRENT\n{lines[0]}\n" in CODECS["zeta-2"].render(request)
    assert f"<|file_sep|>current/{scenario.file}:1:{len(lines)}\n" in CODECS["sweep"].render(request)
    assert f"<|code_to_edit|>\n{lines[0]}\n" in CODECS["mercury-edit"].render(request)
