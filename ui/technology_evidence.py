"""The evidence about one pilot in a dialog: what is known, from whom, and what is not."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from analytics import pilot_evidence
from analytics.pilot_evidence import Evidence, evidence
from analytics.profiles import Kind
from ui import shortlist, state
from ui.data import ask
from ui.i18n import Words
from ui.links import link_columns, link_list, profile_link
from ui.safe import http_url, markdown
from ui.tables import show
from ui.technology_words import host_word, place_word, stage_word, trl
from ui.words import keys_in_order, vocabulary

PILOT = "pilot"
_PROFILES: Mapping[Kind, str] = {
    "company": "org_id",
    "program": "program_id",
    "testbed": "testbed_id",
}


def _unknown_words(row: pd.Series, t: Words) -> Mapping[str, str]:
    return {
        pilot_evidence.START: t("when the pilot started"),
        pilot_evidence.STEP_DATES: t("the date of at least one step"),
        pilot_evidence.HOST: t("who hosted it"),
        pilot_evidence.PLACE: t("in which city or district it took place"),
        pilot_evidence.PROGRAM: t("which programme supported it, if any"),
        pilot_evidence.LATER_STEP: t(
            "whether it went on to a contract or sale (not known is not failed)"
        ),
        pilot_evidence.SUPPORT: t("the public support of this pilot"),
        pilot_evidence.ROUNDS: t("any investment round of the company"),
        pilot_evidence.AMOUNTS: t.plural(
            "the amount of {n} round, or it may not be summed",
            "the amounts of {n} rounds, or they may not be summed",
            int(row["rounds"] - row["rounds_summed"]),
        ),
        pilot_evidence.OTHER_SOURCE: t("any source other than the company itself"),
    }


def _page_columns(frame: pd.DataFrame, t: Words) -> dict[str, list[object]]:
    return {
        t("Publisher"): [t.text(r, "publisher") or t.unknown for _, r in frame.iterrows()],
        t("Published"): [t.date(d) for d in frame["published"]],
        t("Page"): [http_url(u) if isinstance(u, str) else None for u in frame["url"]],
    }


def _show(table: pd.DataFrame, alt: str) -> None:
    show(table, alt=alt, column_config=link_columns(table))


def steps_table(found: Evidence, t: Words) -> pd.DataFrame:
    """Steps reached, an end last, with date, basis of the date and page."""
    steps = found.steps
    return pd.DataFrame(
        {
            t("Stage"): [t.text(r, "name") for _, r in steps.iterrows()],
            t("TRL band"): [
                trl(a, b, t) for a, b in zip(steps["trl_low"], steps["trl_high"], strict=True)
            ],
            t("Date"): [t.date(d) for d in steps["date"]],
            t("What the date is"): [
                t.code("milestones", "date_basis", b) for b in steps["date_basis"]
            ],
            **_page_columns(steps, t),
            t("Remark"): [t.text(r, "note") or "–" for _, r in steps.iterrows()],
        }
    )


def sites_table(found: Evidence, t: Words) -> pd.DataFrame:
    """All pilots of the company by site."""
    rows = [r for _, r in found.sites.iterrows()]
    return pd.DataFrame(
        {
            t("Testbed"): [t.text(r, "testbed") or "–" for r in rows],
            t("Host"): [host_word(r, t) for r in rows],
            t("Place"): [place_word(r, t) for r in rows],
            t("Technology"): [t.text(r, "technology") for r in rows],
            t("Highest known stage"): [stage_word(r, t) for r in rows],
        }
    )


def pages_table(found: Evidence, t: Words) -> pd.DataFrame:
    """Pages behind the pilot, and which of them are the company's own."""
    own = [t("yes") if o else t("no") for o in found.pages["own"]]
    return pd.DataFrame({**_page_columns(found.pages, t), t("The company's own page"): own})


def ended_table(found: Evidence, t: Words) -> pd.DataFrame:
    """Events of the company or the testbed."""
    rows = found.ended
    return pd.DataFrame(
        {
            t("Event"): [t.code("events", "kind", k) for k in rows["kind"]],
            t("Date"): [t.date(d) for d in rows["date"]],
            t("What happened"): [t.text(r, "description") for _, r in rows.iterrows()],
            **_page_columns(rows, t),
        }
    )


def rounds_table(found: Evidence, t: Words) -> pd.DataFrame:
    """Rounds of the company, oldest first."""
    rows = found.rounds
    return pd.DataFrame(
        {
            t("Round"): [t.code("investments", "round", r) for r in rows["round"]],
            t("Date"): [t.date(d) for d in rows["date"]],
            t("In time"): [
                t("after the first pilot") if after else t("before it, or order unclear")
                for after in rows["after"]
            ],
            t("Amount"): [
                t.money(a, c) for a, c in zip(rows["amount"], rows["currency"], strict=True)
            ],
            **_page_columns(rows, t),
        }
    )


def _summary(row: pd.Series, t: Words) -> None:
    with st.grid(3, min_column_width=150):
        st.metric(
            t("Highest known stage"),
            markdown(vocabulary(t, "stages")[row["stage"]]),
            border=True,
            height="stretch",
        )
        st.metric(t("Sites of the company"), t.number(row["sites"]), border=True, height="stretch")
        st.metric(
            t("Other publishers"),
            t.number(row["other_publishers"]),
            border=True,
            height="stretch",
        )
    if row["only_own"]:
        st.warning(
            t("The company itself is the only source of this pilot."), icon=":material/campaign:"
        )
    if said := t.text(row, "outcome"):
        st.markdown(markdown(said))


def _body(found: Evidence, t: Words) -> None:
    row = found.facts.frame.iloc[0]
    st.markdown(markdown(f"{host_word(row, t)} · {place_word(row, t)}"))
    link_list(
        profile_link(kind, str(row[key]), t.name(row, kind), t)
        for kind, key in _PROFILES.items()
        if not pd.isna(row[key])
    )
    _summary(row, t)
    shortlist.toggle_button(str(row["pilot_id"]), t, "evidence")
    st.markdown("### " + t("Steps reached"))
    _show(steps_table(found, t), t("Steps reached"))
    st.markdown("### " + t("What ended"))
    if found.ended.empty and not row["ended"]:
        st.caption(t("No end is known. Ends are hardly ever reported, so it may have ended."))
    elif found.ended.empty:
        st.caption(t("The pilot ended without adoption; see the steps above."))
    else:
        _show(ended_table(found, t), t("What ended"))
    st.markdown("### " + t("Where the company's technology was tried"))
    _show(sites_table(found, t), t("Where the company's technology was tried"))
    st.markdown("### " + t("Who says so"))
    _show(pages_table(found, t), t("Who says so"))
    st.markdown("### " + t("Investment rounds of the company"))
    if found.rounds.empty:
        st.caption(t("No round known"))
    else:
        _show(rounds_table(found, t), t("Investment rounds of the company"))
    st.markdown("### " + t("What is not known"))
    words = _unknown_words(row, t)
    lines = [words[code] for code in found.unknown] or [t("Nothing that this page looks for")]
    st.markdown("\n".join(f"- {markdown(line)}" for line in lines))


def open_if_asked(t: Words) -> None:
    """Open the evidence of the pilot that the link names, if it names one."""
    pilot = state.one(PILOT, ("", *keys_in_order("pilots")), "")
    if not pilot:
        return
    found = ask(evidence, pilot)
    row = found.facts.frame.iloc[0]

    @st.dialog(
        markdown(t.text(row, "technology")),
        width="large",
        on_dismiss=lambda: state.set_one(PILOT, ""),
    )
    def opened() -> None:
        _body(found, t)

    opened()
