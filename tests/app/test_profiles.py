"""The profile pages without a browser: a few ids of each kind, and links that lead nowhere."""

from __future__ import annotations

import re

import pytest

from loaders.package import Lang
from tests.app.test_pages import open_page
from ui.i18n import LANGUAGES, Words

HANGUL = re.compile("[가-힣]")
SAMPLE = {
    "company": (
        "42dot",
        "autonomous-a2z",
        "hyundai-motor",
        "daejeon-city",
        "chargin",
        "seoul-city",
    ),
    "investor": ("hyundai-motor", "kia", "humax", "futureplay", "socar", "lg-electronics"),
    "testbed": (
        "sejong-5-1-national-pilot-city",
        "daejeon-smart-city-challenge",
        "cheonan-urban-tech-zone",
        "sejong-autonomous-free-zone",
        "andong-small-strong-smart-city",
        "anyang-av-zone",
    ),
    "program": (
        "smart-city-challenge",
        "smart-city-sandbox",
        "mss-oi",
        "all-sandbox",
        "1876-busan",
        "incheon-tryout",
    ),
}
CASES = [(kind, entity_id) for kind, ids in SAMPLE.items() for entity_id in ids]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("kind", "entity_id"), CASES)
def test_profile_tells_its_story(kind: str, entity_id: str, lang: Lang) -> None:
    t = Words(lang)
    at = open_page(f"{kind}.py", lang, id=entity_id)
    assert len(at.title) == 1
    headings = [h.value for h in at.header]
    for wanted in ("Facts", "In time", "Connected with", "What we do not know"):
        assert t(wanted) in headings
    assert (t("Investor view") in headings) == (kind == "investor")
    assert any(b.key == "sources-profile" for b in at.button)
    for chart in at.get("plotly_chart"):
        assert chart.proto.alt_text if hasattr(chart.proto, "alt_text") else chart.proto.alt
    if lang == "en":
        assert not any(HANGUL.search(h) for h in headings)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", SAMPLE)
@pytest.mark.parametrize("entity_id", ["", "hyundi motr", "<script>alert(1)</script>", "x" * 5000])
def test_unknown_id_helps_the_reader_on(kind: str, entity_id: str, lang: Lang) -> None:
    t = Words(lang)
    at = open_page(f"{kind}.py", lang, id=entity_id)
    assert at.text_input(key="param-q").label == t("Search by name or id")
    assert len(at.dataframe) == 1  # the directory
    assert not any("<script>" in block.proto.body for block in at.get("html"))


def test_near_matches_lead_to_profiles() -> None:
    at = open_page("company.py", "en", id="hyundi-motor")
    bodies = " ".join(block.proto.body for block in at.get("html"))
    assert 'href="company?id=hyundai-motor&amp;lang=en"' in bodies
    at.text_input(key="param-q").set_value("포티투닷").run()
    assert not at.exception
    bodies = " ".join(block.proto.body for block in at.get("html"))
    assert 'href="company?id=42dot&amp;lang=en"' in bodies


@pytest.mark.parametrize(
    ("file", "params", "kind"),
    [
        ("funnel.py", {}, "company"),
        ("investment.py", {}, "company"),
        ("testbeds.py", {}, "testbed"),
        ("testbeds.py", {"place": "KR-26"}, "program"),
    ],
)
def test_names_in_other_tables_lead_to_profiles(
    file: str, params: dict[str, str], kind: str
) -> None:
    at = open_page(file, "en", **params)
    columns = [d.value["Profile"] for d in at.dataframe if "Profile" in d.value]
    assert any(c.dropna().str.startswith(f"{kind}?id=").all() and len(c) for c in columns)
