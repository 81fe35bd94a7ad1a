"""Search over names: folding, particles, initial consonants, mistakes, and the pair filter."""

from __future__ import annotations

import random
import unicodedata

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from analytics.search import (
    INITIALS,
    LITERAL,
    SIMILAR,
    NameIndex,
    Pairs,
    PilotIndex,
    as_initials,
    find_pilots,
    fold,
    initials,
    jamo,
    pilot_index,
    search,
    without_particle,
)
from loaders.engine import Engine
from tests.unit.fixtures_small import committed

NAMES = (
    ("a2z", "오토노머스에이투지"),
    ("a2z", "Autonomous A2Z"),
    ("ride", "라이드플럭스"),
    ("ride", "RideFlux"),
    ("42dot", "포티투닷"),
    ("42dot", "42dot"),
    ("neubility", "뉴빌리티"),
    ("neubility", "Neubility Inc."),
    ("sejong", "주식회사 세종 테크"),
    ("sejong", "Sejong Tech Co., Ltd."),
)


@pytest.fixture(scope="module")
def index() -> NameIndex:
    rows = [("company", key, text) for key, text in NAMES]
    return NameIndex(pd.DataFrame(rows, columns=["field", "key", "text"]))


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Autonomous A2Z", "autonomousa2z"),
        (unicodedata.normalize("NFD", "세종 테크"), "세종테크"),
        ("(주) 쏘카", "쏘카"),
        ("㈜쏘카", "쏘카"),
        ("Neubility Inc.", "neubility"),
        ("Sejong Tech Co., Ltd.", "sejongtech"),
        ("Incheon", "incheon"),
        ("STRASSE·Straße", "strassestrasse"),
        ("···", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_initials_of_syllables_and_other_letters() -> None:
    assert initials("오토노머스a2z") == "ㅇㅌㄴㅁㅅa2z"
    assert initials("까치힣") == "ㄲㅊㅎ"


@pytest.mark.parametrize(
    ("typed", "letters"),
    [("ㅇㅌㄴ", "ㅇㅌㄴ"), ("ㄳ", "ㄱㅅ"), ("ㅄㅇ", "ㅂㅅㅇ"), ("오ㅌ", ""), ("abc", ""), ("", "")],
)
def test_only_consonants_are_initials(typed: str, letters: str) -> None:
    assert as_initials(typed) == letters


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("세종의", "세종"),
        ("부산에서", "부산"),
        ("오토노머스까지", "오토노머스"),
        ("국가", "국가"),  # one syllable would be left
        ("오토노머스", "오토노머스"),
        ("drone", "drone"),
    ],
)
def test_particles(word: str, stem: str) -> None:
    assert without_particle(word) == stem


@pytest.mark.parametrize(
    ("query", "key", "how"),
    [
        ("오토노머스에이투지", "a2z", LITERAL),
        ("오토 노머스", "a2z", LITERAL),
        ("오토노머스에이투지의", "a2z", LITERAL),
        (unicodedata.normalize("NFD", "오토노머스"), "a2z", LITERAL),
        ("AUTONOMOUS", "a2z", LITERAL),
        ("ㅇㅌㄴㅁㅅ", "a2z", INITIALS),
        ("ㄹㅇㄷ", "ride", INITIALS),
        ("오토너머스", "a2z", SIMILAR),
        ("라이드플록스", "ride", SIMILAR),
        ("autonomus", "a2z", SIMILAR),
        ("세종테크", "sejong", LITERAL),
    ],
)
def test_finds(index: NameIndex, query: str, key: str, how: str) -> None:
    found = search(index, query)
    assert found["key"][0] == key
    assert found["how"][0] == how
    assert found["field"][0] == "company"


@pytest.mark.parametrize("query", ["", " ", "a", "ㅇ", "!!", "쀍뛟휆", "completely different"])
def test_finds_nothing(index: NameIndex, query: str) -> None:
    assert search(index, query).empty


def test_the_whole_name_comes_before_its_beginning_before_its_inside() -> None:
    texts = ["드론쇼", "무인 드론", "드론", "드론"]
    names = pd.DataFrame({"field": "company", "key": ["c", "d", "b", "a"], "text": texts})
    found = search(NameIndex(names), "드론")
    assert list(found["key"]) == ["a", "b", "c", "d"]
    assert found["score"].is_monotonic_decreasing
    assert found["score"][0] == found["score"][1] == 100
    assert list(search(NameIndex(names), "드론", limit=2)["key"]) == ["a", "b"]


def test_likeness_never_outranks_a_literal_match(index: NameIndex) -> None:
    alike = search(index, "오토너머스")["score"].max()
    inside = search(index, "노머스에이")["score"].max()
    assert alike < inside


def test_a_short_name_inside_a_longer_query_is_no_match() -> None:
    names = pd.DataFrame({"field": "company", "key": ["x"], "text": ["모빌"]})
    assert search(NameIndex(names), "스마트모빌리티플랫폼").empty


def test_an_empty_index_finds_nothing() -> None:
    empty = NameIndex(pd.DataFrame({"field": [], "key": [], "text": []}))
    assert search(empty, "오토노머스").empty


