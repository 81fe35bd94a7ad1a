"""A figure taken away: archive, citation, report; equal content makes equal bytes."""

from __future__ import annotations

import io
import re
import zipfile
from urllib.parse import parse_qs, unquote, urlsplit

import orjson
import pandas as pd
import pytest
import yaml  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.overview import pilots_sold
from analytics.result import Result, computed, marked
from analytics.takeaway import Figure, archive, documentation, metadata, numbers
from loaders import citation
from loaders.bundles import zipped
from loaders.citation import Cited, apa, bibtex, cff
from loaders.engine import Engine
from tests.support import committed
from ui.i18n import Words
from ui.provenance import pages_list
from ui.report import MAX_ADDRESS, VARIABLE, report_url

METHOD = "analytics.overview.pilots_sold"
CITED = Cited(
    {"ko": "실증", "en": "Pilots & {sales} of 100% #1"},
    "0123456789ab",
    "https://a.example/?q=1&b={x}",
)


@pytest.fixture(scope="module")
def figure(run: Engine) -> Figure:
    result = marked(pilots_sold(run), METHOD)
    return Figure(result, {"ko": "판매", "en": "Sold"}, run.snapshot_id, "https://a.example/")


def files_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as found:
        return {name: found.read(name) for name in found.namelist()}


def test_the_archive_of_a_page_holds_the_table_and_the_numbers(run: Engine, figure: Figure) -> None:
    shown = pd.DataFrame({"이름": ["=1+1", "부산"]})
    files = files_of(archive(run, figure, shown))
    assert list(files) == [
        *("README.md", "table.csv", "data.csv", "metadata.json"),
        *("CITATION.cff", "citation.bib", "citation.txt"),
    ]
    assert files["table.csv"].decode("utf-8-sig") == "이름\r\n'=1+1\r\n부산\r\n"
    assert files["data.csv"] == numbers(figure.result)
    about = orjson.loads(files["metadata.json"])
    assert about == orjson.loads(orjson.dumps(metadata(run, figure)))
    assert (about["covered"], about["total"]) == (figure.result.covered, figure.result.total)
    assert about["definition"]["en"]["counted"].startswith("Pilots with a contract")
    assert about["method"] == METHOD
    assert about["documentation"] == documentation(METHOD)
    assert about["sources"] and all(s["url"].startswith("http") for s in about["sources"])
    readme = files["README.md"].decode()
    for text in ("## 판매", "## Sold", "`table.csv`", run.snapshot_id, "CC-BY-4.0"):
        assert text in readme


def test_equal_figures_make_equal_archives(run: Engine, figure: Figure) -> None:
    assert archive(run, figure) == archive(run, figure)
    assert zipped({"a": b"1"}) != zipped({"a": b"2"})


def test_a_title_in_one_language_serves_both(run: Engine, figure: Figure) -> None:
    only = Figure(figure.result, {"en": "Sold"}, run.snapshot_id)
    assert "## Sold" in files_of(archive(run, only))["README.md"].decode().splitlines()[0]


def test_marking_keeps_the_numbers_and_names_the_function() -> None:
    result = Result(pd.DataFrame(), {}, 1, 2, "pilots")

    @computed
    def made() -> Result:
        return result

    name = f"{__name__}.{test_marking_keeps_the_numbers_and_names_the_function.__name__}"
    assert made().method == f"{name}.<locals>.made"
    assert (made().covered, made().total) == (1, 2)
    assert marked("no result", "x") == "no result"
    assert documentation("") == ""


def test_apa_names_owner_year_title_version_snapshot_licence_and_address() -> None:
    version = committed().descriptor["version"]
    assert apa("en", CITED) == (
        "Testbed Atlas Korea. (2026). Pilots & {sales} of 100% #1 "
        f"(version {version}, snapshot 0123456789ab) [Figure and data]. CC-BY-4.0. "
        "https://a.example/?q=1&b={x}"
    )
    assert apa("ko") == (
        f"한국 실증 아틀라스. (2026). 한국 실증 아틀라스 (버전 {version}) [데이터 세트]. CC-BY-4.0."
    )


