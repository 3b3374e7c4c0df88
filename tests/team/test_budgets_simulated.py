"""Budgets under any interleaving, replayed by seed: ``SIMULATE=SEED`` runs one, ``SIMULATIONS=N`` as many as wanted."""

import os

import pytest

from coderoute_ls.team.budgets.budget_store import BudgetStore
from coderoute_ls.team.database import Database
from tests.team.conftest import Team
from tests.team.simulator import LEASE_S, Simulation

pytestmark = pytest.mark.postgres

STEPS = int(os.environ.get("SIMULATED_STEPS", "250"))
SEEDS = [int(os.environ["SIMULATE"])] if "SIMULATE" in os.environ else [*range(int(os.environ.get("SIMULATIONS", "20")))]


@pytest.mark.parametrize("seed", SEEDS)
async def test_no_cap_is_passed_and_nothing_is_lost_or_doubled(team: Team, seed: int) -> None:
    database = Database(team.url)
    await database.open()
    try:
        simulation = Simulation(seed, team.connection, BudgetStore(database, lease_s=LEASE_S))
        for step in range(STEPS):
            try:
                await simulation.step()
            except AssertionError as error:
                last = ", ".join(simulation.log[-12:])
                raise AssertionError(f"SIMULATE={seed} replays it: step {step} ({last}): {error}") from error
        assert simulation.let_through > STEPS / 20 and simulation.turned_away, "too little happened"
        assert [*simulation.ends()] == []
        await simulation.store.end_leases()
        assert team.query("SELECT sum(reserved_nusd) FROM coderoute.budgets") in ([(0,)], [(None,)])
        (lapsed,) = team.query("SELECT count(*) FROM coderoute.lapsed")
        assert lapsed == (sum(each.state == "lapsed" for each in simulation.held),)
    finally:
        await database.close()
