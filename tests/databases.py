"""Real database servers for tests, started from what the system has installed."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from bench.serving import HOST, free_port

OWNER = "atlas"
DATABASE = "atlas"
CREATE_DATABASE = (
    f"CREATE DATABASE {DATABASE} ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"
    " TEMPLATE template0"
)
_FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")
#: PostgreSQL refuses to run as root; this user comes with its packages.
_SYSTEM_USER = "postgres"


def postgres_folder() -> Path | None:
    """Folder of the server's programs, the newest version; None when there is none."""
    if found := shutil.which("pg_ctl"):
        return Path(found).parent
    folders = [path for pattern in _FOLDERS for path in Path("/").glob(pattern.lstrip("/"))]
    known = [folder for folder in folders if (folder / "pg_ctl").exists()]
    return (
        max(known, key=lambda p: [int(n) for n in p.parent.name.split(".") if n.isdigit()])
        if (known)
        else None
    )


def _user() -> str | None:
    """Whom the server runs as: another user when the tests run as root."""
    return None if os.geteuid() else _SYSTEM_USER


def why_no_postgres() -> str:
    """Why no server can be started here; empty when one can."""
    if postgres_folder() is None:
        return "no PostgreSQL server is installed (tests/install-servers.sh installs one)"
    if user := _user():
        try:
            pwd.getpwnam(user)
        except KeyError:
            return f"PostgreSQL does not run as root, and there is no user {user}"
    return ""


@dataclass(frozen=True)
class Postgres:
    """A server of the test's own, with one empty database."""

    programs: Path
    data: Path
    port: int

    def url(self, role: str = OWNER, database: str = DATABASE) -> str:
        """Address of a database for a role."""
        return f"postgres://{role}@{HOST}:{self.port}/{database}"

    def run(self, program: str, *options: str) -> None:
        """Run one of the server's programs as the user it may run as."""
        command = [str(self.programs / program), "-D", str(self.data), *options]
        # no pipe: the server would keep it open after the program has ended
        subprocess.run(command, check=True, user=_user(), cwd="/", stdout=subprocess.DEVNULL)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        settings = f"-p {self.port} -c listen_addresses={HOST} -c unix_socket_directories=''"
        log = str(self.data / "server.log")
        self.run("pg_ctl", "start", "-w", "-l", log, "-o", f"{settings} -c fsync=off")

    def stop(self) -> None:
        """Stop the server at once, as a crash or a restart of the machine would."""
        self.run("pg_ctl", "stop", "-w", "-m", "immediate")

    def execute(self, *statements: str, role: str = OWNER, database: str = DATABASE) -> None:
        """Run statements one after the other, each committed."""
        with psycopg.connect(self.url(role, database), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())


@contextmanager
def postgres_server() -> Iterator[Postgres]:
    """A running server with an empty database; skips the test when there can be none."""
    if reason := why_no_postgres():
        pytest.skip(reason)
    programs = postgres_folder()
    assert programs is not None
    # not below pytest's folder, which other users may not enter
    folder = Path(tempfile.mkdtemp(prefix="atlas-postgres-"))
    if user := _user():
        shutil.chown(folder, user)
    server = Postgres(programs, folder / "data", free_port())
    try:
        locale = ("--encoding=UTF8", "--lc-collate=C", "--lc-ctype=C.UTF-8")
        server.run("initdb", "-A", "trust", "-U", OWNER, "--no-sync", *locale)
        server.start()
        server.execute(CREATE_DATABASE, database="postgres")
        yield server
        server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
