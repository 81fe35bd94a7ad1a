"""Start the site in a process of its own, wait until it answers, end it afterwards.

Used by the measurements and by the browser tests, so that both see what a
reader sees: the real server, not one inside the test's own process.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
START_SECONDS = 180.0
STOP_SECONDS = 15.0
_POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Site:
    """A running site: its address without a slash at the end, and its snapshot's id."""

    url: str
    snapshot_id: str


def free_port() -> int:
    """A TCP port on this host that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port


def uvicorn_command(port: int) -> list[str]:
    """How ``make run`` serves the site."""
    options = ["--host", HOST, "--port", str(port), "--log-level", "warning"]
    return [sys.executable, "-m", "uvicorn", *options, "app:app"]


def streamlit_command(port: int) -> list[str]:
    """How hosts that know only Streamlit serve it."""
    options = ["--server.address", HOST, "--server.port", str(port)]
    return [sys.executable, "-m", "streamlit", "run", "app.py", *options]


def _snapshot_id(url: str) -> str | None:
    """The snapshot that the site serves; None while it does not answer yet."""
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=5) as answer:
            found: str | None = json.load(answer)["snapshot"]
            return found
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return None


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if found := _snapshot_id(url):
            return found
        time.sleep(_POLL_SECONDS)
    state = "ended" if process.poll() is not None else "did not answer"
    tail = log.read_text(encoding="utf-8", errors="replace")[-3000:]
    raise RuntimeError(f"The site at {url} {state}. Its last words:\n{tail}")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def serving(
    command: Sequence[str], port: int, folder: Path, settings: Mapping[str, str] | None = None
) -> Iterator[Site]:
    """Run ``command`` until the block ends.

    Args:
        command: the server, which must listen on ``port`` of this host.
        port: see there.
        folder: where the snapshots and the server's log go.
        settings: environment variables for the server alone.

    Raises:
        RuntimeError: the server ended or did not answer in time; with the end of its log.
    """
    url, log = f"http://{HOST}:{port}", folder / "server.log"
    environment = {**os.environ, **(settings or {}), "ATLAS_SNAPSHOTS": str(folder / "snapshots")}
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=PROJECT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            yield Site(url, _wait(process, url, log))
        finally:
            _end(process)
