"""What a newcomer comes for, done in a browser from the first click to the answer.

Everything that a task should find is counted from the committed tables, without the
code under test.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from pathlib import Path
from urllib.parse import urlsplit

import pandas as pd
import pytest
from openpyxl import load_workbook
from playwright.sync_api import Locator, expect

from loaders.package import Lang
from tests.e2e.browsing import View
from tests.e2e.conftest import Opener
from tests.unit.fixtures_small import committed
from ui.i18n import LANGUAGES, Words

pytestmark = pytest.mark.e2e

SCREEN = "/technologies"
#: Links of one kind that a profile shows before the rest must be opened.
SHOWN_AT_ONCE = 12
AGE = 6
_VOWELS, _FINALS = 21, 28


def _word(table: str, code: str, lang: Lang, stem: str = "name") -> str:
    """The name of a row of a committed table."""
    frame = committed(table)
    return str(frame.loc[frame.iloc[:, 0] == code, f"{stem}_{lang}"].item())


def _box(view: View, key: str) -> Locator:
    return view.page.locator(f".st-key-{key}")


def _pick(view: View, name: str, word: str, code: str) -> None:
    """Choose ``word`` in the box of a parameter, whatever count stands behind it."""
    box = _box(view, f"param-{name}").get_by_role("combobox")
    box.click()
    box.press_sequentially(word)  # long lists hold only what is in sight
    label = re.compile(rf"^{re.escape(word)}( \([\d,]+\))?$")
    view.page.get_by_role("option", name=label).click()
    view.page.keyboard.press("Escape")
    view.wait_for_param(name, code)


def _saved(view: View, key: str) -> bytes:
    """The file that a button gives."""
    with view.page.expect_download() as download:
        _box(view, key).get_by_role("button").click()
    return Path(download.value.path()).read_bytes()


def _mobility_tried_in_sejong() -> list[str]:
    ladder = committed("stages").query("kind == 'ladder'").set_index("stage")["rank"].astype(int)
    steps = committed("milestones")
    furthest = steps.assign(rank=steps["stage"].map(ladder)).groupby("pilot_id")["rank"].max()
    reached = set(furthest[furthest >= ladder["field-demo"]].index)
    pilots = committed("pilots").query("sector == 'mobility' and sido == 'KR-50'")
    return sorted(reached & set(pilots["pilot_id"]))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_mobility_tried_in_sejong_as_files(open_page: Opener, lang: Lang) -> None:
    expected = _mobility_tried_in_sejong()
    assert expected
    view = open_page(SCREEN, lang)
    _pick(view, "sector", _word("sectors", "mobility", lang), "mobility")
    _pick(view, "region", _word("regions", "KR-50", lang, "short"), "KR-50")
    _pick(view, "reached", _word("stages", "field-demo", lang), "field-demo")

    head = Words(lang)("Pilot id")
    text = _saved(view, "csv-technologies").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert sorted(row[head] for row in rows) == expected
    assert {row[Words(lang)("Sector")] for row in rows} == {_word("sectors", "mobility", lang)}

    book = load_workbook(io.BytesIO(_saved(view, "xlsx-technologies")))
    first, *body = book["data"].iter_rows(values_only=True)
    assert list(first) == list(rows[0])
    assert [line[first.index(head)] for line in body] == [row[head] for row in rows]
    query = {str(line[0]): line[1] for line in book["query"].iter_rows(values_only=True)}
    assert {name: query[f"?{name}="] for name in view.params} == view.params
    view.clean()


def _investor_of_two() -> tuple[str, str, str]:
    """A pilot company, an investor of it, and another pilot company of that investor."""
    rounds = committed("investments")[["investment_id", "org_id"]]
    links = committed("investment_investors").merge(rounds, on="investment_id")
    pairs = links[["investor_id", "org_id"]].drop_duplicates()
    backers = pairs.groupby("org_id")["investor_id"].size()
    chosen = pairs.groupby("investor_id")["org_id"].agg(sorted)
    pilot_companies = set(committed("pilots")["org_id"])
    for investor, companies in chosen.items():
        tried = [c for c in companies if c in pilot_companies and backers[c] <= SHOWN_AT_ONCE]
        if len(tried) > 1 and len(companies) <= SHOWN_AT_ONCE:
            return tried[0], str(investor), tried[1]
    raise AssertionError("no investor is in two pilot companies")


def _follow(view: View, heading: str, name: str) -> None:
    """Click the link to ``name`` in the list under ``heading``."""
    boxes = view.page.get_by_test_id("stVerticalBlock")
    group = boxes.filter(has=view.page.get_by_text(heading, exact=True)).last
    group.get_by_role("link", name=re.compile(rf"^{re.escape(name)}( \(.*\))?$")).click()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_from_a_company_over_its_investor_to_another_company(open_page: Opener, lang: Lang) -> None:
    t = Words(lang)
    company, investor, other = _investor_of_two()
    view = open_page(f"/company?id={company}", lang)
    expect(view.title).to_contain_text(_word("organizations", company, lang))
    _follow(view, t("Investors"), _word("organizations", investor, lang))
    view.wait_for_path("/investor")
    expect(view.title).to_contain_text(_word("organizations", investor, lang))
    assert view.params == {"id": investor, "lang": lang}
    _follow(view, t("Companies it invested in"), _word("organizations", other, lang))
    view.wait_for_path("/company")
    expect(view.title).to_contain_text(_word("organizations", other, lang))
    assert view.params == {"id": other, "lang": lang}
    view.clean()


def _may_take(program: pd.Series) -> bool:
    """Whether the tables leave open that a programme takes a firm of that age out there."""
    regions = committed("regions").set_index("sido")["is_capital_area"]
    places = [p for p in program["sido"].split(";") if p]
    outside = not places or any(regions[p] == "false" for p in places)
    editions = committed("program_editions")
    mine = editions[editions["program_id"] == program["program_id"]]
    newest = mine[mine["edition_year"] == mine["edition_year"].max()]
    limits = [int(n) for n in newest["max_company_age_years"] if n]
    return outside and "KR" in program["country"] and all(limit > AGE for limit in limits)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_programmes_for_a_robotics_startup_with_reasons(open_page: Opener, lang: Lang) -> None:
    t = Words(lang)
    support = t.code("programs", "stages_supported", "poc")
    view = open_page("/partners", lang)
    _pick(view, "sector", _word("sectors", "robotics", lang), "robotics")
    _pick(view, "need", support, "poc")
    age = _box(view, "param-age").get_by_role("spinbutton")
    age.fill(str(AGE))
    age.press("Enter")
    view.wait_for_param("age", str(AGE))
    _pick(view, "where", t("Only outside the capital area"), "outside-capital")

    cards = view.page.get_by_test_id("stMarkdown").filter(
        has=view.page.locator("strong", has_text=re.compile(r"^\d+\. "))
    )
    names = [re.sub(r"^\d+\. ", "", n) for n in cards.locator("strong").all_inner_texts()[:6]]
    reasons = [
        [line.strip() for line in text.splitlines()]
        for text in view.page.locator("[data-testid='stMarkdown'] ul").all_inner_texts()
    ]
    programs = committed("programs")
    assert names
    for name, why in zip(names, reasons, strict=False):
        found = programs[[name.startswith(n) for n in programs[f"name_{lang}"]]]
        assert len(found), name
        assert found.apply(_may_take, axis=1).any(), name
        assert len(why) > 3, name
        if t("supports: {support}", support=support) in why:
            assert found["stages_supported"].str.contains("poc").any(), name
    assert any(t("supports: {support}", support=support) in why for why in reasons)
    view.clean()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_copied_shortlist_shows_the_same_companies_in_the_other_language(
    open_page: Opener, lang: Lang
) -> None:
    t = Words(lang)
    sender = open_page(f"{SCREEN}?view=cards", lang)
    for n in range(3):
        add = sender.page.get_by_role("button", name=t("Add to the shortlist"))
        add.nth(n).click()  # the card's own button turns into one to remove
        expect(_on_the_list(sender)).to_have_count(n + 1)
        sender.settle()
    pilots = sender.params["list"].split(",")
    assert len(set(pilots)) == 3

    other: Lang = "ko" if lang == "en" else "en"
    copied = urlsplit(sender.page.url).query.replace(f"lang={lang}", f"lang={other}")
    receiver = open_page(f"{SCREEN}?{copied}", "")
    expect(_on_the_list(receiver)).to_have_count(3)
    companies = committed("pilots").set_index("pilot_id")["org_id"]
    for view, spoken in ((sender, lang), (receiver, other)):
        for pilot in pilots:
            row = view.page.get_by_test_id("stHorizontalBlock").filter(
                has=_box(view, f"remove-listed-{pilot}")
            )
            expect(row.last).to_contain_text(_word("organizations", companies[pilot], spoken))
        view.clean()
    assert receiver.params == {**sender.params, "lang": other}


def _on_the_list(view: View) -> Locator:
    return view.page.locator("[class*='st-key-remove-listed-']")


def _misspelt(name: str) -> str:
    """The name with the vowel of its third syllable replaced by the next one."""
    at = ord(name[2]) - ord("가")
    final, vowel, lead = at % _FINALS, at // _FINALS % _VOWELS, at // _FINALS // _VOWELS
    wrong = (lead * _VOWELS + (vowel + 1) % _VOWELS) * _FINALS + final
    return name[:2] + chr(ord("가") + wrong) + name[3:]


def _type(view: View, text: str) -> None:
    """Type as a Korean keyboard does: each syllable grows in the box until it is finished."""
    keyboard = view.page.context.new_cdp_session(view.page)
    for letter in text:
        growing = unicodedata.normalize("NFD", letter)
        for n in range(1, len(growing) + 1):
            shown = unicodedata.normalize("NFC", growing[:n])
            keyboard.send(
                "Input.imeSetComposition",
                {"text": shown, "selectionStart": len(shown), "selectionEnd": len(shown)},
            )
        keyboard.send("Input.insertText", {"text": letter})


def _korean_names() -> pd.Series:
    """Korean names of the pilot companies, longest first, by id."""
    names = committed("organizations").set_index("org_id")["name_ko"]
    names = names[sorted(set(committed("pilots")["org_id"]))]
    return names.loc[names.str.len().sort_values(ascending=False, kind="stable").index]


def _wrongly_typed() -> dict[str, tuple[str, str]]:
    """A company and what is typed for it: by a slip of the finger, and without spaces."""
    names = _korean_names()
    plain = names[names.str.fullmatch("[가-힣]{7,}")]
    spaced = names[names.str.fullmatch("[가-힣]{2,} [가-힣]{2,}")]
    return {
        "typo": (str(plain.index[0]), _misspelt(plain.iloc[0])),
        "no spaces": (str(spaced.index[0]), spaced.iloc[0].replace(" ", "")),
    }


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("slip", ["typo", "no spaces"])
def test_company_is_found_by_a_name_typed_wrongly(open_page: Opener, lang: Lang, slip: str) -> None:
    company, typed = _wrongly_typed()[slip]
    assert typed not in set(_korean_names())
    view = open_page(f"{SCREEN}?view=cards", lang)
    box = _box(view, "param-q").get_by_role("textbox")
    box.click()
    _type(view, typed)
    expect(box).to_have_value(typed)
    box.press("Enter")
    view.wait_for_param("q", typed)
    first = view.page.locator("[class*='st-key-evidence-']").first
    card = view.page.get_by_test_id("stVerticalBlock").filter(has=first).last
    expect(card).to_contain_text(_word("organizations", company, lang))
    view.clean()
