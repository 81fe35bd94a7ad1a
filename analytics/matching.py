"""Matching for an open-innovation market: a startup's programmes and hosts, a host's technologies.

Two kinds of criteria, kept apart. A *hard* criterion leaves a row out only when the
data say that it does not fit; unknown never excludes, except where the reader asks for
what is known (foreign firms). A *preference* is a named part of the score: a share
between 0 and 1 times the reader's weight. A score is the sum of its parts and nothing
else; equal scores stand in the order of their ids.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import pandas as pd

from analytics.filters import PilotFilter, select_pilots
from analytics.names import join_names
from analytics.overview import SOLD_FROM
from analytics.programs import DEMO_FROM, age_fits, all_programs, codes_of, pilots_by_program
from analytics.result import Result, computed, keys, year_span
from analytics.stages import FIRST_PILOT_STAGE, ladder_frame
from analytics.windows import CLOSING, OPEN, UPCOMING, typical_month
from loaders.datasets.organizations import organizations
from loaders.datasets.regions import regions
from loaders.engine import Runner

Where = Literal["anywhere", "home", "outside-capital"]
WHERE: tuple[Where, ...] = ("anywhere", "home", "outside-capital")

#: Parts of the score with the weight each has unless the reader changes it.
PROGRAM_WEIGHTS = {
    "sector": 3,
    "support": 3,
    "similar": 2,
    "further": 2,
    "recent": 2,
    "outcomes": 1,
    "window": 2,
    "near": 2,
}
HOST_WEIGHTS = {k: PROGRAM_WEIGHTS[k] for k in ("support", "similar", "further", "window", "near")}
TECHNOLOGY_WEIGHTS = {"near": 3, "furthest": 3, "comparable": 2, "repeated": 1}
MAX_WEIGHT = 5

#: A share is full from this many pilots on: a fourth says little more than a third.
ENOUGH_PILOTS = 3
#: A usual window in this month or the next ones counts as coming soon.
MONTHS_AHEAD = 3
#: The first step of the ladder that shows what a programme is said to support.
STEP_OF_SUPPORT = {
    "matching": "meetup",
    "poc": "poc",
    "field-demo": "field-demo",
    "commercialisation": "contract",
    "export": "exported",
}

Weights = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class StartupNeed:
    """What a startup looks for; '' and None mean "not said".

    Attributes:
        sector: code of `sectors`.
        stage: the furthest step of the ladder that its technology has reached.
        age: completed years since founding.
        province: where it is based (ISO 3166-2 code).
        need: code of ``programs.stages_supported``.
        where: ``home`` and ``outside-capital`` leave out what is known to be elsewhere.
        foreign: leave out programmes that are not known to admit foreign firms.
    """

    sector: str = ""
    stage: str = ""
    age: int | None = None
    province: str = ""
    need: str = ""
    where: Where = "anywhere"
    foreign: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said, so that evidence alone ranks."""
        return self == StartupNeed()


