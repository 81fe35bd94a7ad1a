"""Sentences of the money page, computed from the frames they title."""

from __future__ import annotations

import pandas as pd

from analytics.money import Dimension
from analytics.result import Result
from ui.i18n import Words
from ui.kept import made_once
from ui.money_views import basis_word, dimension_words


@made_once
def bases_finding(result: Result, t: Words) -> str:
    """The four bases in one sentence."""
    frame = result.frame[(result.frame["currency"] == "KRW") & result.frame["amount"].notna()]
    if frame.empty:
        return t("No amount of this choice may be added")
    parts = [
        f"{basis_word(b, t)} {t.money(a, 'KRW')}"
        for b, a in zip(frame["basis"], frame["amount"], strict=True)
    ]
    return t("Known and addable: {parts}", parts=", ".join(parts))


@made_once
def breakdown_finding(result: Result, basis: str, dimension: Dimension, t: Words) -> str:
    """The largest group of one basis."""
    frame = result.frame[(result.frame["basis"] == basis) & result.frame["amount"].notna()]
    if frame.empty:
        return t("No amount of this choice may be added")
    top, total = frame.iloc[0], frame["amount"].sum()
    name = dimension_words(dimension, t).get(top["code"], top["code"])
    return t(
        "{basis}: {amount} in {n} groups, most in “{name}” ({share})",
        basis=basis_word(basis, t),
        amount=t.money(total, "KRW"),
        n=t.number(len(frame)),
        name=name,
        share=t.percent(top["amount"] / total),
    )


@made_once
def planned_finding(result: Result, t: Words) -> str:
    """How many items have two bases."""
    if result.frame.empty:
        return t("No item of this choice has amounts on two bases")
    return t.plural(
        "{n} item has known amounts on two or more bases",
        "{n} items have known amounts on two or more bases",
        len(result.frame),
    )


@made_once
def support_finding(result: Result, t: Words) -> str:
    """Stated support and what followed, with the ratio only where there is one."""
    frame = result.frame
    if frame.empty:
        return t("No pilot of this choice has a stated amount of public support")
    total = frame["support"].sum()
    followed = frame["disclosed_after"].dropna()
    words = {
        "n": t.number(len(frame)),
        "support": t.money(total, "KRW"),
        "rounds": t.number(int((frame["rounds_after"] > 0).sum())),
    }
    if followed.empty:
        return t(
            "{n} companies with {support} of stated pilot support: {rounds} are known to have "
            "been followed by a round, none with a disclosed amount",
            **words,
        )
    supported = frame[frame["disclosed_after"].notna()]["support"].sum()
    return t(
        "{n} companies with {support} of stated pilot support: {rounds} were followed by a round; "
        "disclosed equity of {equity} in {m} of them, {ratio} times their support",
        equity=t.money(followed.sum(), "KRW"),
        m=t.number(len(followed)),
        ratio=t.number(float(followed.sum()) / float(supported), 1),
        **words,
    )


@made_once
def money_answer(result: Result, t: Words) -> str:
    """The page's answer: what is known of the awarded and spent money."""
    frame = result.frame[result.frame["currency"] == "KRW"].set_index("basis")["amount"]

    def amount(basis: str) -> str:
        value = frame.get(basis, float("nan"))
        return t.unknown if pd.isna(value) else t.money(value, "KRW")

    return t(
        "Of the amounts that may be added, {awarded} were awarded and {spent} are known to be "
        "spent; the rest of the known amounts overlap and are listed, not summed.",
        awarded=amount("awarded"),
        spent=amount("spent"),
    )


@made_once
def per_head_finding(result: Result, basis: str, t: Words) -> str:
    """The province with most money per resident."""
    if result.frame.empty:
        return t("No amount of this choice may be added")
    top = result.frame.iloc[0]
    return t(
        "{basis}: most per resident in {place}, {amount} ({n} provinces with addable amounts)",
        basis=basis_word(basis, t),
        place=dimension_words("sido", t)[top["code"]],
        amount=t.money(round(top["per_head"]), "KRW"),
        n=t.number(len(result.frame)),
    )
