"""Hostile text stays text in maps, charts, pictures, Markdown and links."""

from __future__ import annotations

import html
import json
import re
import string
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charts.bars import category_bars
from charts.funnel import stage_bars
from charts.maps import KOREA_BOUNDS, MapFiles, base_map, point_layer
from charts.sankey import Column, sankey
from charts.svgmap import province_picture
from charts.text import MAX_LABEL, clean, for_map, for_plotly, shorten
from charts.tokens import Symbol
from ui.safe import http_url, markdown

HOSTILE = (
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "${alert(1)}",
    "`;alert(1);`",
    "\\",
    "\\u003cscript\\u003e",
    "\"'><svg onload=alert(1)>",
    "'+alert(1)+'",
    "&lt;script&gt;",
    "{{ 7*7 }}",
    "{% raw %}",
    "{# note #}",
    "<!--",
    "]]>",
)
FILES = MapFiles("/l.js", "/l.css", "/p.js", "/points.js", "/m.geojson")
anything = st.text(st.characters(codec=None), max_size=40) | st.sampled_from(HOSTILE)


# --- the map --------------------------------------------------------------------------


def map_with(text: str) -> str:
    """The whole document of a map with one point that says ``text`` everywhere."""
    points = pd.DataFrame(
        {
            "id": [text], "lat": [35.1], "lon": [129.0], "kind": ["k"], "exact": [True],
            "name": [text], "detail": [text], "size": [7.0],
        }
    )  # fmt: skip
    m = base_map(FILES, KOREA_BOUNDS)
    words = {"testbeds": text, "nearer": text}
    point_layer(points, {"k": Symbol("circle", "#0072B2")}, text, words).add_to(m)
    return str(m.get_root().render())


def marks(document: str) -> dict[str, int]:
    """How often each thing occurs that could end or open code."""
    found = ("<script", "</script", "<img", "<svg", "onerror", "${", "`", "<!--")
    return {mark: document.lower().count(mark) for mark in found}


@pytest.mark.parametrize("text", HOSTILE)
def test_map_holds_no_hostile_text(text: str) -> None:
    document = map_with(text)
    if len(text) > 1:
        assert text not in document
    calm, wild = marks(map_with("Quay")), marks(document)
    calm["onerror"] += 5 * text.count("onerror")  # letters without brackets are harmless
    assert wild == calm


@pytest.mark.parametrize("text", HOSTILE)
def test_map_shows_the_text_itself(text: str) -> None:
    """What the browser makes of the script's data and then of the tooltip's HTML."""
    found = re.search(r"atlasPoints\(\s*(\[.*?\]), \{", map_with(text), re.DOTALL)
    assert found
    properties = json.loads(found[1])[0]["properties"]
    assert html.unescape(properties["name"]) == text
    assert html.unescape(properties["detail"]) == text


@settings(max_examples=300)
@given(anything)
def test_text_for_the_map_has_no_special_character(text: str) -> None:
    safe = for_map(text)
    assert not set(re.sub(r"&#\d+;", "", safe)) & set("&<>\"'`$\\{}")
    assert html.unescape(safe) == clean(text)[:MAX_LABEL]


# --- Plotly -----------------------------------------------------------------------------


def strings_in(node: object) -> list[str]:
    """All texts of a figure."""
    if isinstance(node, dict):
        return [text for value in node.values() for text in strings_in(value)]
    if isinstance(node, list | tuple | np.ndarray):
        return [text for value in node for text in strings_in(value)]
    return [node] if isinstance(node, str) else []


@pytest.mark.parametrize("text", HOSTILE)
def test_charts_hold_no_markup(text: str) -> None:
    bars = pd.DataFrame(
        {"stage": ["applied", "poc"], "label": [text, "x"], "value": [1, None],
         "text": [text, text], "hover": [text, text]}
    )  # fmt: skip
    flows = pd.DataFrame({"from": ["a"], "to": ["b"], "n": [1]})
    columns = {"from": Column(["a"], {"a": text}, {}), "to": Column(["b"], {"b": text}, {})}
    figures = (
        stage_bars(bars, axis_title="n", gap_text=text),
        category_bars(bars, axis_title=text),
        sankey(flows, columns, "n", text),
    )
    for fig in figures:
        for written in strings_in(fig.to_plotly_json()):
            own = re.sub(r"<br>|<extra></extra>", "", written)  # the charts' own
            assert "<" not in own
            assert ">" not in own
            assert not re.search(r"&(?!#(38|60|62);)", own)


