"""Every analytics function with parameters, and what "the same answer" means.

Functions are found by looking at the modules of `analytics`: each public one whose first
parameter is a `Runner`, or something that one of them returns (a profile, a market …), is
run. Values are named by the parameter's name or type, so that a new function needs a line
here only when it asks for something new; one that cannot be called fails the tests.
"""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

import analytics
from analytics import durations, matching, pooled, technologies
from analytics.filters import PilotFilter, TestbedFilter, select_pilots
from analytics.funnel import Series, published_series
from analytics.matching import HostNeed, StartupNeed, market, weights_from
from analytics.money import MoneyFilter
from analytics.newest import EVERY_FACT, FactFilter
from analytics.overview import pilots_known
from analytics.places import Place
from analytics.profiles import profile
from analytics.programs import ProgramFilter
from analytics.replication import Scenario
from analytics.search import pilot_index
from analytics.source_pages import PageFilter
from analytics.takeaway import Figure
from analytics.technologies import TechnologyFilter
from api.queries import TableQuery, fetch
from loaders.engine import Runner
from loaders.package import Lang, Resource
from tests.support import committed

TODAY = date(2026, 11, 1)
NOBODY = "no-such-id"
#: Engines add up in different orders.
ROUNDING = 1e-9

#: Names of parameters of which there is nothing to choose: given by the engine.
FROM_ENGINE = "run"


@dataclass(frozen=True)
class Made:
    """A parameter that is itself an answer of the engine."""

    name: str
    make: Callable[[Runner], object]


def _series(run: Runner, at: int) -> Series:
    row = published_series(run).frame.iloc[at]
    return Series(row["program_id"], row["series"])


def _selected(run: Runner) -> pd.DataFrame:
    return run(select_pilots(PilotFilter()))


def _pilots(run: Runner) -> list[str]:
    return sorted(_selected(run)["pilot_id"])


def _figure(run: Runner) -> Figure:
    title: dict[Lang, str] = {"ko": "실증", "en": "Pilots"}
    return Figure(pilots_known(run), title, "id")


def _series_at(at: int) -> Made:
    return Made(f"series {at}", lambda run: _series(run, at))


def _pilot_at(at: int) -> Made:
    return Made(f"pilot {at}", lambda run: _pilots(run)[at])


def _profile(kind: Any, entity_id: str) -> Made:
    return Made(f"{kind} {entity_id}", lambda run: profile(run, kind, entity_id))


PILOTS = (
    PilotFilter(),
    PilotFilter(sido=("KR-26", "KR-11"), host_kind=("government", "public-corporation")),
    PilotFilter(sector=("mobility",), start_year=(2020, 2021)),
    PilotFilter(
        program_id=("national-pilot-city-busan", "smart-city-challenge"),
        host_kind=("government", "public-corporation"),
    ),
    PilotFilter(sido=("KR-00",)),
)
ENTITIES = (
    ("company", "socar"),
    ("company", "autonomous-a2z"),
    ("company", "daejeon-city"),
    ("investor", "hyundai-motor"),
    ("testbed", "cheonan-urban-tech-zone"),
    ("testbed", "sejong-autonomous-free-zone"),
    ("program", "smart-city-challenge"),
    ("program", "reg-free-zones"),
    ("program", NOBODY),
)
_PROFILES = tuple(_profile(kind, entity) for kind, entity in ENTITIES[:-1])
_PROGRAMS = ("incheon-scaleup-challenge-lab", "smart-city-challenge", "reg-free-zones", NOBODY)
_TESTBEDS = ("cheonan-urban-tech-zone", "busan-eco-delta-city", NOBODY)
_NEEDS = (
    StartupNeed(),
    StartupNeed("mobility", "poc", 3, "KR-26", "poc", "home"),
    StartupNeed("safety", foreign=True, where="outside-capital"),
)
_ROWS = Made("rows", lambda run: (("pilots", tuple(_pilots(run)[:40])), ("regions", ("KR-26",))))
_MARKET = Made("market", lambda run: market(run, TODAY))

