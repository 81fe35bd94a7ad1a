"""The ranked lists of the partner page: cards, tables, and what was left out."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from analytics.matching import Ranking, Weights
from analytics.profiles import Kind
from analytics.windows import CLOSING, OPEN
from ui import layout
from ui.data import shared
from ui.i18n import Words
from ui.kept import made_once
from ui.links import with_profiles
from ui.partner_reasons import Reasons, part_words, technology_name
from ui.provenance import unit_word
from ui.safe import markdown
from ui.tables import KEYS, show

CARDS = 6


@dataclass(frozen=True, slots=True)
class Listing:
    """A ranked list as it is shown.

    Attributes:
        key: name of its table and file.
        name: what a row is called.
        profile: whose profile a row leads to.
    """

    key: str
    ranking: Ranking
    weights: Weights
    name: Callable[[pd.Series], str]
    profile: Kind


def criterion_words(t: Words) -> dict[str, str]:
    """Names of the hard criteria."""
    return {
        "age": t("age limit of the newest edition"),
        "place": t("known to be elsewhere"),
        "foreign": t("not known to be open to foreign firms"),
        "sector": t("another sector"),
        "at_least": t("this step is not known to be reached"),
        "words": t("the words do not occur"),
    }


def ranked_table(ranking: Ranking, names: list[str], reasons: Reasons, t: Words) -> pd.DataFrame:
    """Rank, name, score, its parts, and the reasons."""
    frame, words = ranking.result.frame, part_words(t)
    parts = [c for c in frame if str(c).startswith("part_")]
    table = {
        t("Name"): names,
        t("Rank"): list(range(1, len(frame) + 1)),
        t("Score"): frame["score"].round(1).to_numpy(),
    }
    table |= {words[str(c).removeprefix("part_")]: frame[c].round(1).to_numpy() for c in parts}
    table[t("Reasons")] = ["; ".join(reasons(row)) for _, row in frame.iterrows()]
    return pd.DataFrame(table)


def card_texts(
    listing: Listing, names: list[str], reasons: Reasons, t: Words
) -> list[tuple[str, str]]:
    """Head and list of reasons of the best, as Markdown."""
    full = t.number(sum(weight for _, weight in listing.weights))
    best = listing.ranking.result.frame.head(CARDS)
    texts = []
    for place, (name, (_, row)) in enumerate(zip(names, best.iterrows(), strict=False), start=1):
        score = t("score {score} of {full}", score=t.number(row["score"], 1), full=full)
        head = f"**{place}\\. {markdown(name)}** · {markdown(score)}"
        texts.append((head, "\n".join(f"- {markdown(reason)}" for reason in reasons(row))))
    return texts


def _cards(texts: list[tuple[str, str]]) -> None:
    with st.grid(2, min_column_width=320):
        for head, reasons in texts:
            with st.container(border=True, height="stretch", gap="xsmall"):
                st.markdown(head)
                st.markdown(reasons)


@made_once
def _left_out_table(out: pd.DataFrame, t: Words) -> pd.DataFrame:
    words = criterion_words(t)
    return pd.DataFrame(
        {
            t("Criterion"): [words[c] for c in out["criterion"]],
            t("Left out by it"): out["excluded"].to_numpy(),
            t("By it alone"): out["alone"].to_numpy(),
        }
    )


def _left_out(ranking: Ranking, t: Words) -> None:
    """How many each hard criterion leaves out."""
    out = ranking.left_out
    if out.empty:
        st.caption(t("Nothing is left out: no hard criterion was set."))
        return
    dropped = ranking.considered - len(ranking.result.frame)
    st.caption(
        t(
            "Left out: {n} of {total}. One line may be left out by several criteria.",
            n=t.number(dropped),
            total=unit_word(ranking.result.unit, ranking.considered, t),
        )
    )
    show(_left_out_table(out, t), alt=t("Why others were left out"))


def no_match(ranking: Ranking, t: Words) -> str:
    """Why nothing is left: the criterion that excludes most."""
    if ranking.left_out.empty:
        return t("Nothing in the data matches this choice.")
    top = ranking.left_out.iloc[0]
    return t(
        "No match. Most are left out by “{criterion}” ({n} of {total}); without it {alone} would "
        "come back.",
        criterion=criterion_words(t)[top["criterion"]],
        n=t.number(top["excluded"]),
        total=t.number(ranking.considered),
        alone=t.number(top["alone"]),
    )


def ranked(listing: Listing, reasons: Reasons, t: Words, *view: Hashable) -> None:
    """The best as cards, all as a table, and what was left out.

    ``view``: what the list depends on; the table's hundreds of reasons are worded once.
    """
    ranking = listing.ranking
    names = shared(
        f"{listing.key}-names",
        lambda: [listing.name(row) for _, row in ranking.result.frame.iterrows()],
        *view,
        t.lang,
    )
    if names:
        _cards(
            shared(
                f"{listing.key}-cards",
                lambda: card_texts(listing, names, reasons, t),
                *view,
                t.lang,
            )
        )
        title = {
            "partner-programs": t("All programmes, by score"),
            "partner-hosts": t("All hosts, by score"),
            "partner-technologies": t("All technologies, by score"),
        }[listing.key]
        ids = ranking.result.frame[KEYS[listing.profile]]
        table = shared(
            f"{listing.key}-table",
            lambda: with_profiles(
                ranked_table(ranking, names, reasons, t), listing.profile, ids, t
            ),
            *view,
            t.lang,
        )
        layout.table(listing.key, title, ranking.result, table, t)
    else:
        st.info(no_match(ranking, t), icon=":material/search_off:")
    title, icon = t("Why others were left out"), ":material/filter_alt_off:"
    with layout.fold(f"{listing.key}-left-out", title, icon) as left_out:
        if left_out.open:
            with layout.aside(f"{listing.key}-left-out"):
                _left_out(ranking, t)


def programs_finding(ranking: Ranking, t: Words) -> str:
    """How many fit, and the first by score."""
    if ranking.result.frame.empty:
        return t("No programme fits")
    frame = ranking.result.frame
    opened = int(frame["status"].isin((OPEN, CLOSING)).sum())
    return t(
        "{n} of {total} programmes may fit, {open} of them known to be open; "
        "first by score: {name}",
        n=t.number(len(frame)),
        total=t.number(ranking.considered),
        open=t.number(opened),
        name=t.text(frame.iloc[0], "name"),
    )


def hosts_finding(ranking: Ranking, t: Words) -> str:
    """How many hosts fit, and the first by score."""
    if ranking.result.frame.empty:
        return t("No host fits")
    return t(
        "{n} of {total} hosts may fit; first by score: {name}",
        n=t.number(len(ranking.result.frame)),
        total=t.number(ranking.considered),
        name=t.text(ranking.result.frame.iloc[0], "name"),
    )


def technologies_finding(ranking: Ranking, t: Words) -> str:
    """How many technologies fit, and the first by score."""
    if ranking.result.frame.empty:
        return t("No technology fits")
    return t(
        "{n} of {total} technologies fit; first by score: {name}",
        n=t.number(len(ranking.result.frame)),
        total=t.number(ranking.considered),
        name=technology_name(ranking.result.frame.iloc[0], t),
    )


def answer(findings: list[str], is_empty: bool, t: Words) -> str:
    """The page's answer; says when nothing was asked."""
    text = ". ".join(findings) + "."
    if is_empty:
        return t("Nothing said yet, so evidence alone ranks. {findings}", findings=text)
    return text
