"""Briefs as pages and PDF files: every id, hostile text, fonts, languages, bounds."""

from __future__ import annotations

import io
import os
import random
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from threading import Barrier, Lock, Thread
from xml.etree import ElementTree as ET

import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from starlette.applications import Starlette
from starlette.testclient import TestClient

from api.brief import fonts, svg
from api.brief.content import Setting, brief
from api.brief.gate import BusyError, Gate
from api.brief.model import Brief, Row
from api.brief.notes import Notes
from api.brief.page import html
from api.brief.pdf import pdf
from api.brief.routes import FIRST_BRIEFS, brief_routes
from api.brief.subjects import MAX_ID, find, subjects
from charts.tokens import STAGES
from loaders.engine import Engine
from loaders.i18n import LANGUAGES, Words, choose_language
from loaders.package import Lang
from loaders.validation import MAX_CELL
from tests.support import DATA, environment
from tests.unit.fixtures_small import small_run
from ui.briefs import brief_url

BASE = "https://atlas.example"
CITIES = ("busan", "sejong", "cheonan")
#: Every id in both languages instead of a sample (minutes).
EVERYTHING = os.environ.get("ATLAS_ALL_BRIEFS") == "1"
SAMPLE = 10
VOID = {"meta", "link", "br", "img", "hr"}
HOSTILE = (
    "</style></svg><script>alert(1)</script>{{ 7*7 }}{% raw %}&\"' "
    '#panic("x") #import "/etc/passwd" $x$ *b* _i_ `c` @ref <label> = head \\u{41} // c /* c'
)


def made(run: Engine, asked: str, lang: Lang) -> Brief:
    subject = find(run, asked)
    assert subject is not None, asked
    return brief(run, subject, run.snapshot_id, Setting(BASE, STAGES), Words(lang))


def site(gate: Gate | None = None) -> Starlette:
    return Starlette(routes=[*brief_routes(choose_language, STAGES, gate)])


@pytest.fixture(scope="module")
def client(good_snapshot: Path) -> Iterator[TestClient]:
    with environment(DATA, good_snapshot):
        yield TestClient(site())


@pytest.fixture(scope="module")
def cheonan(run: Engine) -> PdfReader:
    return PdfReader(io.BytesIO(pdf(made(run, "cheonan", "ko"))))


@pytest.fixture(scope="module")
def small(run: Engine) -> Brief:
    return made(run, "1876-busan", "en")


@pytest.fixture(scope="module")
def busan(run: Engine) -> PdfReader:
    return PdfReader(io.BytesIO(pdf(made(run, "busan", "en"))))


class Outline(HTMLParser):
    """Tags and text of a page; fails where tags are not closed in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(page)
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not any(name.startswith("on") for name, _ in attrs)
        assert not any("javascript:" in (value or "") for _, value in attrs)
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def texts(value: object) -> Iterator[str]:
    """Every text of the content that is set in type."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from texts(item)
    elif isinstance(value, Row):
        yield from texts(value.cells)


def words_of(found: Brief) -> list[str]:
    tables = [t for t in (found.testbeds, found.money, found.pilots, found.rounds) if t]
    shown: list[object] = [found.title, found.answer, found.unknown, found.colophon]
    for table in tables:
        shown += [table.title, table.columns if table.rows else (), table.rows, table.more]
    shown += [(s.publisher, s.shown) for s in found.sources]
    shown += [(f.label, f.value, f.note) for f in found.figures]
    shown += [(c.title, *(x.label for x in c.bars)) for c in found.charts if c.bars]
    return [word for part in shown for text in texts(part) for word in text.split()]


def squeezed(text: str) -> str:
    """Text without the breaks that setting puts in."""
    return re.sub(r"[\s\u00ad\u2010]+", "", unicodedata.normalize("NFC", text))


# --- ids ----------------------------------------------------------------------------------


