"""What ships is pinned, hashed, needed and free."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from loaders.package import PROJECT_ROOT
from tests.licences import NOT_FREE, licence, locked, unfree

LOCKS = ["requirements.lock", "requirements-postgres.lock", "requirements-dev.lock"]
PROJECT = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def name_of(text: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", text)
    assert found, text
    return found[0].lower().replace("_", "-")


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_with_hashes(lock: str) -> None:
    text = (PROJECT_ROOT / lock).read_text("utf-8")
    entries = re.split(r"\n(?=[A-Za-z0-9])", text)
    entries = [entry for entry in entries if re.match(r"[A-Za-z0-9]", entry)]
    assert len(entries) > 60
    for entry in entries:
        assert re.match(r"[A-Za-z0-9._-]+(\[[a-z,-]+\])?==[^ ]+", entry), entry[:80]
        assert "--hash=sha256:" in entry, entry[:80]


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_name_no_host(lock: str) -> None:
    """Any mirror can serve them, also one in a closed network."""
    assert "://" not in (PROJECT_ROOT / lock).read_text("utf-8")


def test_the_lock_covers_what_the_project_asks_for() -> None:
    known = {name_of(r.name) for r in locked()}
    assert {name_of(text) for text in PROJECT["dependencies"]} <= known


def test_the_other_locks_agree_with_the_runtime_lock() -> None:
    def pins(lock: str) -> dict[str, str]:
        found = re.findall(
            r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\]+)",
            Path(PROJECT_ROOT / lock).read_text(),
            re.M,
        )
        return dict(found)

    runtime = pins(LOCKS[0])
    for other in map(pins, LOCKS[1:]):
        both = runtime.keys() & other.keys()
        assert both
        assert {n: runtime[n] for n in both} == {n: other[n] for n in both}


def test_licences_of_what_ships_are_free() -> None:
    assert unfree() == {}


def test_the_licence_check_can_fail() -> None:
    assert NOT_FREE.search("GNU General Public License v3 (GPLv3)")
    assert not NOT_FREE.search("LGPL-3.0-only")
    assert licence("pandas")
