"""A PostgreSQL for each worker of the tests, and a migrated database for each test that asks for one."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
import pytest

from coderoute_ls.team.administration import Administration
from coderoute_ls.team.schema import migrate
from tests.support.postgres import Cluster, cluster

TEMPLATE = "migrated"


@pytest.fixture(scope="session")
def server() -> Iterator[Cluster]:
    """A server that loses what was not on the disk when it is killed; tests that kill it start another."""
    with cluster() as made:
        made.execute(f"CREATE DATABASE {TEMPLATE}")
        with psycopg.connect(made.url(TEMPLATE), autocommit=True) as connection:
            migrate(connection)
        yield made


@dataclass(frozen=True)
class Team:
    """A database of a team, and who administrates it."""

    url: str
    admin: Administration
    connection: psycopg.Connection

    def query(self, text: str, *values: object) -> list[tuple[object, ...]]:
        done = self.connection.execute(text.encode(), values)
        return [] if done.description is None else done.fetchall()


@contextmanager
def migrated(server: Cluster, url: str = "") -> Generator[Team]:
    """A team in a new database of a server of the test's own, or in this one."""
    url = url or server.new()
    with psycopg.connect(url, autocommit=True) as connection:
        migrate(connection)
        yield Team(url, Administration(connection, "root of the tests"), connection)


@pytest.fixture
def team(server: Cluster) -> Iterator[Team]:
    """An empty team."""
    with migrated(server, server.new(TEMPLATE)) as made:
        yield made
