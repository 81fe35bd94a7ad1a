"""A site of its own: data that can be revised, snapshots that can be damaged, processes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from bench.serving import HOST, PROJECT, free_port
from loaders.snapshot import POINTER, content_id
from tests.support import DATA, read_rows, write_rows

START_SECONDS = 180.0
#: As in deploy/atlas.service.
GRACE = 20
RESTART_SECONDS = 0.5


def drop_a_pilot(data: Path) -> None:
    """Make the package another valid one with one pilot fewer."""
    pilots = read_rows(data, "pilots")
    # one of a pair, so that nothing else rests on it
    told = {r["key"] for r in read_rows(data, "fact_sources") if r["table"] == "pilots"}
    gone = next(row["pilot_id"] for row in reversed(pilots) if row["pilot_id"] not in told)
    for table in ("pilots", "milestones"):
        rows = [row for row in read_rows(data, table) if row["pilot_id"] != gone]
        write_rows(data, table, rows)


@dataclass
class World:
    """Data package and snapshots of a site, in a folder.

    ``first`` and ``second`` are two valid states of the data; ``ids`` names their snapshots.
    """

    folder: Path
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        """The data package that is to be served."""
        return self.folder / "data"

    @property
    def snapshots(self) -> Path:
        """Folder of the snapshots."""
        return self.folder / "snapshots"

    @classmethod
    def made(cls, folder: Path) -> World:
        """A new world in ``folder``: both snapshots built, the first one current."""
        world = cls(folder)
        shutil.copytree(DATA, folder / "first")
        shutil.copytree(DATA, folder / "second")
        drop_a_pilot(folder / "second")
        for state in ("second", "first"):
            world.bring(state)
            world.build()
            world.ids[state] = content_id(world.data)
        return world

    def environment(self, **more: str) -> dict[str, str]:
        """Variables for processes of this world."""
        own = {"ATLAS_DATA": str(self.data), "ATLAS_SNAPSHOTS": str(self.snapshots)}
        unset = {k: v for k, v in os.environ.items() if not k.startswith("ATLAS_")}
        return {**unset, **own, **more}

    def bring(self, state: str) -> None:
        """Put a state of the data in place, as an update of the repository does."""
        self.data.mkdir(exist_ok=True)
        shutil.copytree(self.folder / state, self.data, dirs_exist_ok=True)

    def build(self, **more: str) -> None:
        """Run the build in a process of its own.

        Raises:
            subprocess.CalledProcessError: it failed.
        """
        command = [sys.executable, "-m", "loaders", "build"]
        environment = self.environment(**more)
        subprocess.run(command, cwd=PROJECT, env=environment, check=True, capture_output=True)

    def swap(self, state: str) -> None:
        """New data arrive and are built."""
        self.bring(state)
        self.build()

    def file(self, state: str) -> Path:
        """Snapshot file of a state."""
        return self.snapshots / f"atlas-{self.ids[state]}.duckdb"

    def point(self, snapshot_id: str) -> None:
        """Let the pointer name a snapshot, at once."""
        beside = self.snapshots / ".pointer"
        beside.write_text(snapshot_id + "\n", encoding="ascii")
        beside.replace(self.snapshots / POINTER)

    def pilots(self, state: str) -> int:
        """Number of pilots in a snapshot, asked of the file itself."""
        with duckdb.connect(str(self.file(state)), read_only=True) as database:
            found = database.execute("SELECT count(*) FROM pilots").fetchone()
        assert found
        return int(found[0])


@dataclass
class Server:
    """One process of the site; restarted by `supervised` when it ends."""

    world: World
    name: str = "server"
    options: Sequence[str] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://{HOST}:{self.port}"

    @property
    def pid(self) -> int:
        """Its process."""
        assert self.process
        return self.process.pid

    @property
    def log_file(self) -> Path:
        """What it wrote."""
        return self.world.folder / f"{self.name}.log"

    def start(self) -> None:
        """Start the process; `wait` until it answers."""
        options = ["--host", HOST, "--port", str(self.port), "--log-level", "warning"]
        options += ["--no-access-log", "--timeout-graceful-shutdown", str(GRACE), *self.options]
        with self.log_file.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "uvicorn", "app:app", *options],
                cwd=PROJECT,
                env=self.world.environment(**self.variables),
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self.starts += 1

    def get(self, path: str, timeout: float = 30.0) -> tuple[int, bytes]:
        """Status and body of an answer.

        Raises:
            OSError: there is none.
        """
        try:
            with urllib.request.urlopen(self.url + path, timeout=timeout) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    def health(self) -> dict[str, Any]:
        """What ``/healthz`` says."""
        body: dict[str, Any] = json.loads(self.get("/healthz")[1])
        return body

    def wait(self) -> None:
        """Return when it is ready for visitors.

        Raises:
            RuntimeError: it ended or took too long.
        """
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                if self.get("/readyz", 5)[0] == 200:
                    return
            except OSError:
                if self.process and self.process.poll() is not None and not self.starts > 1:
                    break
            time.sleep(0.1)
        tail = self.log_file.read_text(encoding="utf-8", errors="replace")[-3000:]
        raise RuntimeError(f"{self.name} did not become ready. Its last words:\n{tail}")

    def log(self) -> list[dict[str, Any]]:
        """Lines of its log that are JSON."""
        lines = self.log_file.read_text(encoding="utf-8", errors="replace").splitlines()
        return [json.loads(line) for line in lines if line.startswith('{"time"')]

    def memory(self) -> float:
        """Resident memory in MB (Linux)."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and wait; the exit code (negative: ended by that signal)."""
        assert self.process
        self.process.send_signal(how)
        try:
            return self.process.wait(GRACE + 10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


@contextmanager
def running(server: Server) -> Iterator[Server]:
    """The server, ready; ended after the block."""
    server.start()
    try:
        server.wait()
        yield server
    finally:
        if server.process and server.process.poll() is None:
            server.end()


@contextmanager
def supervised(server: Server) -> Iterator[Server]:
    """The server, ready, and started again whenever it ends, as the systemd unit does."""
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(RESTART_SECONDS):
            if server.process and server.process.poll() is not None:
                server.start()

    with running(server):
        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            stop.set()
            thread.join()
