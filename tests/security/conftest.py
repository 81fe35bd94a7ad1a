"""The browser of the other browser tests, and the site over poisoned copies of the data."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bench.serving import Site, free_port, serving, uvicorn_command
from tests.e2e.conftest import browser
from tests.security.hostile import STRINGS, Hostile, few
from tests.security.poison import Held, copies_needed, poison
from tests.security.size import FULL

__all__ = ["browser", "metrics_port", "poisoned", "served"]

#: The long run writes every text into every column; the short one a few texts of every class.
TEXTS: tuple[Hostile, ...] = STRINGS if FULL else few()


@dataclass(frozen=True, slots=True)
class Poisoned:
    """A site over a poisoned copy: its number, folder and what it holds."""

    site: Site
    folder: Path
    number: int
    held: frozenset[Held]


@contextmanager
def running(folder: Path, **settings: str) -> Iterator[Site]:
    """The site as it is served, with settings of its own; its log lies in ``folder``."""
    port = free_port()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name, value)
        with serving(uvicorn_command(port), port, folder) as site:
            yield site


#: In the long run two processes share the copies; all tests of one copy stay together.
COPIES = [
    pytest.param(number, marks=pytest.mark.xdist_group(f"copy-{number}"))
    for number in range(copies_needed(TEXTS) if FULL else 1)
]


@pytest.fixture(scope="module", params=COPIES)
def poisoned(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Poisoned]:
    """The site over one copy after the other."""
    folder = tmp_path_factory.mktemp("poisoned")
    held = poison(folder / "data", request.param, TEXTS)
    with running(folder, ATLAS_DATA=str(folder / "data")) as site:
        yield Poisoned(site, folder / "data", request.param, frozenset(held))


@pytest.fixture(scope="package")
def metrics_port() -> int:
    """Where the served site gives out its measurements."""
    return free_port()


@pytest.fixture(scope="package")
def served(tmp_path_factory: pytest.TempPathFactory, metrics_port: int) -> Iterator[Site]:
    """The site over the committed data, under a host name of its own and behind a list."""
    folder = tmp_path_factory.mktemp("served")
    settings = {
        "ATLAS_METRICS_PORT": str(metrics_port),
        "ATLAS_ALLOWED_HOSTS": "127.0.0.1, atlas.example, *.atlas.example",
        "ATLAS_FRAME_ANCESTORS": "https://portal.example",
        "ATLAS_PUBLIC_URL": "https://atlas.example",
    }
    with running(folder, **settings) as site:
        yield site