@dataclass(frozen=True, slots=True)
class HostNeed:
    """What a host, city or investor looks for; '' means "not said".

    Attributes:
        sector: code of `sectors`.
        at_least: a step of the ladder that a pilot of the technology has reached.
        province: where it should have been tried, best.
        host_kind: kind of organisation that is like the reader.
        words: all of them must occur in names, technologies, hosts or outcomes.
    """

    sector: str = ""
    at_least: str = ""
    province: str = ""
    host_kind: str = ""
    words: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said, so that evidence alone ranks."""
        return self == HostNeed()


@dataclass(frozen=True, slots=True)
class Ranking:
    """A ranked list and what was left out of it.

    Attributes:
        result: the ranked rows; ``score`` is the sum of the columns ``part_…``.
        left_out: for each hard criterion in use ``criterion``, ``excluded`` (rows that
            fail it) and ``alone`` (rows that fail nothing else: they would come back
            without it); the criterion that excludes most comes first.
        considered: rows before any criterion.
    """

    result: Result
    left_out: pd.DataFrame
    considered: int


@dataclass(frozen=True, slots=True)
class Market:
    """All that is ranked, read once for every need; the frames are shared and not changed.

    Attributes:
        programs: the frame of `analytics.programs.all_programs`.
        program_pilots: `analytics.programs.pilots_by_program`.
        pilots: all pilots with ``rank``, names of the company (``company_…``) and its
            province, and the kind of the host.
        organizations: all organisations, by ``org_id``.
        rank: position of each step on the ladder.
        outside: provinces outside the capital area.
        soon: programmes whose window usually opens or closes in this month or the next
            `MONTHS_AHEAD`.
        today: the day on which windows are open or closed.
    """

    programs: pd.DataFrame
    program_pilots: pd.DataFrame
    pilots: pd.DataFrame
    organizations: pd.DataFrame
    rank: Mapping[str, int]
    outside: frozenset[str]
    soon: frozenset[str]
    today: date


def market(run: Runner, today: date) -> Market:
    """Everything that can be matched, as of ``today``."""
    own = run(organizations().order_by("org_id")).set_index("org_id")
    named = join_names(select_pilots(PilotFilter()), "org_id", organizations(), "org_id", "company")
    pilots = run(named.order_by("pilot_id"))
    pilots["host_kind"] = pilots["host_org_id"].map(own["kind"])
    pilots["company_sido"] = pilots["org_id"].map(own["sido"])
    ladder = ladder_frame(run)
    table = regions()
    months = typical_month(run).frame
    usual = months[months["usual"].astype(bool) & months["month"].isin(_coming_months(today))]
    return Market(
        programs=all_programs(run, today),
        program_pilots=pilots_by_program(run),
        pilots=pilots,
        organizations=own,
        rank=dict(zip(ladder["stage"], ladder["rank"].astype(int), strict=True)),
        outside=frozenset(run(table.filter(~table.is_capital_area))["sido"]),
        soon=frozenset(usual["program_id"]),
        today=today,
    )


def weights_from(defaults: Mapping[str, int], chosen: Mapping[str, int]) -> Weights:
    """Weights as a hashable value, defaults where the reader chose none."""
    return tuple((part, int(chosen.get(part, weight))) for part, weight in defaults.items())


def enough(count: int) -> float:
    """Share of a number of pilots: none 0, `ENOUGH_PILOTS` or more 1."""
    return min(int(count), ENOUGH_PILOTS) / ENOUGH_PILOTS


Checks = Mapping[str, Sequence[bool]]


def _left_out(checks: Checks, index: pd.Index) -> tuple[pd.Series, pd.DataFrame]:
    """Which rows pass every check, and how many each check excludes."""
    failed = pd.DataFrame({name: [not ok for ok in oks] for name, oks in checks.items()}, index)
    failures = failed.sum(axis=1)
    counts = pd.DataFrame(
        {
            "criterion": list(failed.columns),
            "excluded": [int(failed[c].sum()) for c in failed],
            "alone": [int((failed[c] & (failures == 1)).sum()) for c in failed],
        }
    )
    ordered = counts.sort_values(["excluded", "criterion"], ascending=[False, True])
    return failures == 0, ordered.reset_index(drop=True)


def _scored(frame: pd.DataFrame, weights: Weights, shares: Mapping[str, Sequence[float]]) -> None:
    """Add one ``part_`` column for each weight and their sum, in place."""
    for part, weight in weights:
        frame[f"part_{part}"] = [round(weight * share, 6) for share in shares[part]]
    parts = [f"part_{part}" for part, _ in weights]
    frame["score"] = frame[parts].sum(axis=1).round(6) if parts else 0.0


def _ranked(frame: pd.DataFrame, key: str) -> pd.DataFrame:
    return frame.sort_values(["score", key], ascending=[False, True]).reset_index(drop=True)


def _wanted_places(need: StartupNeed, outside: frozenset[str]) -> frozenset[str] | None:
    """Provinces that the reader's ``where`` admits; None admits all."""
    if need.where == "home" and need.province:
        return frozenset({need.province})
    return outside if need.where == "outside-capital" else None


def _near(need: StartupNeed, outside: frozenset[str]) -> frozenset[str]:
    """Provinces that count as near: the reader's own, or all that were asked for."""
    wanted = _wanted_places(need, outside)
    if need.province and (wanted is None or need.province in wanted):
        return frozenset({need.province})
    return wanted or frozenset()


def _in_place(provinces: frozenset[str], in_korea: bool, wanted: frozenset[str] | None) -> bool:
    """Whether a place may fit: unknown provinces in Korea may, places abroad do not."""
    if wanted is None:
        return True
    return bool(provinces & wanted) if provinces else in_korea


