"""Figures and tables of the money page in words."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from analytics.money import BASES, NOT_STATED, SEVERAL_YEARS, Dimension
from analytics.result import Result
from charts.bars import category_bars
from ui.i18n import Words
from ui.kept import made_once
from ui.words import category_codes, vocabulary

MAX_BARS = 20


def dimension_words(dimension: Dimension, t: Words) -> dict[str, str]:
    """Words for the codes of a dimension."""
    special = {NOT_STATED: t("not stated"), SEVERAL_YEARS: t("several years, no split known")}
    if dimension == "sido":
        return vocabulary(t, "regions") | {NOT_STATED: t("nationwide, abroad or not stated")}
    if dimension == "program_id":
        return vocabulary(t, "programs") | {NOT_STATED: t("no programme named")}
    if dimension == "payer_level":
        codes = category_codes("funding", "payer_level")
        return {c: t.code("funding", "payer_level", c) for c in codes}
    return special


def basis_word(basis: str, t: Words) -> str:
    """Word for a basis of money."""
    return t.code("funding", "basis", basis)


@made_once
def _labelled(result: Result, basis: str, dimension: Dimension, t: Words) -> pd.DataFrame:
    frame = result.frame[result.frame["basis"] == basis]
    words = dimension_words(dimension, t)
    return frame.assign(label=[words.get(code, code) for code in frame["code"]])


@made_once
def breakdown_chart(result: Result, basis: str, dimension: Dimension, t: Words) -> go.Figure:
    """Sums of one basis by one dimension, in won."""
    frame = _labelled(result, basis, dimension, t).head(MAX_BARS)
    texts = [
        t("{n} known, none may be added", n=known) if pd.isna(amount) else t.money(amount, "KRW")
        for amount, known in zip(frame["amount"], frame["known"], strict=True)
    ]
    hovers = [
        t(
            "{label}: {amount}; {additive} of {known} known amounts are added",
            label=label,
            amount=text,
            additive=additive,
            known=known,
        )
        for label, text, additive, known in zip(
            frame["label"], texts, frame["additive"], frame["known"], strict=True
        )
    ]
    drawn = frame.assign(value=frame["amount"], text=texts, hover=hovers)
    title = t("{basis}, nominal won, additive amounts only", basis=basis_word(basis, t))
    return category_bars(drawn, axis_title=title)


@made_once
def breakdown_table(result: Result, basis: str, dimension: Dimension, t: Words) -> pd.DataFrame:
    """The same sums as a table."""
    frame = _labelled(result, basis, dimension, t)
    return pd.DataFrame(
        {
            t("Group"): frame["label"],
            t("Sum (won)"): frame["amount"],
            t("In words"): [
                t("none may be added") if pd.isna(a) else t.money(a, "KRW") for a in frame["amount"]
            ],
            t("Amounts added"): frame["additive"],
            t("Amounts known"): frame["known"],
        }
    )


@made_once
def bases_table(result: Result, t: Words) -> pd.DataFrame:
    """The four bases side by side, never added."""
    frame = result.frame
    return pd.DataFrame(
        {
            t("Basis"): [basis_word(b, t) for b in frame["basis"]],
            t("Currency"): frame["currency"],
            t("Sum of additive amounts"): [
                t("none may be added") if pd.isna(a) else t.money(a, c)
                for a, c in zip(frame["amount"], frame["currency"], strict=True)
            ],
            t("Amounts added"): frame["additive"],
            t("Amounts known"): frame["known"],
            t("Share of the plain total of all known amounts"): [
                "–" if pd.isna(s) else t.percent(s) for s in frame["share_of_known"]
            ],
        }
    )


def _item(row: pd.Series, t: Words) -> str:
    parts = [t.name(row, "testbed"), t.name(row, "program")]
    return " · ".join(p for p in parts if p)


def _span(row: pd.Series, t: Words) -> str:
    if pd.isna(row["year"]):
        return t("not stated")
    last = row["year"] if pd.isna(row["year_end"]) else row["year_end"]
    return t.years(int(row["year"]), int(last))


@made_once
def planned_table(result: Result, t: Words) -> pd.DataFrame:
    """Items with amounts on two or more bases."""
    rows = [row for _, row in result.frame.iterrows()]
    table = {
        t("Item"): [_item(r, t) for r in rows],
        t("Years"): [_span(r, t) for r in rows],
    }
    for basis in BASES:
        table[basis_word(basis, t)] = [
            "–" if pd.isna(r[basis]) else t.money(r[basis], "KRW") for r in rows
        ]
    return pd.DataFrame(table)


@made_once
def tree_table(result: Result, t: Words) -> pd.DataFrame:
    """Totals with their parts, indented."""
    rows = [row for _, row in result.frame.iterrows()]
    return pd.DataFrame(
        {
            t("Total and its parts"): [
                "　" * int(r["depth"]) + ("└ " if r["depth"] else "") + t.text(r, "recipient")
                for r in rows
            ],
            t("Programme"): [t.name(r, "program") or "–" for r in rows],
            t("Years"): [_span(r, t) for r in rows],
            t("Basis"): [basis_word(r["basis"], t) for r in rows],
            t("Amount"): [t.money(r["amount"], r["currency"]) for r in rows],
            t("Payer"): [t.text(r, "payer") or t.unknown for r in rows],
            t("May be added"): [t("yes") if r["is_additive"] else t("no") for r in rows],
        }
    )


@made_once
def support_table(result: Result, t: Words) -> pd.DataFrame:
    """Support of pilots beside later rounds."""
    rows = [row for _, row in result.frame.iterrows()]
    return pd.DataFrame(
        {
            t("Company"): [t.name(r, "company") for r in rows],
            t("Stated public support of its pilots"): [t.money(r["support"], "KRW") for r in rows],
            t("Rounds after the first pilot"): [int(r["rounds_after"]) for r in rows],
            t("Disclosed equity after the first pilot"): [
                "–" if pd.isna(r["disclosed_after"]) else t.money(r["disclosed_after"], "KRW")
                for r in rows
            ],
        }
    )


@made_once
def per_head_chart(result: Result, basis: str, t: Words) -> go.Figure:
    """Won per resident by province."""
    frame = result.frame
    words = dimension_words("sido", t)
    texts = [t.money(round(v), "KRW") for v in frame["per_head"]]
    drawn = pd.DataFrame(
        {
            "label": frame["code"].map(words),
            "value": frame["per_head"],
            "text": texts,
            "hover": [
                t(
                    "{label}: {amount} for {people} residents",
                    label=words[row["code"]],
                    amount=t.money(row["amount"], "KRW"),
                    people=t.number(row["population"]),
                )
                for _, row in frame.iterrows()
            ],
        }
    )
    title = t("{basis}, won per resident, additive amounts only", basis=basis_word(basis, t))
    return category_bars(drawn, axis_title=title)


@made_once
def per_head_table(result: Result, t: Words) -> pd.DataFrame:
    """The same as a table, with the population it rests on."""
    frame = result.frame
    return pd.DataFrame(
        {
            t("Province"): frame["code"].map(dimension_words("sido", t)),
            t("Won per resident"): [round(v) for v in frame["per_head"]],
            t("Sum (won)"): frame["amount"],
            t("Residents"): frame["population"],
            t("Year of the population"): frame["population_year"],
        }
    )


@made_once
def foreign_table(result: Result, t: Words) -> pd.DataFrame:
    """Foreign amounts in their own currency, and in won where a rate applies."""
    rows = [row for _, row in result.frame.iterrows()]
    return pd.DataFrame(
        {
            t("Recipient"): [t.text(r, "recipient") for r in rows],
            t("Basis"): [basis_word(r["basis"], t) for r in rows],
            t("Years"): [_span(r, t) for r in rows],
            t("Amount"): [t.money(r["amount"], r["currency"]) for r in rows],
            t("In won at the year's average rate"): [
                t("no rate for several or unknown years")
                if pd.isna(r["won"])
                else t.money(round(r["won"]), "KRW")
                for r in rows
            ],
            t("Note"): [t.text(r, "note") or "–" for r in rows],
        }
    )
