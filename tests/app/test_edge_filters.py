"""Choices that leave nothing, one row or one group: every page says so and draws no nonsense.

The choices are found in the committed tables, so that they stay what they are named
after when the data grow. A chart must hold at least one mark, a table one row; no text
that a reader sees may be a missing or infinite number printed as such.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analytics.filters import PilotFilter
from analytics.relative import DATED, rounds_relative
from loaders.package import Lang, package
from tests.app.test_pages import open_page
from tests.unit.fixtures_small import committed
from ui.data import ask
from ui.i18n import LANGUAGES, Words

Choice = dict[str, str]
Case = tuple[str, Choice]

PRINTED_GAP = re.compile(
    r"(?<![\w.])(nan|NaN|None(?! of )|NaT|<NA>|-?inf|-?Infinity|null)(?![\w.])"
)
BASES = ("announced", "budgeted", "awarded", "spent")
DIMENSIONS = ("sido", "payer_level", "program_id", "year_code")
ORIGINS = ("sido", "program_id", "sector", "host_kind")
OUTCOMES = ("round", "investor_kind", "investor")
NOBODY = "쀍뛟휆뤫"


def _strings(node: Any) -> Iterator[str]:
    """Every text of a figure's JSON, packed numbers apart."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for name, value in node.items():
            if name not in ("bdata", "dtype", "template"):
                yield from _strings(value)
    elif isinstance(node, list):
        for value in node:
            yield from _strings(value)


def _values(values: Any) -> list[Any]:
    if isinstance(values, dict):  # numbers packed as base64
        return list(np.frombuffer(base64.b64decode(values["bdata"]), dtype=values["dtype"]))
    return list(values or ())


def _marks(trace: dict[str, Any]) -> int:
    flows = trace.get("link", {}).get("value")
    return max(len(_values(v)) for v in (trace.get("x"), trace.get("y"), flows))


def _figures(at: AppTest) -> list[dict[str, Any]]:
    return [json.loads(chart.proto.spec) for chart in at.get("plotly_chart")]


def _cells(frame: pd.DataFrame) -> Iterator[str]:
    """Headings and cells that are texts or infinite; missing cells are shown as a dash."""
    yield from map(str, frame.columns)
    for column in frame:
        for value in frame[column]:
            if isinstance(value, str) or (isinstance(value, float) and np.isinf(value)):
                yield str(value)


def _texts(at: AppTest) -> Iterator[str]:
    """All that a reader can see of the page."""
    said = (at.title, at.header, at.subheader, at.markdown, at.caption)
    told = (at.info, at.warning, at.error, at.success)
    for element in (e for group in (*said, *told) for e in group):
        yield str(element.value)
    for block in at.get("html"):
        yield block.proto.body
    for metric in at.metric:
        yield from (metric.label, str(metric.value), str(metric.delta))
    for box in (*at.selectbox, *at.multiselect):
        yield from box.options
    for frame in (*at.dataframe, *at.table):
        yield from _cells(frame.value)
    for spec in _figures(at):
        yield from _strings(spec)


def _opened(case: Case, lang: Lang) -> AppTest:
    """The page of the case, after the checks that hold for every choice."""
    file, choice = case
    at = open_page(file, lang, **choice)
    assert not at.warning, f"the link should be valid: {at.warning[0].value}"
    printed = [text for text in _texts(at) if PRINTED_GAP.search(text)]
    assert not printed, printed[:5]
    for spec in _figures(at):
        assert any(_marks(trace) for trace in spec["data"]), "a chart without a mark"
    assert all(len(frame.value) for frame in (*at.dataframe, *at.table)), "a table without a row"
    return at


def _told(at: AppTest) -> list[str]:
    return [str(info.value) for info in at.info]


# -- choices --------------------------------------------------------------------


def _codes(table: str) -> list[str]:
    return [str(code) for code in committed(table).iloc[:, 0]]


def _province_and_sector(pilots: int) -> Choice:
    """The first province and sector with exactly that many pilots."""
    counted = committed("pilots").groupby(["sido", "sector"]).size()
    for place, sector in product(_codes("regions"), _codes("sectors")):
        if counted.get((place, sector), 0) == pilots:
            return {"region": place, "sector": sector}
    raise AssertionError(f"no province and sector with {pilots} pilots")


def _program(pilots: int) -> Choice:
    """A programme without tracks with exactly that many pilots."""
    counted = committed("pilots")["program_id"].value_counts()
    parents = set(committed("programs")["parent_program_id"])
    alone = [p for p in _codes("programs") if p not in parents]
    return {"program": next(p for p in alone if counted.get(p, 0) == pilots)}


def _abroad() -> Choice:
    """A programme all of whose pilots lie outside Korea or in no known province."""
    pilots = committed("pilots")
    placed = pilots.groupby("program_id")["sido"].agg(lambda s: (s != "").any())
    return {"program": next(p for p in placed[~placed].index if p)}


