"""The screen over pilots in both languages, run without a browser."""

from __future__ import annotations

import io
import re

import pytest
from openpyxl import load_workbook
from streamlit.testing.v1 import AppTest

from analytics.technologies import TechnologyFilter, technologies
from tests.app.test_pages import HANGUL, open_page, opened
from tests.unit.fixtures_small import committed
from ui import shortlist
from ui.data import ask, engine
from ui.i18n import LANGUAGES, Words

FILE = "technologies.py"
BUS, SHUTTLE = "a2z-sejong-brt-2022", "42dot-cheonggyecheon-2022"


def _texts(at: AppTest) -> list[str]:
    """Everything in words on the page, Markdown escapes removed."""
    elements = (*at.markdown, *at.caption, *at.get("html"))
    return [re.sub(r"\\(.)", r"\1", str(e.value)) for e in elements]


def _says(at: AppTest, text: str) -> bool:
    return any(text in said for said in _texts(at))


def _button(at: AppTest, key: str) -> None:
    at.button(key=key).click().run()
    assert not at.exception, [e.value for e in at.exception]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("view", ["table", "cards", "map"])
def test_every_view_in_both_languages(lang: str, view: str) -> None:
    at = open_page(FILE, lang, view=view, sector="mobility")
    total = len(committed("pilots"))
    mobility = (committed("pilots")["sector"] == "mobility").sum()
    assert any(str(total) in s and str(mobility) in s for s in _texts(at))
    labels = [b.label for b in at.button if b.label]
    assert labels
    if lang == "ko":
        assert all(HANGUL.search(label) for label in labels)
    else:
        assert not any(HANGUL.search(label) for label in labels)


def test_mobility_in_sejong_that_reached_the_field() -> None:
    at = open_page(FILE, "en", sector="mobility", region="KR-50", reached="field-demo")
    chosen = TechnologyFilter(stage_from="field-demo", sector=("mobility",), sido=("KR-50",))
    n = ask(technologies, chosen).covered
    assert _says(at, f"{n} of {len(committed('pilots'))} pilots of technologies match")
    assert _says(at, f"{n} reached a field demonstration or more")
    table = at.dataframe[0].value
    assert len(table) == n
    assert set(table["Sector"]) == {"Mobility"}
    assert set(table["Place"]) == {"Sejong"}


def test_options_carry_counts_that_follow_the_other_filters() -> None:
    at = open_page(FILE, "en", region="KR-50")
    pilots = committed("pilots")
    here = pilots[pilots["sido"] == "KR-50"]
    options = at.multiselect(key="param-sector").options
    assert f"Mobility ({(here['sector'] == 'mobility').sum()})" in options
    assert f"Robotics ({(here['sector'] == 'robotics').sum()})" in options
    at.multiselect(key="param-sector").select("mobility").run()
    assert at.query_params["sector"] == "mobility"
    provinces = at.multiselect(key="param-region").options
    seoul = ((pilots["sido"] == "KR-11") & (pilots["sector"] == "mobility")).sum()
    assert f"Seoul ({seoul})" in provinces


def test_search_forgives_a_mistake_and_says_so() -> None:
    at = open_page(FILE, "en", q="오토너머스", view="cards")
    assert _says(at, "Shown are names like it: 오토노머스에이투지")
    assert at.selectbox(key="param-sort").value == "match"
    at = open_page(FILE, "en", q="오토노머스")
    assert not _says(at, "Shown are names like it")


def test_a_query_that_finds_nothing_says_so() -> None:
    at = open_page(FILE, "en", q="쀍뛟휆뤫")
    assert any("Nothing in the data" in i.value for i in at.info)
    assert _says(at, "No technology in the data matches this choice.")


def test_pages_of_the_list() -> None:
    first, second = open_page(FILE, "en"), open_page(FILE, "en", page="2")
    assert _says(first, "Shown: 1–24 of")
    assert _says(second, "Shown: 25–48 of")
    assert not set(first.dataframe[0].value["Technology"].index) - set(range(24))
    second.multiselect(key="param-sector").select("mobility").run()
    assert _says(second, "Shown: 1–24 of")  # another filter begins at its first page
    assert "page" not in second.query_params


def test_order_is_stated() -> None:
    at = open_page(FILE, "en", sort="money")
    assert _says(at, "Order: Larger sum of disclosed equity rounds (KRW)")
    assert at.selectbox(key="param-sort").value == "money"


def test_stages_are_explained_with_their_readiness() -> None:
    at = opened(open_page(FILE, "en"), "stages")
    steps = at.table[0].value
    assert list(steps["Stage"])[:1] == ["Selected"]
    by_stage = dict(zip(steps["Stage"], steps["TRL band"], strict=True))
    assert by_stage["Field demonstration"] == "TRL 5–7"
    assert by_stage["Adopted"] == "TRL 8"
    assert by_stage["Selected"] == "–"
    assert "Ended without adoption" in by_stage


