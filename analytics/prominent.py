"""The facts that readers are likeliest to quote, and how many publishers stand behind each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import pandas as pd

from analytics.coverage import folded
from analytics.evidence import further_sources
from analytics.money import MoneyFilter, money_rows, one_year, with_won, yearly_rates
from analytics.names import join_names
from analytics.pilot_facts import SUMMABLE, pilot_facts
from analytics.result import Result, keys
from analytics.stages import ladder_frame
from loaders.datasets.cohorts import cohorts
from loaders.datasets.investments import investments
from loaders.datasets.organizations import organizations
from loaders.datasets.pilots import milestones
from loaders.datasets.programs import programs
from loaders.datasets.sources import sources
from loaders.engine import Runner

PUBLIC_MONEY = "public-money"
ROUND = "equity-round"
PILOT = "pilot-stage"
COUNT = "published-count"
#: How many facts of each kind are taken.
TAKEN: Mapping[str, int] = {PUBLIC_MONEY: 10, ROUND: 10, PILOT: 15, COUNT: 15}
#: Publishers that a well supported fact has.
SEVERAL = 2

#: The value that makes a row prominent: a page about another value of it does not count.
_VALUE: Mapping[str, str] = {
    "funding": "amount",
    "investments": "amount",
    "pilots": "stage",
    "milestones": "stage",
    "cohorts": "count",
}
_TABLE: Mapping[str, str] = {
    PUBLIC_MONEY: "funding",
    ROUND: "investments",
    PILOT: "pilots",
    COUNT: "cohorts",
}
_FACT = (
    "kind", "table", "key", "name_ko", "name_en", "what_ko", "what_en", "profile", "profile_id",
    "stage", "count", "amount", "currency", "won", "date", "source_id",
)  # fmt: skip
_NUMBERS = ("count", "amount", "won")
#: What a publisher's name says about a text's origin: "Financial News (News1)".
_ORIGIN = re.compile(r"\s*\([^)]*\)\s*$")


def _first(rows: pd.DataFrame, kind: str) -> pd.DataFrame:
    """The first rows of a kind that are taken, with the columns of a fact."""
    table = _TABLE[kind]
    chosen = rows.head(TAKEN[kind]).assign(kind=kind, table=table)
    wide = chosen.reindex(columns=list(_FACT))
    return pd.DataFrame({c: _cells(wide[c], number=c in _NUMBERS) for c in _FACT})


def _cells(column: pd.Series, *, number: bool) -> pd.Series:
    """Numbers, or texts with None where unknown; the same type whatever the rows hold."""
    if number:
        known = [float("nan") if pd.isna(v) else float(v) for v in column]
        return pd.Series(known, dtype="float64")
    return pd.Series([None if pd.isna(v) else str(v) for v in column], dtype="object")


def _public_money(run: Runner) -> pd.DataFrame:
    """Largest urban amounts that may be added and are part of no other."""
    rows = money_rows(run, MoneyFilter())
    rows = rows[rows["is_additive"].astype(bool) & rows["parent_funding_id"].isna()]
    frame = with_won(rows, one_year(rows), yearly_rates(run)).dropna(subset="won")
    frame = frame.sort_values(["won", "funding_id"], ascending=[False, True])
    for lang in ("ko", "en"):
        place = frame[f"program_{lang}"].fillna(frame[f"testbed_{lang}"])
        frame[f"name_{lang}"] = place.fillna(frame[f"recipient_{lang}"])
        frame[f"what_{lang}"] = frame[f"recipient_{lang}"]
    in_program = frame["program_id"].notna()
    at_testbed = frame["testbed_id"].notna() & ~in_program
    frame["profile"] = pd.Series("program", frame.index, dtype="object").where(in_program)
    frame.loc[at_testbed, "profile"] = "testbed"
    frame["profile_id"] = frame["program_id"].fillna(frame["testbed_id"])
    frame["date"] = frame["year_code"]
    return _first(frame.rename(columns={"funding_id": "key"}), PUBLIC_MONEY)


def _rounds(run: Runner) -> pd.DataFrame:
    """Largest disclosed equity rounds of companies with a pilot."""
    table = investments()
    table = table.filter((table.amount_kind == SUMMABLE) & table.amount.notnull())
    named = join_names(table, "org_id", organizations(), "org_id", "name")
    rows = run(named.order_by("investment_id"))
    rows = rows[rows["org_id"].isin(pilot_facts(run)["org_id"])]
    years = pd.to_datetime(rows["date_earliest"]).dt.year
    frame = with_won(rows, years, yearly_rates(run)).dropna(subset="won")
    frame = frame.sort_values(["won", "investment_id"], ascending=[False, True])
    frame = frame.assign(profile="company", profile_id=frame["org_id"], stage=frame["round"])
    return _first(frame.rename(columns={"investment_id": "key"}), ROUND)


def _pilots(run: Runner) -> pd.DataFrame:
    """Pilots at the highest stages, the newest first within a stage."""
    frame = pilot_facts(run)
    frame = frame[~frame["ended"] & frame["rank"].notna()].sort_values(
        ["rank", "last_latest", "pilot_id"], ascending=[False, False, True], na_position="last"
    )
    named = {f"company_{lang}": f"name_{lang}" for lang in ("ko", "en")}
    named |= {f"technology_{lang}": f"what_{lang}" for lang in ("ko", "en")}
    frame = frame.rename(columns={**named, "pilot_id": "key", "last_date": "date"})
    return _first(frame.assign(profile="company", profile_id=frame["org_id"]), PILOT)


def _counts(run: Runner) -> pd.DataFrame:
    """Primary published counts at the highest stages, the largest first within a stage."""
    table = cohorts()
    named = join_names(table.filter(table.is_primary), "program_id", programs(), "program_id", "p")
    frame = run(named).merge(ladder_frame(run)[["stage", "rank"]], on="stage")
    frame = frame.sort_values(
        ["rank", "count", "cohort_id"], ascending=[False, False, True], na_position="last"
    )
    frame["date"] = frame["period_end"].astype("Int64").astype("string")
    frame = frame.rename(columns={"p_ko": "name_ko", "p_en": "name_en", "cohort_id": "key"})
    return _first(frame.assign(profile="program", profile_id=frame["program_id"]), COUNT)


def _carriers(run: Runner, facts: pd.DataFrame) -> pd.DataFrame:
    """Rows that state each fact: itself, and a pilot's milestones of its highest stage.

    Columns: ``table`` and ``key`` of the fact, ``row_table``, ``row_key`` and ``source_id``.
    """
    own = facts[["table", "key", "source_id"]]
    own = own.assign(row_table=own["table"], row_key=own["key"])
    steps = run(milestones().select("milestone_id", "pilot_id", "stage", "source_id"))
    pilots = facts.loc[facts["table"] == "pilots", ["table", "key", "stage"]]
    steps = pilots.merge(steps, left_on=["key", "stage"], right_on=["pilot_id", "stage"])
    steps = steps.assign(row_table="milestones").rename(columns={"milestone_id": "row_key"})
    return pd.concat([own, steps[own.columns]], ignore_index=True)


def _further(run: Runner, carriers: pd.DataFrame) -> pd.DataFrame:
    """Further pages of the facts, about the row as a whole or the value that counts."""
    rows = {str(table): keys(part["row_key"]) for table, part in carriers.groupby("row_table")}
    links = further_sources(run, tuple(sorted(rows.items())))
    wanted = links["column"].isna() | (links["column"] == links["table"].map(_VALUE))
    links = links[wanted].rename(columns={"table": "row_table", "key": "row_key"})
    columns = ["row_table", "row_key", "source_id", "agrees", "url"]
    of_fact = carriers[["table", "key", "row_table", "row_key"]]
    return of_fact.merge(links[columns], on=["row_table", "row_key"])


def publisher_of(name: str) -> str:
    """A publisher's name for telling publishers apart, without the origin of the text."""
    return folded(_ORIGIN.sub("", name))


