"""Profile of a place: provinces, cities with districts, programmes and money."""

from __future__ import annotations

import pandas as pd

from analytics import places
from analytics.places import Place
from loaders.engine import Runner
from tests.unit.fixtures_small import SmallTables, committed, small_run

CITY, EAST, WEST, TOWN, SEOUL = "44130", "44131", "44133", "44200", "11110"
CHUNGNAM = "KR-44"


def funding(number: str, amount: int, **other: object) -> dict[str, object]:
    usual = {
        "basis": "awarded",
        "currency": "KRW",
        "is_additive": True,
        "is_smart_city": True,
    }
    return {**usual, "funding_id": number, "amount": amount, **other}


ATLAS: SmallTables = {
    "municipalities": [
        {"sigungu_code": SEOUL, "sido": "KR-11", "name_en": "Jongno-gu", "name_ko": "종로구"},
        {"sigungu_code": CITY, "sido": CHUNGNAM, "name_en": "Cheonan-si", "name_ko": "천안시"},
        {"sigungu_code": EAST, "sido": CHUNGNAM, "name_en": "East", "name_ko": "동남구",
         "parent_code": CITY},
        {"sigungu_code": WEST, "sido": CHUNGNAM, "name_en": "West", "name_ko": "서북구",
         "parent_code": CITY},
        {"sigungu_code": TOWN, "sido": CHUNGNAM, "name_en": "Asan-si", "name_ko": "아산시"},
    ],
    "organizations": [{"org_id": "x", "name_en": "Ex", "name_ko": "엑스"}],
    "testbeds": [
        {"testbed_id": "city", "sido": CHUNGNAM, "sigungu_code": CITY, "status_as_of": "2020"},
        {"testbed_id": "east", "sido": CHUNGNAM, "sigungu_code": EAST, "status_as_of": "2023-01"},
        {"testbed_id": "town", "sido": CHUNGNAM, "sigungu_code": TOWN},
        {"testbed_id": "far", "sido": "KR-11", "sigungu_code": SEOUL},
    ],
    "programs": [
        {"program_id": "city-fund", "sido": CHUNGNAM, "sigungu_code": CITY},
        {"program_id": "two-cities", "sido": "KR-11;KR-44", "sigungu_code": f"{CITY};{TOWN}"},
        {"program_id": "national"},
        {"program_id": "elsewhere", "sido": "KR-26"},
    ],
    "pilots": [
        {"pilot_id": "1", "org_id": "x", "sido": CHUNGNAM, "sigungu_code": WEST,
         "program_id": "national", "start_date": "2021"},
        {"pilot_id": "2", "org_id": "x", "sido": CHUNGNAM, "sigungu_code": CITY,
         "program_id": "national", "start_date": "2024"},
        {"pilot_id": "3", "org_id": "x", "sido": CHUNGNAM, "program_id": "city-fund"},
        {"pilot_id": "4", "org_id": "x", "sido": "KR-11", "sigungu_code": SEOUL},
    ],
    "funding": [
        # names a testbed of the city and a programme of the city: counted once
        funding("both", 1, testbed_id="east", program_id="city-fund", sido=CHUNGNAM),
        funding("spot", 10, testbed_id="city", program_id="national", sido=CHUNGNAM),
        funding("own", 100, program_id="city-fund"),
        funding("shared", 1_000, program_id="two-cities", sido=CHUNGNAM),
        funding("total", 9_999, program_id="city-fund", is_additive=False),
        funding("town", 10_000, testbed_id="town", sido=CHUNGNAM),
        funding("away", 100_000, testbed_id="far", sido="KR-11"),
        funding("nation", 1_000_000, program_id="national"),
    ],
}  # fmt: skip
RUN = small_run(ATLAS)


def sum_of(code: str) -> tuple[float, tuple[str, ...]]:
    result = places.money_in(RUN, Place(code))
    return result.frame["amount"].sum(), result.rows["funding"]


def test_places_are_provinces_and_municipalities_without_general_districts() -> None:
    frame = places.place_names(RUN)
    assert list(frame["code"]) == [SEOUL, CITY, TOWN, "KR-11", "KR-26", CHUNGNAM]
    names = frame.set_index("code")
    assert (names.loc[CITY, "name_ko"], names.loc["KR-26", "name_en"]) == ("천안시", "Busan")


def test_a_city_holds_its_general_districts() -> None:
    here = places.testbeds_in(RUN, Place(CITY))
    assert list(here.frame["testbed_id"]) == ["city", "east"]
    assert (here.first_year, here.last_year, here.total) == (2020, 2023, 2)
    trials = places.pilots_in(RUN, Place(CITY))
    assert list(trials.frame["pilot_id"]) == ["2", "1"]  # newest start first
    assert (trials.first_year, trials.last_year) == (2021, 2024)
    assert list(trials.frame["company_en"]) == ["Ex", "Ex"]
    assert list(places.testbeds_in(RUN, Place(EAST)).frame["testbed_id"]) == ["east"]


