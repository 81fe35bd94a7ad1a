"""One row a pilot with everything that an investor screens by.

Built once for a snapshot and shared: nobody may change the frame. Facts of the
company (sites, rounds) stand on each of its pilots.
"""

from __future__ import annotations

import ibis.expr.types as ir
import pandas as pd

from analytics.filters import PilotFilter, select_pilots
from analytics.linkage import first_pilot_facts, rounds
from analytics.names import join_names, pilots_with_names
from analytics.once import once_per_snapshot
from analytics.stages import ladder_frame
from loaders.datasets.organizations import organizations
from loaders.datasets.pilots import ENDED, milestones, pilots
from loaders.datasets.programs import programs
from loaders.datasets.sources import sources
from loaders.engine import Runner

SUMMABLE = "equity-round"
KRW = "KRW"


def _hosts() -> ir.Table:
    table = organizations()
    return table.select(host_org_id="org_id", host_kind="kind")


def _pilots(run: Runner) -> pd.DataFrame:
    """Pilots with rank and names; a host's own name comes before the name on the page."""
    table = pilots_with_names(select_pilots(PilotFilter()))
    table = join_names(table, "host_org_id", organizations(), "org_id", "host")
    table = table.left_join(_hosts(), "host_org_id").drop("host_org_id_right")
    parent = programs().select("program_id", "parent_program_id")
    table = table.left_join(parent, "program_id").drop("program_id_right")
    frame = run(table.order_by("pilot_id"))
    for lang in ("ko", "en"):
        frame[f"host_name_{lang}"] = frame.pop(f"host_{lang}").fillna(frame[f"host_name_{lang}"])
    steps = ladder_frame(run)[["rank", "stage", "trl_low", "trl_high"]]
    frame = frame.merge(steps.rename(columns={"stage": "reached"}), on="rank", how="left")
    frame["ended"] = frame["stage"] == ENDED
    return frame


@once_per_snapshot
def pilot_pages(run: Runner) -> pd.DataFrame:
    """Pages behind each pilot and its milestones, each page once a pilot; shared, never changed.

    Frame: ``pilot_id``, ``source_id``, ``url``, ``publisher_ko``, ``publisher_en``,
    ``published`` and ``own``: whether the company itself publishes the page (the
    publisher is named like the company, or the page is on the company's website).
    """
    kept = ("pilot_id", "source_id")
    both = pilots().select(*kept).union(milestones().select(*kept), distinct=True)
    company = pilots().join(
        organizations().select("org_id", "name_ko", "name_en", "website"), "org_id"
    )
    page = sources().select("source_id", "url", "publisher_ko", "publisher_en", "published")
    table = both.join(company.select("pilot_id", "name_ko", "name_en", "website"), "pilot_id")
    frame = run(table.join(page, "source_id").order_by(["pilot_id", "source_id"]))
    frame["own"] = _is_own(frame)
    return frame.drop(columns=["name_ko", "name_en", "website"])


def _plain(texts: pd.Series) -> pd.Series:
    return texts.str.casefold().str.replace(r"[\W_]+", "", regex=True)


def _site_of(addresses: pd.Series) -> pd.Series:
    host = addresses.str.extract(r"^[a-z]+://([^/:?#]+)", expand=False)
    return host.str.casefold().str.removeprefix("www.")


def _is_own(frame: pd.DataFrame) -> pd.Series:
    named = pd.Series(False, index=frame.index)
    for lang in ("ko", "en"):
        name, publisher = _plain(frame[f"name_{lang}"]), _plain(frame[f"publisher_{lang}"])
        named |= (name == publisher).fillna(False)
    pairs = zip(_site_of(frame["url"]), _site_of(frame["website"]), strict=True)
    on_site = [
        isinstance(page, str) and isinstance(own, str) and (page == own or page.endswith(f".{own}"))
        for page, own in pairs
    ]
    return named | pd.Series(on_site, index=frame.index, dtype=bool)


def site_of(frame: pd.DataFrame) -> pd.Series:
    """The site of each pilot: its testbed; else its host in its municipality or country.

    Missing when neither testbed, host nor municipality is known: such a pilot adds no site.
    """
    unknown = ""
    host = frame["host_org_id"].fillna(frame["host_name_en"]).fillna(unknown)
    place = frame["sigungu_code"].fillna(frame["country"].where(frame["country"] != "KR"))
    place = place.fillna(unknown)
    other = (host + "@" + place).where((host != unknown) | (place != unknown))
    return frame["testbed_id"].fillna(other)


