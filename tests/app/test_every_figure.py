"""Every figure of every view says what it counts, from when, of how many, and from where.

A figure stands in a container whose key begins with `layout.FIGURE`. The walk opens each
view once in each language and looks for what a figure must have; whatever draws numbers
outside such a container fails too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block

from loaders.package import Lang
from ui.frame import PAGE_FOLDER, PageEntry, entries
from ui.i18n import LANGUAGES, Words
from ui.layout import ASIDE, FIGURE

ROOT = Path(__file__).parents[2]
Params = dict[str, str]
PILOTS = "a2z-sejong-brt-2022,42dot-cheonggyecheon-2022"

#: The control that chooses a view, its codes, and what else a page is opened with.
VIEWS: dict[str, tuple[str, tuple[str, ...]]] = {
    "funnel.py": ("view", ("pilots", "published", "pooled", "time", "places", "scale")),
    "investment.py": ("view", ("flows", "relative", "network")),
    "technologies.py": ("view", ("table", "cards", "map")),
    "money.py": ("view", ("paid", "planned", "followed")),
    "partners.py": ("side", ("startup", "host")),
    "data.py": ("view", ("facts", "definitions", "quality", "sources", "changes", "cite")),
}
OPENED: dict[str, tuple[Params, ...]] = {
    "testbeds.py": ({}, {"place": "KR-26", "testbed": "seoul-testbed-seoul"}),
    "technologies.py": ({"list": PILOTS, "compare": PILOTS},),
    "programs.py": ({"program": "smart-city-challenge"},),
    "company.py": ({}, {"id": "42dot"}, {"id": "busan-city"}),
    "investor.py": ({"id": "hyundai-motor"},),
    "testbed.py": ({"id": "seoul-testbed-seoul"},),
    "program.py": ({"id": "ksgc"}, {"id": "smart-city-challenge"}),
}
#: Views in which nothing is counted.
WITHOUT_FIGURES = {("data.py", "cite"), ("accessibility.py", "")}
#: Shows the parts of the site, an error too, with invented numbers: nothing on it is a figure.
SHOWCASES = {"style.py"}
#: A drawing whose table stands beside it as a figure of its own.
TABLE_ELSEWHERE = {"testbed-map": "testbeds"}
#: Tables of the curators' own words, which no page carries.
WITHOUT_PAGES = {"glossary", "measures", "changes", "questions"}

DRAWINGS = ("plotly_chart", "imgs", "component_instance", "bidi_component", "custom_component")
NUMBERS = (*DRAWINGS, "metric", "dataframe")


def nodes(block: Any) -> Iterator[Any]:
    """Everything below a block, dialogs apart."""
    for child in getattr(block, "children", {}).values():
        if getattr(child, "type", "") == "dialog":
            continue
        yield child
        yield from nodes(child)


def key_of(node: Any) -> str:
    """The key given in the code; '' without one."""
    parts = str(getattr(node.proto, "id", "") if node.proto is not None else "").split("-", 2)
    return parts[2] if len(parts) == 3 and parts[0].startswith("$$ID") else ""


def blocks(root: Any, beginning: str) -> dict[str, Block]:
    """Containers by the rest of their key."""
    found = [n for n in nodes(root) if isinstance(n, Block) and key_of(n).startswith(beginning)]
    return {key_of(n).removeprefix(beginning): n for n in found}


def kind(node: Any) -> str:
    return str(getattr(node, "type", ""))


def alt_of(node: Any) -> str:
    """The description for those who do not see it."""
    if kind(node) == "imgs":
        return str(node.proto.imgs[0].alt)
    return str(node.proto.alt)


def pattern(message: str) -> str:
    """A regular expression for a message whose fields may hold anything."""
    return re.sub(r"\\\{[^}]*\\\}", ".+", re.escape(message))


def lacking(key: str, figure: Block, t: Words) -> list[str]:
    """What a figure must have and does not."""
    inside = list(nodes(figure))
    kinds = {kind(n) for n in inside}
    captions = "\n".join(str(n.value) for n in inside if kind(n) == "caption")
    helps = "\n".join(str(n.proto.help) for n in inside if kind(n) == "metric")
    keys = {key_of(n) for n in inside}
    is_drawn, is_metric = bool(kinds & set(DRAWINGS)), "metric" in kinds
    counted = [t.plural("{n} source page", "{n} source pages", n) for n in (1, 2)]
    counts = [re.escape(text).replace(str(n), r"([\d,]+)") for n, text in enumerate(counted, 1)]
    said = [int(m[1].replace(",", "")) for p in counts if (m := re.search(p, captions))]
    faults = {
        "definition": re.search(pattern(t("Definition: {text}")), captions + helps),
        "period": re.search(pattern(t("Period: {years}")), captions),
        "coverage": re.search(pattern(t("Coverage: {covered} of {total}")), captions),
        "sources": bool(said)
        and (max(said) > 0 or key in WITHOUT_PAGES)
        and f"sources-{key}" in keys,
        "table": not is_drawn or "dataframe" in kinds or key in TABLE_ELSEWHERE,
        "alt": all(alt_of(n) for n in inside if kind(n) in ("plotly_chart", "imgs", "dataframe")),
        # a headline number has its file behind its button, see `test_what_a_button_opens`
        "csv": is_metric or f"csv-{key}" in keys,
    }
    return [f"{key}: {name}" for name, found in faults.items() if not found]


def outside(root: Any) -> list[str]:
    """Numbers and drawings that stand in no figure and are not set aside."""
    framed = {
        id(n)
        for beginning in (FIGURE, ASIDE)
        for block in blocks(root, beginning).values()
        for n in nodes(block)
    }
    return [f"{kind(n)} outside" for n in nodes(root) if kind(n) in NUMBERS and id(n) not in framed]


def audit(at: AppTest, t: Words) -> list[str]:
    """All faults of a view."""
    figures = blocks(at.main, FIGURE)
    faults = [fault for key, block in figures.items() for fault in lacking(key, block, t)]
    faults += [
        f"{k}: no table" for k, e in TABLE_ELSEWHERE.items() if k in figures and e not in figures
    ]
    return faults + outside(at.main)


def pages() -> list[PageEntry]:
    """Every page whose numbers are the data's."""
    return [entry for entry in entries(Words("en")).values() if entry.file not in SHOWCASES]