@settings(max_examples=300)
@given(anything)
def test_text_for_plotly_has_no_markup(text: str) -> None:
    safe = for_plotly(text)
    assert not set(safe) & set("<>")
    assert not re.search(r"&(?!#(38|60|62);)", safe)


# --- the still picture ------------------------------------------------------------------


SQUARE = {"type": "Polygon", "coordinates": [[[126, 35], [127, 35], [127, 36], [126, 35]]]}


@settings(max_examples=200)
@given(anything, anything)
def test_picture_is_well_formed_and_keeps_the_text(title: str, description: str) -> None:
    shape = {"properties": {"iso": "KR-26"}, "geometry": SQUARE}
    svg = province_picture([shape], {"KR-26": "#fff"}, {"KR-26": title}, [], description)
    root = ET.fromstring(svg.encode("utf-8"))
    assert {e.tag.rpartition("}")[2] for e in root.iter()} == {"svg", "g", "path", "title"}
    shown = root.findtext(".//{http://www.w3.org/2000/svg}title")
    assert shown == clean(title)
    assert root.get("aria-label") == clean(description)
    assert {name for e in root.iter() for name in e.attrib if name.startswith("on")} == set()


# --- cleaning ---------------------------------------------------------------------------


def test_clean_removes_what_hides_or_reorders_text() -> None:
    assert clean("a\x00b\x1bc\u202ed\u200be\ufefff\u2066g\ud800h\uffff") == "abcdefgh"
    assert clean("가\n나\t다") == "가\n나\t다"
    assert clean(12) == "12"


def test_shorten() -> None:
    assert shorten("short", 5) == "short"
    assert shorten("shorter", 5) == "shor…"
    assert shorten("a b c d", 5) == "a b…"
    assert len(for_plotly("x" * 1000)) == MAX_LABEL


# --- Markdown and links ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("[a](http://b)", "\\[a\\]\\(http\\:\u2060//b\\)"),
        ("**bold** _it_", "\\*\\*bold\\*\\* \\_it\\_"),
        (":red[x] :smile: $x$", "\\:red\\[x\\] \\:\u2060smile\\: \\$x\\$"),
        (":material/home: a -> b", "\\:\u2060material/home\\: a \\-\u2060\\> b"),
        ("www.a.kr b@c.kr", "www\u2060\\.a\\.kr b\\@\u2060c\\.kr"),
        ("12:30:45", "12\\:\u206030\\:45"),
        ("<img onerror=x>", "\\<img onerror=x\\>"),
        ("# title", "\\# title"),
        ("- item\n1. two", "\\- item 1\\. two"),
        ("a|b~c`d&amp;", "a\\|b\\~c\\`d\\&amp;"),
        ("부산 항만", "부산 항만"),
    ],
)
def test_markdown(text: str, escaped: str) -> None:
    assert markdown(text) == escaped


@settings(max_examples=500)
@given(anything)
def test_markdown_leaves_no_markup_and_keeps_the_words(text: str) -> None:
    safe = markdown(text)
    assert "\n" not in safe
    special = re.escape("\\`*_{}[]()#+-.!|<>~$:@&")
    # what is left of ASCII's marks is harmless inside a line
    assert set(re.sub(f"[{special}]", "", string.punctuation)) == set("\"%',/;=?^")
    assert re.fullmatch(rf"(?:\\[{special}]|[^{special}])*", safe)
    assert re.sub(r"\\(.)", r"\1", safe).replace("\u2060", "") == " ".join(clean(text).split())


@pytest.mark.parametrize(
    "address",
    [
        "https://www.busan.go.kr/a?b=c#d",
        "http://localhost:8501/",
        "https://한국.example/경로",
        "  https://a.kr/ ",
    ],
)
def test_web_addresses_pass(address: str) -> None:
    assert http_url(address) == address.strip()


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "java\nscript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "ftp://a.kr/",
        "//a.kr/",
        "/path",
        "a.kr",
        "http://",
        "https:///path",
        "https://www.busan.go.kr@elsewhere.example/",
        "https://user:secret@elsewhere.example/",
        "https://?q",
        "http://:80/",
        "https://[::1",
        "https://a.kr/ javascript:alert(1)",
        "https://a.kr/\nx",
        "",
        None,
        float("nan"),
    ],
)
def test_other_addresses_do_not(address: object) -> None:
    assert http_url(address) is None


@settings(max_examples=300)
@given(anything | anything.map("https://".__add__))
def test_any_address_is_refused_or_plain(address: str) -> None:
    found = http_url(address)
    if found is not None:
        assert found.lower().startswith(("http://", "https://"))
        assert not re.search(r"\s", found)
