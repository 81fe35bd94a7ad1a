"""Start the site in a process of its own, wait until it answers, end it afterwards.

Used by the measurements and by the browser tests, so that both see what a
reader sees: the real server, not one inside the test's own process. Beside the site
there are two servers of an empty page to compare with: one as tuned as the site's,
and one as Streamlit comes.
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
from collections.abc import Callable, Iterator, Mapping, Sequence
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
    """A running site: its address without a slash at the end, its snapshot's id and process."""

    url: str
    snapshot_id: str
    pid: int = 0


def free_port() -> int:
    """A TCP port on this host that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port


def uvicorn_command(port: int) -> list[str]:
    """How ``make run`` serves the site.

    ``ATLAS_BENCH_PYTHON`` names the interpreter of an environment that holds the packages of a
    server only: beside those of a developer the site takes 15 MB more.
    """
    options = ["--host", HOST, "--port", str(port), "--log-level", "warning"]
    options += ["--no-server-header", "--ws-max-size", str(2**20)]
    python = os.environ.get("ATLAS_BENCH_PYTHON", sys.executable)
    return [python, "-m", "uvicorn", *options, "app:app"]


def streamlit_command(port: int) -> list[str]:
    """How hosts that know only Streamlit serve it."""
    options = ["--server.address", HOST, "--server.port", str(port)]
    return [sys.executable, "-m", "streamlit", "run", "app.py", *options]


def tuned_empty_command(port: int) -> list[str]:
    """An empty page with the site's settings and way of starting."""
    return [sys.executable, *uvicorn_command(port)[1:-1], "bench.empty.tuned:app"]


def stock_empty_command(port: int) -> list[str]:
    """An empty page with ``streamlit run`` as it comes.

    ``headless`` and ``gatherUsageStats`` only keep it from asking for an address and from
    the network; every setting that costs time keeps its default.
    """
    page = PROJECT / "bench" / "empty" / "page.py"
    options = ["--server.headless", "true", "--browser.gatherUsageStats", "false"]
    command = streamlit_command(port)
    command[command.index("app.py")] = str(page)
    return [*command, *options]


def _answers(url: str) -> str | None:
    """An empty string when Streamlit's own health check answers; None while it does not."""
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=5):
            return ""
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return None


def _snapshot_id(url: str) -> str | None:
    """The snapshot that the site serves; None while it does not answer yet."""
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=5) as answer:
            found: str | None = json.load(answer)["snapshot"]
            return found
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return None


Ready = Callable[[str], str | None]


def _wait(process: subprocess.Popen[bytes], url: str, log: Path, ready: Ready) -> str:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        found = ready(url)
        if found is not None:
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
    command: Sequence[str],
    port: int,
    folder: Path,
    *,
    ready: Ready = _snapshot_id,
    cwd: Path = PROJECT,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Site]:
    """Run ``command`` until the block ends.

    Args:
        command: the server, which must listen on ``port`` of this host.
        port: see there.
        folder: where the snapshots and the server's log go.
        ready: gives the snapshot's id for an address, or None while it does not answer.
        cwd: where the command starts; Streamlit reads its settings there.
        environment: variables beside those of this process.

    Raises:
        RuntimeError: the server ended or did not answer in time; with the end of its log.
    """
    url, log = f"http://{HOST}:{port}", folder / "server.log"
    variables = {"ATLAS_SNAPSHOTS": str(folder / "snapshots"), **(environment or {})}
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=cwd, env={**os.environ, **variables}, stdout=output,
            stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            yield Site(url, _wait(process, url, log, ready), process.pid)
        finally:
            _end(process)


@contextmanager
def serving_empty(
    command: Callable[[int], list[str]], folder: Path, *, stock: bool
) -> Iterator[Site]:
    """Run a server of an empty page; the ``stock`` one far from the site's settings."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    cwd = folder if stock else PROJECT
    with serving(command(port), port, folder, ready=_answers, cwd=cwd) as site:
        yield site
