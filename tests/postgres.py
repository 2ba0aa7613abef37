"""A PostgreSQL of the tests' own, started once for a process of pytest, and a new database for each test that asks.

As root it runs as the user that Debian's package makes, since PostgreSQL refuses to run as root. Nothing in it outlives
the tests, so that it need not wait for any disk; and it counts no rows between them, so that its plans stay the same.
"""

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

USER = "postgres"
FAST = ("fsync=off", "autovacuum=off", "full_page_writes=off", "shared_buffers=32MB", "max_connections=60")
TEMPLATE = "made"


_EMPTY = """
SET session_replication_role = replica;
DO $$
DECLARE one record;
BEGIN
    FOR one IN SELECT tablename FROM pg_tables
        WHERE schemaname = 'public' AND tablename NOT IN ('migrations', 'revisions')
    LOOP EXECUTE format('DELETE FROM %I', one.tablename); END LOOP;
    FOR one IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL
    LOOP EXECUTE format('ALTER SEQUENCE %I RESTART', one.sequencename); END LOOP;
    UPDATE revisions SET number = 0;
END $$
"""


def programs() -> Path | None:
    """The folder of PostgreSQL's programs: the newest of Debian's, or where the path finds them."""
    newest = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = newest[-1] if newest else shutil.which("initdb")
    return Path(found).parent if found else None


class Server:
    """A server in a folder of its own, reached by a socket there."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.folder, self.programs = folder, programs
        self._count = 0
        self._made = False
        self._clean: list[str] = []
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)
        if os.geteuid() == 0:
            shutil.chown(folder, USER)
        if not Path(self.data).exists():
            self._as_user("initdb", "--no-sync", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "-D", self.data)
        self.start()

    @property
    def data(self) -> str:
        return str(self.folder / "data")

    def start(self) -> None:
        options = " ".join(
            f"-c {one}" for one in (*FAST, "listen_addresses=", f"unix_socket_directories={self.folder}")
        )
        self._as_user("pg_ctl", "-D", self.data, "-w", "-t", "60", "-l", self.folder / "log", "-o", options, "start")

    def stop(self, how: str = "fast") -> None:
        """Stop it: "fast" says goodbye, "immediate" is a crash."""
        self._as_user("pg_ctl", "-D", self.data, "-w", "-m", how, "stop")

    def url(self, name: str, user: str | None = None) -> str:
        return f"postgresql://{user or self._owner()}@/{name}?host={self.folder}"

    def new(self, template: str = "template0") -> str:
        """The URL of a new database: an empty one, or one with all tables of a library (`TEMPLATE`)."""
        if template == TEMPLATE and not self._made:
            self._make_template()
        self._count += 1
        name = f"library{self._count}"
        self.sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def _make_template(self) -> None:
        from leitmotiv.store.library import Library

        self.sql(f"CREATE DATABASE {TEMPLATE}")
        with tempfile.TemporaryDirectory() as folder:
            Library.open(name_database(Path(folder), self.url(TEMPLATE))).close()
        self._made = True

    def lend(self) -> str:
        """The URL of a database with all tables and no rows; given back, it serves the next test: a new one is dear."""
        return self._clean.pop() if self._clean else self.new(TEMPLATE)

    def give_back(self, url: str) -> None:
        """Take a database back that was lent; every table in it is emptied."""
        name = name_of(url)
        self.sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        self.sql(_EMPTY, name)
        self._clean.append(url)

    def drop(self, url: str) -> None:
        self.sql(f"DROP DATABASE IF EXISTS {name_of(url)} WITH (FORCE)")

    def sql(self, statement: str, name: str = "postgres") -> list[tuple[object, ...]]:
        import psycopg

        with psycopg.connect(self.url(name), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def _owner(self) -> str:
        return USER if os.geteuid() == 0 else os.environ.get("USER", "") or str(Path.home().owner())

    def _as_user(self, program: str, *arguments: object) -> None:
        command = [str(self.programs / program), *map(str, arguments)]
        if os.geteuid() == 0:
            command = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--init-groups", *command]
        # Its output goes to a file: the server inherits it, and a pipe would stay open.
        with (self.folder.parent / f"{self.folder.name}.out").open("ab") as said:
            done = subprocess.run(command, stdout=said, stderr=said, stdin=subprocess.DEVNULL, cwd="/", timeout=120)
        if done.returncode:
            raise RuntimeError((self.folder.parent / f"{self.folder.name}.out").read_text()[-2000:])


def name_of(url: str) -> str:
    return url.partition("@/")[2].partition("?")[0]


def name_database(folder: Path, url: str) -> Path:
    """Make a library folder that names a database."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "library.toml").write_text(f'[database]\nurl = "{url}"\n')
    return folder


def needed(package: str) -> None:
    """Skip, but with CI=true fail, where a package of the extra `cluster` is not installed."""
    if os.environ.get("CI") != "true":
        pytest.importorskip(package, reason=f"{package} is not installed: pip install -e '.[test]'")


@contextlib.contextmanager
def running() -> Iterator[Server]:
    """A server; without PostgreSQL the test is skipped, or fails where CI=true."""
    found = programs()
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("PostgreSQL is not installed, and with CI=true no test of it is skipped.")
    if found is None:
        pytest.skip("PostgreSQL is not installed: apt install postgresql")
    needed("psycopg")
    # A short path: the name of a socket has at most 107 bytes. Not below pytest's folders, which only root may enter.
    folder = Path(tempfile.mkdtemp(prefix="lm-pg-"))
    folder.chmod(0o755)
    try:
        server = Server(folder / "s", found)
        try:
            yield server
        finally:
            with contextlib.suppress(RuntimeError):
                server.stop("immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def wait_until(what: Callable[[], object], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.05)
