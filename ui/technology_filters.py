"""Controls of the screen over pilots, each option with the number of pilots it would show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from analytics.search import SIMILAR, find_pilots, pilot_index
from analytics.technologies import (
    FOUNDED_FROM,
    LAST_ROUND_FROM,
    MATCH,
    MONEY_FROM,
    NUMBERS,
    ORDERS,
    PUBLISHERS_FROM,
    ROUND_AFTER,
    ROUNDS_FROM,
    SITES_FROM,
    STAGE_FROM,
    YEAR_FROM,
    YES,
    TechnologyFilter,
    facets,
)
from ui import layout, state
from ui.data import ask, shared
from ui.i18n import Words
from ui.safe import markdown
from ui.words import category_codes, keys_in_order, vocabulary

#: Parameter of the link for each facet.
PARAMETERS: Mapping[str, str] = {
    STAGE_FROM: "reached",
    "stage": "stage",
    YEAR_FROM: "since",
    "sector": "sector",
    "sido": "region",
    "host_kind": "hostkind",
    "host": "host",
    "testbed": "testbed",
    "program": "program",
    SITES_FROM: "sites",
    PUBLISHERS_FROM: "publishers",
    FOUNDED_FROM: "founded",
    ROUNDS_FROM: "rounds",
    MONEY_FROM: "raised",
    LAST_ROUND_FROM: "lastround",
    ROUND_AFTER: "funded",
    "investor": "investor",
}
#: What stands behind "More filters".
_FURTHER = (
    "stage", YEAR_FROM, "host_kind", "host", "testbed", "program", SITES_FROM, PUBLISHERS_FROM,
    FOUNDED_FROM,
)  # fmt: skip
_MONEY = (ROUND_AFTER, "investor", ROUNDS_FROM, MONEY_FROM, LAST_ROUND_FROM)
ANY = ""

Counts = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The choice of the link.

    Attributes:
        filter: for analytics.
        query: the text as typed.
        likeness: names like the query that stand in for it; empty when it was found.
    """

    filter: TechnologyFilter
    query: str
    likeness: tuple[str, ...]


def counts_of(chosen: TechnologyFilter) -> Counts:
    """For each facet the number of pilots of each option."""

    def counted() -> Counts:
        frame = ask(facets, chosen).frame
        return {
            facet: dict(zip(rows["option"], rows["pilots"], strict=True))
            for facet, rows in frame.groupby("facet")
        }

    return shared("technology-counts", counted, chosen)


def _options() -> dict[str, tuple[str, ...]]:
    """Allowed codes of each facet: those that occur in the data."""
    return {facet: tuple(counts) for facet, counts in counts_of(TechnologyFilter()).items()}


def _found(query: str) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
    if not query:
        return None, ()
    frame = shared("technology-search", lambda: find_pilots(ask(pilot_index), query), query)
    alike = frame[frame["how"] == SIMILAR]["text"].drop_duplicates()
    return tuple(frame["pilot_id"]), tuple(alike.head(3))


def from_link() -> Chosen:
    """The choice that the link states; what it holds in error is noted and left out."""
    options = _options()

    def many(facet: str) -> tuple[str, ...]:
        return state.many(PARAMETERS[facet], options.get(facet, ()))

    def one(facet: str) -> str:
        return state.one(PARAMETERS[facet], options.get(facet, ()), ANY)

    query = state.text("q")
    found, likeness = _found(query)
    chosen = TechnologyFilter(
        stage_from=one(STAGE_FROM),
        stage=many("stage"),
        sector=many("sector"),
        host_kind=many("host_kind"),
        host=many("host"),
        sido=many("sido"),
        testbed=many("testbed"),
        program=many("program"),
        **{facet: int(one(facet) or 0) for facet in NUMBERS},
        round_after=one(ROUND_AFTER) == YES,
        investor=many("investor"),
        found=found,
    )
    return Chosen(chosen, query, likeness)


def _distinct(options: Sequence[str], words: Callable[[str], str]) -> Callable[[str], str]:
    """Words that differ: an ambiguous one is followed by its code."""
    often = Counter(map(words, options))
    return lambda code: words(code) if often[words(code)] < 2 else f"{words(code)} [{code}]"


def _labels(
    facet: str, options: Sequence[str], words: Callable[[str], str], counts: Counts, t: Words
) -> Callable[[str], str]:
    named = _distinct(options, words)
    here = counts.get(facet, {})
    return lambda code: f"{named(code)} ({t.number(here.get(code, 0))})" if code else words(code)


def _words_of(facet: str, t: Words) -> Callable[[str], str]:
    if facet == "host_kind":
        return lambda code: t.code("organizations", "kind", code)
    resource = {
        "stage": "stages",
        STAGE_FROM: "stages",
        "sector": "sectors",
        "sido": "regions",
        "host": "organizations",
        "testbed": "testbeds",
        "program": "programs",
        "investor": "organizations",
    }[facet]
    known = vocabulary(t, resource)
    return lambda code: known.get(code, code)


def _ordered(facet: str, options: Sequence[str], t: Words) -> tuple[str, ...]:
    natural = {
        "stage": lambda: keys_in_order("stages"),
        "sector": lambda: keys_in_order("sectors"),
        "sido": lambda: keys_in_order("regions"),
        "host_kind": lambda: category_codes("organizations", "kind"),
    }
    if facet in natural:
        return tuple(code for code in natural[facet]() if code in options)
    return tuple(sorted(options, key=_words_of(facet, t)))


def _many(facet: str, label: str, placeholder: str, counts: Counts, t: Words) -> None:
    options = _ordered(facet, tuple(counts.get(facet, ())), t)
    state.choose_many(
        PARAMETERS[facet],
        label,
        options,
        _labels(facet, options, _words_of(facet, t), counts, t),
        placeholder=placeholder,
        counted=True,
    )


