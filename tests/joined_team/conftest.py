"""The team's database, as the tests of `tests/team` have it."""

from tests.team.conftest import server, team

__all__ = ["server", "team"]
