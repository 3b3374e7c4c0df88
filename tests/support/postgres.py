"""A PostgreSQL of the tests' own: on a free loopback port, in a temporary folder, by a user that is not root."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

HOW = "PostgreSQL is not installed, and tests marked postgres are left out: `make test-postgres` installs it and runs them"
OWNER = "postgres"
"""Debian's package makes this user. Where the tests are not run by root, they run the server as themselves."""
WAIT_S = 60.0


def programs() -> Path | None:
    """The folder of initdb and postgres; None where there is no PostgreSQL."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if found:
        return found[-1].parent
    name = shutil.which("initdb")
    return None if name is None else Path(name).resolve().parent


class Cluster:
    """One server with any number of databases. ``durable``: as in production, each commit reaches the disk; tests in which the
    server itself is not killed need not wait for that."""

    def __init__(self, folder: Path, *, durable: bool = False, follows: "Cluster | None" = None) -> None:
        found = programs()
        assert found is not None, HOW
        self._programs = found
        self._data = folder / "data"
        self._log = folder / "log"
        self._durable = durable
        self._made = count()
        self._server: subprocess.Popen[bytes] | None = None
        self._as = ["setpriv", f"--reuid={OWNER}", f"--regid={OWNER}", "--clear-groups"] if os.geteuid() == 0 else []
        if self._as:
            import pwd  # late, as psycopg below: on Windows the suite loads this module too

            owner = pwd.getpwnam(OWNER)
            folder.chmod(0o755)
            self._data.mkdir(0o700)
            os.chown(self._data, owner.pw_uid, owner.pw_gid)
        if follows is None:
            self._run("initdb", "-D", str(self._data), "-U", OWNER, "-A", "trust", "-E", "UTF8", "--no-locale", "-N")
        else:
            self._run("pg_basebackup", "-d", follows.url(""), "-D", str(self._data), "-R", "-c", "fast", "-N")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]

    def _run(self, program: str, *words: str) -> None:
        command = [*self._as, str(self._programs / program), *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self, *settings: str) -> None:
        """Start, with these ``name=value`` settings, and wait until it answers."""
        options = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": 120,
            "fsync": "on" if self._durable else "off",
            "autovacuum_naptime": "10s",
        }
        given = [f"{name}={value}" for name, value in options.items()]
        words = [word for setting in (*given, *settings) for word in ("-c", setting)]
        with self._log.open("ab") as log:
            self._server = subprocess.Popen(
                [*self._as, str(self._programs / "postgres"), "-D", str(self._data), *words], stdout=log, stderr=log, cwd="/"
            )
        self.wait()

    @property
    def pid(self) -> int:
        """Of the server that runs; each connection is a child of it."""
        assert self._server is not None
        return self._server.pid

    def wait(self) -> None:
        """Until it answers."""
        import psycopg

        until = time.monotonic() + WAIT_S
        while True:
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=5).close()
            except psycopg.OperationalError:
                assert self._server is not None
                assert self._server.poll() is None, self._log.read_text("utf-8", "replace")
                assert time.monotonic() < until, self._log.read_text("utf-8", "replace")
                time.sleep(0.02)
            else:
                return

    def stop(self, mode: str = "fast") -> None:
        """``immediate``: as when it is killed; what was committed must come back."""
        if self._server is not None:
            self._run("pg_ctl", "stop", "-D", str(self._data), "-m", mode, "-w")
            self._server.wait()
            self._server = None

    @contextmanager
    def standby(self) -> "Generator[Cluster]":
        """A second server that follows this one, until it is promoted."""
        with tempfile.TemporaryDirectory(prefix="coderoute-standby-", ignore_cleanup_errors=True) as folder:
            made = Cluster(Path(folder), durable=self._durable, follows=self)
            made.start("hot_standby=on")
            try:
                yield made
            finally:
                made.stop("immediate")

    def promote(self) -> None:
        """It takes over."""
        self._run("pg_ctl", "promote", "-D", str(self._data), "-w")

    def url(self, database: str) -> str:
        return f"postgresql://{OWNER}@127.0.0.1:{self.port}/{database}"

    def new(self, template: str = "template1") -> str:
        """The address of a database that nobody has used."""
        name = f"test_{next(self._made)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def execute(self, *statements: str) -> None:
        """As the superuser, each in a transaction of its own."""
        import psycopg

        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())


@contextmanager
def cluster(*settings: str, durable: bool = False) -> Generator[Cluster]:
    """A server that runs."""
    with tempfile.TemporaryDirectory(prefix="coderoute-postgres-", ignore_cleanup_errors=True) as folder:
        made = Cluster(Path(folder), durable=durable)
        made.start(*settings)
        try:
            yield made
        finally:
            made.stop("immediate")


def rows(url: str, query: str, *values: object) -> Sequence[tuple[object, ...]]:
    """What a query returns, over a connection of its own."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(query.encode(), values).fetchall()