def views() -> list[tuple[str, str, Params]]:
    """Page, code of the view and parameters: every view once."""
    found = []
    for entry in pages():
        name, codes = VIEWS.get(entry.file, ("view", ("",)))
        for opened in OPENED.get(entry.file, ({},)):
            found += [(entry.file, code, opened | ({name: code} if code else {})) for code in codes]
    return found


def opened(at: AppTest, file: str, params: Params) -> AppTest:
    at.query_params.clear()
    at.query_params.update(params)
    at.switch_page(f"{PAGE_FOLDER}/{file}").run()
    assert not at.exception, [e.value for e in at.exception]
    assert not at.error, [e.value for e in at.error]
    return at


def dialog(at: AppTest) -> Block:
    """The open dialog; it stands beside the page."""
    parts = [n for block in at._tree.children.values() for n in block.children.values()]
    return next(n for n in parts if isinstance(n, Block) and kind(n) == "dialog")


def unexplained(key: str, box: Block, t: Words) -> list[str]:
    """What the dialog behind a figure must hold and does not."""
    inside = list(nodes(box))
    keys = {key_of(n) for n in inside}
    texts = "\n".join(str(n.value) for n in inside if kind(n) == "markdown")
    html = "\n".join(str(n.value) for n in inside if kind(n) == "html")
    documented = [n for n in inside if kind(n) == "code" and len(str(n.value)) > 20]
    faults = {
        "definition": f"**{t('Definition')}**" in texts and f"**{t('Why it matters')}**" in texts,
        "files": {f"csv-file-{key}", f"json-{key}", f"zip-{key}"} <= keys,
        "pages": key in WITHOUT_PAGES
        or re.search(r'<li>[^<]+<a href="https?://[^"]+" [^>]*rel="noopener noreferrer"', html),
        "rows": any(kind(n) == "dataframe" and alt_of(n) for n in inside),
        "method": documented,
        "report": t("Report an error in this figure") in html and 'href="mailto:?subject=' in html,
    }
    return [f"{key}: {name}" for name, found in faults.items() if not found]