def _thinnest_year() -> Choice:
    """The year in which the fewest pilots began."""
    years = committed("pilots")["start_date"].str[:4]
    return {"start": str(years[years != ""].value_counts().idxmin())}


def _payer_without_additive_amount() -> Choice:
    """A province and payer that have amounts, none of which may be added."""
    funding = committed("funding")
    known = funding[(funding["sido"] != "") & (funding["is_smart_city"] == "true")]
    addable = (known["is_additive"] == "true").groupby(
        [known["sido"].str.split(";").str[0], known["payer_level"]]
    )
    place, payer = next(key for key, any_ in addable.any().items() if not any_ and key[1])
    return {"region": place, "payer": payer}


def _payer_without_amount() -> Choice:
    """A payer that no amount of the province has."""
    funding = committed("funding")
    levels = [c.value for c in package()["funding"]["payer_level"].categories]
    for place, level in product(reversed(_codes("regions")), levels):
        if not (funding["sido"].str.contains(place) & (funding["payer_level"] == level)).any():
            return {"region": place, "payer": level}
    raise AssertionError("every province has amounts of every payer")


def _undated_rounds() -> Choice:
    """A sector whose companies have rounds, none of which the dates allow to place."""
    for sector in _codes("sectors"):
        frame = ask(rounds_relative, PilotFilter(sector=(sector,)), "first-pilot").frame
        if len(frame) and not (frame["state"] == DATED).any():
            return {"sector": sector}
    raise AssertionError("every sector has a dated round")


def _one_count() -> tuple[str, int]:
    """Korean name, like no other's, of a programme with one published count, and the count."""
    steps = committed("stages").query("kind == 'ladder'")["stage"]
    counted = committed("cohorts")["program_id"].value_counts()
    shown = committed("cohorts").query("is_primary == 'true'")
    shown = shown[shown["stage"].isin(steps)]
    names = committed("programs").set_index("program_id")["name_ko"]
    for program, count in zip(shown["program_id"], shown["count"], strict=True):
        name = str(names[program])
        if counted[program] == 1 and names.str.contains(name, regex=False).sum() == 1:
            return name, int(count)
    raise AssertionError("every programme publishes several counts")


NONE, ONE = _province_and_sector(0), _province_and_sector(1)
FEW = (NONE, ONE, _program(0), _program(1), _abroad(), _thinnest_year())
STEPS: tuple[Choice, ...] = (
    {"step": "demo"},
    {"step": "contract", "until": "last-fact"},
    {"step": "round"},
)
INVESTMENT: tuple[Choice, ...] = (
    *({"view": "flows", "from": f, "to": t} for f, t in zip(ORIGINS, OUTCOMES * 2, strict=False)),
    *({"view": "relative", "anchor": a} for a in ("first-pilot", "field-demo", "contract")),
    *({"view": "network", "least": n} for n in ("1", "10")),
)
PAYERS = (_payer_without_additive_amount(), _payer_without_amount())
NO_PROGRAM = {"region": "KR-49", "kind": "procurement", "sector": "education", "anysector": "no"}
WEIGHTLESS = ("sector", "support", "similar", "further", "recent", "outcomes", "window", "near")

CASES: list[Case] = [
    *(("funnel.py", {"view": "pilots", **c}) for c in FEW),
    *(("funnel.py", {"view": "pilots", "unit": "projects", **c}) for c in (NONE, ONE)),
    *(("funnel.py", {"view": "time", **s, **c}) for s, c in product(STEPS, FEW[:4])),
    *(("funnel.py", {"view": "scale", **c}) for c in FEW[:4]),
    ("funnel.py", {"view": "scale", "learn": "program_id", "entered": "selected", **ONE}),
    ("funnel.py", {"view": "pooled", "scope": "urban"}),
    ("funnel.py", {"view": "places", "places": f"{_codes('municipalities')[0]},KR-49"}),
    *(("money.py", {"basis": b, "by": d, **PAYERS[0]}) for b, d in product(BASES, DIMENSIONS)),
    *(("money.py", {"basis": b, "by": "year_code", **PAYERS[1]}) for b in BASES),
    *(("money.py", {"view": v, **p}) for v, p in product(("planned", "followed"), PAYERS)),
    *(("investment.py", {**v, **c}) for v, c in product(INVESTMENT, (NONE, ONE))),
    ("investment.py", {"view": "relative", **_undated_rounds()}),
    *(
        ("technologies.py", {"view": v, **c})
        for v, c in product(("table", "cards", "map"), (NONE, ONE, _abroad(), {"q": NOBODY}))
    ),
    ("testbeds.py", {"place": "KR-49", "region": "KR-11"}),
    ("testbeds.py", {"place": _codes("municipalities")[0], "kind": "national-pilot-city"}),
    ("programs.py", NO_PROGRAM),
    ("programs.py", {**NO_PROGRAM, "status": "open", "least": "300000000", "past": "yes"}),
    ("programs.py", {**_program(1), "region": "KR-49", "age": "50"}),
    ("partners.py", {"age": "50", "where": "home", "home": "KR-49", "foreign": "yes"}),
    ("partners.py", {f"w-{part}": "0" for part in WEIGHTLESS}),
    ("partners.py", {"side": "host", "sector": "education", "q": NOBODY}),
    ("partners.py", {"side": "host", "home": "KR-49", "stage": "contract", "host": "accelerator"}),
]