def _last_steps(run: Runner) -> pd.DataFrame:
    """The last dated milestone of each pilot: ``last_date``, its latest day and basis."""
    table = milestones()
    dated = run(table.filter(table.date.notnull()))
    dated = dated.sort_values(["pilot_id", "date_latest", "date_earliest", "milestone_id"])
    last = dated.drop_duplicates("pilot_id", keep="last")
    return last[["pilot_id", "date", "date_latest", "date_basis"]].set_axis(
        ["pilot_id", "last_date", "last_latest", "last_basis"], axis=1
    )


def _evidence(run: Runner) -> pd.DataFrame:
    """For each pilot: number of pages and publishers, of those not the company's, only own."""
    pages = pilot_pages(run)
    pages = pages.assign(other=pages["publisher_en"].where(~pages["own"]))
    grouped = pages.groupby("pilot_id")
    counted = grouped.agg(
        sources=("source_id", "nunique"),
        publishers=("publisher_en", "nunique"),
        other_publishers=("other", "nunique"),
        only_own=("own", "all"),
    )
    return counted.reset_index()


def _company_rounds(run: Runner, frame: pd.DataFrame) -> pd.DataFrame:
    """For each company with a known round: numbers, disclosed sum, last date, investors.

    A round is after the first pilot when its earliest day lies past the latest day
    of the first pilot fact (the rule of the investment linkage).
    """
    known = rounds(run)
    first = first_pilot_facts(run, pilots())["first_latest"]
    known = known[known["org_id"].isin(frame["org_id"])].copy()
    known["after"] = pd.to_datetime(known["date_earliest"]) > known["org_id"].map(first)
    summable = (known["amount_kind"] == SUMMABLE) & (known["currency"] == KRW)
    known["summed"] = known["amount"].where(summable)
    known = known.sort_values(["org_id", "date_latest", "investment_id"], na_position="first")
    grouped = known.groupby("org_id")
    counted = grouped.agg(
        rounds=("investment_id", "size"),
        rounds_after=("after", "sum"),
        rounds_summed=("summed", "count"),
        last_round=("date", "last"),
    )
    counted["disclosed"] = grouped["summed"].sum(min_count=1)
    pairs = known[["org_id", "investor_ids"]].explode("investor_ids").dropna()
    pairs = pairs.drop_duplicates().sort_values(["org_id", "investor_ids"])
    counted["investor_ids"] = pairs.groupby("org_id")["investor_ids"].agg(tuple)
    return counted.reset_index()


@once_per_snapshot
def pilot_facts(run: Runner) -> pd.DataFrame:
    """Every pilot by ``pilot_id``, with what is known of it and of its company.

    Columns beside those of ``pilots``: ``rank``, ``reached`` (furthest step, missing for
    a pilot known only to have ended), ``trl_low``/``trl_high``, ``ended``; names of
    company, programme, testbed and host, ``host_kind``, ``parent_program_id``;
    ``last_date`` (last dated milestone), ``last_latest``, ``last_basis``; ``sources``,
    ``publishers``, ``other_publishers``, ``only_own``; of the company ``sites``
    (see `site_of`), ``rounds``, ``rounds_after``, ``rounds_summed`` (rounds whose amount
    is summed), ``disclosed`` (KRW of equity rounds, missing when none is disclosed),
    ``last_round``, ``investor_ids`` (tuple), ``founded_year``.
    """
    frame = _pilots(run)
    founded = run(organizations().select("org_id", "founded_year"))
    frame = frame.merge(founded, on="org_id", how="left")
    frame["site"] = site_of(frame)
    frame["sites"] = frame.groupby("org_id")["site"].transform("nunique")
    frame = frame.merge(_last_steps(run), on="pilot_id", how="left")
    frame = frame.merge(_evidence(run), on="pilot_id", how="left")
    frame = frame.merge(_company_rounds(run, frame), on="org_id", how="left")
    for column in ("rounds", "rounds_after", "rounds_summed"):
        frame[column] = frame[column].fillna(0).astype(int)
    none: tuple[str, ...] = ()
    frame["investor_ids"] = [
        ids if isinstance(ids, tuple) else none for ids in frame["investor_ids"]
    ]
    return frame.sort_values("pilot_id").reset_index(drop=True)
