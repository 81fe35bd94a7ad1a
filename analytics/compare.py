"""Places side by side, and what share of pilot companies raised money afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from analytics.filters import PilotFilter, furthest_step
from analytics.linkage import AFTER, UNCLEAR, linked_companies
from analytics.money import BASES
from analytics.places import Place, money_in, pilots_in, place_names, programs_in, testbeds_in
from analytics.proportions import with_wilson
from analytics.result import Result, Rows, keys, year_span
from analytics.stages import rank_of
from loaders.engine import Runner

CURRENCY = "KRW"


@dataclass(frozen=True, slots=True)
class Comparison:
    """`compare_places`: the table, and for each place the rows behind its line."""

    result: Result
    behind: Mapping[str, Rows]


def _money(run: Runner, place: Place) -> tuple[dict[str, float | None], Rows]:
    """Additive KRW sums by basis (missing: none known) and the rows."""
    found = money_in(run, place)
    won = found.frame[found.frame["currency"] == CURRENCY].set_index("basis")["amount"]
    sums = {f"{basis}_krw": won.get(basis) for basis in BASES}
    return {k: None if pd.isna(v) else float(v) for k, v in sums.items()}, found.rows


def _line(
    run: Runner, place: Place, furthest: pd.Series, funded: set[str]
) -> tuple[dict[str, object], Rows]:
    pilots = pilots_in(run, place).frame
    rank = pilots["pilot_id"].map(furthest)
    spots, offers = testbeds_in(run, place), programs_in(run, place)
    raised = sorted(set(pilots["org_id"]) & funded)
    money, money_rows = _money(run, place)
    line: dict[str, object] = {
        "code": place.code,
        "testbeds": len(spots.frame),
        "pilots": len(pilots),
        "companies": pilots["org_id"].nunique(),
        "projects": pilots["project_id"].fillna(pilots["pilot_id"]).nunique(),
        "field_demo": int((rank >= rank_of(run, "field-demo")).sum()),
        "contract": int((rank >= rank_of(run, "contract")).sum()),
        "programs": len(offers.frame),
        "funded_after": len(raised),
        **money,
    }
    rows: Rows = {
        **spots.rows,
        **offers.rows,
        **money_rows,
        "pilots": keys(pilots["pilot_id"]),
        "organizations": tuple(raised),
    }
    return line, rows


def compare_places(run: Runner, places: tuple[str, ...]) -> Comparison:
    """One line a place, in the order asked for.

    Args:
        places: ISO 3166-2 codes of provinces or five-digit codes of municipalities.

    Frame: ``code``, names, ``testbeds``, ``pilots``, ``companies``, ``projects``
    (consortia counted once), pilots that reached ``field_demo`` and ``contract`` or
    later, ``programs`` (of the place, or with a pilot there), ``funded_after``
    (companies with a pilot there whose first round surely came after their first pilot
    anywhere), ``announced_krw``, ``budgeted_krw``, ``awarded_krw``, ``spent_krw``
    (urban-technology money, additive rows only; missing: nothing known, not zero; never
    added across bases).
    A province holds its municipalities: do not add up lines. Coverage: places with at
    least one pilot or testbed.

    Raises:
        KeyError: an unknown place.
    """
    names = place_names(run).set_index("code")
    unknown = [code for code in places if code not in names.index]
    if unknown:
        raise KeyError(f"unknown place: {', '.join(unknown)}")
    furthest = run(furthest_step()).set_index("pilot_id")["rank"]
    linked = linked_companies(run, PilotFilter()).frame
    funded = set(linked.loc[linked["relation"] == AFTER, "org_id"])
    lines, behind = [], {}
    for code in dict.fromkeys(places):
        line, behind[code] = _line(run, Place(code), furthest, funded)
        lines.append(line)
    amounts = [f"{basis}_krw" for basis in BASES]
    counts = ["testbeds", "pilots", "companies", "projects", "field_demo", "contract"]
    columns = ["code", *counts, "programs", "funded_after", *amounts]
    frame = pd.DataFrame(lines, columns=columns).astype(dict.fromkeys(amounts, "float64"))
    for position, name in enumerate(("name_ko", "name_en"), start=1):
        frame.insert(position, name, frame["code"].map(names[name]))
    tables = {table for rows in behind.values() for table in rows}
    ids = {t: keys(i for rows in behind.values() for i in rows.get(t, ())) for t in sorted(tables)}
    known = int(((frame["pilots"] > 0) | (frame["testbeds"] > 0)).sum())
    return Comparison(Result(frame, ids, known, len(frame), "places"), behind)


def funded_after(run: Runner, chosen: PilotFilter) -> Result:
    """Share of pilot companies that raised money after their first pilot.

    "After" is a matter of time, not of cause, and only rounds surely later count.
    Frame, one row: ``companies``, ``funded``, ``share``, ``low``, ``high`` (Wilson, 95 %),
    ``with_round`` (any known round), ``unclear`` (a round, but its place in time is not
    certain: these may belong to ``funded``); and of the first round after, over the
    funded companies: ``months_min`` (the shortest lower bound), ``months_max`` (the
    longest upper bound), ``months_median_low`` and ``months_median_high`` (between
    which the median lies; the latter missing when some upper bound is), ``bounded``
    (how many have an upper bound at all).
    """
    linked = linked_companies(run, chosen)
    after = linked.frame[linked.frame["relation"] == AFTER]
    ordered = after.sort_values(["org_id", "date_latest", "investment_id"])
    first = ordered.drop_duplicates("org_id")
    unclear = set(linked.frame.loc[linked.frame["relation"] == UNCLEAR, "org_id"])
    frame = pd.DataFrame(
        {
            "companies": [linked.total],
            "funded": [len(first)],
            "with_round": [linked.covered],
            "unclear": [len(unclear - set(first["org_id"]))],
            "months_min": [first["months_min"].min()],
            "months_max": [first["months_max"].max()],
            "months_median_low": [first["months_min"].median()],
            "months_median_high": [first["months_max"].median(skipna=False)],
            "bounded": [int(first["months_max"].notna().sum())],
        }
    )
    frame["share"] = frame["funded"] / frame["companies"] if linked.total else float("nan")
    frame = with_wilson(frame, "funded", "companies")
    start, end = year_span(first["date_latest"])
    return Result(
        frame,
        {
            "organizations": keys(first["org_id"]),
            "investments": keys(first["investment_id"]),
            "pilots": keys(first["pilot_id"]),
        },
        covered=len(first),
        total=linked.total,
        unit="companies",
        first_year=start,
        last_year=end,
    )
