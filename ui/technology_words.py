"""Screened pilots in words; nothing here is drawn."""

from __future__ import annotations

import pandas as pd

from analytics.result import Result
from analytics.stages import rank_of
from ui.data import ask
from ui.i18n import Words
from ui.kept import made_once
from ui.words import vocabulary

DEMONSTRATED = "field-demo"


def trl(low: object, high: object, t: Words) -> str:
    """A band of technology readiness levels; a dash where none is meant."""
    if pd.isna(low) or pd.isna(high):
        return "–"
    return t("TRL {levels}", levels=f"{low:g}" if low == high else f"{low:g}–{high:g}")


@made_once
def answer(result: Result, t: Words) -> str:
    """How many technologies, by how many companies, and how many were tried in the field."""
    if not result.covered:
        return t("No technology in the data matches this choice.")
    frame = result.frame
    demo = int((frame["rank"] >= ask(rank_of, DEMONSTRATED)).sum())
    values = {
        "companies": t.plural("{n} company", "{n} companies", frame["org_id"].nunique()),
        "demo": t.number(demo),
        "total": t.number(result.total),
    }
    if result.covered == result.total:
        return t.plural(
            "{n} pilot of a technology by {companies}; {demo} reached a field demonstration "
            "or more.",
            "{n} pilots of technologies by {companies}; {demo} reached a field demonstration "
            "or more.",
            result.covered,
            **values,
        )
    return t.plural(
        "{n} of {total} pilots of technologies matches, by {companies}; {demo} reached a field "
        "demonstration or more.",
        "{n} of {total} pilots of technologies match, by {companies}; {demo} reached a field "
        "demonstration or more.",
        result.covered,
        **values,
    )


def stage_word(row: pd.Series, t: Words) -> str:
    """Highest stage known; for an ended pilot the furthest step is named too."""
    stages = vocabulary(t, "stages")
    known = stages[row["stage"]]
    if not row["ended"] or pd.isna(row["reached"]):
        return known
    return t("{end} (had reached: {step})", end=known, step=stages[row["reached"]])


def host_word(row: pd.Series, t: Words) -> str:
    """The host by name, else the testbed, else unknown."""
    return t.text(row, "host_name") or t.text(row, "testbed") or t.unknown


def place_word(row: pd.Series, t: Words) -> str:
    """Province in Korea, country abroad."""
    if row["country"] != "KR":
        return t.country(row["country"])
    return t.unknown if pd.isna(row["sido"]) else vocabulary(t, "regions")[row["sido"]]


def publishers_word(row: pd.Series, t: Words) -> str:
    """How many publishers other than the company tell of the pilot."""
    if row["only_own"]:
        return t("the company only")
    return t.number(row["other_publishers"])


def rounds_word(row: pd.Series, t: Words) -> str:
    """Known rounds of the company, and how many came after its first pilot."""
    if not row["rounds"]:
        return t("none known")
    return t(
        "{after} after · {all} in all",
        after=t.number(row["rounds_after"]),
        all=t.number(row["rounds"]),
    )


def money_word(row: pd.Series, t: Words) -> str:
    """Sum of disclosed equity rounds; rounds without a summed amount are counted."""
    if not row["rounds"]:
        return "–"
    hidden = int(row["rounds"] - row["rounds_summed"])
    if pd.isna(row["disclosed"]):
        return t("not disclosed")
    said = t.money(row["disclosed"], "KRW")
    return said if not hidden else t("{money} + {n} not summed", money=said, n=t.number(hidden))


@made_once
def words_table(frame: pd.DataFrame, t: Words) -> pd.DataFrame:
    """The rows as a reader sees them, one line a pilot."""
    rows = [row for _, row in frame.iterrows()]
    return pd.DataFrame(
        {
            t("Technology"): [t.text(r, "technology") for r in rows],
            t("Company"): [t.name(r, "company") for r in rows],
            t("Highest known stage"): [stage_word(r, t) for r in rows],
            t("TRL band"): [trl(r["trl_low"], r["trl_high"], t) for r in rows],
            t("Sector"): frame["sector"].map(vocabulary(t, "sectors")).to_numpy(),
            t("Place"): [place_word(r, t) for r in rows],
            t("Host"): [host_word(r, t) for r in rows],
            t("Kind of host"): [t.code("organizations", "kind", r["host_kind"]) for r in rows],
            t("Start"): [t.date(r["start_date"]) for r in rows],
            t("Last milestone"): [t.date(r["last_date"]) for r in rows],
            t("Sites of the company"): frame["sites"].to_numpy(),
            t("Source pages"): frame["sources"].to_numpy(),
            t("Other publishers"): [publishers_word(r, t) for r in rows],
            t("Rounds"): [rounds_word(r, t) for r in rows],
            t("Disclosed money"): [money_word(r, t) for r in rows],
            t("Last round"): ["–" if not r["rounds"] else t.date(r["last_round"]) for r in rows],
        }
    )


@made_once
def export_table(frame: pd.DataFrame, t: Words) -> pd.DataFrame:
    """The rows for a file: the shown words, and before them the keys of pilot and company."""
    keys = pd.DataFrame(
        {t("Pilot id"): frame["pilot_id"], t("Company id"): frame["org_id"]}
    ).reset_index(drop=True)
    return pd.concat([keys, words_table(frame, t)], axis=1)
