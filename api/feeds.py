"""For other programs: new facts as Atom, deadlines as iCalendar, the pages as a site map."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit
from xml.etree import ElementTree as ET

import pandas as pd
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from analytics.names import all_rows
from analytics.newest import EVERY_FACT, FactFilter, newest_facts
from api.caching import CACHE_CONTROL
from loaders.engine import Runner, engine_for
from loaders.exports import visible
from loaders.package import Lang, package
from loaders.serving import served_id

ENTRIES = 50
LANGUAGES: tuple[Lang, ...] = ("ko", "en")
ATOM = "http://www.w3.org/2005/Atom"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
#: Authority of the ids of entries (RFC 4151); ids must never change.
_TAG = "tag:testbed-atlas-korea,2026:"

_KINDS: dict[Lang, dict[str, str]] = {
    "ko": {
        "milestones": "실증 단계",
        "investments": "투자 유치",
        "program_editions": "신청 시작",
    },
    "en": {
        "milestones": "Pilot milestone",
        "investments": "Investment round",
        "program_editions": "Applications open",
    },
}
#: Parameters of the feeds, and where their codes are known.
_FILTERS = {
    "region": ("regions", "sido"),
    "sector": ("sectors", "sector"),
    "program": ("programs", "program_id"),
}
_SUBTITLE: dict[Lang, str] = {
    "ko": "새로 확인된 단계, 투자 유치, 신청 기간",
    "en": "New milestones, investment rounds and application windows",
}


def base_url(request: Request) -> str:
    """Where the site is; ``ATLAS_PUBLIC_URL`` says it when a proxy hides it."""
    return os.environ.get("ATLAS_PUBLIC_URL", str(request.base_url)).rstrip("/")


def _language(request: Request) -> Lang:
    return "en" if request.query_params.get("lang") == "en" else "ko"


def _child(parent: ET.Element, name: str, text: object = "", **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, name, attributes)
    element.text = visible(text) or None
    return element


def _xml(root: ET.Element) -> bytes:
    content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def _created() -> datetime:
    return datetime.fromisoformat(str(package().descriptor["created"])).astimezone(UTC)


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _web_address(value: object) -> str:
    """The address when it is one of the web, else ''."""
    text = visible(value).strip()
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return text if parts.scheme in ("http", "https") and parts.netloc else ""


def _known(value: object) -> str:
    return "" if pd.isna(value) else str(value)


def _entry(feed: ET.Element, fact: Mapping[str, Any], lang: Lang, created: datetime) -> None:
    entry = _child(feed, "entry")
    name, what, more = (_known(fact[f"{stem}_{lang}"]) for stem in ("name", "what", "more"))
    kind = _KINDS[lang][fact["table"]]
    _child(entry, "id", f"{_TAG}{fact['table']}/{quote(str(fact['id']), safe='')}")
    _child(entry, "title", f"{name} – {what}" if what else name)
    # an opening that is announced lies ahead; the fact itself is as old as the data
    day = fact["day"].to_pydatetime().replace(tzinfo=UTC)
    _child(entry, "updated", _stamp(min(day, created)))
    _child(entry, "category", term=fact["table"], label=kind)
    parts = [f"{kind}: {fact['date']}", more, _known(fact[f"publisher_{lang}"])]
    _child(entry, "summary", " · ".join(p for p in parts if p), type="text")
    if url := _web_address(fact["url"]):
        _child(entry, "link", rel="alternate", href=url)
        _child(entry, "link", rel="via", href=url)


def wanted(request: Request, run: Runner) -> FactFilter:
    """The filter that the link asks for, with the names that links of the pages have.

    Raises:
        ValueError: with the name of a parameter that has a code nobody knows.
    """
    found: dict[str, tuple[str, ...]] = {}
    for name, (table, column) in _FILTERS.items():
        given = request.query_params.getlist(name)
        codes = tuple(part for text in given for part in text.split(",") if part)
        if codes and not set(codes) <= set(all_rows(run, table)[column]):
            raise ValueError(name)
        found[name] = codes
    return FactFilter(**found)


def atom(run: Runner, lang: Lang, base: str, chosen: FactFilter = EVERY_FACT) -> bytes:
    """The newest facts as an Atom feed (RFC 4287) in one language."""
    described = package().descriptor
    facts = newest_facts(run, ENTRIES, chosen).frame
    said = {n: ",".join(v) for n in _FILTERS if (v := getattr(chosen, n))}
    query = urlencode({"lang": lang, **said})
    created = _created()
    feed = ET.Element("feed", {"xmlns": ATOM, _XML_LANG: lang})
    _child(feed, "id", f"{_TAG}facts/{lang}" + (f"?{urlencode(said)}" if said else ""))
    _child(feed, "title", described["title_ko" if lang == "ko" else "title"])
    _child(feed, "subtitle", _SUBTITLE[lang])
    _child(feed, "updated", _stamp(created))
    _child(_child(feed, "author"), "name", described["contributors"][0]["title"])
    _child(feed, "rights", "CC BY 4.0")
    _child(feed, "link", rel="self", href=f"{base}/feed.atom?{query}")
    _child(feed, "link", rel="alternate", href=f"{base}/?lang={lang}", type="text/html")
    for fact in facts.to_dict("records"):
        _entry(feed, {str(k): v for k, v in fact.items()}, lang, created)
    return _xml(feed)


def site_map(paths: Sequence[str], base: str) -> bytes:
    """Every page in every language (sitemaps.org), with its other languages."""
    root = ET.Element("urlset", {"xmlns": SITEMAP, "xmlns:xhtml": XHTML})
    for path in paths:
        address = {lang: f"{base}/{path}?lang={lang}" for lang in LANGUAGES}
        for lang in LANGUAGES:
            url = _child(root, "url")
            _child(url, "loc", address[lang])
            for other in LANGUAGES:
                _child(url, "xhtml:link", rel="alternate", hreflang=other, href=address[other])
    return _xml(root)


def _answer(content: bytes, media_type: str) -> Response:
    return Response(content, media_type=media_type, headers={"Cache-Control": CACHE_CONTROL})


_Maker = Callable[[Runner, FactFilter], bytes]
#: Makes a calendar of the deadlines ahead.
Calendar = Callable[[Runner, Lang, FactFilter], bytes]


def feed_routes(paths: Sequence[str], deadlines: Calendar | None = None) -> list[Route]:
    """Routes of the feeds.

    Args:
        paths: addresses of the pages, without a leading stroke.
        deadlines: makes the calendar; without it there is none.
    """

    def filtered(request: Request, media_type: str, make: _Maker) -> Response:
        snapshot_id = served_id()
        if snapshot_id is None:
            return PlainTextResponse("No data yet", 503)
        run = engine_for(snapshot_id)
        try:
            chosen = wanted(request, run)
        except ValueError as error:
            return PlainTextResponse(f"{error}: not one of the known codes", 422)
        return _answer(make(run, chosen), media_type)

    def facts(request: Request) -> Response:
        lang, base = _language(request), base_url(request)
        return filtered(
            request, "application/atom+xml", lambda run, chosen: atom(run, lang, base, chosen)
        )

    def pages(request: Request) -> Response:
        return _answer(site_map(paths, base_url(request)), "application/xml")

    routes = [Route("/feed.atom", facts), Route("/sitemap.xml", pages)]
    if deadlines is None:
        return routes

    def calendar(request: Request) -> Response:
        lang = _language(request)
        return filtered(request, "text/calendar", lambda run, chosen: deadlines(run, lang, chosen))

    return [*routes, Route("/deadlines.ics", calendar)]
