"""The measurements' own arithmetic; nothing is timed here."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import duckdb
import pytest

from analytics.filters import PilotFilter, select_pilots
from analytics.funnel import milestone_funnel
from bench.generated import generate_package, generate_snapshot
from bench.pages import measured_pages
from bench.process import cpu_seconds, resident_bytes
from bench.quick import BASELINE, Ratios, dearer
from bench.report import BEGIN, END, write_readme
from bench.scale import fault_of
from bench.soak import slope_kb
from bench.targets import verdicts
from loaders.engine import Engine, duckdb_engine
from loaders.package import read_package
from loaders.snapshot import validated_tables
from tests.support import DATA, read_rows


def test_growth_is_the_slope_of_the_curve() -> None:
    # 2 MB in 100 sessions are 20 KB a session
    assert slope_kb([(0, 300.0), (50, 301.0), (100, 302.0)]) == pytest.approx(20)
    assert slope_kb([(1, 5.0), (2, 5.0), (3, 5.0)]) == 0


BASE: Ratios = {"/": {"rerun": 10.0, "KB": 40.0}, "/gone": {"rerun": 1.0}}


@pytest.mark.parametrize(
    ("now", "found"),
    [
        ({"/": {"rerun": 13.0, "KB": 52.0}}, []),
        ({"/": {"rerun": 13.1, "KB": 40.0}}, ["rerun"]),
        ({"/": {"rerun": 99.0, "KB": 52.1}}, ["rerun", "KB"]),
        ({"/": {"rerun": 1.0, "KB": 1.0}}, []),
        ({"/new": {"rerun": 99.0}}, []),
    ],
)
def test_a_page_is_dearer_from_more_than_thirty_per_cent(now: Ratios, found: list[str]) -> None:
    assert [d.measure for d in dearer(now, BASE)] == found


def test_every_page_of_the_menu_has_a_baseline() -> None:
    known = json.loads(BASELINE.read_text("utf-8"))
    assert {page.name for page in measured_pages()} <= set(known)
    assert all(value > 0 for measures in known.values() for value in measures.values())


def _runs(rate: float, page: str, client: float = 0.1) -> dict[str, Any]:
    return {"sessions": 50, "page": page, "runs_per_second": rate, "client_share": client}


def test_the_slowest_page_decides_about_the_load() -> None:
    load = [_runs(5, "empty, stock"), _runs(200, "empty, tuned"), _runs(60, "/"), _runs(29, "/x")]
    driver, stock, tuned = verdicts({"load": load})
    assert driver.met
    assert not stock.met  # 29 < 6 × 5
    assert "/x" in stock.measured
    assert not tuned.met  # 29 < 15 % of 200
    load[-1] = _runs(30, "/x", client=0.9)
    driver, stock, tuned = verdicts({"load": load})
    assert (driver.met, stock.met, tuned.met) == (False, True, True)


def test_results_stand_between_the_marks(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    found = {
        "measured": "2026-11-22T00:00:00+00:00",
        "commit": "abc",
        "snapshot": "123",
        "machine": {"cores": 2, "system": "Linux", "python": "3.11", "streamlit": "1.67"},
        "verdicts": [{"target": "speed", "wanted": "much", "measured": "some", "met": False}],
    }
    write_readme(found, readme)
    text = readme.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith(f"{END}\nafter\n")
    assert "| speed | much | some | **missed** |" in text
    assert "old" not in text


def repeated_companies() -> set[str]:
    """Companies with a pilot of which no recorded question of the data is about anything."""
    asked = {row["key"] for row in read_rows(DATA, "open_questions")}
    pilots = read_rows(DATA, "pilots")
    owner = {row["pilot_id"]: row["org_id"] for row in pilots}
    in_doubt = {owner[key] for key in asked & set(owner)} | asked
    in_doubt |= {
        owner[row["pilot_id"]]
        for row in read_rows(DATA, "milestones")
        if row["milestone_id"] in asked
    }
    in_doubt |= {
        row["org_id"] for row in read_rows(DATA, "investments") if row["investment_id"] in asked
    }
    return set(owner.values()) - in_doubt


def test_a_generated_snapshot_keeps_every_share(
    run: Engine, good_snapshot: Path, tmp_path: Path
) -> None:
    path = tmp_path / "grown.duckdb"
    known = milestone_funnel(run, PilotFilter())
    real = good_snapshot / f"atlas-{run.snapshot_id}.duckdb"
    size = generate_snapshot(real, path, 3 * known.total)
    grown = milestone_funnel(duckdb_engine(path, "grown"), PilotFilter())
    assert size.pilots == grown.total >= 3 * known.total
    more = grown.frame["reached"] - known.frame["reached"]
    shares = more / (grown.total - known.total)
    # the companies that are repeated stand in the copies as they are, in each as often
    rows = run(select_pilots(PilotFilter()))
    mine = rows[rows["org_id"].isin(repeated_companies())]
    of_mine = [(mine["rank"] >= rank).mean() for rank in known.frame["rank"]]
    assert list(shares) == pytest.approx(of_mine)
    assert (grown.total - known.total) % len(mine) == 0


def test_a_generated_package_is_valid(tmp_path: Path) -> None:
    package = tmp_path / "package"
    real = len(validated_tables(DATA)["pilots"])
    size = generate_package(DATA, package, real + 1)
    tables = validated_tables(package)  # raises when a rule is broken
    assert len(tables["pilots"]) == size.pilots
    mine = sum(row["org_id"] in repeated_companies() for row in read_rows(DATA, "pilots"))
    assert size.pilots == real + mine
    assert real < 2 * mine  # most companies are repeated
    moved = tables["pilots"].set_index("pilot_id")["start_date"]
    copies = [key for key in moved.index if key.endswith("--x1") and moved[key]]
    assert any(moved[key] != moved[key.removesuffix("--x1")] for key in copies)
    assert read_package(package).resources.keys() == tables.keys()


def test_the_driver_reads_the_clock_of_another_process() -> None:
    before = cpu_seconds(os.getpid())
    duckdb.execute("SELECT count(*) FROM range(10_000_000) t(i) WHERE i % 7 = 3").fetchall()
    assert cpu_seconds(os.getpid()) > before
    assert resident_bytes(os.getpid()) > 10_000_000


def test_a_fault_is_told_by_its_exception() -> None:
    said = "Traceback (most recent call last):\n  x\nduckdb.MemoryException: full\n\nSee also y"
    assert fault_of(said) == "duckdb.MemoryException: full"
    assert fault_of("MemoryError\n") == "MemoryError"
    assert fault_of("") == "killed"
