"""The newest dated facts of the atlas, for feeds."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analytics.names import join_names
from analytics.result import Result, keys, year_span
from loaders.datasets.investments import investments
from loaders.datasets.organizations import organizations
from loaders.datasets.pilots import milestones, pilots
from loaders.datasets.programs import program_editions, programs
from loaders.datasets.sources import sources
from loaders.datasets.vocabularies import stages
from loaders.engine import Runner
from loaders.package import package


@dataclass(frozen=True, slots=True)
class FactFilter:
    """Which facts; empty means all. A fact whose place, field or programme is unknown fits none.

    Attributes:
        region: ISO 3166-2 codes of provinces.
        sector: fields of use.
        program: programmes, without their tracks.
    """

    region: tuple[str, ...] = ()
    sector: tuple[str, ...] = ()
    program: tuple[str, ...] = ()

    def keeps(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Rows that fit; the frame has ``sido``, ``sectors`` (list as text) and ``program_id``."""
        kept = pd.Series(True, frame.index)
        if self.region:
            kept &= frame["sido"].isin(self.region)
        if self.sector:
            wanted = set(self.sector)
            kept &= frame["sectors"].map(
                lambda cell: not pd.isna(cell) and bool(wanted & set(str(cell).split(";")))
            )
        if self.program:
            kept &= frame["program_id"].isin(self.program)
        return frame[kept]


#: The filter that keeps everything.
EVERY_FACT = FactFilter()

_COLUMNS = (
    "table", "id", "date", "day", "name_ko", "name_en", "what_ko", "what_en",
    "more_ko", "more_en", "url", "publisher_ko", "publisher_en",
)  # fmt: skip


def _stages_reached(run: Runner) -> pd.DataFrame:
    """Dated milestones: company, stage, technology."""
    table = milestones()
    named = join_names(pilots(), "org_id", organizations(), "org_id", "name")
    columns = ["name_ko", "name_en", "technology_ko", "technology_en", "sido", "program_id"]
    of_pilot = named.select("pilot_id", *columns, sectors=named.sector)
    words = stages().select("stage", what_ko="name_ko", what_en="name_en")
    joined = table.filter(table.date.notnull()).join(of_pilot, "pilot_id").join(words, "stage")
    frame = run(joined).rename(columns={"milestone_id": "id", "date_earliest": "day"})
    frame = frame.rename(columns={"technology_ko": "more_ko", "technology_en": "more_en"})
    return frame.assign(table="milestones")


def _rounds(run: Runner) -> pd.DataFrame:
    """Dated investment rounds: company, kind of round."""
    table = join_names(investments(), "org_id", organizations(), "org_id", "name")
    companies = organizations()
    of_company = companies.select("org_id", "sido", sectors=companies.sector)
    frame = run(table.filter(table.date.notnull()).left_join(of_company, "org_id"))
    frame = frame.rename(columns={"investment_id": "id", "date_earliest": "day"})
    kind = package()["investments"]["round"]
    return frame.assign(
        table="investments",
        what_ko=[kind.label(code, "ko") for code in frame["round"]],
        what_en=[kind.label(code, "en") for code in frame["round"]],
        more_ko=None,
        more_en=None,
        program_id=None,
    )


def _windows(run: Runner) -> pd.DataFrame:
    """Editions whose application window has a known opening: programme, edition."""
    table = join_names(program_editions(), "program_id", programs(), "program_id", "name")
    of_program = programs().select("program_id", "sido", "sectors")
    frame = run(table.filter(table.apply_open.notnull()).left_join(of_program, "program_id"))
    frame = frame.rename(
        columns={"edition_id": "id", "apply_open": "date", "apply_open_earliest": "day"}
    )
    label = {
        f"what_{lang}": frame[f"edition_label_{lang}"].fillna(frame["edition_year"])
        for lang in ("ko", "en")
    }
    return frame.assign(table="program_editions", more_ko=None, more_en=None, **label)


def newest_facts(run: Runner, limit: int, chosen: FactFilter = EVERY_FACT) -> Result:
    """Milestones, investment rounds and opening application windows, newest first.

    Frame: ``table``, ``id``, ``date`` (as published, perhaps only a month or a year),
    ``day`` (the earliest it can mean, by which the rows are ordered), ``name_*`` (company
    or programme), ``what_*`` (stage, kind of round, edition), ``more_*`` (technology),
    ``url`` and ``publisher_*`` of the page that carries the fact.
    Coverage: the facts listed, of all dated ones that pass the filter.
    """
    facts = pd.concat(
        [found.astype("object") for found in (_stages_reached(run), _rounds(run), _windows(run))],
        ignore_index=True,
    )
    facts = chosen.keeps(facts)
    pages = run(sources().select("source_id", "url", "publisher_ko", "publisher_en"))
    frame = facts.merge(pages, on="source_id", how="left")
    frame["day"] = pd.to_datetime(frame["day"])
    frame = frame.sort_values(["day", "table", "id"], ascending=[False, True, True])
    newest = frame[list(_COLUMNS)].head(limit).reset_index(drop=True)
    first, last = year_span(newest["day"])
    return Result(
        newest,
        {str(table): keys(rows["id"]) for table, rows in newest.groupby("table")},
        covered=len(newest),
        total=len(frame),
        unit="facts",
        first_year=first,
        last_year=last,
    )
