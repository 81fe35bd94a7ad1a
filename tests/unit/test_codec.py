"""Links: whatever stands in them, only allowed values come out, and nothing raises."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loaders.package import package
from tests.unit.fixtures_small import committed
from ui.codec import (
    MAX_LENGTH,
    MAX_TEXT,
    MAX_VALUES,
    decode_code,
    decode_codes,
    decode_number,
    decode_text,
    encode_codes,
)

ALLOWED = ("living-lab", "startup-park", "KR-26", "a", "부산")
MANY = tuple(f"code-{n}" for n in range(60))
FUZZ = settings(max_examples=2000)
SHORT = settings(max_examples=500)

raw_text = st.text(st.characters(codec=None), max_size=60)
raw_list = st.lists(st.sampled_from(ALLOWED) | st.text(max_size=8), max_size=70).map(",".join)
raw_long = st.integers(1, 3000).map(lambda n: "a," * n)
raw_value = st.none() | raw_text | raw_list | raw_long


@FUZZ
@given(raw_value)
def test_only_allowed_codes_come_out(raw: str | None) -> None:
    decoded = decode_codes(raw, ALLOWED)
    assert set(decoded.values) <= set(ALLOWED)
    assert len(set(decoded.values)) == len(decoded.values) <= MAX_VALUES
    parts = [p for p in (raw or "").split(",") if p]
    assert decoded.rejected == (sorted(parts) != sorted(decoded.values))
    # what comes out goes in again unchanged
    again = decode_codes(encode_codes(decoded.values), ALLOWED)
    assert (again.values, again.rejected) == (decoded.values, False)


@SHORT
@given(raw_value)
def test_one_code_or_the_default(raw: str | None) -> None:
    decoded = decode_code(raw, ALLOWED, "a")
    assert len(decoded.values) == 1
    assert decoded.values[0] in ALLOWED
    assert decoded.rejected == (bool(raw) and raw not in ALLOWED)
    assert decoded.values[0] in (raw, "a")


@SHORT
@given(raw_value)
def test_text_is_short_and_without_control_characters(raw: str | None) -> None:
    decoded = decode_text(raw)
    (text,) = decoded.values
    assert len(text) <= MAX_TEXT
    assert text == text.strip()
    hidden = {*map(chr, range(32)), "\x7f", "\u200b", "\u200f", "\u202e", "\u2066", "\ufeff"}
    assert not set(text) & hidden
    assert decoded.rejected == (text != (raw or "").strip())
    again = decode_text(text)
    assert (again.values, again.rejected) == ((text,), False)


@SHORT
@given(raw_value | st.integers(-99, 9999).map(str) | st.sampled_from(["１", "²", "٣", "+5", "1e3"]))
def test_numbers_stay_in_their_range(raw: str | None) -> None:
    decoded = decode_number(raw, 3, 40, 12)
    assert len(decoded.values) == 1
    number = int(decoded.values[0])
    assert decoded.values[0] == str(number)
    assert 3 <= number <= 40
    assert decoded.rejected == (
        bool(raw) and not re.fullmatch("0*([3-9]|[1-3][0-9]|40)", raw or "")
    )
    assert number == 12 or int(raw or "") == number


@SHORT
@given(st.lists(st.sampled_from(MANY), unique=True, max_size=MAX_VALUES))
def test_decoding_undoes_encoding(values: list[str]) -> None:
    decoded = decode_codes(encode_codes(values), MANY)
    assert decoded.values == tuple(values)
    assert not decoded.rejected


def test_excess_is_cut_and_reported() -> None:
    decoded = decode_codes(encode_codes(MANY), MANY)
    assert decoded.values == MANY[:MAX_VALUES]
    assert decoded.rejected
    too_long = decode_codes("a" + "," * MAX_LENGTH, ALLOWED)
    assert (too_long.values, too_long.rejected) == ((), True)


@pytest.mark.parametrize(
    ("raw", "values", "rejected"),
    [
        (None, (), False),
        ("", (), False),
        (",,", (), False),
        ("KR-26", ("KR-26",), False),
        ("startup-park,KR-26", ("startup-park", "KR-26"), False),  # the order is kept
        ("KR-26,KR-26", ("KR-26",), True),
        ("kr-26", (), True),
        (" KR-26", (), True),
        ("living-lab,<script>", ("living-lab",), True),
    ],
)
def test_codes(raw: str | None, values: tuple[str, ...], rejected: bool) -> None:
    decoded = decode_codes(raw, ALLOWED)
    assert (decoded.values, decoded.rejected) == (values, rejected)


def test_text_cleaning() -> None:
    assert decode_text(" 부산 항만 ").values == ("부산 항만",)
    assert not decode_text(" 부산 항만 ").rejected
    spoofed = decode_text("a\u202eb\x00c")
    assert (spoofed.values, spoofed.rejected) == (("abc",), True)
    assert len(decode_text("x" * 5000).values[0]) == MAX_TEXT


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("programs", "program_id"),
        ("testbeds", "testbed_id"),
        ("regions", "sido"),
        ("sectors", "sector"),
        ("stages", "stage"),
    ],
)
def test_committed_codes_fit_into_links(table: str, column: str) -> None:
    codes = sorted(committed(table)[column], key=len)
    assert not any("," in code for code in codes)
    longest = codes[-MAX_VALUES:]
    decoded = decode_codes(encode_codes(longest), codes)
    assert (decoded.values, decoded.rejected) == (tuple(longest), False)


def test_category_codes_hold_no_separator() -> None:
    for resource in package().resources.values():
        for field in resource.fields:
            assert not any("," in category.value for category in field.categories)