def test_places_and_programmes_are_found_by_each_of_their_ids(run: Engine) -> None:
    known = subjects(run)
    asked_for = {
        "busan": "KR-26",
        "kr-26": "KR-26",
        "Sejong": "KR-50",
        "cheonan": "44130",
        "44130": "44130",
        "gyeonggi": "KR-41",
    }
    for asked, code in asked_for.items():
        found = find(run, asked)
        assert found is not None
        assert found.id == code, asked
    assert known["gwangju"].id == "KR-29"  # the province, not the town of that name
    assert "jung" not in known  # six districts bear the name
    for subject in known.values():
        assert known[subject.slug.casefold()] == subject
        assert known[subject.id.casefold()] == subject
    kinds = [s.kind for s in set(known.values())]
    assert kinds.count("program") > 200
    assert kinds.count("place") > 230


@given(st.text(max_size=2 * MAX_ID))
def test_no_other_text_is_an_id(run: Engine, asked: str) -> None:
    found = find(run, asked)
    assert found is None or asked.casefold() in subjects(run)


def _sampled(run: Engine) -> list[tuple[str, Lang]]:
    slugs = sorted({s.slug for s in subjects(run).values()})
    if EVERYTHING:
        return [(slug, lang) for slug in slugs for lang in LANGUAGES]
    chosen = random.Random(20261122).sample(slugs, SAMPLE)
    return [(slug, LANGUAGES[i % 2]) for i, slug in enumerate(chosen)]


def test_briefs_are_whole_pages_and_two_sheets_at_most(run: Engine) -> None:
    for slug, lang in _sampled(run):
        found = made(run, slug, lang)
        page = Outline(html(found, BASE).decode())
        assert "script" not in page.tags, slug
        assert page.tags.count("h1") == 1
        assert not re.search(r"\bnan\b|\bNaT\b|<NA>|\bNone\b", page.text), slug
        assert len(PdfReader(io.BytesIO(pdf(found))).pages) <= 2, (slug, lang)


# --- hostile text -------------------------------------------------------------------------


def hostile(found: Brief) -> Brief:
    """The brief with a hostile text wherever data may stand."""
    table = replace(found.pilots, rows=(Row((HOSTILE,) * 5, (1,)),), note=HOSTILE, title=HOSTILE)
    bar = replace(found.charts[0].bars[0], label=HOSTILE, value=HOSTILE)
    picture = found.picture
    assert picture is not None
    return replace(
        found,
        title=HOSTILE,
        answer=HOSTILE,
        facts=((HOSTILE, HOSTILE),),
        figures=tuple(replace(f, label=HOSTILE) for f in found.figures),
        pilots=table,
        charts=(replace(found.charts[0], bars=(bar,)),),
        unknown=(HOSTILE,),
        sources=(replace(found.sources[0], publisher=HOSTILE, shown=HOSTILE),),
        picture=replace(picture, caption=HOSTILE),
    )


def test_hostile_text_stays_text_in_html(run: Engine) -> None:
    found = made(run, "sejong", "en")
    plain, page = Outline(html(found, BASE).decode()), Outline(html(hostile(found), BASE).decode())
    assert "script" not in page.tags
    assert set(page.tags) <= set(plain.tags) | {"ul", "li"}
    assert "<script>alert(1)</script>{{ 7*7 }}" in page.text


def test_hostile_text_stays_text_in_typst(run: Engine) -> None:
    content = pdf(hostile(made(run, "sejong", "en")))
    shown = squeezed("".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages))
    for piece in (
        '#panic("x")',
        '#import"/etc/passwd"',
        "$x$*b*_i_`c`@ref<label>=head\\u{41}//c/*c",
    ):
        assert piece in shown
    assert "root:" not in shown


def test_hostile_text_stays_text_in_svg() -> None:
    square = {"geometry": {"type": "Polygon", "coordinates": [[[127, 36], [128, 36], [128, 37]]]},
              "properties": {"iso": "KR-26"}}  # fmt: skip
    for picture in (
        svg.place_map([square], [square], [(127.5, 36.2)], HOSTILE),
        svg.locator([square], [square], HOSTILE),
        svg.shaded_map([square], {"KR-26": 2}, [], HOSTILE),
        svg.bar(0.5, '"/><script>'),
    ):
        root = ET.fromstring(picture)
        assert {node.tag.split("}")[1] for node in root.iter()} <= {
            "svg", "g", "path", "rect", "circle",
        }  # fmt: skip


