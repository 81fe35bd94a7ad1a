"""The figures in ``docs/findings.md``: computed here, written there between markers.

``python -m analytics.answers`` brings the document up to date; a test fails when it
is not.
"""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd

from analytics.compare import compare_places, funded_after
from analytics.durations import TO_CONTRACT, TO_FIELD_DEMO, Spell, duration_counts
from analytics.filters import PilotFilter
from analytics.funnel import published_series
from analytics.money import MoneyFilter, money_by
from analytics.pooled import pooled
from analytics.survival import Curve, kaplan_meier, turnbull
from loaders.engine import Runner, engine_for
from loaders.package import PROJECT_ROOT
from loaders.snapshot import ensure

DOCUMENT = PROJECT_ROOT / "docs" / "findings.md"
MARKED = re.compile(r"<!--([a-z0-9-]+)-->(.*?)<!---->", re.DOTALL)
PLACES = {"busan": "KR-26", "sejong": "KR-50", "cheonan": "44130"}
BASES = ("announced", "awarded", "spent")
EOK = 100_000_000


def _share(value: float) -> str:
    return f"{value:.0%}"


def _published(run: Runner) -> dict[str, str]:
    """Question 1: which programmes publish enough for PoC → contract."""
    series = published_series(run)
    found = pooled(run, "poc", "contract").result.frame
    answers = {
        "series": str(series.total),
        "series-several": str(series.covered),
        "poc-contract-series": str(len(found)),
    }
    for row in found.to_dict("records"):
        name = row["program_id"]
        answers |= {
            f"{name}-k": str(int(row["k"])),
            f"{name}-n": str(int(row["n"])),
            f"{name}-share": _share(row["share"]),
            f"{name}-low": _share(row["low"]),
            f"{name}-high": _share(row["high"]),
        }
    return answers


def _median(curve: Curve) -> str:
    value = curve.median.value
    return "—" if value is None else f"{value:.1f}"


def _times(run: Runner, stem: str, spell: Spell) -> dict[str, str]:
    """Question 2: how long to a stage, under each rule for dates."""
    counts = duration_counts(run, spell).frame.set_index("code")["units"]
    answers = {
        f"{stem}-units": str(counts["units"]),
        f"{stem}-reached": str(counts["reached"]),
        f"{stem}-exact": str(counts["reached-exact"]),
        f"{stem}-undated": str(counts["start-undated"]),
        f"{stem}-page-dates": str(counts["start-publication"]),
    }
    for rule, curve in (
        ("printed", kaplan_meier(run, spell, "printed")),
        ("exact-dates", kaplan_meier(run, spell, "exact")),
        ("interval", turnbull(run, spell)),
        ("last-fact", kaplan_meier(run, replace(spell, censor_at="last-fact"), "printed")),
    ):
        answers[f"{stem}-{rule}-median"] = _median(curve)
        answers[f"{stem}-{rule}-events"] = str(curve.events)
    return answers


def _eok(amount: object) -> str:
    return "—" if pd.isna(amount) else f"{float(str(amount)) / EOK:,.1f}".removesuffix(".0")


def _places(run: Runner) -> dict[str, str]:
    """Question 3: Busan, Sejong and Cheonan."""
    frame = compare_places(run, tuple(PLACES.values())).result.frame.set_index("code")
    columns = [
        "testbeds",
        "pilots",
        "projects",
        "field_demo",
        "contract",
        "programs",
        "funded_after",
    ]
    return {
        f"{name}-{column.replace('_', '-')}": str(int(frame.loc[code, column]))
        for name, code in PLACES.items()
        for column in columns
    }


def _funded(run: Runner) -> dict[str, str]:
    """Question 4: who raised money afterwards, and how soon."""
    row = funded_after(run, PilotFilter()).frame.iloc[0]
    return {
        "funded": str(int(row["funded"])),
        "companies": str(int(row["companies"])),
        "funded-share": f"{row['share']:.1%}",
        "funded-low": f"{row['low']:.1%}",
        "funded-high": f"{row['high']:.1%}",
        "with-round": str(int(row["with_round"])),
        "round-unclear": str(int(row["unclear"])),
        "months-min": f"{row['months_min']:.1f}",
        "months-max": f"{row['months_max']:.1f}",
    }


def _money(run: Runner) -> dict[str, str]:
    """Question 5: money by province, in hundred million won, each basis apart."""
    frame = money_by(run, MoneyFilter(), "sido").frame
    table = frame.pivot(index="code", columns="basis", values="amount")
    answers = {}
    for code in table.index:
        for basis in BASES:
            answers[f"{code.lower()}-{basis}"] = _eok(table.loc[code, basis])
    return answers


def answers(run: Runner) -> dict[str, str]:
    """Every figure of the document by its marker."""
    return {
        **_published(run),
        **_times(run, "demo", TO_FIELD_DEMO),
        **_times(run, "contract", TO_CONTRACT),
        **_places(run),
        **_funded(run),
        **_money(run),
    }


def filled(text: str, values: dict[str, str]) -> str:
    """The document with every marked figure replaced.

    Raises:
        KeyError: a marker that nothing computes.
    """
    return MARKED.sub(lambda m: f"<!--{m[1]}-->{values[m[1]]}<!---->", text)


def main(document: Path = DOCUMENT) -> None:
    """Rewrite the figures of the document from the current data."""
    values = answers(engine_for(ensure()))
    document.write_text(filled(document.read_text(encoding="utf-8"), values), encoding="utf-8")
    sys.stdout.write(f"{document.name}: {len(values)} figures\n")


if __name__ == "__main__":
    main()