def _evidence(pilots: pd.DataFrame, key: str, need: StartupNeed, found: Market) -> pd.DataFrame:
    """What pilots show, by ``key``.

    Columns: ``similar`` (pilots of the sector, or all when none is said), ``further``
    (of these, beyond the reader's stage; a field demonstration or more when none is
    said), ``sold`` (of these, a contract or more), ``matching`` (of these, at the step
    that the needed support leads to, or beyond).
    """
    mine = pilots[pilots["sector"] == need.sector] if need.sector else pilots
    rank = mine["rank"].fillna(0)
    beyond = found.rank[need.stage] + 1 if need.stage else found.rank[DEMO_FROM]
    step = STEP_OF_SUPPORT.get(need.need)
    flags = mine.assign(
        is_further=rank >= beyond,
        is_sold=rank >= found.rank[SOLD_FROM],
        is_matching=(rank >= found.rank[step]) if step else False,
    )
    return flags.groupby(key).agg(
        similar=("pilot_id", "nunique"),
        further=("is_further", "sum"),
        sold=("is_sold", "sum"),
        matching=("is_matching", "sum"),
    )


def _with_evidence(frame: pd.DataFrame, key: str, evidence: pd.DataFrame) -> pd.DataFrame:
    found = {c: frame[key].map(evidence[c].to_dict()) for c in evidence}
    return frame.assign(**{c: values.fillna(0).astype(int) for c, values in found.items()})


def _coming_months(today: date) -> frozenset[int]:
    return frozenset((today.month - 1 + ahead) % 12 + 1 for ahead in range(MONTHS_AHEAD + 1))


def _window_share(program_id: str, status: object, found: Market) -> float:
    """1 for a window that is running or announced, ½ for one usual in the coming months."""
    if status in (OPEN, CLOSING, UPCOMING):
        return 1.0
    return 0.5 if program_id in found.soon else 0.0


def _recent_share(newest_year: int, today: date) -> float:
    """1 for an edition of this year, last year or later, ½ for the year before, 0 otherwise."""
    if newest_year >= today.year - 1:
        return 1.0
    return 0.5 if newest_year == today.year - 2 else 0.0


def _sector_share(sectors: frozenset[str], wanted: str) -> float:
    """1 when the sector is named, ½ when none is (open to all, or unknown), 0 otherwise."""
    if not wanted:
        return 0.0
    return 1.0 if wanted in sectors else 0.5 * (not sectors)


def _years(pilots: pd.DataFrame) -> tuple[int | None, int | None]:
    return year_span(pilots["start_date_latest"], pilots["end_date_latest"])


def _ranking(
    kept: pd.DataFrame,
    left_out: pd.DataFrame,
    considered: int,
    unit: str,
    rows: dict[str, tuple[str, ...]],
    pilots: pd.DataFrame,
) -> Ranking:
    first, last = _years(pilots)
    result = Result(kept, rows, len(kept), considered, unit, first, last)
    return Ranking(result, left_out, considered)


@computed
def programs_for(found: Market, need: StartupNeed, weights: Weights) -> Ranking:
    """Programmes for a startup, best first.

    Frame: the columns of `analytics.programs.catalogue`, the columns of evidence
    (``similar``, ``further``, ``sold``), ``part_…`` and ``score``.
    Hard criteria: ``age``, ``place``, ``foreign`` (each only when asked for).
    Coverage: programmes kept, of all.
    """
    wanted, near = _wanted_places(need, found.outside), _near(need, found.outside)
    pilots = found.program_pilots
    evidence = _evidence(pilots, "program_id", need, found)
    everything = _with_evidence(found.programs, "program_id", evidence)
    provinces = [codes_of(x) for x in everything["sido"]]
    checks: dict[str, list[bool]] = {}
    if need.age is not None:
        checks["age"] = [age_fits(limit, need.age) for limit in everything["max_age"]]
    if wanted is not None:
        checks["place"] = [
            _in_place(place, "KR" in codes_of(country), wanted)
            for place, country in zip(provinces, everything["country"], strict=True)
        ]
    if need.foreign:
        checks["foreign"] = [x == "yes" for x in everything["international_ok"]]
    _scored(
        everything,
        weights,
        {
            "sector": [_sector_share(codes_of(x), need.sector) for x in everything["sectors"]],
            "support": [float(need.need in codes_of(x)) for x in everything["stages_supported"]],
            "similar": [enough(n) for n in everything["similar"]],
            "further": [enough(n) for n in everything["further"]],
            "recent": [_recent_share(year, found.today) for year in everything["newest_year"]],
            "outcomes": [float(len(x) > 0) for x in everything["outcomes"]],
            "window": [
                _window_share(p, s, found)
                for p, s in zip(everything["program_id"], everything["status"], strict=True)
            ],
            "near": [float(bool(place & near)) for place in provinces],
        },
    )
    passed, left_out = _left_out(checks, everything.index)
    kept = _ranked(everything[passed], "program_id")
    behind = pilots[pilots["program_id"].isin(kept["program_id"])]
    rows = {
        "programs": keys(kept["program_id"]),
        "program_editions": keys(pd.concat([kept["newest_edition_id"], kept["window_edition_id"]])),
        "cohorts": keys(kept["outcomes_rows"].dropna().explode()),
        "pilots": keys(behind["pilot_id"]),
    }
    return _ranking(kept, left_out, len(everything), "programs", rows, behind)


