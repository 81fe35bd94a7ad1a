"""Whatever stands in a link: only allowed values come out, short ones, and nothing raises."""

from __future__ import annotations

import unicodedata

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from api.parameters import MAX_LIMIT, table_query
from loaders.package import package
from tests.security.hostile import MIXED, STRINGS
from tests.security.size import cases, count
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

CASES = cases(5_000, 500)
FUZZ = settings(max_examples=CASES, suppress_health_check=list(HealthCheck), database=None)
CODES = ("living-lab", "KR-26", "a", "부산")

hostile = st.sampled_from([*(s.text for s in STRINGS), *MIXED])
anything = st.text(st.characters(codec=None), max_size=200)
long = st.integers(0, 5_000).flatmap(lambda n: st.sampled_from(["a,", "9", "가", ",", "\x00"]).map(
    lambda piece: piece * n
))  # fmt: skip
listed = st.lists(st.sampled_from(CODES) | hostile | anything, max_size=80).map(",".join)
raw_value = st.none() | hostile | anything | long | listed


@FUZZ
@given(raw_value, st.integers(-99, 99), st.integers(0, 10**6))
def test_every_reader_of_a_link(raw: str | None, low: int, width: int) -> None:
    codes = decode_codes(raw, CODES)
    assert set(codes.values) <= set(CODES)
    assert len(codes.values) <= MAX_VALUES
    assert decode_codes(encode_codes(codes.values), CODES).values == codes.values

    (code,) = decode_code(raw, CODES, "a").values
    assert code in CODES

    (number,) = decode_number(raw, low, low + width, low).values
    assert low <= int(number) <= low + width

    (text,) = decode_text(raw).values
    assert len(text) <= MAX_TEXT
    assert all(unicodedata.category(c) not in ("Cc", "Cs") for c in text)


def test_count() -> None:
    count("requests, links through the codec", cases=CASES)


def test_values_of_a_link_are_bounded() -> None:
    assert decode_codes("a," * MAX_LENGTH, CODES).rejected
    many = tuple(f"code-{n}" for n in range(MAX_VALUES * 2))
    taken = decode_codes(",".join(many), many)
    assert (len(taken.values), taken.rejected) == (MAX_VALUES, True)
    assert decode_text("가" * MAX_LENGTH * 50).values[0] == "가" * MAX_TEXT


@settings(max_examples=cases(1_000, 100), suppress_health_check=list(HealthCheck))
@given(st.data())
def test_parameters_of_the_api_are_read_or_refused(data: st.DataObject) -> None:
    """pydantic raises its own refusal, which the API answers with 422, and nothing else."""
    resource = data.draw(st.sampled_from(list(package().resources.values())))
    names = st.sampled_from(["limit", "offset", "q", "fields", "sort", *resource.columns])
    given_values = data.draw(
        st.dictionaries(names | anything, hostile | anything | st.lists(hostile, max_size=60))
    )
    try:
        read = table_query(resource)(**given_values)
    except ValidationError:
        return
    assert 1 <= read.limit <= MAX_LIMIT  # type: ignore[attr-defined]
