"""Every file that the site gives out, read as its readers read it."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from itertools import product
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from xml.etree import ElementTree as ET

import httpx2 as httpx
import pyarrow.parquet as pq
from openpyxl import load_workbook

from tests.security.files import formulas
from tests.security.hostile import CANARY
from tests.security.poison import ADDRESS
from tests.support import committed, read_rows

MOST_ROWS = 10_000
VERBATIM = "/api/v1/data/"
FEEDS = (
    "/feed.atom?lang=en",
    "/feed.atom?lang=ko",
    "/deadlines.ics",
    "/sitemap.xml",
    "/robots.txt",
)
#: Briefs of a province and of a programme, where the site has them.
BRIEFS = ("/brief/KR-26", "/brief/KR-26.pdf", "/brief/1876-busan", "/brief/1876-busan.pdf")
_BREAK = re.compile(r"(?<!\r)\n")
_RUNS = ("javascript:", "vbscript:", "data:text", "file:")
_ELEMENTS = ("script", "iframe", "object", "embed", "base", "form", "foreignobject")


class _Active(HTMLParser):
    """Notes whatever in a page could run or lead astray."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: (value or "").strip().lower() for name, value in attrs}
        data_only = tag == "script" and values.get("type") == "application/ld+json"
        if tag in _ELEMENTS and not data_only:
            self.found.append(f"an active element: {tag}")
        for name, value in values.items():
            if name.startswith("on"):
                self.found.append(f"an event handler: {name}")
            if name in ("href", "src", "action", "formaction") and value.startswith(_RUNS):
                self.found.append(f"an address that runs: {value[:60]}")
            # a source's own address may hold any words
            trap = CANARY in value and not value.startswith(ADDRESS)
            if trap and name in ("src", "href", "action"):
                self.found.append(f"an address of the data: {value[:60]}")


def _csv(content: bytes) -> Iterator[str]:
    yield from formulas(_table(content))


def _table(content: bytes) -> list[list[str]]:
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert len({len(row) for row in rows}) == 1, "rows of different lengths"
    return rows


def _plain_csv(content: bytes) -> Iterator[str]:
    _table(content)
    yield from ()


def _xlsx(content: bytes) -> Iterator[str]:
    for sheet in load_workbook(io.BytesIO(content)).worksheets:
        for row in sheet.iter_rows():
            yield from (f"a formula in {c.coordinate}" for c in row if c.data_type == "f")


def _xml(content: bytes) -> Iterator[str]:
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        yield "a document type in XML"
    for element in ET.fromstring(content).iter():
        for name, value in element.attrib.items():
            if name.endswith("href") and urlsplit(value).scheme not in ("http", "https"):
                yield f"an address that is not of the web: {value[:80]}"
            if name.lower().startswith("on"):
                yield f"an event handler: {name}"
        if element.tag.rpartition("}")[2] in ("script", "iframe", "foreignObject"):
            yield f"an active element: {element.tag}"


def _html(content: bytes) -> Iterator[str]:
    page = _Active()
    page.feed(content.decode())
    yield from page.found


def _calendar(content: bytes) -> Iterator[str]:
    text = content.decode()
    if _BREAK.search(text):
        yield "a bare line break in a calendar"
    for line in text.split("\r\n"):
        if len(line.encode()) > 75:
            yield f"a line of a calendar is too long: {line[:60]!r}"
        if line and not re.match(r"[A-Z-]+[;:]| ", line):
            yield f"a line of a calendar begins with data: {line[:60]!r}"
        if line.startswith("X-Canary"):
            yield "a line of data became one of the calendar"


def _json(content: bytes) -> Iterator[str]:
    json.loads(content)
    yield from ()


def _parquet(content: bytes) -> Iterator[str]:
    pq.read_table(io.BytesIO(content))
    yield from ()


def _unknown(_: bytes) -> Iterator[str]:
    yield "a format that nobody here reads"