def _main_program(pilots: pd.DataFrame) -> pd.Series:
    """For each host the programme that most of its pilots came through, by id when equal."""
    known = pilots.dropna(subset=["program_id"])
    counted = known.groupby(["host_org_id", "program_id"]).size().rename("n").reset_index()
    ordered = counted.sort_values(["host_org_id", "n", "program_id"], ascending=[True, False, True])
    main: pd.Series = ordered.drop_duplicates("host_org_id").set_index("host_org_id")["program_id"]
    return main


@computed
def hosts_for(found: Market, need: StartupNeed, weights: Weights) -> Ranking:
    """Hosts of pilots for a startup, best first.

    A host's window is that of the programme most of its pilots came through.
    Frame: ``org_id``, names, ``kind``, ``sido`` (codes of its own province and of its
    pilots, ``;`` between), ``pilots``, the columns of evidence, ``program_id`` with
    names, ``status``, ``apply_close``, ``part_…`` and ``score``.
    Hard criterion: ``place``. Coverage: hosts kept, of all that are known by name.
    """
    wanted, near = _wanted_places(need, found.outside), _near(need, found.outside)
    pilots = found.pilots.dropna(subset=["host_org_id"])
    grouped = pilots.groupby("host_org_id")
    own = found.organizations
    frame = pd.DataFrame({"org_id": sorted(grouped.groups)})
    for column in ("name_ko", "name_en", "kind"):
        frame[column] = frame["org_id"].map(own[column])
    tried = grouped["sido"].agg(lambda s: frozenset(s.dropna()))
    home = own["sido"].to_dict()
    provinces = [tried[h] | codes_of(home.get(h)) for h in frame["org_id"]]
    frame["sido"] = [";".join(sorted(p)) or None for p in provinces]
    frame["pilots"] = frame["org_id"].map(grouped.size()).astype(int)
    frame = _with_evidence(frame, "org_id", _evidence(pilots, "host_org_id", need, found))
    listed = found.programs.set_index("program_id")
    frame["program_id"] = frame["org_id"].map(_main_program(pilots))
    for column, source in (("program_ko", "name_ko"), ("program_en", "name_en")):
        frame[column] = frame["program_id"].map(listed[source])
    for column in ("status", "apply_close"):
        frame[column] = frame["program_id"].map(listed[column])
    checks: dict[str, list[bool]] = {}
    if wanted is not None:
        korean = grouped["country"].agg(lambda s: "KR" in set(s))
        checks["place"] = [
            _in_place(place, bool(korean[host]), wanted)
            for place, host in zip(provinces, frame["org_id"], strict=True)
        ]
    _scored(
        frame,
        weights,
        {
            "support": [enough(n) for n in frame["matching"]],
            "similar": [enough(n) for n in frame["similar"]],
            "further": [enough(n) for n in frame["further"]],
            "window": [
                _window_share(p, s, found)
                for p, s in zip(frame["program_id"], frame["status"], strict=True)
            ],
            "near": [float(bool(place & near)) for place in provinces],
        },
    )
    passed, left_out = _left_out(checks, frame.index)
    kept = _ranked(frame[passed], "org_id")
    behind = pilots[pilots["host_org_id"].isin(kept["org_id"])]
    rows = {"organizations": keys(kept["org_id"]), "pilots": keys(behind["pilot_id"])}
    return _ranking(kept, left_out, len(frame), "hosts", rows, behind)


