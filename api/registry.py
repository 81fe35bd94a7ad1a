"""The figures that the API gives: analytics functions with the parameters of the pages' links."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

from pydantic import BaseModel, Field

from analytics import funnel, linkage, money, overview, testbeds
from analytics.compare import compare_places
from analytics.filters import PilotFilter, TestbedFilter
from analytics.names import all_rows
from analytics.places import place_names
from analytics.result import Result
from api.parameters import STRICT, Codes, Nothing, Text, words
from api.problems import ProblemError, shortened
from loaders.engine import Runner
from loaders.package import package

#: Between programme and series in links of the pages.
SERIES_JOINT = "~"
MAX_PLACES = 6


def _codes(en: str, ko: str, **more: Any) -> Any:
    return Field(default=[], description=en, json_schema_extra=words(ko), **more)


def _choice(default: str | int, en: str, ko: str, **more: Any) -> Any:
    return Field(default=default, description=en, json_schema_extra=words(ko), **more)


class PilotQuery(BaseModel):
    """Which pilots."""

    model_config = STRICT

    region: Codes = _codes("Provinces (sido of regions)", "시도(regions의 sido)")
    sector: Codes = _codes("Sectors (sectors)", "분야(sectors)")
    program: Codes = _codes("Programmes with their tracks (programs)", "사업과 세부사업(programs)")
    host: Codes = _codes(
        "Kinds of host (kind of organizations)", "수요기관 유형(organizations의 kind)"
    )
    start: Codes = _codes("Years in which the pilot began", "실증 시작 연도")


class MilestoneQuery(PilotQuery):
    """Which pilots, counted how."""

    unit: Literal["pilots", "projects"] = _choice(
        "pilots", "Company pilots, or consortium projects once", "기업별 실증 또는 과제 단위"
    )


class FlowQuery(PilotQuery):
    """Which pilots, from where to what."""

    origin: Literal["sido", "program_id", "sector", "host_kind"] = _choice(
        "sido", "Group on the left", "왼쪽의 구분", alias="from"
    )
    outcome: Literal["round", "investor_kind", "investor"] = _choice(
        "round", "Group on the right", "오른쪽의 구분", alias="to"
    )
    top: int = _choice(8, "Largest groups kept", "따로 보이는 큰 집단 수", ge=3, le=20)


class TestbedQuery(BaseModel):
    """Which testbeds."""

    __test__ = False  # the name begins with "Test", but it holds none
    model_config = STRICT

    kind: Codes = _codes("Kinds (kind of testbeds)", "유형(testbeds의 kind)")
    region: Codes = _codes("Provinces (sido of regions)", "시도(regions의 sido)")
    status: Codes = _codes("States (status of testbeds)", "상태(testbeds의 status)")
    sector: Codes = _codes("Sectors of its pilots (sectors)", "실증의 분야(sectors)")


class SeriesQuery(BaseModel):
    """Which published series."""

    model_config = STRICT

    series: Text = Field(
        description="program_id~series, both from published_series",
        json_schema_extra=words("program_id~series(published_series의 값)"),
    )


class MoneyQuery(BaseModel):
    """Which amounts of public money."""

    model_config = STRICT

    scope: Literal["urban", "all"] = _choice(
        "urban",
        "Urban technology, or with general start-up money",
        "도시 기술 또는 일반 창업지원 포함",
    )
    region: Codes = _codes("Provinces (sido of regions)", "시도(regions의 sido)")
    payer: Codes = _codes("Payers (payer_level of funding)", "지급 주체(funding의 payer_level)")
    program: Codes = _codes("Programmes with their tracks (programs)", "사업과 세부사업(programs)")


Basis = Literal["announced", "budgeted", "awarded", "spent"]


class MoneyByQuery(MoneyQuery):
    """Which amounts, grouped how."""

    by: Literal["sido", "payer_level", "program_id", "year_code"] = _choice(
        "sido", "Dimension of the groups", "묶는 기준"
    )
    basis: Basis | None = Field(
        None,
        description="Rows of one basis only; coverage and sources stay those of all",
        json_schema_extra=words("한 구분의 행만. 범위와 출처는 전체 기준"),
    )


class PerHeadQuery(MoneyQuery):
    """Which amounts, on which basis."""

    basis: Basis = _choice("awarded", "Basis of the money", "금액의 구분")


class PlacesQuery(BaseModel):
    """Which places."""

    model_config = STRICT

    places: Codes = Field(
        min_length=1,
        max_length=MAX_PLACES,
        description="Provinces (KR-26) or municipalities (44130)",
        json_schema_extra=words("시도(KR-26) 또는 시군구(44130)"),
    )


def _checked(name: str, given: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    """The codes, each once.

    Raises:
        ProblemError: one of them is not known (422).
    """
    codes, allowed = tuple(dict.fromkeys(given)), set(known)
    for code in codes:
        if code not in allowed:
            raise ProblemError(422, f"Not a known code: {shortened(code)!r}", name)
    return codes


def _keys(run: Runner, name: str, given: list[str], table: str) -> tuple[str, ...]:
    if not given:
        return ()
    return _checked(name, given, all_rows(run, table)[package()[table].primary_key[0]])


def _categories(name: str, given: list[str], table: str, column: str) -> tuple[str, ...]:
    return _checked(name, given, (c.value for c in package()[table][column].categories))


def _years(given: list[str]) -> tuple[int, ...]:
    return tuple(int(y) for y in _checked("start", given, map(str, range(1900, 2101))))


def _pilots(run: Runner, query: PilotQuery) -> PilotFilter:
    return PilotFilter(
        _keys(run, "region", query.region, "regions"),
        _keys(run, "sector", query.sector, "sectors"),
        _keys(run, "program", query.program, "programs"),
        _categories("host", query.host, "organizations", "kind"),
        _years(query.start),
    )


def _testbeds(run: Runner, query: TestbedQuery) -> TestbedFilter:
    return TestbedFilter(
        _categories("kind", query.kind, "testbeds", "kind"),
        _keys(run, "region", query.region, "regions"),
        _categories("status", query.status, "testbeds", "status"),
        _keys(run, "sector", query.sector, "sectors"),
    )


def _money(run: Runner, query: MoneyQuery) -> money.MoneyFilter:
    return money.MoneyFilter(
        _keys(run, "region", query.region, "regions"),
        _categories("payer", query.payer, "funding", "payer_level"),
        _keys(run, "program", query.program, "programs"),
        urban_only=query.scope == "urban",
    )


def _published(run: Runner, query: SeriesQuery) -> Result:
    listed = funnel.published_series(run).frame
    known = {
        f"{p}{SERIES_JOINT}{s}": funnel.Series(p, s)
        for p, s in zip(listed["program_id"], listed["series"], strict=True)
    }
    (code,) = _checked("series", [query.series], known)
    return funnel.published_funnel(run, known[code])


def _money_by(run: Runner, query: MoneyByQuery) -> Result:
    found = money.money_by(run, _money(run, query), query.by)
    if query.basis is None:
        return found
    frame = found.frame[found.frame["basis"] == query.basis].reset_index(drop=True)
    return replace(found, frame=frame)


def _compared(run: Runner, query: PlacesQuery) -> Result:
    places = _checked("places", query.places, place_names(run)["code"])
    return compare_places(run, places).result


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: its name and title, the function it comes from, and its parameters."""

    name: str
    title: str
    title_ko: str
    about_ko: str
    function: Callable[..., Any]
    query: type[BaseModel]
    ask: Callable[[Runner, Any], Result]

    @property
    def computed_by(self) -> str:
        """Dotted name of the function, under which its definition is kept."""
        return f"{self.function.__module__}.{self.function.__qualname__}"

    @property
    def documentation(self) -> str:
        """What the function says of itself: method, columns, coverage."""
        return inspect.getdoc(self.function) or ""

    @property
    def method(self) -> str:
        """How the figure is made, in a sentence or two."""
        return " ".join(self.documentation.split("\n\n")[0].split())