def _one(
    facet: str, label: str, words: Callable[[str], str], counts: Counts, t: Words, help_text: str
) -> None:
    options = (ANY, *counts.get(facet, ()))
    state.choose_one(
        PARAMETERS[facet],
        label,
        options,
        _labels(facet, options, words, counts, t),
        ANY,
        help_text=help_text,
        counted=True,
    )


def _further(counts: Counts, t: Words) -> None:
    with st.grid(3, min_column_width=240):
        _many("stage", t("Highest stage known, exactly"), t("All stages"), counts, t)
        _one(
            YEAR_FROM,
            t("Last milestone since"),
            lambda y: t("{year} or later", year=y) if y else t("Any date, or none"),
            counts,
            t,
            t("Year of the last dated milestone; pilots without a dated milestone are left out"),
        )
        _many("host_kind", t("Kind of host"), t("All kinds"), counts, t)
        _many("host", t("Host"), t("All hosts"), counts, t)
        _many("testbed", t("Testbed"), t("All testbeds"), counts, t)
        _many("program", t("Programme"), t("All programmes"), counts, t)
        _one(
            SITES_FROM,
            t("Sites of the company"),
            lambda n: t("{n} or more", n=n) if n else t("Any number"),
            counts,
            t,
            t("A site is a testbed or, where none is named, a host in its municipality"),
        )
        _one(
            PUBLISHERS_FROM,
            t("Independent publishers"),
            lambda n: t("{n} or more", n=n) if n else t("Any number"),
            counts,
            t,
            t("Publishers other than the company whose pages carry the pilot"),
        )
        _one(
            FOUNDED_FROM,
            t("Founded since"),
            lambda y: t("{year} or later", year=y) if y else t("Any year, or unknown"),
            counts,
            t,
            t("For most companies the year is not known"),
        )
        _one(
            ROUNDS_FROM,
            t("Known rounds"),
            lambda n: t("{n} or more", n=n) if n else t("Any number"),
            counts,
            t,
            t("Rounds of the company, with or without an amount"),
        )
        _one(
            MONEY_FROM,
            t("Disclosed equity"),
            lambda n: t("{amount} or more", amount=t.money(n, "KRW")) if n else t("Any amount"),
            counts,
            t,
            t("Only disclosed equity rounds are added; undisclosed ones are not zero"),
        )
        _one(
            LAST_ROUND_FROM,
            t("Last round since"),
            lambda y: t("{year} or later", year=y) if y else t("Any date, or none"),
            counts,
            t,
            t("Year of the company's last dated round"),
        )
        _one(
            ROUND_AFTER,
            t("Investment after the first pilot"),
            lambda yes: t("a round is known") if yes else t("Known or not"),
            counts,
            t,
            t("“After” means later in time, not because of"),
        )
        _many("investor", t("Investor"), t("All investors"), counts, t)


def controls(chosen: Chosen, t: Words) -> None:
    """Search box and filters; what is chosen stands in the link at the next run."""
    counts = counts_of(chosen.filter)
    with st.grid(4, min_column_width=220):
        state.type_text(
            "q",
            t("Search names"),
            placeholder=t("Company, technology, host; also ㅇㅌㄴㅁㅅ"),
        )
        stages = vocabulary(t, "stages")
        _one(
            STAGE_FROM,
            t("Reached at least"),
            lambda code: stages[code] if code else t("Any stage"),
            counts,
            t,
            t("This step of the ladder or a later one"),
        )
        _many("sector", t("Sector"), t("All sectors"), counts, t)
        _many("sido", t("Province"), t("All provinces"), counts, t)
    in_use = sum(bool(getattr(chosen.filter, facet)) for facet in (*_FURTHER, *_MONEY))
    label = t("More filters") + (f" ({in_use})" if in_use else "")
    with layout.fold("filters", label, ":material/tune:", expanded=in_use > 0) as more:
        if more.open:
            _further(counts, t)
    if chosen.likeness:
        told = t(
            "No name holds “{query}”. Shown are names like it: {names}.",
            query=chosen.query,
            names=", ".join(chosen.likeness),
        )
        st.caption(markdown(told))


def order_words(t: Words) -> dict[str, tuple[str, str]]:
    """For each order its name and the criteria in full."""
    return {
        "stage": (
            t("Stage"),
            t("Highest step first; then the later milestone, then more other publishers"),
        ),
        "date": (t("Last milestone"), t("Latest dated milestone first; then the higher step")),
        "sites": (
            t("Sites"),
            t("Companies known at more sites first; then the higher step, the later milestone"),
        ),
        "sources": (
            t("Publishers"),
            t(
                "More publishers other than the company first; then more pages, then the "
                "higher step"
            ),
        ),
        "money": (
            t("Disclosed money"),
            t(
                "Larger sum of disclosed equity rounds (KRW) of the company first; companies "
                "without a disclosed amount last; then the higher step"
            ),
        ),
        MATCH: (t("Match"), t("Names nearest to the search text first")),
    }


def _orders(query: str) -> tuple[str, ...]:
    """Orders to choose from; with a search text the nearest names come first by default."""
    return (MATCH, *ORDERS) if query else tuple(ORDERS)


def order_of_link(query: str) -> str:
    """The order that the link states, known before its control is drawn."""
    options = _orders(query)
    return state.one("sort", options, options[0])


def choose_order(query: str, t: Words) -> None:
    """The control of the order of the list."""
    words, options = order_words(t), _orders(query)
    state.choose_one("sort", t("Order"), options, lambda by: words[by][0], options[0])