def _named(case: Case) -> str:
    return " ".join([case[0], *(f"{k}={v}" for k, v in case[1].items())])


@pytest.mark.parametrize(
    ("case", "lang"),
    [(case, LANGUAGES[n % len(LANGUAGES)]) for n, case in enumerate(CASES)],
    ids=[_named(case) for case in CASES],
)
def test_page_bears_the_choice(case: Case, lang: Lang) -> None:
    _opened(case, lang)


# -- what an empty choice says ----------------------------------------------------

EMPTY: list[tuple[Case, int]] = [
    (("funnel.py", {"view": "pilots", **NONE}), 2),
    (("investment.py", {"view": "flows", **NONE}), 2),
    (("investment.py", {"view": "relative", **NONE}), 1),
    (("investment.py", {"view": "network", **NONE}), 1),
    (("money.py", PAYERS[1]), 3),
    (("money.py", {"view": "planned", **PAYERS[1]}), 2),
    (("technologies.py", NONE), 1),
    (("technologies.py", {"view": "map", **NONE}), 1),
    (("testbeds.py", {"kind": "national-pilot-city", "region": "KR-49"}), 1),
    (("programs.py", NO_PROGRAM), 2),
]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("case", "least"), EMPTY, ids=[_named(case) for case, _ in EMPTY])
def test_nothing_left_is_said_instead_of_drawn(case: Case, least: int, lang: Lang) -> None:
    at = _opened(case, lang)
    nothing = Words(lang)("Nothing in the data matches this choice.")
    assert _told(at).count(nothing) >= least
    assert not at.get("plotly_chart")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("step", STEPS, ids=lambda s: s["step"])
def test_no_curve_has_its_reason(step: Choice, lang: Lang) -> None:
    t = Words(lang)
    at = _opened(("funnel.py", {"view": "time", **step, **NONE}), lang)
    reason = t("no unit of this choice has the start")
    assert t("No curve: {reason}.", reason=reason) in _told(at)
    assert not at.get("plotly_chart")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_too_few_groups_for_a_forecast_are_not_an_empty_choice(lang: Lang) -> None:
    t = Words(lang)
    at = _opened(("funnel.py", {"view": "scale", **ONE}), lang)
    assert any(t("No forecast: fewer than {n} groups to learn from", n=3) in i for i in _told(at))
    assert t("Nothing in the data matches this choice.") not in _told(at)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_rounds_without_usable_dates_are_listed_and_not_drawn(lang: Lang) -> None:
    t = Words(lang)
    at = _opened(("investment.py", {"view": "relative", **_undated_rounds()}), lang)
    assert not at.get("plotly_chart")
    (listed,) = [d.value for d in at.dataframe if t("In the picture") in d.value]
    assert t("drawn") not in set(listed[t("In the picture")])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_amounts_that_may_not_be_added_are_counted_and_not_summed(lang: Lang) -> None:
    t = Words(lang)
    at = _opened(("money.py", PAYERS[0]), lang)
    bases = at.dataframe[0].value
    assert set(bases[t("Sum of additive amounts")]) == {t("none may be added")}
    assert (bases[t("Amounts known")] > 0).all()
    assert any(t("No amount of this choice may be added") in m.value for m in at.markdown)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_pilots_without_a_province_leave_the_map_empty_and_say_so(lang: Lang) -> None:
    at = _opened(("technologies.py", {"view": "map", **_abroad()}), lang)
    assert Words(lang)("No place in Korea is known.") in _told(at)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_programme_with_one_published_count_is_one_bar(lang: Lang) -> None:
    name, count = _one_count()
    korean = open_page("funnel.py", "ko", view="published")
    box = korean.multiselect(key="param-series")
    (mine,) = (label for label in box.options if label.startswith(f"{name} "))
    box.select(mine).run()
    code = str(korean.query_params["series"])
    at = _opened(("funnel.py", {"view": "published", "series": code}), lang)
    bars = [v for trace in _figures(at)[0]["data"] for v in _values(trace.get("x"))]
    assert bars == [count]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_partner_that_nobody_is_has_a_reason(lang: Lang) -> None:
    t = Words(lang)
    choice = {"side": "host", "sector": "education", "q": NOBODY}
    at = _opened(("partners.py", choice), lang)
    assert any(t("the words do not occur") in i for i in _told(at))
    assert any(t("No technology fits") in str(m.value) for m in at.markdown)
