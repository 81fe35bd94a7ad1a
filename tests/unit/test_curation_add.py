"""``add``: questions and answers, names for codes, what follows from a fact, duplicates."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from loaders.curation.duplicates import likely
from loaders.curation.entry import EntryError, meant, milestone_of, pairs_of
from loaders.curation.explain import Explainer, written_amount, written_date
from loaders.curation.settle import fill_in, settle
from loaders.curation.sources import Page, bare_url, known_page, new_page
from loaders.curation.store import read_state
from loaders.curation.suggest import exactly, suggest
from loaders.curation.words import Words
from loaders.problems import Problem
from tests.support import environment, fingerprint, read_rows
from tests.unit.curation_support import (
    PAGE,
    each_state_checked_once,
    right,
    run,
    small_state,
    text_of,
    write_small,
)


@pytest.fixture(scope="module", autouse=True)
def rules_remembered() -> Iterator[None]:
    with each_state_checked_once():
        yield


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    data = write_small(tmp_path / "data")
    with environment(data, tmp_path / "snapshots"):
        yield data


def added(folder: Path, before: Path, table: str) -> list[dict[str, str]]:
    known = read_rows(before, table)
    return [row for row in read_rows(folder, table) if row not in known]


PILOT = (
    # the page: address, publisher in both languages, own translation, date, language
    *("https://www.example.org/news/9", "예시일보", "Example Daily", "y", "2025-05-12", ""),
    # company by a slip, then by number; technology in both languages; sector by its name
    *("sokar", "1", "노상주차 감지 센서", "Kerbside parking sensors", "모빌리티"),
    # no programme, no testbed; host by another name, then by number; its names as proposed
    *("", "", "세종시청", "1", "", ""),
    # province and city; the one municipality of the province by number; Korea
    *("세종특별자치시", "세종", "Sejong", "1", ""),
    # a date that is none, then one; no end, outcome, money, note, project
    *("2025.3", "2025-03", "", "", "", "", ""),
    # two milestones: by number with a date of the event, by code with that of the page
    *("4", "2025-03", "", "field-demo", "2025-05-12", "2", ""),
    "y",
)


def test_a_pilot_is_asked_for_with_its_page_and_milestones(folder: Path, tmp_path: Path) -> None:
    before = write_small(tmp_path / "before")
    result = run("add", "pilots", "--lang", "ko", answers="\n".join(PILOT) + "\n")
    assert result.exit_code == 0, result.output
    assert "2025-03." in result.output  # the date that was meant
    (page,) = added(folder, before, "sources")
    assert (page["publisher_en"], page["publisher_inferred"]) == ("Example Daily", "true")
    (pilot,) = added(folder, before, "pilots")
    expected = {
        "pilot_id": "socar-sejong-2025",
        "org_id": "socar",
        "sector": "mobility",
        "host_org_id": "sejong-city",
        "host_name_ko": "세종특별자치시",
        "sido": "KR-50",
        "sigungu_code": "36110",
        "country": "KR",
        "start_date": "2025-03",
        "stage": "field-demo",
        "source_id": page["source_id"],
    }
    assert expected.items() <= pilot.items()
    milestones = added(folder, before, "milestones")
    assert [(m["stage"], m["date"], m["date_basis"]) for m in milestones] == [
        ("selected", "2025-03", "event"),
        ("field-demo", "2025-05-12", "publication"),
    ]
    assert run("check").exit_code == 0


@pytest.mark.parametrize("ending", [(*PILOT[:-1], "n"), PILOT[:9]])
def test_nothing_is_written_before_yes(folder: Path, ending: tuple[str, ...]) -> None:
    before = fingerprint(folder)
    result = run("add", "pilot", "--lang", "ko", answers="\n".join(ending) + "\n")
    assert "기록함" not in result.output
    assert ("기록하지 않았습니다." in result.output) == (result.exit_code == 0)
    assert fingerprint(folder) == before


def test_a_point_elsewhere_is_asked_for_again(folder: Path) -> None:
    given = right("testbeds")
    for point in ("lat=36.48", "lon=127.29"):
        place = given.index(point)
        del given[place - 1 : place + 1]
    # name not inferred, no municipality; a point in Busan; seven columns more without a value;
    # the point again; yes
    answers = ["", "", "", "35.18", "129.07", *[""] * 7, "36.48", "127.29", "y"]
    result = run(*given, "--ask", answers="\n".join(answers) + "\n")
    assert "The point lies in Busan (KR-26), not in Sejong (KR-50)" in result.stderr
    (testbed,) = (t for t in read_rows(folder, "testbeds") if t["testbed_id"] == "example-kerb")
    assert (testbed["lat"], testbed["lon"]) == ("36.48", "127.29")


def test_an_investor_takes_part_and_gets_the_role(folder: Path, tmp_path: Path) -> None:
    before = write_small(tmp_path / "before")
    arguments = right("investments", lead_investor_id="LG전자")
    result = run(*arguments, "--investor", "sejong-city", "--open-questions")
    assert result.exit_code == 0, result.stderr
    assert added(folder, before, "investment_investors") == [
        {
            "investment_id": "socar-series-a-2025-04",
            "investor_id": investor,
            "is_lead": lead,
        }
        for investor, lead in (("lg-electronics", "true"), ("sejong-city", "false"))
    ]
    roles = {o["org_id"]: o["roles"].split(";") for o in read_rows(folder, "organizations")}
    assert "investor" in roles["lg-electronics"]
    assert "investor" in roles["sejong-city"]
    assert "investee" in roles["socar"]


def test_a_further_milestone_raises_the_stage(folder: Path) -> None:
    result = run(
        *("add", "milestones", "--set", "pilot_id=42dot-sejong-2021", "--set", "stage=adopted"),
        *("--set", "date=2025-01", *PAGE, "--lang", "en"),
    )
    assert result.exit_code == 0, result.stderr
    (pilot,) = (p for p in read_rows(folder, "pilots") if p["pilot_id"] == "42dot-sejong-2021")
    assert pilot["stage"] == "adopted"


def test_a_doubt_is_refused_or_kept_as_a_question(folder: Path, tmp_path: Path) -> None:
    before = write_small(tmp_path / "before")
    arguments = right("investments", date="2025-06")
    refused = run(*arguments)
    assert refused.exit_code == 1
    assert "repeat with --open-questions" in refused.stderr
    assert fingerprint(folder) == fingerprint(before)
    assert run(*arguments, "--open-questions").exit_code == 0
    (question,) = added(folder, before, "open_questions")
    assert (question["key"], question["status"]) == ("socar-series-a-2025-06", "open")
    assert run("check").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["add", "pilotz"], "There is no table “pilotz”; meant is perhaps: pilots."),
        (["add", "pilots", "--set", "sector"], "--set “sector”: write column=value"),
        (["add", "funding", "--set", "kind=grant", "-m", "poc"], "--milestone belongs to “add pi"),
        (
            [
                *("add", "sources", "--set", "url=https://www.example.org/x"),
                *("-s", "publisher_en=X", "-s", "publisher_ko=엑스", "-s", "language=ko"),
            ],
            "sources s-2fdeeae22b: No fact refers to this page",
        ),
    ],
)
def test_what_cannot_be_understood(folder: Path, arguments: list[str], sentence: str) -> None:
    result = run(*arguments, "--lang", "en")
    assert result.exit_code == 1
    assert text_of(result)[0].startswith(sentence)


def test_a_taken_key_is_refused(folder: Path) -> None:
    result = run(*right("organizations"), "--set", "org_id=socar")
    assert result.exit_code == 1
    assert text_of(result)[0].startswith("organizations has a row socar already")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("30억", 3_000_000_000),
        ("3억 5,000만 원", 350_000_000),
        ("1조2000억", 1_200_000_000_000),
        ("KRW 1.2bn", 1_200_000_000),
        ("280,000", 280_000),
        ("12 million", 12_000_000),
        ("about ten", None),
        ("", None),
        ("억", None),
    ],
)
def test_amounts_in_words(text: str, number: int | None) -> None:
    assert written_amount(text) == number


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2024.3.5", "2024-03-05"),
        ("2024년 3월", "2024-03"),
        ("2024/03/15", "2024-03-15"),
        ("20240315", "2024-03-15"),
        ("45366", "2024-03-15"),  # spreadsheets count from 30 December 1899
        ("2024-13", None),
        ("12345", None),
        ("last year", None),
    ],
)
def test_dates_in_other_forms(text: str, meant: str | None) -> None:
    assert written_date(text) == meant


def test_arguments_in_parts() -> None:
    assert pairs_of(["a=b=c", " x = y "]) == {"a": "b=c", "x": "y"}
    with pytest.raises(EntryError):
        pairs_of(["a"])
    assert milestone_of("poc@2024-03/publication") == {
        "stage": "poc",
        "date": "2024-03",
        "date_basis": "publication",
    }
    assert milestone_of("poc") == {"stage": "poc", "date": "", "date_basis": ""}


ORGANIZATIONS = [
    {"org_id": "socar", "name_en": "Socar", "name_ko": "쏘카", "website": "https://socar.kr"},
    {"org_id": "seoul-city", "name_en": "Seoul Metropolitan Government", "name_ko": "서울특별시"},
    {"org_id": "twin-a", "name_en": "Twin", "name_ko": "쌍둥이에이"},
    {"org_id": "twin-b", "name_en": "Twin", "name_ko": "쌍둥이비"},
]


def test_names_and_labels_stand_for_codes() -> None:
    state = small_state({"organizations": ORGANIZATIONS})
    company = state.package["pilots"]["org_id"]
    assert [meant(state, company, text) for text in ("쏘카", "SOCAR", "Twin", "x")] == [
        "socar",
        "socar",
        "Twin",  # two have this name
        "x",
    ]
    organizations = state.package["organizations"]
    assert meant(state, organizations["kind"], "스타트업") == "startup"
    assert meant(state, organizations["roles"], "실증기업, investor") == "pilot-company;investor"
    assert meant(state, organizations["name_inferred"], "예") == "true"
    assert exactly("twin", state["organizations"]) is None


def test_suggestions_come_by_slips_parts_and_other_names() -> None:
    sheet = small_state({"organizations": ORGANIZATIONS})["organizations"]

    def first(query: str) -> list[str]:
        return [s.key for s in suggest(query, sheet, "ko")][:1]

    assert [first(query) for query in ("sokar", "서울시청", "metropolitan")] == [
        ["socar"],
        ["seoul-city"],
        ["seoul-city"],
    ]


PILOT_ROW = {
    "pilot_id": "a-1",
    "org_id": "a",
    "technology_en": "Demand-responsive bus",
    "technology_ko": "수요응답형 버스",
    "sido": "KR-50",
}


@pytest.mark.parametrize(
    ("table", "earlier", "new", "reasons"),
    [
        ("pilots", PILOT_ROW, {"technology_en": "Demand responsive buses"}, ["same-technology"]),
        ("pilots", PILOT_ROW, {"sido": ""}, ["same-technology"]),
        ("pilots", PILOT_ROW, {"sido": "KR-26"}, []),
        ("pilots", PILOT_ROW, {"org_id": "b"}, []),
        (
            "pilots",
            {**PILOT_ROW, "host_org_id": "h"},
            {"technology_en": "Drone", "technology_ko": "드론"},
            ["same-host"],
        ),
        (
            "investments",
            {"investment_id": "i", "org_id": "a", "round": "seed", "date": "2024-01"},
            {"investment_id": "j", "date": "2024-04-02"},
            ["same-round"],
        ),
        (
            "investments",
            {"investment_id": "i", "org_id": "a", "round": "seed", "date": "2024-01"},
            {"investment_id": "j", "date": "2025-04"},
            [],
        ),
        (
            "investments",
            {"investment_id": "i", "org_id": "a", "round": "seed", "date": "", "amount": "5"},
            {"investment_id": "j", "round": "tips", "date": "2025"},
            ["same-amount"],
        ),
        (
            "organizations",
            {"org_id": "a", "name_en": "Socar", "name_ko": "쏘카"},
            {"org_id": "b", "name_en": "X", "name_ko": "(주)쏘카"},
            ["same-name-ko"],
        ),
        (
            "milestones",
            {"milestone_id": "m1", "pilot_id": "p", "stage": "poc"},
            {"milestone_id": "m2"},
            ["same-stage"],
        ),
        (
            "programs",
            {"program_id": "a", "name_en": "Growth", "name_ko": "성장"},
            {"program_id": "b", "name_ko": "다른 사업"},
            ["same-name-en"],
        ),
    ],
)
def test_likely_duplicates(
    table: str, earlier: dict[str, str], new: dict[str, str], reasons: list[str]
) -> None:
    state = small_state({table: [earlier]})
    key = state.package[table].primary_key[0]
    row = {**state[table].rows[0], key: "new", **new}
    assert [likeness.reason for likeness in likely(state, table, row)] == reasons


def test_what_follows_from_other_rows() -> None:
    state = small_state(
        {
            "organizations": [{"org_id": "a", "roles": "host"}, {"org_id": "b", "roles": "host"}],
            "stages": [
                {"stage": "poc", "rank": "5"},
                {"stage": "contract", "rank": "9"},
                {"stage": "ended-without-adoption", "rank": ""},
            ],
            "pilots": [
                {"pilot_id": name, "org_id": "a", "stage": "poc"} for name in ("p", "q", "r")
            ],
            "milestones": [
                {"milestone_id": f"{p}{s}", "pilot_id": p, "stage": s}
                for p in ("p", "q")
                for s in ("contract", "poc")
            ]
            + [{"milestone_id": "x", "pilot_id": "p", "stage": "ended-without-adoption"}],
        }
    )
    after = settle(state, pinned={("q",)})
    assert after["pilots"].column("stage") == ["ended-without-adoption", "poc", "poc"]
    assert after["organizations"].column("roles") == ["host;pilot-company", "host"]


def test_a_testbed_gives_its_place_but_not_against_what_is_said() -> None:
    state = small_state(
        {
            "testbeds": [{"testbed_id": "t", "sido": "KR-26", "sigungu_code": "26440"}],
            "municipalities": [{"sigungu_code": "26440", "sido": "KR-26"}],
        }
    )
    blank = dict.fromkeys(state["pilots"].header, "")
    row = {**blank, "testbed_id": "t", "country": "KR"}
    assert fill_in(state, "pilots", row)["sido"] == "KR-26"
    assert fill_in(state, "pilots", {**row, "sido": "KR-50"})["sido"] == "KR-50"
    assert fill_in(state, "pilots", {**row, "country": "JP"})["sido"] == ""


SOURCE = {
    "source_id": "s-1",
    "url": "https://www.example.org/a?id=7",
    "publisher_en": "Example",
    "publisher_ko": "예시",
    "publisher_inferred": "true",
    "language": "ko",
}


@pytest.mark.parametrize(
    ("url", "known"),
    [
        ("https://www.example.org/a?id=7", True),
        ("http://example.org/a/?id=7&utm_source=x", True),
        ("https://www.example.org/a?id=8", False),
        ("https://other.example.org/a?id=7", False),
    ],
)
def test_a_page_is_found_again(url: str, known: bool) -> None:
    sheet = small_state({"sources": [SOURCE]})["sources"]
    assert (known_page(sheet, url) is not None) == known


def test_a_known_publisher_needs_one_name_or_none() -> None:
    sheet = small_state({"sources": [SOURCE]})["sources"]
    for page in (
        Page("https://www.example.org/b"),
        Page("https://elsewhere.org/b", publisher="예시"),
    ):
        row = new_page(sheet, page)
        assert (row["publisher_en"], row["publisher_ko"], row["publisher_inferred"]) == (
            "Example",
            "예시",
            "true",
        )
    assert new_page(sheet, Page("https://elsewhere.org/b"))["publisher_en"] == ""
    assert bare_url("https://www.x.org/") == "x.org"


def test_a_finding_without_a_sentence_of_its_own_is_shown_as_it_is(folder: Path) -> None:
    explain = Explainer(read_state(folder), Words("en"))
    assert explain.line(Problem("pilots.csv", 0, "", "", "new rule")) == (
        "pilots.csv: : new rule. Correct it, or add what is missing."
    )