#: Values of parameters: by function and name, else by name, else by type. The longest list
#: of a function's parameters says how many cases it has; shorter lists begin anew.
VALUES: Mapping[str, Sequence[object]] = {
    "PilotFilter": PILOTS,
    "TestbedFilter": (
        TestbedFilter(),
        TestbedFilter(("living-lab",), ("KR-26", "KR-11")),
        TestbedFilter(status=("operating",), sector=("mobility", "energy")),
    ),
    "MoneyFilter": (
        MoneyFilter(),
        MoneyFilter(urban_only=False),
        MoneyFilter(("KR-26",), ("national",)),
        MoneyFilter(program_id=("smart-city-challenge", "national-pilot-city-busan")),
    ),
    "SeriesFilter": (pooled.SeriesFilter(), pooled.SeriesFilter("companies", None, True)),
    "ProgramFilter": (ProgramFilter(), ProgramFilter(sido=("KR-26",), sector=("mobility",))),
    "TechnologyFilter": (
        TechnologyFilter(),
        TechnologyFilter("field-demo", sector=("mobility",), year_from=2020),
        TechnologyFilter(program=("smart-city-challenge",), round_after=True),
        TechnologyFilter(money_from=1_000_000_000, sites_from=2, publishers_from=1),
    ),
    "technologies.by": tuple(technologies.ORDERS),
    "selected.by": tuple(technologies.ORDERS),
    "Scenario": (Scenario(5, 10), Scenario(3, 4, "program_id", "selected", chosen=PILOTS[2])),
    "Spell": (
        durations.TO_FIELD_DEMO,
        dataclasses.replace(durations.TO_CONTRACT, by_project=True),
        dataclasses.replace(durations.TO_ROUND, censor_at="last-fact"),
        dataclasses.replace(durations.TO_CONTRACT, chosen=PILOTS[2]),
    ),
    "Rule": ("printed", "exact"),
    "FactFilter": (
        EVERY_FACT,
        FactFilter(("KR-26",), ("mobility",)),
        FactFilter(program=("mss-oi",)),
    ),
    "first_year": (2018, 2020),
    "last_year": (2023, 2020),
    "compare_groups.by": (("sector", "sido", "host_kind"),),
    "months": ((0, 12, 24),),
    "Series": tuple(map(_series_at, (0, 17, 60))),
    "from_stage": ("applied", "selected"),
    "to_stage": ("selected", "contract"),
    "stage": ("field-demo",),
    "Place": (Place("KR-26"), Place("44130"), Place("KR-11"), Place("36110"), Place("KR-00")),
    "places": (("KR-26", "44130", "KR-50"),),
    "urban": (True, False),
    "by_project": (False, True),
    "Origin": ("sido", "program_id", "sector", "host_kind"),
    "Outcome": ("round", "investor_kind", "investor"),
    "top": (8, 3),
    "least": (1, 2),
    "Anchor": ("first-pilot", "field-demo", "contract"),
    "Dimension": ("sido", "payer_level", "program_id", "year_code"),
    "basis": ("awarded", "budgeted"),
    "date": (TODAY,),
    "limit": (40, 8),
    "as_of": ("2026-11-01",),
    "Kind": tuple(kind for kind, _ in ENTITIES),
    "Kind | None": (None, "investor", "company", "testbed", "program"),
    "entity_id": tuple(entity for _, entity in ENTITIES),
    "org_id": ("daejeon-city", NOBODY),
    "program_id": _PROGRAMS,
    "testbed_id": _TESTBEDS,
    "pilot_id": tuple(map(_pilot_at, (0, 200))),
    "pilot_ids": (Made("pilots", lambda run: tuple(_pilots(run)[::7])), ()),
    "table": tuple(committed().resources),
    "ids": (Made("pilots", lambda run: tuple(_pilots(run)[:9])),),
    "rows_behind.table": ("pilots",),
    "pages_behind.rows": (_ROWS,),
    "further_sources.rows": (_ROWS,),
    "pages_counted.rows": (Made("rows", lambda run: pilots_known(run).rows),),
    "org_ids": (("socar", "pablo-air", "42dot"),),
    "measure_of.function": ("analytics.overview.pilots_known",),
    "PageFilter": (PageFilter(),),
    "find_rows.query": ("", "실증", "Smart", "부산"),
    "near_matches.query": ("busan eco delta", "쏘카"),
    "find_pilots.query": ("자율주행", "ㅈㅇㅈㅎ", "safety busan"),
    "first_pilot_facts.pilots": (select_pilots(PilotFilter()),),
    "Result": (Made("result", pilots_known),),
    "Figure": (Made("figure", _figure),),
    "pd.DataFrame | None": (None,),
    "Profile": _PROFILES,
    "Market": (_MARKET,),
    "StartupNeed": _NEEDS,
    "HostNeed": (HostNeed(), HostNeed("mobility", "field-demo", "KR-26", "government", "자율")),
    "programs_for.weights": (weights_from(matching.PROGRAM_WEIGHTS, {}),),
    "hosts_for.weights": (weights_from(matching.HOST_WEIGHTS, {}),),
    "technologies_for.weights": (weights_from(matching.TECHNOLOGY_WEIGHTS, {}),),
    "PilotIndex": (Made("index", pilot_index),),
    "Catalogue": (Made("catalogue", technologies.catalogue),),
}
#: Types that a function of the analytics may ask for in the first place.
ANSWERS = ("Runner", "Profile", "Market", "Catalogue", "PilotIndex")