@given(
    text=st.text(alphabet="abcdef", min_size=4, max_size=14),
    others=st.lists(st.text(alphabet="abcdef", max_size=14), max_size=8),
    seed=st.integers(0, 10_000),
    edits=st.integers(0, 3),
)
def test_the_pair_filter_never_loses_a_text_within_the_edits(
    text: str, others: list[str], seed: int, edits: int
) -> None:
    """Brute force: every text within ``edits`` edits of the query is a candidate,
    unless so few pairs are asked for that none need be shared."""
    rng = random.Random(seed)
    letters = list(text)
    for _ in range(edits):
        at = rng.randrange(len(letters))
        kind = rng.choice("sid") if len(letters) > 2 else "s"
        if kind == "s":
            letters[at] = rng.choice("abcdef")
        elif kind == "i":
            letters.insert(at, rng.choice("abcdef"))
        else:
            del letters[at]
    query = "".join(letters)
    texts = [text, *others]
    found = set(Pairs(texts).candidates(query, edits).tolist())
    wanted = {query[i : i + 2] for i in range(len(query) - 1)}
    for position, candidate in enumerate(texts):
        shared = {candidate[i : i + 2] for i in range(len(candidate) - 1)} & wanted
        if Levenshtein.distance(query, candidate) <= edits and shared:
            assert position in found


@given(st.lists(st.text(max_size=12), max_size=10), st.text(max_size=6))
def test_literal_search_equals_brute_force(texts: list[str], query: str) -> None:
    names = pd.DataFrame({"field": "f", "key": range(len(texts)), "text": texts})
    found = search(NameIndex(names), query)
    needle = fold(query)
    literal = set(found[found["how"] == LITERAL]["key"])
    expected = {n for n, text in enumerate(texts) if needle in fold(text)}
    if len(jamo(needle)) >= 2 and without_particle(needle) == needle:
        assert literal == expected


def _pilots() -> pd.DataFrame:
    rows = [
        ("p1", "a2z", "오토노머스에이투지", "Autonomous A2Z", "자율주행 버스", "Autonomous bus"),
        ("p2", "a2z", "오토노머스에이투지", "Autonomous A2Z", "자율주행 택시", "Autonomous taxi"),
        ("p3", "neu", "뉴빌리티", "Neubility", "배송 로봇", "Delivery robot"),
    ]
    frame = pd.DataFrame(
        rows,
        columns=[
            "pilot_id",
            "org_id",
            "company_ko",
            "company_en",
            "technology_ko",
            "technology_en",
        ],
    )
    frame["host_name_ko"] = ["세종시", "서울시", None]
    frame["host_name_en"] = ["Sejong City", "Seoul City", None]
    frame["program_id"] = ["zone", "zone", "sandbox"]
    frame["program_ko"] = ["시범운행지구", "시범운행지구", "규제샌드박스"]
    frame["program_en"] = ["Pilot zone", "Pilot zone", "Sandbox"]
    frame["testbed_id"] = ["t1", None, None]
    frame["testbed_ko"] = ["5-1 생활권", None, None]
    frame["testbed_en"] = ["Living area 5-1", None, None]
    frame["city_ko"] = [None, "서울", "인천"]
    frame["city_en"] = [None, "Seoul", "Incheon"]
    return frame


@pytest.mark.parametrize(
    ("query", "pilots", "field"),
    [
        ("오토너머스", ["p1", "p2"], "company"),
        ("택시", ["p2"], "technology"),
        ("세종시", ["p1"], "host"),
        ("sandbox", ["p3"], "programme"),
        ("5-1 생활권", ["p1"], "testbed"),
        ("Incheon", ["p3"], "place"),
        ("서울 택시", ["p2"], None),
        ("세종 자율주행", ["p1"], None),
        ("택시 로봇", [], None),  # no pilot has both
        ("세종의 자율주행을", ["p1"], None),
    ],
)
def test_pilots_by_each_name(query: str, pilots: list[str], field: str | None) -> None:
    found = find_pilots(PilotIndex(_pilots()), query)
    assert list(found["pilot_id"]) == pilots
    if field:
        assert set(found["field"]) == {field}


def test_pilots_come_best_first_and_ties_by_id() -> None:
    frame = _pilots().iloc[[2, 1, 0]].reset_index(drop=True)
    found = find_pilots(PilotIndex(frame), "자율주행")
    assert list(found["pilot_id"]) == ["p1", "p2"]
    assert found["score"].is_monotonic_decreasing


@pytest.mark.parametrize(
    "query", ["오토너머스", "ㅇㅌㄴㅁㅅ", "오토노머스 에이투지의", "autonomous a2z"]
)
def test_the_committed_names(run: Engine, query: str) -> None:
    pilots = committed("pilots")
    expected = set(pilots[pilots["org_id"] == "autonomous-a2z"]["pilot_id"])
    found = find_pilots(pilot_index(run), query)
    assert expected <= set(found["pilot_id"])
    # other pilots may name the company among their technology or host
    assert set(found["pilot_id"].head(len(expected))) == expected