@pytest.fixture(scope="module")
def at() -> AppTest:
    return AppTest.from_file(ROOT / "dashboard.py", default_timeout=120).run()


@pytest.fixture(scope="module")
def seen() -> set[str]:
    """Keys of the figures whose dialog was looked at."""
    return set()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("file", "view", "params"), views(), ids=[f"{f}-{v}-{len(p)}" for f, v, p in views()]
)
def test_every_figure_is_whole(
    at: AppTest, seen: set[str], file: str, view: str, params: Params, lang: Lang
) -> None:
    """Under the figure in both languages; what its button opens in one of them.

    The dialog is the same code everywhere, so that each figure's is opened once, in Korean
    and English by turns.
    """
    opened(at, file, {**params, "lang": lang})
    t = Words(lang)
    assert audit(at, t) == []
    figures = list(blocks(at.main, FIGURE))
    assert figures or (file, view) in WITHOUT_FIGURES
    for key in figures[lang == "en" :: 2]:
        if key not in seen:
            seen.add(key)
            at.button(key=f"sources-{key}").click().run()
            assert not at.exception, key
            assert unexplained(key, dialog(at), t) == []


def test_every_view_is_walked(at: AppTest) -> None:
    """A page with a control for views is opened in each of them."""
    for entry in pages():
        opened(at, entry.file, {"lang": "en"})
        for name in ("view", "side"):
            controls = [n for n in nodes(at.main) if key_of(n) == f"param-{name}"]
            if controls:
                control, codes = VIEWS[entry.file]
                assert (name, len(controls[0].options)) == (control, len(codes)), entry.file


BARE = """
import plotly.graph_objects as go
import streamlit as st

with st.container(key="figure-bare"):
    st.plotly_chart(go.Figure(), key="chart-bare")
st.dataframe({"n": [1]}, alt="outside")
"""
DESCRIBED = """
import plotly.graph_objects as go
import streamlit as st

with st.container(key="figure-described"):
    st.plotly_chart(go.Figure(), key="chart-described", alt="A finding")
    st.caption("Definition: x · Period: undated · Coverage: 1 of 2 pilots · 0 source pages")
    st.button("Sources", key="sources-described")
    st.download_button("CSV", "x", key="csv-described")
    st.dataframe({"n": [1]}, alt="A finding")
"""


def test_the_walk_can_fail() -> None:
    """A chart with nothing, and a table outside: every fault is found."""
    page = AppTest.from_string(BARE).run()
    names = ("definition", "period", "coverage", "sources", "table", "alt", "csv")
    faults = [*(f"bare: {name}" for name in names), "dataframe outside"]
    assert audit(page, Words("en")) == faults


def test_a_figure_without_pages_fails_and_one_with_pages_does_not() -> None:
    page = AppTest.from_string(DESCRIBED).run()
    assert audit(page, Words("en")) == ["described: sources"]
    figure = blocks(page.main, FIGURE)["described"]
    caption = next(n for n in nodes(figure) if kind(n) == "caption")
    caption.proto.body = str(caption.value).replace("0 source pages", "1,204 source pages")
    assert audit(page, Words("en")) == []
    assert any(lacking("described", figure, Words("ko")))  # English words on a Korean page