def test_a_province_holds_rows_that_name_it() -> None:
    assert list(places.testbeds_in(RUN, Place(CHUNGNAM)).frame["testbed_id"]) == [
        "city",
        "east",
        "town",
    ]
    # an unknown start comes last
    assert list(places.pilots_in(RUN, Place(CHUNGNAM)).frame["pilot_id"]) == ["2", "1", "3"]
    assert places.pilots_in(RUN, Place("KR-26")).frame.empty


def test_programmes_of_a_place_are_its_own_and_those_of_its_pilots() -> None:
    city = places.programs_in(RUN, Place(CITY))
    assert city.frame.set_index("program_id")["pilots_here"].to_dict() == {
        "city-fund": 0,
        "national": 2,
        "two-cities": 0,
    }
    assert (city.covered, city.total) == (1, 3)
    province = places.programs_in(RUN, Place(CHUNGNAM))
    assert province.frame.set_index("program_id")["pilots_here"].to_dict() == {
        "city-fund": 1,
        "national": 2,
        "two-cities": 0,
    }
    assert set(places.programs_in(RUN, Place("KR-11")).frame["program_id"]) == {"two-cities"}
    assert places.programs_in(RUN, Place("99999")).frame.empty


def test_money_of_a_city_counts_each_amount_once() -> None:
    assert sum_of(CITY) == (1_111, ("both", "own", "shared", "spot", "total"))
    assert sum_of(TOWN) == (11_000, ("shared", "town"))
    assert sum_of(EAST) == (1, ("both",))
    assert sum_of(SEOUL) == (100_000, ("away",))


def test_money_of_a_province_is_what_names_it() -> None:
    assert sum_of(CHUNGNAM) == (11_011, ("both", "shared", "spot", "town"))
    assert sum_of("KR-26") == (0, ())


def test_money_at_the_city_excludes_a_testbed_elsewhere_of_no_own_programme() -> None:
    result = places.money_in(RUN, Place(CITY))
    assert list(result.frame["known"]) == [5]
    assert list(result.frame["additive"]) == [4]


def test_committed_places(run: Runner) -> None:
    frame = places.place_names(run)
    towns = committed("municipalities")
    wanted = {*committed("regions")["sido"], *towns[towns["parent_code"] == ""]["sigungu_code"]}
    assert set(frame["code"]) == wanted
    assert frame["code"].is_unique


def in_city(codes: pd.Series, city: str) -> pd.Series:
    towns = committed("municipalities")
    parts = towns[towns["parent_code"] == city]["sigungu_code"]
    return codes.isin([city, *parts])


def test_committed_rows_of_cheonan_and_busan(run: Runner) -> None:
    """A city with general districts and a province, selected again from the files."""
    testbeds, pilots, money = (committed(t) for t in ("testbeds", "pilots", "funding"))
    programs = committed("programs")
    city = Place("44130")
    spots = set(testbeds[in_city(testbeds["sigungu_code"], city.code)]["testbed_id"])
    assert set(places.testbeds_in(run, city).rows["testbeds"]) == spots
    trials = set(pilots[in_city(pilots["sigungu_code"], city.code)]["pilot_id"])
    assert set(places.pilots_in(run, city).rows["pilots"]) == trials
    own = {r.program_id for r in programs.itertuples() if city.code in r.sigungu_code.split(";")}
    assert own
    amounts = money[money["testbed_id"].isin(spots) | money["program_id"].isin(own)]
    for urban in (True, False):
        kind = amounts[amounts["is_smart_city"] == str(urban).lower()]
        assert len(kind)
        assert set(places.money_in(run, city, urban).rows["funding"]) == set(kind["funding_id"])
    used = set(pilots[pilots["pilot_id"].isin(trials)]["program_id"]) - {""}
    assert set(places.programs_in(run, city).rows["programs"]) == own | used

    busan = Place("KR-26")
    assert set(places.testbeds_in(run, busan).rows["testbeds"]) == set(
        testbeds[testbeds["sido"] == "KR-26"]["testbed_id"]
    )
    assert set(places.money_in(run, busan).rows["funding"]) == set(
        money[(money["sido"] == "KR-26") & (money["is_smart_city"] == "true")]["funding_id"]
    )


def test_every_committed_municipal_programme_names_a_city_and_not_its_district() -> None:
    """A general district would not be found under its city."""
    towns = committed("municipalities")
    districts = set(towns[towns["parent_code"] != ""]["sigungu_code"])
    named = {c for cell in committed("programs")["sigungu_code"] for c in cell.split(";")}
    assert not named & districts
