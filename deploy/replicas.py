"""N replicas of the site behind nginx, as plain processes: ``python -m deploy.replicas -n 3``.

What compose.yaml does with containers, from the same nginx template. A replica that ended, or
no longer answers, is started again; SIGTERM and Ctrl-C stop everything, visitors first.
"""

from __future__ import annotations

import argparse
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from loaders.engine import engine_url
from loaders.snapshot import ensure, snapshot_dir

FOLDER = Path(__file__).resolve().parent
PROJECT = FOLDER.parent
HOST = "127.0.0.1"
START_SECONDS = 180.0
STOP_SECONDS = 20.0
WATCH_SECONDS = 5.0
#: Signs of life missed in a row before a replica is started again.
MISSED = 3

log = logging.getLogger("atlas.replicas")


def nginx_path() -> str | None:
    """Where nginx is, also when only an administrator's PATH has it."""
    return shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


def filled_in(template: str, values: Mapping[str, str]) -> str:
    """The template with ``${NAME}`` replaced; nginx's own ``$name`` stays."""
    for name, value in values.items():
        template = template.replace(f"${{{name}}}", value)
    return template


def write_configuration(folder: Path, listen: str, ports: list[int]) -> None:
    """The files of nginx for replicas on these ports of this machine."""
    (folder / "conf.d").mkdir(parents=True, exist_ok=True)
    # started by root, nginx works as another user, who must get through to its folders
    folder.chmod(0o711)
    shutil.copy(FOLDER / "nginx.conf", folder / "nginx.conf")
    servers = [f"server {HOST}:{port} max_fails=1 fail_timeout=10s;" for port in ports]
    values = {
        "ATLAS_UPSTREAMS": " ".join(servers),
        "ATLAS_LISTEN": listen,
        "ATLAS_RUN": str(folder),
    }
    site = filled_in((FOLDER / "site.conf.template").read_text(encoding="utf-8"), values)
    (folder / "conf.d" / "site.conf").write_text(site, encoding="utf-8")


def nginx_command(folder: Path, *options: str) -> list[str]:
    """How nginx is started with the files of `write_configuration`.

    Raises:
        FileNotFoundError: nginx is not installed.
    """
    program = nginx_path()
    if program is None:
        raise FileNotFoundError("nginx is not installed")
    files = ["-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf")]
    return [program, *files, *(options or ("-g", "daemon off;"))]


def answers(url: str, seconds: float = 5.0) -> bool:
    """Whether an address answers with success."""
    try:
        with urllib.request.urlopen(url, timeout=seconds):  # noqa: S310  (our own address)
            return True
    except (urllib.error.URLError, OSError):
        return False


def _until(good: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not good():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@dataclass
class Replica:
    """One process of the site, which answers on a port of this machine."""

    port: int
    folder: Path
    process: subprocess.Popen[bytes] | None = None
    missed: int = 0

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://{HOST}:{self.port}"

    def start(self) -> None:
        """Start it; it is ready when `ready` says so."""
        options = ["--host", HOST, "--port", str(self.port), "--log-level", "warning"]
        command = [sys.executable, "-m", "uvicorn", "app:app", *options]
        with (self.folder / f"replica-{self.port}.log").open("ab") as output:
            self.process = subprocess.Popen(  # noqa: S603
                [*command, "--no-access-log", "--no-server-header"],
                cwd=PROJECT,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self.missed = 0

    def ready(self) -> bool:
        """Whether visitors may be sent to it.

        Raises:
            RuntimeError: its process has ended.
        """
        if self.process is None or self.process.poll() is not None:
            raise RuntimeError(f"the replica on port {self.port} has ended; see {self.folder}")
        return answers(f"{self.url}/readyz")

    def stop(self) -> None:
        """End it and wait until it has ended."""
        if self.process is not None:
            _end(self.process)

    def watch(self) -> None:
        """Start it again when it has ended or misses its signs of life."""
        ended = self.process is None or self.process.poll() is not None
        self.missed = 0 if not ended and answers(f"{self.url}/healthz") else self.missed + 1
        if ended or self.missed >= MISSED:
            log.warning("the replica on port %s is started again", self.port)
            self.stop()
            self.start()


@dataclass
class Site:
    """Replicas and the nginx before them."""

    url: str
    folder: Path
    replicas: list[Replica]
    proxy: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start all, and return when all are ready.

        Raises:
            FileNotFoundError: nginx is not installed.
            RuntimeError: a replica or nginx ended, or was not ready in time.
        """
        if not engine_url():
            ensure()  # once, before all of them would build the same
        for replica in self.replicas:
            replica.start()
        for replica in self.replicas:
            if not _until(replica.ready, START_SECONDS):
                raise RuntimeError(f"the replica on port {replica.port} was not ready in time")
        with (self.folder / "nginx.log").open("ab") as output:
            self.proxy = subprocess.Popen(  # noqa: S603
                nginx_command(self.folder), stdout=output, stderr=subprocess.STDOUT
            )
        if not _until(lambda: answers(f"{self.url}/_stcore/health"), STOP_SECONDS):
            raise RuntimeError(f"nginx does not answer; see {self.folder / 'nginx.log'}")

    def stop(self) -> None:
        """Stop the proxy, then the replicas, all at once."""
        running = [r.process for r in self.replicas if r.process is not None]
        for process in [self.proxy, *running]:
            if process is not None:
                process.terminate()
        for process in [self.proxy, *running]:
            if process is not None:
                _end(process)

    def watch(self) -> None:
        """Mind the replicas for ever.

        Raises:
            RuntimeError: nginx has ended.
        """
        while True:
            time.sleep(WATCH_SECONDS)
            if self.proxy is None or self.proxy.poll() is not None:
                raise RuntimeError("nginx has ended")
            for replica in self.replicas:
                replica.watch()


@contextmanager
def serving(ports: list[int], listen: int, folder: Path, host: str = HOST) -> Iterator[Site]:
    """The site on ``listen`` with a replica on each of ``ports``, until the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    write_configuration(folder, f"{host}:{listen}", ports)
    shown = HOST if host == "0.0.0.0" else host  # noqa: S104
    site = Site(f"http://{shown}:{listen}", folder, [Replica(port, folder) for port in ports])
    try:
        site.start()
        yield site
    finally:
        site.stop()


def _leave(*_: object) -> None:
    """Stop in good order; a second signal does not disturb it."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    raise SystemExit(0)


def main() -> int:
    """Run until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m deploy.replicas", description=__doc__)
    parser.add_argument("-n", "--replicas", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--host", default=HOST, help="address that nginx listens on")
    parser.add_argument("--port", type=int, default=8080, help="port that nginx listens on")
    parser.add_argument("--first-port", type=int, default=8601, help="port of the first replica")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)
    ports = list(range(options.first_port, options.first_port + options.replicas))
    with tempfile.TemporaryDirectory(prefix="atlas-replicas-") as folder:
        try:
            with serving(ports, options.port, Path(folder), options.host) as site:
                log.info("%s replicas at %s, snapshots in %s", len(ports), site.url, snapshot_dir())
                site.watch()
        except (RuntimeError, FileNotFoundError) as error:
            log.error("%s", error)
    return 1


if __name__ == "__main__":
    sys.exit(main())
