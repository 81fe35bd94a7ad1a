"""Programme announcements of K-Startup, from Korea's open-data portal.

Data set 15125364 of data.go.kr, 창업진흥원_K-Startup(사업소개,사업공고,콘텐츠 등)_조회서비스,
operation ``getAnnouncementInformation01``. Parameters used: ``serviceKey``, ``page``,
``perPage``, ``returnType`` (``json`` or ``xml``). What of this was read where, and what could
not be tried against the service, stands in ``docs/connectors.md``.

An announcement becomes an edition of a programme we know. A new edition gets the application
window, the company age and the announcement's page; of a known one only empty cells are
filled, and a window that differs is reported, not overwritten.
"""

from __future__ import annotations

import html
import json
import os
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import unquote, urlsplit

from rapidfuzz import fuzz

from loaders.connectors.http import (
    Client,
    KeyRefusedError,
    ServiceError,
    TransientError,
    checked_base,
)
from loaders.connectors.plan import Plan, Proposal, Row, Unplaced
from loaders.rules import records
from loaders.validation import Tables

BASE_URL = "https://apis.data.go.kr/B552735/kisedKstartupService01"
OPERATION = "getAnnouncementInformation01"
KEY_VARIABLE = "ATLAS_KSTARTUP_KEY"
URL_VARIABLE = "ATLAS_KSTARTUP_URL"

PER_PAGE = 100
MOST_PAGES = 500

#: Least similarity (rapidfuzz ratio, 0 to 100) of an announcement's name to a programme's.
SIMILAR = 85.0

#: A second programme this close behind makes the match ambiguous.
MARGIN = 3.0

#: Texts of the gateway's errors, which come as XML in an answer of HTTP 200.
_KEY_ERRORS = ("SERVICE_KEY", "SERVICE_ACCESS_DENIED", "UNREGISTERED_IP", "인증키")
_PASSING_ERRORS = ("APPLICATION_ERROR", "HTTP_ERROR", "SERVICETIME")
_QUOTA_ERRORS = ("LIMITED_NUMBER",)

#: Words of a title that do not belong to the programme's name.
_NOISE = re.compile(
    r"20\d{2}(\s*년도?)?|'?\d{2}\s*년도?|제?\s*\d+\s*차|\[[^\]]*\]|\([^)]*\)|「|」"
    r"|(참여|참가|신청|지원|입주|창업)?\s*(기업|팀|과제|스타트업)?\s*(추가|신규|상시|재)?\s*(모집|선정|접수)"
    r"|(통합|변경|연장|재|수정)?\s*공[고모]|안내"
)


@dataclass(frozen=True, slots=True)
class Announcement:
    """What is used of one announcement; fields of the service in brackets.

    ``number`` (pbanc_sn), ``titles`` (biz_pbanc_nm, intg_pbanc_biz_nm), ``opens`` and
    ``closes`` (pbanc_rcpt_bgng_dt, pbanc_rcpt_end_dt; YYYYMMDD), ``regions`` (supt_regin),
    ``ages`` (biz_enyy), ``url`` (detl_pg_url, else biz_aply_url).
    """

    number: str
    titles: tuple[str, ...]
    opens: str
    closes: str
    regions: str
    ages: str
    url: str

    @property
    def title(self) -> str:
        """Name of the announcement itself."""
        return self.titles[0] if self.titles else ""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the list, and how many announcements there are in all."""

    items: tuple[Mapping[str, Any], ...]
    total: int


# --- reading ---------------------------------------------------------------------


def _raise_gateway_error(message: str) -> None:
    if any(word in message for word in _KEY_ERRORS):
        raise KeyRefusedError(f"the key was refused ({message})")
    if any(word in message for word in _QUOTA_ERRORS):
        raise ServiceError(f"the day's requests are used up ({message})")
    if any(word in message for word in _PASSING_ERRORS):
        raise TransientError(f"the gateway answered {message}")
    raise ServiceError(f"the service refused: {message}")


def _from_xml(text: str) -> Page:
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise ServiceError("the answer declares entities; it is not read")
    try:
        root = ET.fromstring(text)  # noqa: S314 - entities were refused above
    except ET.ParseError as error:
        raise ServiceError(f"the answer is not readable as XML ({error})") from None
    message = root.findtext(".//returnAuthMsg") or root.findtext(".//errMsg")
    if message:
        _raise_gateway_error(message)
    items = tuple(
        {col.get("name", ""): col.text for col in item.iter("col")} for item in root.iter("item")
    )
    counts = [root.findtext(f".//{name}") or "" for name in ("matchCount", "totalCount")]
    return Page(items, _total(counts))


def _total(counts: list[Any]) -> int:
    known = [int(count) for count in map(str, counts) if count.isdecimal()]
    if not known:
        raise ServiceError("the answer does not say how many announcements there are")
    return known[0]


def _from_json(text: str) -> Page:
    try:
        answer = json.loads(text)
    except json.JSONDecodeError as error:
        raise ServiceError(f"the answer is not readable as JSON ({error.msg})") from None
    if not isinstance(answer, dict):
        raise ServiceError("the answer is not a JSON object")
    if "data" not in answer:
        message = answer.get("msg") or answer.get("message") or answer.get("returnAuthMsg")
        _raise_gateway_error(str(message or "an answer without data"))
    items = answer["data"]
    if isinstance(items, dict):  # the specification nests the list once more
        items = items.get("data")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise ServiceError("data is not a list of announcements")
    return Page(tuple(items), _total([answer.get("matchCount"), answer.get("totalCount")]))


def read_page(body: bytes) -> Page:
    """One answer of the service, JSON or XML, whichever was asked for.

    The gateway answers in XML when something is wrong, also when JSON was asked for.

    Raises:
        ServiceError: not readable, or an error that the service put into a good answer.
    """
    try:
        text = body.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise ServiceError("the answer is not UTF-8") from None
    return _from_xml(text) if text.startswith("<") else _from_json(text)


def _text(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    return "" if value is None else " ".join(html.unescape(str(value)).split())


def _day(text: str) -> str:
    """``20260131`` or ``2026-01-31`` as an ISO day; empty when it is neither."""
    digits = text[:10].replace("-", "").replace(".", "")[:8]
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])).isoformat()
    except ValueError:
        return ""


def _page_address(item: Mapping[str, Any]) -> str:
    """The announcement's page on K-Startup; empty when no field holds one."""
    for name in ("detl_pg_url", "biz_aply_url"):
        address = _text(item, name)
        if address and "://" not in address:
            address = "https://" + address
        parts = urlsplit(address) if re.fullmatch(r"https?://\S+", address) else None
        host = (parts.hostname or "") if parts else ""
        if host == "k-startup.go.kr" or host.endswith(".k-startup.go.kr"):
            return address
    return ""