def test_only_web_addresses_become_links(run: Engine) -> None:
    found = made(run, "sejong", "en")
    assert all(s.address.startswith(("http://", "https://")) for s in found.sources)
    nowhere = replace(found, sources=(replace(found.sources[0], address=""),))
    assert found.sources[0].address not in html(nowhere, BASE).decode()


# --- pictures -----------------------------------------------------------------------------


@given(
    st.tuples(st.floats(124, 128), st.floats(33, 36), st.floats(0.01, 3), st.floats(0.01, 3)),
    st.integers(20, 500),
    st.integers(20, 500),
)
def test_a_window_holds_its_box(parts: tuple[float, float, float, float], w: int, h: int) -> None:
    west, south, across, up = parts
    box = (west, south, west + across, south + up)
    view = svg.window(box, w, h)
    for lon in (box[0], box[2]):
        for lat in (box[1], box[3]):
            x, y = view.at(lon, lat)
            assert -0.1 <= x <= w + 0.1
            assert -0.1 <= y <= h + 0.1
    assert view.holds(box)
    middle = view.at((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    assert middle == pytest.approx((w / 2, h / 2), abs=0.2)


def test_bars_keep_within_their_frame() -> None:
    lengths = [
        float(ET.fromstring(svg.bar(share, "#123456"))[1].attrib["width"])
        for share in (-1, 0, 0.25, 1, 7)
    ]
    assert lengths == [0, 0, 25, 100, 100]


# --- the PDF ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["cheonan", "busan"])
def test_a_pdf_has_two_a4_pages_and_its_fonts_inside(
    name: str, request: pytest.FixtureRequest
) -> None:
    reader: PdfReader = request.getfixturevalue(name)
    assert len(reader.pages) == 2
    for page in reader.pages:
        size = (float(page.mediabox.width), float(page.mediabox.height))
        assert size == pytest.approx((595.28, 841.89), abs=0.1)
        used = page["/Resources"]["/Font"].get_object()  # type: ignore[index]
        assert used
        for font in used.values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            # six letters and a plus: a part of the font, not the whole
            assert re.fullmatch(r"/[A-Z]{6}\+Pretendard-(Regular|SemiBold).*", inner["/BaseFont"])
            description = inner["/FontDescriptor"]
            assert "/FontFile3" in description or "/FontFile2" in description
            assert "/ToUnicode" in font.get_object()


@pytest.mark.parametrize(("name", "lang"), [("cheonan", "ko"), ("busan", "en")])
def test_a_pdf_says_its_language_and_title(
    name: str, lang: Lang, run: Engine, request: pytest.FixtureRequest
) -> None:
    reader: PdfReader = request.getfixturevalue(name)
    assert reader.trailer["/Root"]["/Lang"] == lang  # type: ignore[index]
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]  # type: ignore[index]
    assert reader.metadata is not None
    assert reader.metadata.title == made(run, name, lang).title


@pytest.mark.parametrize(("name", "lang"), [("cheonan", "ko"), ("busan", "en")])
def test_every_word_can_be_taken_out_of_the_pdf(
    name: str, lang: Lang, run: Engine, request: pytest.FixtureRequest
) -> None:
    reader: PdfReader = request.getfixturevalue(name)
    shown = squeezed("".join(page.extract_text() for page in reader.pages))
    words = words_of(made(run, name, lang))
    assert len(words) > 150
    assert [w for w in words if squeezed(fonts.printable(w)) not in shown] == []


@pytest.mark.parametrize("name", ["cheonan", "busan"])
def test_no_sign_is_drawn_as_an_empty_box(name: str, request: pytest.FixtureRequest) -> None:
    """Glyph 0 is the box for a sign that the font lacks; no text shows it."""
    reader: PdfReader = request.getfixturevalue(name)
    for page in reader.pages:
        contents = page.get_contents()
        assert contents is not None
        shown = 0
        for operands, operator in contents.operations:
            pieces = operands[0] if operator == b"TJ" else operands if operator == b"Tj" else []
            for piece in pieces:
                raw = getattr(piece, "original_bytes", None)
                if raw is not None:
                    glyphs = [raw[i : i + 2] for i in range(0, len(raw), 2)]
                    shown += len(glyphs)
                    assert b"\0\0" not in glyphs
        assert shown > 300


def test_the_same_brief_gives_the_same_file(run: Engine) -> None:
    found = made(run, "cheonan", "ko")
    assert pdf(found) == pdf(found)


# --- fonts --------------------------------------------------------------------------------


SPECIMEN = b'#set document(title: "x")\n#set text(font: "Pretendard")\n#sys.inputs.text'


def set_in_type(text: str) -> None:
    """Fails when the typesetter finds a sign without a glyph."""
    typst.compile(
        SPECIMEN,
        font_paths=typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts.FOLDER]
        ),
        format="pdf",
        pdf_standards="ua-1",
        sys_inputs={"text": text},
    )