def test_further_filters_are_drawn_when_they_are_opened_or_in_use() -> None:
    at = open_page(FILE, "en")
    assert "param-host" not in {box.key for box in at.multiselect}
    assert "param-host" in {box.key for box in opened(at, "filters").multiselect}
    host = committed("pilots")["host_org_id"].dropna().iloc[0]
    in_use = open_page(FILE, "en", host=host)
    assert in_use.multiselect(key="param-host").value == [host]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_evidence_of_a_pilot(lang: str) -> None:
    at = open_page(FILE, lang, pilot=SHUTTLE)
    t = Words("ko" if lang == "ko" else "en")
    for title in (
        t("Steps reached"),
        t("What ended"),
        t("Who says so"),
        t("Investment rounds of the company"),
        t("What is not known"),
    ):
        assert _says(at, title)
    steps = next(d.value for d in at.dataframe if t("What the date is") in d.value)
    assert list(steps[t("Date")]) == ["2022-11-25", "2024-12"]


def test_shortlist_in_the_link() -> None:
    at = open_page(FILE, "en", view="cards", q="a2z")
    _button(at, f"add-card-{BUS}")
    assert at.query_params["list"] == BUS
    assert any(h.value == "Shortlist (1 of 20)" for h in at.header)
    _button(at, f"remove-card-{BUS}")
    assert "list" not in at.query_params


def test_comparison_side_by_side() -> None:
    at = open_page(FILE, "en", list=f"{BUS},{SHUTTLE}", compare=f"{BUS},{SHUTTLE}")
    table = at.table[0].value
    assert next(iter(table.columns)) == "Fact"
    assert len(table.columns) == 3
    stages = table[table["Fact"] == "Highest known stage"].iloc[0].tolist()
    assert stages[1] == "Field demonstration"
    assert stages[2].startswith("Ended without adoption")
    _button(at, f"remove-listed-{SHUTTLE}")
    assert at.query_params["compare"] == BUS  # one alone is not compared
    assert not at.table


def test_a_list_that_is_too_long_or_unknown_is_cut_with_a_notice() -> None:
    ids = committed("pilots")["pilot_id"].head(21)
    at = open_page(FILE, "en", list=",".join(ids))
    assert any(h.value == "Shortlist (20 of 20)" for h in at.header)
    assert any("list" in w.value for w in at.warning)
    at = open_page(FILE, "en", list=f"{BUS},nobody", pilot="nobody", compare="nobody")
    assert any(h.value == "Shortlist (1 of 20)" for h in at.header)
    assert any("list" in w.value and "pilot" in w.value for w in at.warning)


def test_list_functions() -> None:
    assert shortlist.with_pilots(("a", "b"), ("b", "c")) == ("a", "b", "c")
    full = tuple(f"p{n}" for n in range(20))
    assert shortlist.with_pilots(full, ("x",)) == full
    assert shortlist.without_pilot(("a", "b"), "a") == ("b",)


def test_workbook_holds_data_sources_and_the_query() -> None:
    chosen = TechnologyFilter(stage_from="field-demo", sector=("mobility",), sido=("KR-50",))
    result = ask(technologies, chosen)
    parameters = {"lang": "en", "reached": "field-demo", "q": "=1+1"}
    book = load_workbook(io.BytesIO(shortlist.workbook_of(result.frame, parameters, Words("en"))))
    assert book.sheetnames == ["data", "sources", "query"]
    ids = [row[0].value for row in book["data"].iter_rows(min_row=2)]
    assert ids == list(result.frame["pilot_id"])
    steps, pilots = committed("milestones"), committed("pilots")
    behind = {
        (row[0], row[1])
        for frame in (steps, pilots)
        for row in frame[["pilot_id", "source_id"]].itertuples(index=False)
        if row[0] in ids
    }
    assert book["sources"].max_row - 1 == len(behind)
    query = {row[0].value: row[1].value for row in book["query"].iter_rows(min_row=2)}
    assert query["Snapshot"] == engine().snapshot_id
    assert query["Rows"] == str(result.covered)
    assert query["?reached="] == "field-demo"
    assert query["?q="] == "'=1+1"


def test_hostile_parameters_are_dropped() -> None:
    hostile = "<img src=x onerror=alert(1)>"
    names = ("reached", "stage", "since", "host", "investor", "sites", "funded", "sort", "view")
    at = open_page(FILE, "en", **dict.fromkeys((*names, "page", "pilot", "list"), hostile))
    warned = " ".join(w.value for w in at.warning)
    assert all(name in warned for name in names)
    assert "onerror" not in warned
    assert _says(at, f"{len(committed('pilots'))} pilots of technologies")


def test_markup_in_the_search_text_stays_text() -> None:
    at = open_page(FILE, "en", q="[오토너머스](http://x) <b>")
    assert not any("](http://x" in c.value for c in at.caption)
    at = open_page(FILE, "en", q="**오토너머스**")
    told = next(c.value for c in at.caption if "No name holds" in c.value)
    assert "\\*\\*" in told