def announcement(item: Mapping[str, Any]) -> Announcement:
    """One item of the list; fields that are missing are empty."""
    titles = (_text(item, "biz_pbanc_nm"), _text(item, "intg_pbanc_biz_nm"))
    return Announcement(
        number=_text(item, "pbanc_sn"),
        titles=tuple(dict.fromkeys(title for title in titles if title)),
        opens=_day(_text(item, "pbanc_rcpt_bgng_dt")),
        closes=_day(_text(item, "pbanc_rcpt_end_dt")),
        regions=_text(item, "supt_regin"),
        ages=_text(item, "biz_enyy"),
        url=_page_address(item),
    )


# --- asking ----------------------------------------------------------------------


def service() -> tuple[str, str]:
    """Address of the operation and the service key, from the environment.

    The portal issues the key in two spellings, plain and percent-encoded; both are taken.

    Raises:
        ServiceError: there is no key, or the address is unfit.
    """
    key = os.environ.get(KEY_VARIABLE, "").strip()
    if not key:
        raise ServiceError(f"the environment variable {KEY_VARIABLE} holds no service key")
    try:
        base = checked_base(os.environ.get(URL_VARIABLE, BASE_URL))
    except ValueError as error:
        raise ServiceError(f"{URL_VARIABLE}: {error}") from None
    return f"{base}/{OPERATION}", unquote(key)


def fetch(client: Client, kind: str = "json", per_page: int = PER_PAGE) -> Iterator[Announcement]:
    """All announcements, page by page; an announcement that moved to a later page comes once.

    Raises:
        ServiceError: as `service` and `Client.get`, or the pages do not come to an end.
    """
    url, key = service()
    seen: set[str] = set()
    received = 0
    for page in range(1, MOST_PAGES + 1):
        query = {"serviceKey": key, "page": str(page), "perPage": str(per_page)}
        found = client.get(url, query | {"returnType": kind}, read_page)
        received += len(found.items)
        new = [a for a in map(announcement, found.items) if a.number not in seen]
        yield from (a for a in new if a.number)
        if not found.items or received >= found.total:
            return
        if not new:
            raise ServiceError(f"page {page} repeats announcements of the pages before")
        seen |= {a.number for a in new}
    raise ServiceError(f"more than {MOST_PAGES} pages")


# --- placing ---------------------------------------------------------------------


def bare(title: str) -> str:
    """A name without year, round, brackets, words of announcing, spaces and signs."""
    return re.sub(r"[^0-9a-z가-힣]", "", _NOISE.sub(" ", title).casefold())


def _provinces(regions: str, known: list[dict[str, str]]) -> set[str]:
    """Codes of the provinces that a text names; empty for the whole country."""
    named = [part.strip() for part in regions.split(",")]
    return {
        row["sido"]
        for row in known
        if any(part == row["name_ko"] or part.startswith(row["short_ko"]) for part in named)
    }


