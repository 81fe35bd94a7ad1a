"""Keys in the house's style: readable, from the fact itself, and never used twice."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Collection, Mapping

Values = Mapping[str, str]


def slug(text: str) -> str:
    """Lower-case ASCII words joined by hyphens; '' when there are none."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "").replace("&", " and ")).strip("-")


def source_id(url: str) -> str:
    """The key of a page: ``s-`` and ten hexadecimal digits of its address."""
    return "s-" + hashlib.sha1(url.encode(), usedforsecurity=False).hexdigest()[:10]


def _joined(*parts: str, by: str = "-") -> str:
    return by.join(part for part in parts if part)


def _pilot(row: Values) -> str:
    place = slug(row["city_en"]) or row["testbed_id"] or row["host_org_id"] or row["program_id"]
    return _joined(row["org_id"], place or slug(row["technology_en"])[:24], row["start_date"][:4])


def _cohort(row: Values) -> str:
    period = row["edition_year"] or row["period_end"]
    if row["is_cumulative"] == "true":
        period = _joined("cum", row["period_end"] or row["edition_year"])
    return _joined("c", row["program_id"], period, row["stage"])


def _funding(row: Values) -> str:
    subject = row["program_id"] or row["testbed_id"] or slug(row["recipient_en"])
    return _joined(subject, row["year"], row["year_end"])


def _indicator(row: Values) -> str:
    return _joined(row["indicator"], row["program_id"], row["year"], row["sido"].lower(), by="--")


def _edition(row: Values) -> str:
    year, label = row["edition_year"], slug(row["edition_label_en"])
    return _joined(row["program_id"], year, label, by="--")


#: How a key begins, by table; what a table lacks here gets its first filled columns.
_STEMS: Mapping[str, Callable[[Values], str]] = {
    "sources": lambda row: source_id(row["url"]),
    "organizations": lambda row: slug(row["name_en"]),
    "testbeds": lambda row: slug(row["name_en"]),
    "programs": lambda row: slug(row["name_en"]),
    "program_editions": _edition,
    "pilots": _pilot,
    "cohorts": _cohort,
    "funding": _funding,
    "investments": lambda row: _joined(row["org_id"], row["round"], row["date"] or "nd"),
    "indicators": _indicator,
    "population": lambda row: _joined(row["sido"].lower(), row["year"], by="--"),
    "exchange_rates": lambda row: _joined(row["currency"].lower(), row["year"], by="--"),
}

#: Tables whose keys always end in a running number, and what stands before it.
_NUMBERED: Mapping[str, tuple[Callable[[Values], str], str]] = {
    "milestones": (lambda row: row["pilot_id"], "--m"),
    "events": (lambda row: row["org_id"] or row["testbed_id"], "--e"),
    "cohorts": (_cohort, "-"),
}


def _any(row: Values, key: str) -> str:
    words = [slug(value) for name, value in row.items() if name != key and value]
    return _joined(*[word for word in words if word][:2])[:48].strip("-")


def new_id(table: str, row: Values, key: str, taken: Collection[str]) -> str:
    """A key for ``row`` that is not in ``taken``; '' when its values give no stem."""
    if table in _NUMBERED:
        stem_of, mark = _NUMBERED[table]
        stem, number = stem_of(row) + mark, 1
        while f"{stem}{number}" in taken:
            number += 1
        return f"{stem}{number}" if stem_of(row) else ""
    stem = _STEMS[table](row) if table in _STEMS else _any(row, key)
    name, number = stem, 1
    while stem and name in taken:
        number += 1
        name = f"{stem}-{number}"
    return name