def _folded(text: object) -> str:
    return "".join(unicodedata.normalize("NFC", str(text)).casefold().split())


def _has_words(texts: Iterable[object], words: str) -> bool:
    haystack = "\n".join(_folded(x) for x in texts if not pd.isna(x))
    return all(_folded(word) in haystack for word in words.split())


_SEARCHED = (
    "technology_ko",
    "technology_en",
    "company_ko",
    "company_en",
    "host_name_ko",
    "host_name_en",
    "outcome_ko",
    "outcome_en",
)


def _technology(group: pd.DataFrame, need: HostNeed) -> dict[str, Any]:
    """One company's technology in one sector, from its pilots (furthest first)."""
    lead = group.iloc[0]
    tried = frozenset(group["sido"].dropna())
    place = 0.0
    if need.province:
        based_there = lead["company_sido"] == need.province
        place = 1.0 if need.province in tried else 0.5 * based_there
    like = group["host_kind"] == need.host_kind
    return {
        "technology_id": f"{lead['org_id']}.{lead['sector']}",
        **{c: lead[c] for c in ("org_id", "sector", "company_ko", "company_en", "company_sido")},
        **{c: lead[c] for c in ("technology_ko", "technology_en", "stage", "rank")},
        **{c: lead[c] for c in ("host_name_ko", "host_name_en", "pilot_id")},
        "sido": ";".join(sorted(tried)) or None,
        "pilots": len(group),
        "hosts": int(group["host_name_en"].nunique()),
        "comparable": int(like.sum()) if need.host_kind else 0,
        "ended": int(group["rank"].isna().sum()),
        "place": place,
        "has_words": _has_words(group[list(_SEARCHED)].to_numpy().ravel(), need.words),
        "pilot_ids": keys(group["pilot_id"]),
    }


@computed
def technologies_for(found: Market, need: HostNeed, weights: Weights) -> Ranking:
    """Technologies with evidence for a host, city or investor, best first.

    A row is one company's technology in one sector, described by its furthest pilot.
    Frame: ids, names of company, technology and furthest host, ``stage``, ``rank``,
    ``sido`` (where tried), ``pilots``, ``hosts``, ``comparable`` (pilots at hosts of
    the kind), ``ended`` (pilots known only to have ended), ``part_…``, ``score``.
    Hard criteria: ``sector``, ``at_least``, ``words``. Coverage: kept, of all.
    """
    pilots = found.pilots.sort_values(
        ["org_id", "sector", "rank", "pilot_id"], ascending=[True, True, False, True]
    )
    records = [_technology(group, need) for _, group in pilots.groupby(["org_id", "sector"])]
    frame = pd.DataFrame(records)
    if frame.empty:
        frame = pd.DataFrame(columns=["technology_id", "sector", "rank", "pilot_ids", "score"])
        return _ranking(frame, _left_out({}, frame.index)[1], 0, "technologies", {}, pilots)
    rank = frame["rank"].fillna(0)
    checks: dict[str, list[bool]] = {}
    if need.sector:
        checks["sector"] = [s == need.sector for s in frame["sector"]]
    if need.at_least:
        checks["at_least"] = [r >= found.rank[need.at_least] for r in rank]
    if need.words.strip():
        checks["words"] = list(frame["has_words"])
    first, last = found.rank[FIRST_PILOT_STAGE], max(found.rank.values())
    _scored(
        frame,
        weights,
        {
            "near": list(frame["place"]),
            # from nothing tried yet (selected) to the end of the ladder
            "furthest": [max(0.0, (r - first) / (last - first)) for r in rank],
            "comparable": [enough(n) for n in frame["comparable"]],
            "repeated": [enough(n) for n in frame["pilots"]],
        },
    )
    passed, left_out = _left_out(checks, frame.index)
    kept = _ranked(frame[passed], "technology_id")
    ids = keys(kept["pilot_ids"].explode())
    rows = {"organizations": keys(kept["org_id"]), "pilots": ids}
    behind = pilots[pilots["pilot_id"].isin(ids)]
    return _ranking(kept, left_out, len(frame), "technologies", rows, behind)