@settings(max_examples=200)
@given(title=st.text(max_size=60), link=st.text(max_size=60))
def test_bibtex_is_balanced_whatever_it_names(title: str, link: str) -> None:
    entry = bibtex(Cited({"ko": title, "en": title}, "0123456789ab", link))
    bare = re.sub(r"\\textbackslash\{\}|\\[{}]", "", entry)
    depth = 0
    for letter in bare:
        depth += (letter == "{") - (letter == "}")
        assert depth >= 0
    assert depth == 0
    assert entry.startswith("@misc{testbed-atlas-korea:")


def test_bibtex_escapes_what_tex_reads() -> None:
    assert r"title = {{Pilots \& \{sales\} of 100\% \#1}}" in bibtex(CITED)
    assert "url = {https://a.example/?q=1&b=x}" in bibtex(CITED)


@settings(max_examples=100)
@given(title=st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=60))
def test_cff_is_yaml_with_the_fields_of_the_format(title: str) -> None:
    found = yaml.safe_load(
        cff(Cited({"ko": title, "en": title}, "0123456789ab", "https://a.example/"))
    )
    assert found["title"] == title
    assert (found["cff-version"], found["type"]) == ("1.2.0", "dataset")
    assert found["identifiers"][0]["value"] == "0123456789ab"
    assert set(found) >= {"message", "authors", "version", "date-released", "license"}


def test_the_committed_citation_is_up_to_date() -> None:
    """``python -m loaders.citation`` writes it."""
    assert citation.FILE.read_text(encoding="utf-8") == cff()


def test_a_report_without_an_address_leaves_the_recipient_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    address = report_url(
        "Sold & <b>more</b>", METHOD, "abc", "https://a.example/?x=1&y=2", Words("en")
    )
    parts = urlsplit(address)
    fields = parse_qs(parts.query, strict_parsing=True)
    assert (parts.scheme, parts.path, set(fields)) == ("mailto", "", {"subject", "body"})
    assert fields["subject"] == ["Error in a figure: Sold & <b>more</b>"]
    for text in (METHOD, "abc", "https://a.example/?x=1&y=2"):
        assert text in fields["body"][0]


@pytest.mark.parametrize(
    ("target", "wanted"),
    [
        ("mailto:a@b.example", "mailto:a@b.example?subject="),
        ("https://git.example/new", "https://git.example/new?title="),
        ("https://git.example/new?label=data", "https://git.example/new?label=data&title="),
        (
            "https://x.example/?issue[title]={title}&d={body}",
            "https://x.example/?issue[title]=Error",
        ),
        ("javascript:alert(1)", "mailto:?subject="),
        ("", "mailto:?subject="),
    ],
)
def test_reports_go_where_the_operator_says(
    monkeypatch: pytest.MonkeyPatch, target: str, wanted: str
) -> None:
    monkeypatch.setenv(VARIABLE, target)
    address = report_url("Sold", METHOD, "abc", "https://a.example/", Words("en"))
    assert address.startswith(wanted)
    assert METHOD in unquote(address)
    assert "{" not in address and "\n" not in address


def test_a_long_link_is_left_out_of_a_report(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    address = report_url(
        "제" * 500, METHOD, "abc", "https://a.example/?q=" + "x" * 5000, Words("ko")
    )
    assert len(address) <= MAX_ADDRESS
    assert METHOD in unquote(address) and "xxx" not in address


def test_hostile_pages_are_text_in_the_list_of_sources() -> None:
    rows = [
        ("<img src=x onerror=alert(1)>", 'https://a.example/x?a=1&b="><script>'),
        ("Plain", "javascript:alert(1)"),
        ("Good", "https://b.example/p?id=7"),
    ]
    pages = pd.DataFrame(rows, columns=["publisher_en", "url"]).assign(published="2024-05")
    listed = pages_list(pages, Words("en"))
    assert "<img" not in listed and "<script" not in listed
    assert "javascript:" not in listed
    assert listed.count("<li>") == 3
    assert (
        'Good, 2024-05: <a href="https://b.example/p?id=7" target="_blank" '
        'rel="noopener noreferrer"' in listed
    )