def functions() -> dict[str, Callable[..., object]]:
    """The public functions of the analytics that rest on an engine, by dotted name."""
    found: dict[str, Callable[..., object]] = {}
    for module in pkgutil.iter_modules(analytics.__path__):
        room = importlib.import_module(f"analytics.{module.name}")
        for name, function in inspect.getmembers(room, inspect.isfunction):
            if name.startswith("_") or function.__module__ != room.__name__:
                continue
            first = next(iter(inspect.signature(function).parameters.values()), None)
            if first is not None and first.annotation in ANSWERS:
                found[f"{module.name}.{name}"] = function
    return found


def values_for(function: Callable[..., object], parameter: inspect.Parameter) -> Sequence[object]:
    """Values to try; none for a parameter about which the table says nothing."""
    short = getattr(function, "__name__", "")
    if parameter.annotation == "Runner":
        return (Made(FROM_ENGINE, lambda run: run),)
    for key in (f"{short}.{parameter.name}", parameter.name, str(parameter.annotation)):
        if key in VALUES:
            return VALUES[key]
    return ()


@dataclass(frozen=True)
class Case:
    """A function with parameters."""

    name: str
    function: Callable[..., object]
    parameters: Mapping[str, object]

    def __call__(self, run: Runner) -> object:
        """The answer on an engine."""
        given = {k: v.make(run) if isinstance(v, Made) else v for k, v in self.parameters.items()}
        return self.function(**given)


def _cases_of(name: str, function: Callable[..., object]) -> Iterator[Case]:
    parameters = inspect.signature(function).parameters
    choices = {k: values_for(function, p) for k, p in parameters.items()}
    for at in range(max(map(len, choices.values()))):
        chosen = {k: v[at % len(v)] for k, v in choices.items() if v}
        yield Case(f"{name}-{at}", function, chosen)


def _table_query(resource: Resource, **said: Any) -> TableQuery:
    nothing: dict[str, Any] = {"filters": {}, "fields": resource.columns, "sort": (), "q": ""}
    return TableQuery(**{"resource": resource, "limit": 40, "offset": 3, **nothing, **said})


def _queries(resource: Resource) -> Iterator[tuple[str, TableQuery]]:
    """Of the open-data API: by type an order and a filter, with unknown cells; words."""
    kinds = {field.type: field for field in resource.fields}
    dated = [field for field in resource.fields if field.partial_date]
    kinds |= dict(zip(("date",), dated, strict=False))
    for field in kinds.values():
        yield f"by {field.name}", _table_query(resource, sort=(f"-{field.name}",))
    examples: dict[str, list[object]] = {
        "string": ["KR-26", None],
        "list": ["mobility", "KR-26", None],
        "integer": [2020, 2021, None],
        "number": [1.0, None],
        "boolean": [True, None],
    }
    for kind, values in examples.items():
        if kind in kinds:
            wanted = {kinds[kind].name: values}
            yield f"where {kind}", _table_query(resource, filters=wanted)
    for words in ("실증", "Smart  City", "100%_"):
        yield f"with {words}", _table_query(resource, q=words, offset=0)


def cases() -> list[Case]:
    """All of them; a function without values for its parameters has none."""
    found = [case for name, f in functions().items() for case in _cases_of(name, f)]
    for name, resource in committed().resources.items():
        for what, query in _queries(resource):
            said = {"run": Made(FROM_ENGINE, lambda run: run), "query": query}
            found.append(Case(f"api {name} {what}", fetch, said))
    return found


def differences(a: Any, b: Any, at: str = "") -> Iterator[str]:
    """Where two answers differ: shape, order, types and values; floats to rounding."""
    if type(a) is not type(b):
        yield f"{at}: {type(a).__name__} and {type(b).__name__}"
    elif (parts := _parts(a)) is not None:
        others = _parts(b) or {}
        if list(parts) != list(others):
            yield f"{at}: {list(parts)} and {list(others)}"
        else:
            for key, part in parts.items():
                yield from differences(part, others[key], f"{at}.{key}")
    elif not _alike(a, b):
        yield f"{at}: {a!r} and {b!r}"


def _parts(value: Any) -> dict[Any, Any] | None:
    """The parts of a value that is made of others."""
    if dataclasses.is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, list | tuple):
        return dict(enumerate(value))
    is_ours = type(value).__module__.startswith("analytics")
    return dict(vars(value)) if is_ours and hasattr(value, "__dict__") else None


def _alike(a: Any, b: Any) -> bool:
    try:
        if isinstance(a, pd.DataFrame):
            pd.testing.assert_frame_equal(a, b, rtol=ROUNDING, atol=0)
        elif isinstance(a, pd.Series):
            pd.testing.assert_series_equal(a, b, rtol=ROUNDING, atol=0)
        elif isinstance(a, float):
            np.testing.assert_allclose(a, b, rtol=ROUNDING)
        elif isinstance(a, np.ndarray):
            assert a.dtype == b.dtype
            pd.testing.assert_series_equal(pd.Series(a.ravel()), pd.Series(b.ravel()))
        else:
            return bool(a == b or (pd.isna(a) and pd.isna(b)))
    except AssertionError:
        return False
    return True
