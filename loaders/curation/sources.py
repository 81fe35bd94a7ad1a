"""The page that carries a fact: found again, or entered once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from loaders.curation.identifiers import source_id
from loaders.curation.naming import folded
from loaders.curation.similar import host_of
from loaders.curation.store import Row, Sheet, clean
from loaders.curation.words import Words

_TRACKING = ("utm_", "fbclid", "gclid")


@dataclass(frozen=True, slots=True)
class Page:
    """What the curator says about a page; '' where nothing was said."""

    url: str
    publisher: str = ""
    publisher_ko: str = ""
    inferred: bool = False
    published: str = ""
    language: str = ""


def bare_url(url: str) -> str:
    """An address without what does not change the page: scheme, ``www.``, tracking, last slash."""
    parts = urlsplit(clean(url))
    query = [p for p in parse_qsl(parts.query) if not p[0].startswith(_TRACKING)]
    tail = f"?{urlencode(query)}" if query else ""
    return f"{host_of(url)}{parts.path.rstrip('/')}{tail}"


def known_page(sheet: Sheet, url: str) -> Row | None:
    """The row of the page at ``url``, also when the address is written a little otherwise."""
    wanted = bare_url(url)
    same = [row for row in sheet.rows if row["url"] == clean(url)]
    return next(iter(same or [r for r in sheet.rows if bare_url(r["url"]) == wanted]), None)


def publisher_at(sheet: Sheet, url: str) -> Row | None:
    """The latest row of the publisher who has most pages at the host of ``url``."""
    here = [row for row in sheet.rows if host_of(row["url"]) == host_of(url)]
    if not here:
        return None
    most = Counter(row["publisher_en"] for row in here).most_common(1)[0][0]
    return next(row for row in here if row["publisher_en"] == most)


def publisher_called(sheet: Sheet, name: str) -> Row | None:
    """A row of the publisher with this name in either language."""
    wanted = folded(name)
    named = (
        r for r in sheet.rows if wanted in (folded(r["publisher_en"]), folded(r["publisher_ko"]))
    )
    return next(named, None)


def new_page(sheet: Sheet, page: Page) -> Row:
    """The row of a new page. The publisher's other name is taken from earlier pages."""
    earlier = publisher_called(sheet, page.publisher) if page.publisher else None
    if not page.publisher:
        earlier = publisher_at(sheet, page.url)
    language = page.language or (earlier["language"] if earlier else "ko")
    url = clean(page.url)
    row = {
        "source_id": source_id(url),
        "url": url,
        "publisher_en": page.publisher,
        "publisher_ko": page.publisher_ko,
        "publisher_inferred": "true" if page.inferred else "false",
        "published": page.published,
        "language": language,
    }
    if earlier and not page.publisher_ko:
        row |= {c: earlier[c] for c in ("publisher_en", "publisher_ko", "publisher_inferred")}
    return row


def introduced(page: Row, words: Words) -> str:
    """A sentence that names a known page."""
    named = {**page, "publisher": page[f"publisher_{words.lang}"]}
    return words("page.known", **named)