def _plain(
    name: str, titles: tuple[str, str], about_ko: str, function: Callable[[Runner], Result]
) -> Figure:
    return Figure(name, *titles, about_ko, function, Nothing, lambda run, _: function(run))


_ALL = (
    _plain(
        "testbeds_known",
        ("Testbeds known", "확인된 테스트베드"),
        "테스트베드 수와 테스트베드가 있는 시도 수",
        overview.testbeds_known,
    ),
    _plain(
        "pilots_known",
        ("Pilots known", "확인된 실증"),
        "실증 수, 컨소시엄을 한 번만 센 과제 수, 기업 수",
        overview.pilots_known,
    ),
    _plain(
        "pilots_sold",
        ("Pilots with a contract or sale", "계약·판매에 이른 실증"),
        "이정표에 계약·판매·수출이 있는 실증 수. 없는 실증은 실패가 아니라 미확인",
        overview.pilots_sold,
    ),
    _plain(
        "companies_funded_after",
        ("Companies funded after their pilot", "실증 이후 투자받은 기업"),
        "첫 실증보다 확실히 나중에 투자받은 기업 수. 시간 순서이며 인과가 아님",
        overview.companies_funded_after,
    ),
    Figure(
        "milestone_funnel",
        "Pilots by stage reached",
        "도달 단계별 실증",
        "각 단계 또는 그 이후에 이른 실증 수",
        funnel.milestone_funnel,
        MilestoneQuery,
        lambda run, q: funnel.milestone_funnel(run, _pilots(run, q), q.unit == "projects"),
    ),
    _plain(
        "published_series",
        ("Published series", "공표된 계열"),
        "단계별 수치를 하나 이상 공표한 계열의 목록",
        funnel.published_series,
    ),
    Figure(
        "published_funnel",
        "Published counts of one series",
        "한 계열의 공표 수치",
        "한 계열이 공표한 단계별 수. 공표되지 않은 단계는 0이 아니라 미상",
        funnel.published_funnel,
        SeriesQuery,
        _published,
    ),
    Figure(
        "testbeds_by_province",
        "Testbeds by province",
        "시도별 테스트베드",
        "17개 시도의 테스트베드 수와 그곳의 실증 수",
        testbeds.testbeds_by_province,
        TestbedQuery,
        lambda run, q: testbeds.testbeds_by_province(run, _testbeds(run, q)),
    ),
    Figure(
        "linkage_flows",
        "From pilot to investment",
        "실증에서 투자까지",
        "출발 구분 → 도달 단계 → 실증 이후 첫 투자. 기업은 한 번씩만 셈",
        linkage.linkage_flows,
        FlowQuery,
        lambda run, q: linkage.linkage_flows(run, _pilots(run, q), q.origin, q.outcome, q.top),
    ),
    Figure(
        "linked_companies",
        "Rounds of pilot companies",
        "실증기업의 투자 유치",
        "실증기업의 투자 유치 한 건이 한 행. 첫 실증과의 시간 순서 포함",
        linkage.linked_companies,
        PilotQuery,
        lambda run, q: linkage.linked_companies(run, _pilots(run, q)),
    ),
    Figure(
        "money_by",
        "Public money by group",
        "구분별 공공 재원",
        "서로 포함되지 않는 원화 금액의 합. 발표·편성·지급·집행은 서로 더하지 않음",
        money.money_by,
        MoneyByQuery,
        _money_by,
    ),
    Figure(
        "money_by_basis",
        "Public money by basis",
        "기준별 공공 재원",
        "기준과 통화별 합계와 더할 수 있는 금액 수",
        money.money_by_basis,
        MoneyQuery,
        lambda run, q: money.money_by_basis(run, _money(run, q)),
    ),
    Figure(
        "money_per_head",
        "Public money per resident",
        "주민 1인당 공공 재원",
        "시도별 원화 합계를 가장 최근 연도의 인구로 나눈 값",
        money.money_per_head,
        PerHeadQuery,
        lambda run, q: money.money_per_head(run, _money(run, q), q.basis),
    ),
    Figure(
        "compare_places",
        "Places side by side",
        "지역 비교",
        "지역 한 곳이 한 행. 시도는 그 시군구를 포함하므로 행을 더하면 안 됨",
        compare_places,
        PlacesQuery,
        _compared,
    ),
)

FIGURES = {figure.name: figure for figure in _ALL}