def _elsewhere(program: Row, provinces: set[str]) -> bool:
    home = set(filter(None, program["sido"].split(";")))
    return bool(home and provinces and not home & provinces)


def match(found: Announcement, tables: Tables) -> tuple[str, float] | str:
    """Key and similarity of the programme that is announced, or why there is none."""
    provinces = _provinces(found.regions, list(records(tables["regions"])))
    scores = sorted(
        (
            (
                max(
                    (fuzz.ratio(bare(title), bare(program["name_ko"])) for title in found.titles),
                    default=0.0,
                ),
                program["program_id"],
            )
            for program in records(tables["programs"])
            if not _elsewhere(program, provinces)
        ),
        reverse=True,
    )
    if not scores or scores[0][0] < SIMILAR:
        return "unmatched: no programme has a similar name"
    best, second = scores[0], scores[1] if len(scores) > 1 else (0.0, "")
    if best[0] - second[0] < MARGIN and second[0] >= SIMILAR:
        return f"ambiguous: {best[1]} or {second[1]}"
    return best[1], best[0]


def company_age(ages: str) -> str:
    """Oldest company age admitted, in years: 7 for ``3년미만,7년미만``; empty if unknown."""
    years = [int(number) for number in re.findall(r"(\d{1,2})\s*년\s*미만", ages)]
    return str(max(years)) if years else ""


def _edition_year(found: Announcement) -> str:
    stated = re.search(r"(?<!\d)(20\d{2})(?!\d)", found.title)
    return stated[1] if stated else found.opens[:4] or found.closes[:4]


def _facts(found: Announcement) -> dict[str, str]:
    cells = {
        "apply_open": found.opens,
        "apply_close": found.closes,
        "max_company_age_years": company_age(found.ages),
    }
    return {column: value for column, value in cells.items() if value}


def _more_exact(day: str, known: str) -> bool:
    """Whether ``day`` is a day of the month or year ``known``."""
    return day.startswith(known + "-")


def _completed(earlier: Row, found: Announcement, evidence: str) -> Proposal | str | None:
    """The known edition with empty cells filled; None when nothing is to do; else what differs."""
    facts = _facts(found)
    differing = [
        f"{column} is {earlier[column]} here, {value} there"
        for column, value in facts.items()
        if earlier[column] not in ("", value) and not _more_exact(value, earlier[column])
    ]
    if differing:
        return f"differs from {earlier['edition_id']}: " + "; ".join(differing)
    filled = {column: value for column, value in facts.items() if earlier[column] != value}
    if not filled:
        return None
    notes = {
        "note_en": f"{', '.join(filled)} from K-Startup announcement {found.number}",
        "note_ko": f"{', '.join(filled)}: K-Startup 공고 {found.number} 기준",
    }
    said = {column: "; ".join(filter(None, (earlier[column], n))) for column, n in notes.items()}
    row = {column: value for column, value in earlier.items() if column != "_row"}
    return Proposal({**row, **filled, **said}, row, {}, evidence)


def _new(program: str, year: str, found: Announcement, evidence: str) -> Proposal:
    row = {"program_id": program, "edition_year": year, **_facts(found)}
    page = {
        "source_url": found.url,
        "source_publisher_en": "K-Startup (KISED)",
        "source_publisher_ko": "K-Startup(창업진흥원)",
        "source_published": "",
        "source_language": "ko",
    }
    return Proposal(row, None, page, evidence)


def _place(found: Announcement, tables: Tables) -> Proposal | str | None:
    matched = match(found, tables)
    if isinstance(matched, str):
        return matched
    program, score = matched
    year = _edition_year(found)
    if not year:
        return f"{program}: neither the title nor the window gives a year"
    evidence = f"K-Startup {found.number} “{found.title}”, similarity {score:.0f}"
    editions = [
        row
        for row in records(tables["program_editions"])
        if row["program_id"] == program and row["edition_year"] == year
    ]
    if len(editions) > 1:
        return f"{program} {year}: several editions, choose one"
    if editions:
        return _completed(editions[0], found, evidence)
    if not found.url:
        return f"{program} {year}: no page of the announcement to name as its source"
    return _new(program, year, found, evidence)


def propose(found: list[Announcement], tables: Tables) -> Plan:
    """What the announcements add to the editions; two for one edition are left to the curator."""
    plan = Plan("program_editions")
    taken: set[tuple[str, str]] = set()
    for each in sorted(found, key=lambda a: (a.opens, a.number)):
        placed = _place(each, tables)
        if placed is None:
            plan.unchanged += 1
        elif isinstance(placed, str):
            plan.unplaced.append(Unplaced(each.number, each.title, placed))
        else:
            edition = placed.row["program_id"], placed.row["edition_year"]
            if edition in taken:
                reason = f"{edition[0]} {edition[1]}: another announcement was placed there"
                plan.unplaced.append(Unplaced(each.number, each.title, reason))
            else:
                taken.add(edition)
                plan.proposals.append(placed)
    return plan