def _zip(content: bytes) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if not re.fullmatch(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*", name) or ".." in name:
                yield f"a name in the archive that may lead elsewhere: {name[:60]!r}"


def _pdf(content: bytes) -> Iterator[str]:
    for mark in (b"/JavaScript", b"/JS ", b"/Launch", b"/OpenAction", b"/EmbeddedFile"):
        if mark in content:
            yield f"a PDF with {mark.decode()}"


_CHECKS: dict[str, Callable[[bytes], Iterator[str]]] = {
    "text/csv": _csv,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": _xlsx,
    "application/json": _json,
    "application/geo+json": _json,
    "application/vnd.apache.parquet": _parquet,
    "application/atom+xml": _xml,
    "application/xml": _xml,
    "image/svg+xml": _xml,
    "text/html": _html,
    "text/calendar": _calendar,
    "text/plain": lambda _: iter(()),
    "application/pdf": _pdf,
    "application/zip": _zip,
}


def _one(client: httpx.Client, path: str) -> Iterator[str]:
    try:
        answer = client.get(path)
    except httpx.TransportError as error:  # the server closes a connection after a fault
        yield f"no answer: {error!r}"
        return
    if answer.status_code != 200:
        yield f"status {answer.status_code}"
        return
    if answer.headers.get("x-content-type-options") != "nosniff":
        yield "the browser may guess the type"
    if "x-canary" in answer.headers:
        yield "data became a header"
    media_type = answer.headers["content-type"].partition(";")[0]
    # the files of the package are given as they stand, for programs; docs/security.md says so
    check = _plain_csv if path.startswith(VERBATIM) else _CHECKS.get(media_type, _unknown)
    try:
        yield from check(answer.content)
    except Exception as error:  # whatever a reader of the format would stumble over
        yield f"cannot be read as {media_type}: {error!r}"[:300]


def _same_text(client: httpx.Client, folder: Path) -> Iterator[str]:
    """Machine formats give the text as it stands in the table."""
    for name, resource in committed().resources.items():
        key = resource.primary_key[0]
        rows = client.get(f"/api/v1/tables/{name}.json?limit={MOST_ROWS}").json()["rows"]
        written = sorted(read_rows(folder, name), key=lambda row: row[key])
        for column in (f.name for f in resource.fields if f.type == "string"):
            ours = sorted(row[column].strip() for row in written)
            theirs = sorted(row[column] or "" for row in rows)
            if ours != theirs:
                different = next((a, b) for a, b in zip(ours, theirs, strict=False) if a != b)
                yield f"{name}.{column}: {different[0][:60]!r} reads {different[1][:60]!r}"


def addresses(client: httpx.Client) -> list[str]:
    """Every table and figure in every format, the feeds, and briefs where there are any."""
    described = client.get("/api/v1/openapi.json").json()["paths"]
    first = client.get("/api/v1/figures/published_series.json").json()["rows"][0]
    series = f"{first['program_id']}~{first['series']}"
    wanted = {"series": series, "places": "KR-26,KR-11", "limit": str(MOST_ROWS)}
    offered = []
    for path, operation in described.items():
        known = {p["name"]: p for p in operation["get"].get("parameters", [])}
        formats = known.get("format", {}).get("schema", {}).get("enum", [""])
        names = list(committed().resources) if "{name}" in path else [""]
        query = urlencode({k: v for k, v in wanted.items() if k in known})
        for ending, name in product(formats, names):
            filled = path.replace("{format}", ending).replace("{name}", name)
            offered.append(f"/api/v1{filled}" + (f"?{query}" if query else ""))
    # an address that the site does not know is answered with the shell of the pages
    has_briefs = "/static/js/" not in client.get(BRIEFS[0]).text
    return [*offered, "/api/v1/docs?lang=ko", *FEEDS, *(BRIEFS if has_briefs else ())]


def check_downloads(site: str, folder: Path) -> tuple[int, list[str]]:
    """Number of files read, and everything wrong with them."""
    with httpx.Client(base_url=site, timeout=120) as client:
        paths = addresses(client)
        found = [f"{path}: {finding}" for path in paths for finding in _one(client, path)]
        found += _same_text(client, folder)
    return len(paths), found