def test_the_character_map_is_read_as_the_typesetter_reads_it() -> None:
    assert {ord(c) for c in "가힣Aé–‘’“”·…→"} <= fonts.covered()
    invisible = ("Cc", "Cf", "Zl", "Zp", "Zs")
    signs = [chr(p) for p in sorted(fonts.covered())]
    seen = [c for c in signs if unicodedata.category(c) not in invisible]
    assert len(seen) > 11_172  # all composed Hangul and more
    set_in_type(" ".join(seen))
    for lacking in "古漢ا\U0001f600":
        with pytest.raises(typst.TypstError, match="could not be displayed"):
            set_in_type(lacking)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("천안시 Cheonan", "천안시 Cheonan"),
        (unicodedata.normalize("NFD", "한글"), "한글"),
        ("고고(GO古) 가야", "고고(GO[U+53E4]) 가야"),
        ("ﬁne", "fine"),
        ("\U0001f600", "[U+1F600]"),
        ("한\u200b글\n a\tb", "한글 a b"),
    ],
)
def test_signs_that_the_font_lacks_are_said(text: str, shown: str) -> None:
    assert fonts.printable(text) == shown


@given(st.text(max_size=40))
def test_whatever_is_printed_is_in_the_font(text: str) -> None:
    assert all(ord(c) in fonts.covered() for c in fonts.printable(text))


@settings(max_examples=15)
@given(text=st.text(max_size=30))
def test_any_text_can_be_set(small: Brief, text: str) -> None:
    assert pdf(replace(small, title=f"x {text}", unknown=(text,))).startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("address", "linked"),
    [
        ("https://a.kr/x", True),
        ("https://a.kr/" + "x" * (MAX_CELL - 13), False),
        ("https://a.kr/" + "가" * (MAX_CELL - 13), False),  # three bytes each
        ("https://a.kr@elsewhere.example/", False),
        ("ftp://a.kr/x", False),
    ],
)
def test_the_address_of_a_page_is_a_link_where_a_pdf_can_hold_it(
    small: Brief, address: str, linked: bool
) -> None:
    page = {"source_id": "s1", "url": address, "published": None}
    notes = Notes(small_run({"sources": [page]}))
    notes.cite(["s1"])
    found = replace(small, sources=notes.listed(Words("ko")))
    assert [s.address for s in found.sources] == [address if linked else ""]
    assert found.sources[0].shown
    assert pdf(found).startswith(b"%PDF-")


@pytest.mark.parametrize("content", [b"OTTO\0\0" + bytes(10), b"\0\1\0\0\0\0" + bytes(6)])
def test_a_file_without_character_map_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.otf").write_bytes(content)
    with pytest.raises(ValueError, match="no character map"):
        fonts.code_points(tmp_path / "x.otf")


# --- over HTTP ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "header", "lang"),
    [("?lang=en", "ko", "en"), ("?lang=ko", "en", "ko"), ("", "en-GB,ko;q=0.5", "en"),
     ("", "fr", "ko"), ("?lang=xx", "", "ko")],
)  # fmt: skip
def test_language_comes_from_the_address_then_the_browser(
    client: TestClient, query: str, header: str, lang: str
) -> None:
    answer = client.get(f"/brief/cheonan{query}", headers={"Accept-Language": header})
    assert answer.status_code == 200
    assert f'<html lang="{lang}">' in answer.text
    assert answer.headers["Vary"] == "Accept-Language"
    for other in LANGUAGES:
        assert (
            f'hreflang="{other}" href="http://testserver/brief/cheonan?lang={other}"' in answer.text
        )
    assert re.search(r'<meta name="description" content="[^"]{20,}">', answer.text)


