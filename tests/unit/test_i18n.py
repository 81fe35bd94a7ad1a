"""Words, numbers, money and names in both languages."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loaders.package import Lang
from ui.i18n import LANGUAGES, Words, choose_language

KO, EN = Words("ko"), Words("en")


@pytest.mark.parametrize(
    ("amount", "korean", "english"),
    [
        (0, "0원", "KRW 0"),
        (9_999, "9,999원", "KRW 9,999"),
        (10_000, "1만 원", "KRW 10,000"),
        (12_600, "1.3만 원", "KRW 12,600"),
        (999_999, "100만 원", "KRW 999,999"),
        (1_000_000, "100만 원", "KRW 1m"),
        (99_990_000, "9,999만 원", "KRW 100m"),
        (99_999_999, "1억 원", "KRW 100m"),
        (100_000_000, "1억 원", "KRW 100m"),
        (130_000_000, "1.3억 원", "KRW 130m"),
        (280_000_000, "2.8억 원", "KRW 280m"),
        (999_900_000, "10억 원", "KRW 999.9m"),
        (999_960_000, "10억 원", "KRW 1bn"),
        (3_000_000_000, "30억 원", "KRW 3bn"),
        (123_456_789_012, "1,234.6억 원", "KRW 123.5bn"),
        (999_900_000_000, "9,999억 원", "KRW 999.9bn"),
        (999_950_000_000, "9,999.5억 원", "KRW 1tn"),
        (999_996_000_000, "1조 원", "KRW 1tn"),
        (1_000_000_000_000, "1조 원", "KRW 1tn"),
        (1_000_149_000_000, "1조 1억 원", "KRW 1tn"),
        (1_234_500_000_000, "1조 2,345억 원", "KRW 1.2tn"),
        (25_000_000_000_000, "25조 원", "KRW 25tn"),
    ],
)
def test_won(amount: int, korean: str, english: str) -> None:
    assert KO.money(amount, "KRW") == korean
    assert EN.money(amount, "KRW") == english
    assert KO.money(float(amount), None) == korean  # without a currency: won


@pytest.mark.parametrize(
    ("currency", "korean", "english"),
    [
        ("USD", "150만 달러", "USD 1.5m"),
        ("GBP", "150만 파운드", "GBP 1.5m"),
        ("EUR", "150만 EUR", "EUR 1.5m"),
    ],
)
def test_other_currencies_stay_what_they_are(currency: str, korean: str, english: str) -> None:
    assert KO.money(1_500_000, currency) == korean
    assert EN.money(1_500_000, currency) == english


@pytest.mark.parametrize("unknown", [None, "", float("nan"), pd.NA, pd.NaT])
@pytest.mark.parametrize("t", [KO, EN])
def test_unknown_stays_unknown(unknown: object, t: Words) -> None:
    for shown in (
        t.money(unknown, "KRW"),
        t.date(unknown),
        t.country(unknown),
        t.code("pilots", "stage", unknown),
    ):
        assert shown
        assert not re.search(r"\d|nan|NA|None|NaT", shown)
    assert t.money(unknown, "KRW") == t("not disclosed")
    assert t.date(unknown) == t.unknown
    assert t.text({"note_ko": unknown, "note_en": unknown}, "note") == ""
    assert t.years(None, None) == t("undated")


UNITS = {"조": 10**12, "억": 10**8, "만": 10**4, "": 1, "tn": 10**12, "bn": 10**9, "m": 10**6}


def read_back(text: str) -> float:
    """The amount that a reader takes from the text."""
    parts = re.findall(r"([\d,]+(?:\.\d)?)(조|억|만|tn|bn|m)?", text)
    return sum(float(number.replace(",", "")) * UNITS[unit] for number, unit in parts)


@settings(max_examples=500)
@given(st.integers(0, 10**15))
def test_money_read_back_is_the_amount_to_the_last_shown_digit(amount: int) -> None:
    for t, steps in ((KO, (10**4, 10**8)), (EN, (10**6, 10**9, 10**12))):
        text = t.money(amount, "KRW")
        # one decimal of the largest unit that fits; 조 is followed by whole 억
        grain = max((s for s in steps if amount * 1.1 >= s), default=10)
        assert abs(read_back(text) - amount) <= max(grain / 20, 0.5) or (
            "조" in text and abs(read_back(text) - amount) <= 10**8 / 2
        )


@settings(max_examples=300)
@given(st.integers(0, 10**14), st.integers(0, 10**14))
def test_larger_amounts_never_read_as_smaller(one: int, two: int) -> None:
    low, high = sorted((one, two))
    for t in (KO, EN):
        assert read_back(t.money(low, "KRW")) <= read_back(t.money(high, "KRW"))


@settings(max_examples=300)
@given(st.integers(0, 10**15))
def test_no_unit_is_filled_beyond_the_next(amount: int) -> None:
    assert not re.search(r"\d\d,\d{3}(\.\d)?[만억]", KO.money(amount, "KRW"))
    assert not re.search(r"\d,\d{3}(\.\d)?(m|bn)", EN.money(amount, "KRW"))


def test_numbers_and_shares() -> None:
    for t in (KO, EN):
        assert t.number(1234) == "1,234"
        assert t.number(1234.567, 1) == "1,234.6"
        assert t.number(0) == "0"
        assert t.percent(0.345) in ("34%", "35%")
        assert t.percent(0.3456, 1) == "34.6%"
        assert t.percent(1) == "100%"


def test_years_and_dates() -> None:
    assert EN.years(2019, 2024) == "2019–2024"
    assert KO.years(2019, 2019) == "2019"
    assert (EN.years(2012, None), KO.years(None, 2018)) == ("2012–", "–2018")
    assert KO.date("2021-07") == "2021-07"


@pytest.mark.parametrize(
    ("row", "korean", "english"),
    [
        ({"name_ko": "부산", "name_en": "Busan"}, "부산", "Busan (부산)"),
        ({"name_ko": "KT", "name_en": "KT"}, "KT", "KT"),
        ({"name_ko": "부산", "name_en": None}, "부산", "부산"),
        ({"name_ko": pd.NA, "name_en": "Busan"}, "Busan", "Busan"),
        ({"name_ko": "", "name_en": float("nan")}, "", ""),
        ({}, "", ""),
    ],
)
def test_names(row: dict[str, object], korean: str, english: str) -> None:
    assert KO.name(row) == korean
    assert EN.name(row) == english


def test_names_and_texts_of_other_columns() -> None:
    row = {"company_ko": "엑스", "company_en": "Ex", "note_ko": "비고", "note_en": "Note"}
    assert EN.name(row, "company") == "Ex (엑스)"
    assert (KO.text(row, "note"), EN.text(row, "note")) == ("비고", "Note")


def test_words_of_codes() -> None:
    assert EN.code("testbeds", "kind", "living-lab") == "Living lab"
    assert KO.code("testbeds", "kind", "living-lab") == "리빙랩"
    assert EN.code("testbeds", "kind", "no-such-code") == "no-such-code"
    assert (KO.country("KR"), EN.country("KR")) == ("대한민국", "South Korea")
    assert EN.country("XX") == "XX"


def test_messages() -> None:
    assert EN("Testbeds") == "Testbeds"
    assert KO("Testbeds") == "테스트베드"
    assert KO("no message of the catalogue") == "no message of the catalogue"
    assert EN("in {n} of 17 provinces", n=5) == "in 5 of 17 provinces"
    assert "5" in KO("in {n} of 17 provinces", n=5)


def test_plurals() -> None:
    assert EN.plural("{n} pilot", "{n} pilots", 1) == "1 pilot"
    assert EN.plural("{n} pilot", "{n} pilots", 1200) == "1,200 pilots"
    assert EN.plural("{n} pilot", "{n} pilots", 0) == "0 pilots"
    one, many = (KO.plural("{n} pilot", "{n} pilots", n) for n in (1, 2))
    assert one.replace("1", "2") == many  # Korean has one form


@pytest.mark.parametrize(
    ("in_url", "in_session", "browser", "chosen"),
    [
        ("en", "ko", "ko-KR", "en"),
        ("ko", "en", "en-US", "ko"),
        (None, "en", "ko-KR", "en"),
        ("xx", "en", "ko-KR", "en"),  # an unknown language in the link is passed over
        ("EN", None, "ko", "ko"),
        (None, None, "en-GB", "en"),
        (None, None, "KO", "ko"),
        (None, None, "fr-FR", "ko"),
        (None, None, "", "ko"),
        (None, None, None, "ko"),
        ("", "", "en", "en"),
        ("<script>", "..", "-", "ko"),
    ],
)
def test_choice_of_language(
    in_url: str | None, in_session: str | None, browser: str | None, chosen: Lang
) -> None:
    assert choose_language(in_url, in_session, browser) == chosen
    assert chosen in LANGUAGES
