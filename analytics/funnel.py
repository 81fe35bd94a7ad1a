"""Funnels: published counts of one series, and pilots by the stage they reached."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import pandas as pd

from analytics.filters import PilotFilter, chosen_pilots, furthest_step, select_pilots
from analytics.names import pilots_with_names
from analytics.places import Place, pilots_in
from analytics.proportions import conversion, with_wilson
from analytics.result import LaterRows, Result, Rows, keys, year_span
from analytics.stages import FIRST_PILOT_STAGE, ladder_frame
from loaders.datasets.cohorts import SERIES, cohorts
from loaders.datasets.programs import programs
from loaders.engine import Runner

UNDATED = "undated"


@dataclass(frozen=True, slots=True)
class Series:
    """One comparable series of published counts: never mixed with another."""

    program_id: str
    code: str


def _series_code(row: pd.Series) -> str:
    edition = UNDATED if pd.isna(row["edition_year"]) else str(row["edition_year"])
    kind = "cumulative" if row["is_cumulative"] else "single"
    ends = [row["period_start"], row["period_end"]]
    # both ends, so that "since 2018" and "until 2018" differ
    span = [UNDATED if pd.isna(year) else str(int(year)) for year in ends]
    known = span if set(span) != {UNDATED} else []
    return ".".join([edition, kind, row["scope"], row["side"], *known])


def _ladder_counts(run: Runner) -> pd.DataFrame:
    """Published counts on the ladder with a ``series`` code for each comparable series."""
    table = cohorts()
    ladder = ladder_frame(run)[["stage", "rank"]]
    frame = run(table.filter(table.unit == "count")).merge(ladder, on="stage")
    frame["series"] = [_series_code(row) for _, row in frame.iterrows()]
    return frame


def published_series(run: Runner) -> Result:
    """Every series that publishes at least one stage count.

    Frame, most stages first: ``program_id``, names, ``series``, the series columns,
    ``stages`` (how many steps are published), ``first_rank``, ``last_rank``.
    """
    counts = _ladder_counts(run)
    primary = counts[counts["is_primary"]]
    columns = list(dict.fromkeys((*SERIES, "series")))
    grouped = primary.groupby(columns, dropna=False)
    frame = grouped.agg(
        stages=("stage", "nunique"), first_rank=("rank", "min"), last_rank=("rank", "max")
    ).reset_index()
    table = programs()
    names = run(table.select("program_id", "name_ko", "name_en", "is_smart_city"))
    frame = frame.merge(names, on="program_id")
    frame = frame.sort_values(
        ["stages", "last_rank", "program_id", "series"], ascending=[False, False, True, True]
    ).reset_index(drop=True)
    return Result(
        frame,
        {"cohorts": keys(primary["cohort_id"])},
        covered=len(frame[frame["stages"] > 1]),
        total=len(frame),
        unit="series",
        first_year=_year(primary["period_start"], "min"),
        last_year=_year(primary["period_end"], "max"),
    )


def _year(values: pd.Series, which: str) -> int | None:
    known = values.dropna()
    return int(known.agg(which)) if len(known) else None


def published_funnel(run: Runner, series: Series) -> Result:
    """Published counts of one series along the ladder.

    Frame in ladder order, from the first to the last published step: ``stage``,
    ``rank``, names, ``count`` (missing where nothing was published: a gap, not
    zero), ``share_of_previous`` (count over the nearest earlier published count;
    missing when that is absent, zero or smaller), ``low`` and ``high`` (its 95 %
    Wilson interval, missing with it), ``previous_stage``, and ``others`` (how many
    other pages give another count).
    """
    counts = _ladder_counts(run)
    mine = counts[(counts["program_id"] == series.program_id) & (counts["series"] == series.code)]
    primary = mine[mine["is_primary"]]
    others = mine[~mine["is_primary"]].groupby("stage").size()
    ladder = ladder_frame(run)[["stage", "rank", "name_ko", "name_en"]]
    frame = ladder.merge(primary[["stage", "count", "cohort_id"]], on="stage", how="left")
    published = frame["count"].notna()
    if published.any():
        frame = frame.loc[published.idxmax() : published[::-1].idxmax()]
    else:
        frame = frame.iloc[:0]
    frame = frame.reset_index(drop=True)
    frame["others"] = frame["stage"].map(others).fillna(0).astype(int)
    known = frame["count"].dropna()
    frame["previous"] = known.shift()
    frame["share_of_previous"] = [
        conversion(*pair) for pair in zip(frame["count"], frame["previous"], strict=True)
    ]
    frame["share_of_previous"] = frame["share_of_previous"].astype("float64")
    frame = with_wilson(frame, "count", "previous").drop(columns="previous")
    frame["previous_stage"] = frame["stage"].where(frame["count"].notna()).ffill().shift()
    return Result(
        frame,
        {"cohorts": keys(mine["cohort_id"])},
        covered=len(known),
        total=len(frame),
        unit="stages",
        first_year=_year(primary["period_start"], "min"),
        last_year=_year(primary["period_end"], "max"),
    )


def milestone_funnel(run: Runner, chosen: PilotFilter, by_project: bool = False) -> Result:
    """Pilots that reached each stage or a later one.

    Frame in ladder order from ``selected``: ``stage``, ``rank``, names, ``reached``
    (this stage or later), ``highest`` (exactly this stage), ``share`` of all pilots.
    With ``by_project`` the members of a consortium count once, at their furthest.
    A pilot with nothing after a stage is not known to have gone on, not failed; a
    pilot whose only milestone is an end reached no stage and is in ``total`` only.
    """
    table = select_pilots(chosen)
    units = table
    if by_project:
        unit = ibis.coalesce(table.project_id, table.pilot_id)
        units = table.group_by(unit=unit).aggregate(rank=table["rank"].max())
    counted = run(units.group_by("rank").aggregate(units=units.count()))
    pilots = chosen_pilots(chosen)
    ends = run(
        pilots.aggregate(
            **{
                f"{which}_{column}": getattr(pilots[column], which)()
                for which in ("min", "max")
                for column in ("start_date_latest", "end_date_latest")
            }
        )
    )
    rows = LaterRows({"pilots": lambda: run(pilots.select("pilot_id"))["pilot_id"]})
    unit_code = "projects" if by_project else "pilots"
    return _reached(run, counted, rows, unit_code, year_span(ends.iloc[0]))


def place_funnel(run: Runner, place: Place) -> Result:
    """Pilots of a place that reached each stage or a later one: see `milestone_funnel`."""
    table = pilots_in(run, place).frame.merge(run(furthest_step()), on="pilot_id", how="left")
    counted = table.groupby("rank", dropna=False).size().rename("units").reset_index()
    years = year_span(table["start_date_latest"], table["end_date_latest"])
    return _reached(run, counted, {"pilots": keys(table["pilot_id"])}, "pilots", years)


def _reached(
    run: Runner, counted: pd.DataFrame, rows: Rows, unit: str, years: tuple[int | None, int | None]
) -> Result:
    """The funnel of units counted by their furthest ``rank`` (missing: no step reached)."""
    furthest, units = counted["rank"], counted["units"]
    ladder = ladder_frame(run)[["stage", "rank", "name_ko", "name_en"]]
    first = ladder.set_index("stage").loc[FIRST_PILOT_STAGE, "rank"]
    frame = ladder[ladder["rank"] >= first].reset_index(drop=True)
    frame["reached"] = [
        int(units[(furthest >= rank).fillna(False)].sum()) for rank in frame["rank"]
    ]
    frame["highest"] = [
        int(units[(furthest == rank).fillna(False)].sum()) for rank in frame["rank"]
    ]
    total = int(units.sum())
    frame["share"] = frame["reached"] / total if total else float("nan")
    covered = int(units[furthest.notna()].sum())
    return Result(frame, rows, covered, total, unit, *years)


def pilots_at(run: Runner, chosen: PilotFilter) -> Result:
    """The named pilots behind a milestone funnel, furthest first.

    Frame: all pilot columns, ``rank``, and company, programme and host names.
    """
    frame = run(pilots_with_names(select_pilots(chosen)).order_by([ibis.desc("rank"), "pilot_id"]))
    start, end = year_span(frame["start_date_latest"])
    return Result(
        frame,
        LaterRows({"pilots": lambda: frame["pilot_id"]}),
        covered=len(frame),
        total=len(frame),
        unit="pilots",
        first_year=start,
        last_year=end,
    )
