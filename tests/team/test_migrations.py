"""A database of any earlier version becomes one of today, once, however many start together; a later one is refused."""

import threading

import psycopg
import pytest

from coderoute_ls.errors import ConfigurationError, DatabaseLost
from coderoute_ls.team.administration import Administration
from coderoute_ls.team.database import connected
from coderoute_ls.team.money import cap
from coderoute_ls.team.schema import migrate, migrations, version
from tests.support.postgres import Cluster, rows

pytestmark = pytest.mark.postgres

TABLES = """
    SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'coderoute'
    UNION ALL SELECT 'function', proname, md5(prosrc) FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace
    WHERE nspname = 'coderoute' ORDER BY 1, 2, 3
"""


@pytest.mark.parametrize("earlier", range(len(migrations())))
def test_each_earlier_version_becomes_todays_and_keeps_what_it_holds(server: Cluster, earlier: int) -> None:
    url, fresh = server.new(), server.new("migrated")
    with connected(url) as connection:
        migrate(connection, earlier)
        assert version(connection) == earlier
        keys = [Administration(connection).create_key("ann", "web")[1]] if earlier >= 1 else []
        if earlier >= 2:
            Administration(connection).set_budget("team", "web", cap("20/month"))
        assert migrate(connection) == earlier
        assert version(connection) == len(migrations())
        assert Administration(connection).keys() == keys
        if earlier >= 2:
            (budget,) = Administration(connection).budgets()
            assert (budget.level, budget.subject, budget.cap_nusd) == ("team", "web", 20 * 10**9)
    assert rows(url, TABLES) == rows(fresh, TABLES)


def test_eight_that_start_together_migrate_once(server: Cluster) -> None:
    url, failures = server.new(), list[BaseException]()

    def start() -> None:
        try:
            with connected(url) as connection:
                migrate(connection)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert [row[0] for row in rows(url, "SELECT version FROM coderoute.migrations ORDER BY 1")] == [*migrations()]


def test_a_step_that_fails_leaves_nothing_behind_and_can_be_done_again(server: Cluster) -> None:
    url = server.new()
    with connected(url) as connection:
        migrate(connection, 1)
        connection.execute("CREATE TABLE coderoute.calls (id text)")  # in the way of the second step
        with pytest.raises(psycopg.Error):
            migrate(connection)
        assert version(connection) == 1
        assert connection.execute("SELECT to_regclass('coderoute.budgets')").fetchone() == (None,)
        connection.execute("DROP TABLE coderoute.calls")
        migrate(connection)
        assert version(connection) == len(migrations())


def test_a_database_from_the_future_is_refused_with_what_to_do(server: Cluster) -> None:
    with connected(server.new("migrated")) as connection:
        connection.execute("INSERT INTO coderoute.migrations (version) VALUES (99)")
        with pytest.raises(ConfigurationError, match=r"version 99.*Install the newer"):
            migrate(connection)


def _use(url: str) -> None:
    with connected(url) as connection:
        migrate(connection)
        Administration(connection).create_key("ann")


@pytest.mark.parametrize(
    ("address", "kind", "words"),
    [
        ("postgresql://postgres@127.0.0.1:{port}/nowhere", ConfigurationError, "no such database"),
        ("postgresql://nobody@127.0.0.1:{port}/template1", ConfigurationError, "database or user"),
        ("postgresql://postgres@127.0.0.1:1/template1", DatabaseLost, "cannot be reached"),
        ("postgresql://u:se:cr:et@:bad:/x?y", ConfigurationError, "no address"),
        ("{new}?options=-cdefault_transaction_read_only%3Don", DatabaseLost, "read-only"),
    ],
    ids=["no database", "no user", "nobody listens", "no address", "read-only"],
)
def test_what_is_wrong_with_the_database_is_told_without_its_address(
    server: Cluster, address: str, kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind, match=words) as told:
        _use(address.format(port=server.port, new=server.new()))
    assert "127.0.0.1" not in str(told.value)
    assert "se:cr:et" not in str(told.value)