def _publishers(pages: Iterable[str], names: Mapping[str, str]) -> int:
    return len({publisher_of(names[page]) for page in pages if page in names})


def _with_pages(run: Runner, facts: pd.DataFrame) -> pd.DataFrame:
    carriers = _carriers(run, facts)
    further = _further(run, carriers)
    pages = run(sources().select("source_id", "publisher_en", "url")).set_index("source_id")
    names = pages["publisher_en"].astype(str).to_dict()
    fact = ["table", "key"]
    own = {k: set(part["source_id"]) for k, part in carriers.groupby(fact)}
    others = {k: part.sort_values("source_id") for k, part in further.groupby(fact)}
    records = []
    for key in zip(facts["table"], facts["key"], strict=True):
        found = others.get(key, further.iloc[:0])
        agreeing = found[found["agrees"].astype(bool)]
        said = own[key] | set(agreeing["source_id"])
        differing = int(found.loc[~found["agrees"].astype(bool), "source_id"].nunique())
        records.append(
            {
                "publishers": _publishers(said, names),
                "further": int(found["source_id"].nunique()),
                "differing": differing,
                "further_url": None if agreeing.empty else str(agreeing["url"].iloc[0]),
            }
        )
    columns = ["publishers", "further", "differing", "further_url"]
    told = pd.DataFrame(records, columns=columns, index=facts.index)
    told["url"] = facts["source_id"].map(pages["url"])
    for column in ("further_url", "url"):
        told[column] = _cells(told[column], number=False)
    return facts.join(told)


def prominent_facts(run: Runner) -> Result:
    """The most prominent facts by a fixed rule, each with the pages behind it.

    The rule (`TAKEN` of each kind): the largest urban amounts of public money that may be
    added and are part of no other, and the largest disclosed equity rounds of companies
    with a pilot, both in won at the sourced average rate of their year (amounts for which
    none applies are left out); pilots of the highest stage on the ladder, then with the
    newest milestone; primary published counts of the highest stage, then the largest.

    Frame, by kind in that order: ``kind``, ``table``, ``key``, ``name_*`` (programme,
    testbed or company), ``what_*``, ``profile`` and ``profile_id``, ``stage`` (of a round:
    its kind), ``count``, ``amount`` with ``currency``, ``won``, ``date`` (of money its
    ``year_code``, of a count the end of its period), ``source_id`` and ``url`` of its own
    page, ``publishers`` (different ones among its own page, of a pilot also those of the
    milestones at its highest stage, and further pages that say the same), ``further``
    (further pages), ``differing`` (of these, pages that say something else) and
    ``further_url`` (one that says the same).
    Coverage: facts with `SEVERAL` publishers or more, of all in the list.
    """
    parts = [_public_money(run), _rounds(run), _pilots(run), _counts(run)]
    facts = pd.concat(parts, ignore_index=True)
    frame = _with_pages(run, facts)
    rows = {str(table): keys(part["key"]) for table, part in frame.groupby("table")}
    several = int((frame["publishers"] >= SEVERAL).sum())
    return Result(frame, rows, several, len(frame), "facts")
