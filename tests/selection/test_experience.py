"""HealthStore that outlives the process: shared, crash-proof; and the free tiers' counts and platform fees."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from coderoute_ls.app.health_store import HealthStore
from coderoute_ls.domain import OfferHealth
from coderoute_ls.selection import Catalog
from coderoute_ls.selection.health import offer_health
from coderoute_ls.selection.pricing.fee_calculation import fee, with_credits, with_own_key
from coderoute_ls.selection.pricing.free_tier_use import free_limited_until
from tests.selection.build import NOW


def test_experience_outlives_the_process(tmp_path: Path) -> None:
    first = HealthStore(tmp_path / "experience.json")
    first.put("a/m", offer_health.failed(OfferHealth(kappa=1.2), NOW))
    first.count_free_call("openrouter", NOW)
    first.save(NOW)
    again = HealthStore(tmp_path / "experience.json")
    assert again.of("a/m") == first.of("a/m")
    assert again.free_calls("openrouter") == (NOW,)


def test_two_processes_keep_each_others_experience_and_the_newest_wins(tmp_path: Path) -> None:
    file = tmp_path / "experience.json"
    one, two = HealthStore(file), HealthStore(file)
    one.put("a/m", OfferHealth(successes=1, updated=NOW))
    one.put("c/m", OfferHealth(successes=1, updated=NOW + 5))
    one.count_free_call("openrouter", NOW)
    two.put("b/m", OfferHealth(successes=2, updated=NOW))
    two.put("c/m", OfferHealth(successes=9, updated=NOW + 1))
    two.count_free_call("openrouter", NOW + 1)
    one.save(NOW + 9)
    two.save(NOW + 9)
    seen = HealthStore(file)
    assert {name: known.successes for name, known in seen.health.items()} == {"a/m": 1, "b/m": 2, "c/m": 1}
    assert seen.free_calls("openrouter") == (NOW, NOW + 1)
    assert two.of("a/m").successes == 1


def test_old_experience_and_yesterdays_calls_are_forgotten(tmp_path: Path) -> None:
    file = tmp_path / "experience.json"
    kept = HealthStore(file)
    kept.put("old/m", OfferHealth(successes=1, updated=NOW - 200 * 86_400))
    kept.put("new/m", OfferHealth(successes=1, updated=NOW))
    kept.count_free_call("openrouter", NOW - 86_400)
    kept.count_free_call("openrouter", NOW)
    kept.save(NOW)
    assert set(HealthStore(file).health) == {"new/m"}
    assert HealthStore(file).free_calls("openrouter") == (NOW,)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"version": 1, "health": {"a/m": "fine"}}', '{"version": 99}'])
def test_a_bad_file_is_named_and_experience_starts_afresh(tmp_path: Path, content: str) -> None:
    file = tmp_path / "experience.json"
    file.write_text(content)
    fresh = HealthStore(file)
    assert fresh.health == {} and fresh.problem
    fresh.put("a/m", OfferHealth(successes=1, updated=NOW))
    fresh.save(NOW)
    assert HealthStore(file).of("a/m").successes == 1


def test_a_place_that_cannot_be_written_is_a_problem_and_no_crash(tmp_path: Path) -> None:
    (tmp_path / "blocked").write_text("")
    kept = HealthStore(tmp_path / "blocked" / "experience.json")
    kept.put("a/m", OfferHealth(updated=NOW))
    kept.save(NOW)
    assert kept.problem


def test_nothing_changed_writes_nothing(tmp_path: Path) -> None:
    HealthStore(tmp_path / "experience.json").save(NOW)
    assert list(tmp_path.iterdir()) == []


LEARNER = """
import json, sys
from pathlib import Path
from coderoute_ls.domain import OfferHealth
from coderoute_ls.app import catalog_file as cached
from coderoute_ls.selection import Catalog
from coderoute_ls.app.health_store import HealthStore
from coderoute_ls.selection.catalog.published_list_merge import merge
from tests.selection.build import NOW
from tests.selection.lists import BOTH, listed, small
folder, who = Path(sys.argv[1]), sys.argv[2]
step = 0
while True:
    step += 1
    kept = HealthStore(folder / "experience.json")
    assert not kept.problem, kept.problem
    kept.put(f"{who}/{step % 40}", OfferHealth(successes=step, updated=NOW + step))
    kept.save(NOW + step)
    price = str(1e-6 * (1 + step % 5))
    payload = json.dumps({"data": [*BOTH, listed("maker/new", price, price)]}).encode()
    cached.store(folder / "catalog.json", merge(small(), "openrouter", payload, NOW).catalog)
    print(step, flush=True)
"""


def test_processes_killed_while_learning_and_refreshing_never_leave_a_broken_file(tmp_path: Path) -> None:
    for _ in range(2):
        workers = [
            subprocess.Popen([sys.executable, "-c", LEARNER, str(tmp_path), who], stdout=subprocess.PIPE, text=True)
            for who in ("one", "two")
        ]
        for _ in range(5):  # until both have replaced both files a few times
            for worker in workers:
                assert worker.stdout is not None and worker.stdout.readline()
        for worker in workers:
            os.kill(worker.pid, signal.SIGKILL)
            worker.wait()
            assert worker.stdout is not None
            worker.stdout.close()
        assert HealthStore(tmp_path / "experience.json").problem == ""
        assert Catalog.parse((tmp_path / "catalog.json").read_bytes()).refused == ()
    assert {name.partition("/")[0] for name in HealthStore(tmp_path / "experience.json").health} == {"one", "two"}


# -- fees and free tiers ----------------------------------------------------------------------------------------------------


def test_the_published_scenario_follows_from_the_rules() -> None:
    list_price = 100 * 3 + 20 * 15
    assert list_price == 600
    assert with_credits("openrouter", list_price) == pytest.approx(633)
    assert with_own_key("openrouter", list_price) == pytest.approx(630)
    assert with_own_key("openrouter", list_price, requests=1_000_000) == 600
    assert with_own_key("openrouter", list_price, requests=2_000_000) == pytest.approx(615)


def test_a_small_top_up_pays_the_minimum() -> None:
    assert with_credits("openrouter", 5) == 5.80
    assert with_credits("openrouter", 0) == 0


def test_only_openrouter_adds_a_fee() -> None:
    assert fee("openrouter") == 1.055
    assert fee("openrouter", own_key=True) == 1.0
    assert fee("openrouter", own_key=True, requests_this_month=1_000_000) == 1.05
    assert fee("anthropic") == 1.0


def test_free_tiers_allow_twenty_a_minute_and_fifty_or_a_thousand_a_day() -> None:
    minute = [NOW - 59 + n for n in range(20)]
    assert free_limited_until("openrouter", minute[1:], NOW) == 0
    assert free_limited_until("openrouter", minute, NOW) == NOW + 1
    assert free_limited_until("openrouter", minute, NOW + 1) == 0
    midnight = NOW // 86_400 * 86_400
    day = [midnight + n for n in range(50)]
    assert free_limited_until("openrouter", day[1:], NOW) == 0
    assert free_limited_until("openrouter", day, NOW) == midnight + 86_400
    assert free_limited_until("openrouter", day, NOW, bought=True) == 0
    assert free_limited_until("openrouter", [midnight + n for n in range(1000)], NOW, bought=True) == midnight + 86_400
    assert free_limited_until("openrouter", [call - 86_400 for call in day], NOW) == 0
    assert free_limited_until("zai", day * 9, NOW) == 0