def test_a_brief_is_kept_and_tagged(client: TestClient) -> None:
    first = client.get("/brief/KR-26.pdf?lang=en")
    assert first.headers["Content-Type"] == "application/pdf"
    assert first.content.startswith(b"%PDF-")
    assert "brief-busan-en.pdf" in first.headers["Content-Disposition"]
    again = client.get("/brief/busan.pdf?lang=en", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert client.get("/brief/busan?lang=ko").headers["ETag"] != first.headers["ETag"]
    assert client.head("/brief/busan?lang=ko").content == b""
    assert client.post("/brief/busan").status_code == 405


@pytest.mark.parametrize(
    "asked", ["nowhere", "..%2f..%2fapp.py", "%00", "%3Cscript%3E", "a" * 5_000, "KR-26.txt"]
)
@pytest.mark.parametrize("ending", ["", ".pdf"])
def test_an_unknown_id_gives_a_page_in_the_language(
    client: TestClient, asked: str, ending: str
) -> None:
    for lang, title in (("ko", "해당 브리프 없음"), ("en", "No such brief")):
        answer = client.get(f"/brief/{asked}{ending}?lang={lang}")
        assert answer.status_code == 404
        if asked.startswith(".."):
            continue  # the router already refuses a path with a further stroke
        assert f'<html lang="{lang}">' in answer.text
        assert f"<h1>{title}</h1>" in answer.text
        assert answer.headers["Cache-Control"] == "no-store"
        assert len(answer.text) < 10_000
        assert "script" not in Outline(answer.text).tags


def test_without_data_the_answer_is_later(tmp_path: Path) -> None:
    with environment(DATA, tmp_path):
        answer = TestClient(site()).get("/brief/busan?lang=en")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0


def test_links_of_the_pages_lead_to_briefs(client: TestClient) -> None:
    t = Words("en")
    assert client.get("/" + brief_url("44130", t)).headers["Content-Type"].startswith("text/html")
    file = client.get("/" + brief_url("44130", t, ".pdf"))
    assert file.headers["Content-Type"] == "application/pdf"
    assert brief_url("a/../b?", t) == "brief/a%2F..%2Fb%3F?lang=en"


def test_the_first_briefs_exist(client: TestClient) -> None:
    for path in FIRST_BRIEFS:
        assert client.get(f"/{path}?lang=ko").status_code == 200


# --- the bound ----------------------------------------------------------------------------


def test_a_gate_lets_no_more_in_than_it_may() -> None:
    gate = Gate(working=2, waiting=6, patience=30)
    lock, inside, most = Lock(), [0], [0]
    together = Barrier(2)

    def work() -> None:
        with gate.turn():
            with lock:
                inside[0] += 1
                most[0] = max(most[0], inside[0])
            together.wait(30)  # only a second one inside lets the first go on
            with lock:
                inside[0] -= 1

    threads = [Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)
    assert (most[0], inside[0]) == (2, 0)


@pytest.mark.parametrize("waiting", [0, 1])
def test_a_gate_sends_away_whom_it_cannot_let_in(waiting: int) -> None:
    gate = Gate(working=1, waiting=waiting, patience=0.01)
    for _ in range(3):  # a refusal takes no place from those who come later
        with gate.turn():
            with pytest.raises(BusyError), gate.turn():
                pass
            with pytest.raises(BusyError), gate.turn():
                pass


def test_too_many_requests_are_told_when_to_come_back(good_snapshot: Path) -> None:
    gate = Gate(working=1, waiting=0, patience=0.01)
    with environment(DATA, good_snapshot):
        client = TestClient(site(gate))
        with gate.turn():
            busy = client.get("/brief/sejong?lang=en")
            assert busy.status_code == 503
            assert int(busy.headers["Retry-After"]) > 0
            assert "Not available" in busy.text
        assert client.get("/brief/sejong?lang=en").status_code == 200
        with gate.turn():  # what is kept needs no turn
            assert client.get("/brief/sejong?lang=en").status_code == 200
