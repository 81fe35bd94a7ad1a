"""Words for codes of the analytics that the pages and the printed briefs share."""

from __future__ import annotations

import pandas as pd

from analytics.linkage import AFTER, BEFORE, UNCLEAR
from loaders.i18n import Words


def relation_words(t: Words) -> dict[str, str]:
    """Words for a round's place in time."""
    return {
        AFTER: t("after the first pilot"),
        BEFORE: t("before the first pilot"),
        UNCLEAR: t("order unclear"),
    }


def months_text(low: float, high: float, t: Words) -> str:
    """A delay in months as far as the dates allow to say."""
    if pd.isna(low):
        return "–"
    if pd.isna(high):
        return t("at least {low}", low=t.number(low))
    return t.number(low) if round(low) == round(high) else f"{t.number(low)}–{t.number(high)}"


def scope_word(scope: str, side: str, t: Words) -> str:
    """What a published series counts."""
    counted = t.code("cohorts", "scope", scope)
    return counted if side == "supply" else f"{counted} · {t.code('cohorts', 'side', side)}"


def gap_sentence(code: str, n: int, total: int, t: Words) -> str:
    """One thing that is not known."""
    of = {"n": t.number(n), "total": t.number(total)}
    return {
        "no-founding-year": t("The founding year is not known."),
        "no-place": t("The province of its seat is not known."),
        "no-round": t("No investment round is known; that does not mean there was none."),
        "no-pilot": t("No pilot is known by name."),
        "no-money": t("No amount of public money is known."),
        "no-designation-year": t("The year of designation is not known."),
        "no-opening-year": t("The year of opening is not known."),
        "no-operator": t("The operator is not known."),
        "no-area": t("The area is not known."),
        "no-site-point": t("The exact site is not known; the point is its municipality."),
        "status-old": t("The state was noted more than two years before the date of the data."),
        "status-undated": t("It is not known when the state was noted."),
        "no-first-year": t("The first year is not known."),
        "no-edition": t("No yearly edition is known."),
        "no-count": t("No count is published."),
        "no-outcome-count": t("No count of any outcome after the selection is published."),
        "own-share": t(
            "The investor’s own share of a round is not published; amounts are of whole rounds."
        ),
        "edition-no-window": t("{n} of {total} editions: no application window.", **of),
        "edition-no-budget": t("{n} of {total} editions: no budget.", **of),
        "step-undated": t("{n} of {total} milestones: no date.", **of),
        "step-page-date": t(
            "{n} of {total} milestones: only the date of the page, no date of the event.", **of
        ),
        "pilot-only-selected": t(
            "{n} of {total} pilots: nothing known beyond the selection; that is not failure.", **of
        ),
        "pilot-no-outcome": t("{n} of {total} pilots: no outcome published.", **of),
        "pilot-no-host": t("{n} of {total} pilots: host not known.", **of),
        "pilot-no-place": t("{n} of {total} pilots: place in Korea not known.", **of),
        "round-undated": t("{n} of {total} investments: no date.", **of),
        "round-undisclosed": t("{n} of {total} investments: amount undisclosed.", **of),
        "round-no-investor": t("{n} of {total} investments: investor not stated.", **of),
        "round-order": t(
            "{n} of {total} investments: before or after the first pilot is not clear.", **of
        ),
        "investee-no-pilot": t("{n} of {total} companies: no pilot known.", **of),
    }[code]
