"""A brief, gathered from the analytics that the pages use; nothing is computed here anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

import pandas as pd

from analytics.evidence import pages_behind
from analytics.filters import PilotFilter
from analytics.funnel import (
    milestone_funnel,
    place_funnel,
)
from analytics.furthest import furthest_first, rounds_after
from analytics.gaps import place_unknowns, unknowns
from analytics.money import sums_by_basis
from analytics.places import Place, money_in, pilots_in, place_names, programs_in, testbeds_in
from analytics.profiles import profile, steps_of
from analytics.relations import places
from analytics.result import Result, Rows, keys
from analytics.sentences import gap_sentence
from api.brief.bars import published_bars, published_counts, stage_bars
from api.brief.maps import place_picture, program_picture
from api.brief.model import Bars, Brief, Figure
from api.brief.notes import Notes
from api.brief.subjects import Subject
from api.brief.tables import (
    money_table,
    pilot_table,
    room_for_pilots,
    round_table,
    testbed_table,
)
from api.brief.texts import cut, either, more
from loaders.engine import Runner
from loaders.i18n import Words
from loaders.package import package

MAX_UNKNOWN = 6


@dataclass(frozen=True, slots=True)
class Setting:
    """What a brief is made with, besides the data.

    Attributes:
        base: address of the site, without a stroke at its end.
        colors: colour of each stage, the same as on the pages.
    """

    base: str
    colors: Mapping[str, str]


def _headings(t: Words) -> dict[str, str]:
    return {
        "site": t("Testbed Atlas Korea"),
        "brief": t("Brief"),
        "key": t("Key figures"),
        "map": t("Map"),
        "charts": t("How far the pilots got"),
        "unknown": t("What we do not know"),
        "sources": t("Sources"),
        "source": t("Source"),
        "live": t("Live view with every row"),
        "pdf": "PDF",
        "print": t("To print: two A4 pages"),
        "other": "English" if t.lang == "ko" else "한국어",
        "page": t("Page"),
        "nothing": t("No gap is known in the rows about it."),
    }


def _colophon(snapshot_id: str, t: Words) -> tuple[str, ...]:
    node = package().descriptor
    return (
        t(
            "Data of {date}, snapshot {snapshot}, version {version}.",
            date=str(node["created"])[:10],
            snapshot=snapshot_id,
            version=node["version"],
        ),
        t("Data and text: CC BY 4.0 ({address}).", address=node["licenses"][0]["path"]),
        t("Boundaries © National Geographic Information Institute (NGII), simplified."),
        t("Every fact rests on a public page; the numbers in brackets are those of the sources."),
    )


def _sources_more(run: Runner, rows: Iterable[Rows], notes: Notes, t: Words) -> str:
    behind: dict[str, tuple[str, ...]] = {}
    for part in rows:
        for table, ids in part.items():
            behind[table] = keys([*behind.get(table, ()), *ids])
    total = len(pages_behind(run, tuple(sorted(behind.items()))))
    left = total - notes.cited
    if left <= 0:
        return ""
    return t.plural(
        "{n} more page carries the other figures; it is listed on the site.",
        "{n} more pages carry the other figures; they are listed on the site.",
        left,
    )


def _gaps(found: Result, t: Words) -> tuple[str, ...]:
    lines = [gap_sentence(c, n, total, t) for c, n, total in found.frame.itertuples(index=False)]
    left_out = more(len(lines) - MAX_UNKNOWN, t)
    return (*lines[:MAX_UNKNOWN], *([left_out] if left_out else []))


def _count_at(funnel: Result, stage: str) -> int:
    return int(funnel.frame.set_index("stage").loc[stage, "reached"])


def _pilot_figures(
    pilots: Result, funnel: Result, funded: Result, t: Words
) -> tuple[Figure, Figure, Figure, Figure]:
    companies = pilots.frame["org_id"].nunique()
    of_all = t("of {n} pilots", n=t.number(pilots.total))
    return (
        Figure(
            t("Pilots"),
            t.number(pilots.total),
            t.plural("by {n} company", "by {n} companies", companies),
        ),
        Figure(t("Field demonstration or more"), t.number(_count_at(funnel, "field-demo")), of_all),
        Figure(t("Contract or more"), t.number(_count_at(funnel, "contract")), of_all),
        Figure(
            t("Raised money afterwards"),
            t.number(funded.covered),
            t("of {n} companies", n=t.number(companies)),
        ),
    )


def _pilot_sentence(pilots: Result, funnel: Result, funded: Result, where: str, t: Words) -> str:
    return t(
        "{where}: {pilots} of {companies} are known. {demo} reached a field demonstration or "
        "more, {sold} a contract or more; {funded} raised money after the first pilot.",
        where=where,
        pilots=t.plural("{n} pilot", "{n} pilots", pilots.total),
        companies=t.plural("{n} company", "{n} companies", pilots.frame["org_id"].nunique()),
        demo=t.number(_count_at(funnel, "field-demo")),
        sold=t.number(_count_at(funnel, "contract")),
        funded=t.plural("{n} company", "{n} companies", funded.covered),
    )


def _place(run: Runner, subject: Subject, snapshot_id: str, setting: Setting, t: Words) -> Brief:
    here = Place(subject.id)
    names = place_names(run).set_index("code").loc[subject.id]
    name = str(names[f"name_{t.lang}"])
    spots, there, funnel = testbeds_in(run, here), pilots_in(run, here), place_funnel(run, here)
    found = furthest_first(run, there.rows["pilots"])
    after = rounds_after(run, keys(there.frame["org_id"]), PilotFilter())
    urban, general = money_in(run, here), money_in(run, here, False)
    gaps = place_unknowns(there, steps_of(run, there.rows["pilots"]), urban)
    notes = Notes(run)
    offers = t.plural("{n} programme", "{n} programmes", programs_in(run, here).total)
    answer = (
        _pilot_sentence(there, funnel, after, name, t)
        if there.total
        else t(
            "{place}: no pilot is known by name; known are {testbeds} and {programs}.",
            place=name,
            testbeds=t.plural("{n} testbed", "{n} testbeds", spots.total),
            programs=offers,
        )
    )
    testbeds = testbed_table(spots, there, notes, t)
    pilots = pilot_table(run, found, room_for_pilots(after), notes, t)
    note = t(
        "“After” means later in time, not because of: after the company’s first pilot anywhere."
    )
    rounds = round_table(run, after, notes, note, t)
    money = money_table(
        ((t("Urban technology"), urban), (t("General start-up and SME support"), general)), t
    )
    behind = [*(r.rows for r in (spots, there, after, urban, general))]
    return Brief(
        lang=t.lang,
        slug=subject.slug,
        kind=t("Province") if here.is_province else t("Municipality"),
        title=t("{place}: pilots of city technology", place=name),
        answer=answer,
        facts=(),
        figures=(
            Figure(
                t("Testbeds"),
                t.number(spots.total),
                offers,
            ),
            *_pilot_figures(there, funnel, after, t),
        ),
        picture=place_picture(run, here, spots.frame, name, t),
        charts=(stage_bars(funnel, t, setting.colors),),
        testbeds=testbeds,
        money=money,
        pilots=pilots,
        rounds=rounds,
        unknown=_gaps(gaps, t),
        sources=notes.listed(t),
        sources_more=_sources_more(run, behind, notes, t),
        colophon=_colophon(snapshot_id, t),
        live=f"{setting.base}/testbeds?place={quote(subject.id, safe='')}&lang={t.lang}",
        words=_headings(t),
    )


def _program(run: Runner, subject: Subject, snapshot_id: str, setting: Setting, t: Words) -> Brief:
    about = profile(run, "program", subject.id)
    if about is None:
        raise KeyError(f"unknown programme: {subject.id}")
    row = about.entity.frame.iloc[0]
    name = either(row, "name", t)
    mine = PilotFilter(program_id=(subject.id,))
    funnel = milestone_funnel(run, mine)
    found = furthest_first(run, about.pilots.rows["pilots"])
    after = rounds_after(run, keys(about.pilots.frame["org_id"]), mine)
    sums, published = sums_by_basis(about.money.frame), published_counts(run, subject.id, t)
    gaps = unknowns(about, str(package().descriptor["created"])[:10])
    notes = Notes(run)
    kind = t.code("programs", "kind", row["kind"])
    answer = (
        _pilot_sentence(about.pilots, funnel, after, kind, t)
        if about.pilots.total
        else t(
            "{kind}: no pilot is known by name; known are {editions} and {counts}.",
            kind=kind,
            editions=t.plural("{n} edition", "{n} editions", about.editions.total),
            counts=t.plural("{n} published count", "{n} published counts", about.counts.total),
        )
    )
    notes.cite([row["source_id"]])
    pilots = pilot_table(run, found, room_for_pilots(after), notes, t)
    note = t(
        "“After” means later in time, not because of: after the company’s first pilot through "
        "the programme."
    )
    rounds = round_table(run, after, notes, note, t)
    charts: Sequence[Bars] = [stage_bars(funnel, t, setting.colors)] if funnel.total else []
    if published is not None:
        charts = [published_bars(*published, t, setting.colors), *charts]
    operator, demand = either(row, "operator", t), either(row, "demand_side", t)
    parts = [about.entity, about.pilots, about.editions, about.counts, about.money, after]
    scale = t("Urban technology") if row["is_smart_city"] else t("General start-up and SME support")
    return Brief(
        lang=t.lang,
        slug=subject.slug,
        kind=t("Programme"),
        title=cut(name, 80),
        answer=answer,
        facts=(
            (t("Operator"), cut(operator or t.unknown, 60)),
            (t("Demand side"), cut(demand or t.unknown, 60)),
            (
                t("First year"),
                t.unknown if pd.isna(row["first_year"]) else f"{row['first_year']:.0f}",
            ),
        ),
        figures=(
            Figure(
                t("Editions known"),
                t.number(about.editions.total),
                t.plural("{n} published count", "{n} published counts", about.counts.total),
            ),
            *_pilot_figures(about.pilots, funnel, after, t),
        ),
        picture=program_picture(places(run, about), name, t),
        charts=tuple(charts),
        testbeds=None,
        money=money_table(((scale, sums),), t),
        pilots=pilots,
        rounds=rounds,
        unknown=_gaps(gaps, t),
        sources=notes.listed(t),
        sources_more=_sources_more(run, (p.rows for p in parts), notes, t),
        colophon=_colophon(snapshot_id, t),
        live=f"{setting.base}/program?id={quote(subject.id, safe='')}&lang={t.lang}",
        words=_headings(t),
    )


def brief(run: Runner, subject: Subject, snapshot_id: str, setting: Setting, t: Words) -> Brief:
    """The brief on a subject in one language.

    Every number comes from the analytics function behind the page on the same subject.

    Raises:
        KeyError: the subject is not in the data.
    """
    make = _place if subject.kind == "place" else _program
    return make(run, subject, snapshot_id, setting, t)
