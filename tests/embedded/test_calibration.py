"""Probabilities move with what the user accepts, and what was learned is kept, shown and forgotten."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from coderoute_ls.cli.embedded import COMMAND
from coderoute_ls.embedded.index.index_file import IndexFiles
from coderoute_ls.embedded.index.indexer import segments_of
from coderoute_ls.embedded.index.vocabulary import Vocabulary
from coderoute_ls.embedded.prediction.calibration import AcceptanceHistory, Calibration
from coderoute_ls.storage import HOME_VARIABLE

FILES = [("/w/a.py", ["def f(a):\n", "    return a\n"], (9, 1)), ("/w/b.py", ["x = f(1)\n"], (8, 2))]


def test_rejection_lowers_what_is_said_and_acceptance_raises_it() -> None:
    liked, disliked = Calibration(), Calibration()
    before = liked.draft(0.8, 4)
    for _ in range(30):
        liked.judged(liked.draft(0.8, 4), True)
        disliked.judged(disliked.draft(0.8, 4), False)
    assert disliked.draft(0.8, 4) < before < liked.draft(0.8, 4)


def test_a_user_who_accepts_as_often_as_was_said_changes_little() -> None:
    calibration = Calibration()
    before = calibration.draft(0.8, 4)
    said = 0.0
    taken = 0
    for number in range(1, 101):
        said += before
        accepted = taken + 1 <= said
        taken += accepted
        calibration.judged(calibration.draft(0.8, 4), accepted)
        assert number
    assert abs(calibration.draft(0.8, 4) - before) < 0.05


def test_old_judgements_fade() -> None:
    calibration = Calibration()
    for _ in range(2_000):
        calibration.judged(0.7, False)
    low = calibration.draft(0.8, 4)
    for _ in range(400):
        calibration.judged(0.7, True)
    assert calibration.draft(0.8, 4) > low
    assert calibration.experience.judged < 250


def test_segments_come_back_as_they_were_kept(tmp_path: Path) -> None:
    vocabulary = Vocabulary()
    (segment,) = segments_of(vocabulary, FILES)
    segment.mask("/w/b.py", True)
    store = IndexFiles(tmp_path)
    store.save("/w", vocabulary, [segment], {"/w/c.py": (7, 3)})
    for other in (Vocabulary(), _used_vocabulary()):
        (loaded,), left_out = store.load("/w", other)
        assert left_out == {"/w/c.py": (7, 3)}
        assert [other.tokens[n] for n in loaded.tokens] == [vocabulary.tokens[n] for n in segment.tokens]
        assert loaded.stamps == segment.stamps
        assert loaded.masked.tolist() == [False, True]
    assert store.load("/elsewhere", Vocabulary()) == ([], {})


def _used_vocabulary() -> Vocabulary:
    vocabulary = Vocabulary()
    vocabulary.add(["return", "other", " a"])
    return vocabulary


@pytest.mark.parametrize("damage", [b"", b"coderoute-index\n", b"x" * 100])
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, damage: bytes) -> None:
    store = IndexFiles(tmp_path)
    store.path("/w").write_bytes(damage)
    assert store.load("/w", Vocabulary()) == ([], {})
    assert store.kept() == []


def test_the_command_shows_what_is_kept_and_deletes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    vocabulary = Vocabulary()
    store = IndexFiles(tmp_path / "cache" / "embedded")
    store.save("/w", vocabulary, list(segments_of(vocabulary, FILES)), {})
    store.save_experience(AcceptanceHistory(10.0, 6.0, 7.0))
    shown = CliRunner().invoke(COMMAND, ["stats", "--json"])
    told = json.loads(shown.output)
    assert [(folder["root"], folder["files"]) for folder in told["folders"]] == [("/w", 2)]
    assert told["drafts"] == {"judged": 10.0, "accepted": 6.0, "expected": 7.0}
    assert "/w" in CliRunner().invoke(COMMAND, ["stats"]).output
    assert CliRunner().invoke(COMMAND, ["forget"], input="n\n").exit_code != 0
    assert store.kept() != []
    assert CliRunner().invoke(COMMAND, ["forget", "--yes"]).exit_code == 0
    assert store.kept() == []
    assert store.load_experience() == AcceptanceHistory()
    assert "Nothing is learned yet" in CliRunner().invoke(COMMAND, ["stats"]).output
