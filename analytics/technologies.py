"""The investor's screen: pilots by what is known of them, with counts beside each choice.

Everything is a mask over the shared rows of `pilot_facts`, coded as small integers
once for a snapshot, so that a choice costs a few passes over arrays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.filters import Codes
from analytics.once import once_per_snapshot
from analytics.pilot_facts import pilot_facts
from analytics.result import Result, year_span
from analytics.stages import FIRST_PILOT_STAGE, ladder_frame
from loaders.engine import Runner

Mask = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.int64]

STAGE_FROM = "stage_from"
YEAR_FROM = "year_from"
SITES_FROM = "sites_from"
PUBLISHERS_FROM = "publishers_from"
FOUNDED_FROM = "founded_from"
ROUNDS_FROM = "rounds_from"
MONEY_FROM = "money_from"
LAST_ROUND_FROM = "last_round_from"
ROUND_AFTER = "round_after"
YES = "yes"

#: Facets that are one column of the rows.
COLUMNS: Mapping[str, str] = {
    "stage": "stage",
    "sector": "sector",
    "host_kind": "host_kind",
    "host": "host_org_id",
    "sido": "sido",
    "testbed": "testbed_id",
}
COUNT_STEPS = (1, 2, 3, 5)
#: Won of disclosed equity rounds: one, ten and a hundred billion.
MONEY_STEPS = (1_000_000_000, 10_000_000_000, 100_000_000_000)

#: Criteria of each order, first to last; missing values last, then the pilot's id.
ORDERS: Mapping[str, tuple[str, ...]] = {
    "stage": ("rank", "last_latest", "other_publishers"),
    "date": ("last_latest", "rank"),
    "sites": ("sites", "rank", "last_latest"),
    "sources": ("other_publishers", "sources", "rank"),
    "money": ("disclosed", "rank", "last_latest"),
}
MATCH = "match"


@dataclass(frozen=True, slots=True)
class TechnologyFilter:
    """Which pilots to look at; empty values do not restrict.

    Attributes:
        stage_from: a step of the ladder that was reached, or a later one.
        stage: highest stages known, or the competing end (exact).
        year_from: the last dated milestone lies in this year or later.
        program: programmes with their direct tracks.
        sites_from: the company is known at this many sites or more.
        publishers_from: this many publishers other than the company carry the pilot.
        founded_from: the company was founded in this year or later.
        rounds_from: this many rounds of the company are known, or more.
        money_from: disclosed equity rounds of the company add up to this much KRW.
        last_round_from: its last dated round lies in this year or later.
        round_after: the company raised a round after its first pilot.
        investor: someone who took part in a round of the company.
        found: ids that a text query found, best first; None: no query.
    """

    stage_from: str = ""
    stage: Codes = ()
    year_from: int = 0
    sector: Codes = ()
    host_kind: Codes = ()
    host: Codes = ()
    sido: Codes = ()
    testbed: Codes = ()
    program: Codes = ()
    sites_from: int = 0
    publishers_from: int = 0
    founded_from: int = 0
    rounds_from: int = 0
    money_from: int = 0
    last_round_from: int = 0
    round_after: bool = False
    investor: Codes = ()
    found: Codes | None = None


def ordered(frame: pd.DataFrame, by: str) -> Positions:
    """Positions of the rows in the order ``by`` (a key of `ORDERS`), largest first.

    Ties go by the next criterion and at last by ``pilot_id``; unknown values stand last.
    """
    criteria = ORDERS[by]
    ranked = frame.reset_index(drop=True).sort_values(
        [*criteria, "pilot_id"], ascending=[*(False for _ in criteria), True], na_position="last"
    )
    at: Positions = ranked.index.to_numpy(dtype=np.int64)
    return at


class _Coded:
    """A column as numbers of its options; -1 where it is unknown."""

    def __init__(self, values: pd.Series, options: Iterable[str]) -> None:
        self.options = tuple(options)
        self.codes = pd.Categorical(values, categories=list(self.options)).codes.astype(np.int32)

    def within(self, chosen: Codes) -> Mask:
        wanted = np.zeros(len(self.options) + 1, dtype=bool)  # the last place: unknown
        wanted[[self.options.index(c) for c in chosen if c in self.options]] = True
        inside: Mask = wanted[self.codes]
        return inside

    def counts(self, allowed: Mask) -> Positions:
        counted: Positions = np.bincount(self.codes[allowed] + 1, minlength=len(self.options) + 1)[
            1:
        ]
        return counted


def _whole(values: pd.Series) -> Positions:
    """Numbers as they are compared; unknown is 0, which no step reaches."""
    numbers: Positions = values.astype("Float64").fillna(0).to_numpy(dtype=np.int64)
    return numbers


def _steps(values: Iterable[int]) -> dict[str, int]:
    return {str(n): int(n) for n in values}


def _numbers(frame: pd.DataFrame) -> dict[str, tuple[Positions, dict[str, int]]]:
    """For each facet of `NUMBERS` the value of every row and the steps offered."""
    years = {
        YEAR_FROM: _whole(frame["last_latest"].dt.year),
        FOUNDED_FROM: _whole(frame["founded_year"]),
        LAST_ROUND_FROM: _whole(frame["last_round"].astype("string").str[:4]),
    }
    counts = {
        SITES_FROM: _whole(frame["sites"]),
        PUBLISHERS_FROM: _whole(frame["other_publishers"]),
        ROUNDS_FROM: _whole(frame["rounds"]),
    }
    found = {facet: (v, _steps(y for y in np.unique(v)[::-1] if y)) for facet, v in years.items()}
    found |= {facet: (v, _steps(COUNT_STEPS)) for facet, v in counts.items()}
    return found | {MONEY_FROM: (_whole(frame["disclosed"]), _steps(MONEY_STEPS))}


def _options(values: pd.Series) -> tuple[str, ...]:
    return tuple(sorted(values.dropna().unique()))


class Catalogue:
    """The rows of a snapshot, coded for filtering and put in every order."""

    def __init__(self, frame: pd.DataFrame, ladder: pd.DataFrame) -> None:
        self.frame = frame
        first = ladder.set_index("stage")["rank"][FIRST_PILOT_STAGE]
        self.ranks: dict[str, int] = {
            stage: int(rank)
            for stage, rank in zip(ladder["stage"], ladder["rank"], strict=True)
            if rank >= first
        }
        self.columns = {f: _Coded(frame[c], _options(frame[c])) for f, c in COLUMNS.items()}
        programs = _options(pd.concat([frame["program_id"], frame["parent_program_id"]]))
        self.program = _Coded(frame["program_id"], programs)
        self.parent = _Coded(frame["parent_program_id"], programs)
        self.company = _Coded(frame["org_id"], _options(frame["org_id"]))
        self.rank = frame["rank"].fillna(0).to_numpy(dtype=np.int64)
        self.numbers = _numbers(frame)
        self.funded = frame["rounds_after"].to_numpy() > 0
        pairs = frame.drop_duplicates("org_id")[["org_id", "investor_ids"]]
        pairs = pairs.explode("investor_ids").dropna()
        self.investors = _options(pairs["investor_ids"])
        self._pair_investor = _Coded(pairs["investor_ids"], self.investors).codes
        self._pair_company = _Coded(pairs["org_id"], self.company.options).codes
        self.order = {by: ordered(frame, by) for by in ORDERS}
        self._at = pd.Series(np.arange(len(frame)), index=frame["pilot_id"])

    def positions(self, pilot_ids: Codes) -> Positions:
        """Positions of known pilots, in the order given."""
        at: Positions = self._at.reindex(list(pilot_ids)).dropna().to_numpy(dtype=np.int64)
        return at

    def _backed_by(self, investors: Codes) -> Mask:
        wanted = [self.investors.index(i) for i in investors if i in self.investors]
        backed = np.zeros(len(self.company.options), dtype=bool)
        backed[self._pair_company[np.isin(self._pair_investor, wanted)]] = True
        mask: Mask = backed[self.company.codes]
        return mask

    def _among(self, pilot_ids: Codes) -> Mask:
        found = np.zeros(len(self.frame), dtype=bool)
        found[self.positions(pilot_ids)] = True
        return found

    def masks(self, chosen: TechnologyFilter) -> dict[str, Mask]:
        """Which rows pass each part of the filter that restricts."""
        masks: dict[str, Mask] = {}
        for facet, coded in self.columns.items():
            if codes := getattr(chosen, facet):
                masks[facet] = coded.within(codes)
        if chosen.program:
            masks["program"] = self.program.within(chosen.program) | self.parent.within(
                chosen.program
            )
        if chosen.investor:
            masks["investor"] = self._backed_by(chosen.investor)
        if chosen.stage_from:
            masks[STAGE_FROM] = self.rank >= self.ranks[chosen.stage_from]
        for facet, (values, _) in self.numbers.items():
            if least := getattr(chosen, facet):
                masks[facet] = values >= least
        if chosen.round_after:
            masks[ROUND_AFTER] = self.funded
        if chosen.found is not None:
            masks["found"] = self._among(chosen.found)
        return masks

    def _investor_counts(self, allowed: Mask) -> Positions:
        pilots = self.company.counts(allowed)
        counted = np.bincount(
            self._pair_investor,
            weights=pilots[self._pair_company],
            minlength=len(self.investors),
        )
        return counted.astype(np.int64)

    def counts(self, facet: str, allowed: Mask) -> dict[str, int]:
        """For each option of a facet how many allowed rows have it."""
        if facet in self.columns:
            coded = self.columns[facet]
            return _paired(coded.options, coded.counts(allowed))
        if facet == "program":
            both = self.program.counts(allowed) + self.parent.counts(allowed)
            return _paired(self.program.options, both)
        if facet == "investor":
            return _paired(self.investors, self._investor_counts(allowed))
        if facet == ROUND_AFTER:
            return {YES: int((self.funded & allowed).sum())}
        values, steps = (self.rank, self.ranks) if facet == STAGE_FROM else self.numbers[facet]
        inside = np.sort(values[allowed])
        return {
            option: int(len(inside) - np.searchsorted(inside, least))
            for option, least in steps.items()
        }


#: Facets that ask for a number or a year, or more.
NUMBERS = (
    YEAR_FROM,
    SITES_FROM,
    PUBLISHERS_FROM,
    FOUNDED_FROM,
    ROUNDS_FROM,
    MONEY_FROM,
    LAST_ROUND_FROM,
)
FACETS = (*COLUMNS, "program", "investor", STAGE_FROM, *NUMBERS, ROUND_AFTER)


def _paired(options: Codes, counts: Positions) -> dict[str, int]:
    return dict(zip(options, counts.tolist(), strict=True))


@once_per_snapshot
def catalogue(run: Runner) -> Catalogue:
    """The coded rows of the snapshot, built once."""
    return Catalogue(pilot_facts(run), ladder_frame(run))


def selected(rows: Catalogue, chosen: TechnologyFilter, by: str) -> Positions:
    """Positions of the rows that pass the filter, in the order ``by``.

    ``match`` is the order in which the query found them; without a query it is ``stage``.
    """
    passing = np.ones(len(rows.frame), dtype=bool)
    for mask in rows.masks(chosen).values():
        passing &= mask
    if by == MATCH:
        by = next(iter(ORDERS))
        if chosen.found is not None:
            found = rows.positions(chosen.found)
            return found[passing[found]]
    order = rows.order[by]
    return order[passing[order]]


def technologies(run: Runner, chosen: TechnologyFilter, by: str = "stage") -> Result:
    """Pilots that pass the filter, in the order ``by``: the columns of `pilot_facts`.

    Coverage: pilots that pass, of all.
    """
    rows = catalogue(run)
    at = selected(rows, chosen, by)
    frame = rows.frame.iloc[at].reset_index(drop=True)
    first, last = year_span(frame["last_latest"])
    ids = rows.frame["pilot_id"].to_numpy(dtype=object)
    return Result(
        frame,
        {"pilots": tuple(ids[np.sort(at)])},
        covered=len(frame),
        total=len(rows.frame),
        unit="pilots",
        first_year=first,
        last_year=last,
    )


def facet_counts(rows: Catalogue, chosen: TechnologyFilter) -> tuple[pd.DataFrame, Mask]:
    """Counts beside each option (see `facets`), and which rows pass the whole filter."""
    masks = rows.masks(chosen)
    failed = np.zeros(len(rows.frame), dtype=np.uint8)
    for mask in masks.values():
        failed += ~mask
    everyone = failed == 0
    records = []
    for facet in FACETS:
        own = masks.get(facet)
        allowed = everyone if own is None else failed == ~own
        records += [(facet, option, n) for option, n in rows.counts(facet, allowed).items()]
    return pd.DataFrame(records, columns=["facet", "option", "pilots"]), everyone


def facets(run: Runner, chosen: TechnologyFilter) -> Result:
    """How many pilots each option would show, given all other parts of the filter.

    Frame: ``facet``, ``option``, ``pilots``. A part of the filter does not restrict its
    own options, so that the counts say what another choice in the same box would give.
    A programme counts with its direct tracks; ``…_from`` options count that or more.
    """
    rows = catalogue(run)
    frame, passing = facet_counts(rows, chosen)
    return Result(
        frame,
        {"pilots": tuple(rows.frame["pilot_id"].to_numpy(dtype=object)[passing])},
        covered=int(passing.sum()),
        total=len(rows.frame),
        unit="pilots",
    )


def pilots_listed(run: Runner, pilot_ids: Codes) -> Result:
    """Named pilots in the order given (unknown ids are left out): columns of `pilot_facts`."""
    rows = catalogue(run)
    at = rows.positions(pilot_ids)
    frame = rows.frame.iloc[at].reset_index(drop=True)
    first, last = year_span(frame["last_latest"])
    return Result(
        frame,
        {"pilots": tuple(sorted(frame["pilot_id"]))},
        covered=len(frame),
        total=len(rows.frame),
        unit="pilots",
        first_year=first,
        last_year=last,
    )


def pilots_by_province(run: Runner, chosen: TechnologyFilter) -> pd.DataFrame:
    """``sido`` and ``pilots`` that pass, for the provinces with any; by code."""
    rows = catalogue(run)
    frame = rows.frame.iloc[selected(rows, chosen, "stage")]
    counted = frame.groupby("sido").size().rename("pilots").reset_index()
    return counted.sort_values("sido").reset_index(drop=True)
