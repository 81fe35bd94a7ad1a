"""What a brief can be about, and the ids it is asked for by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from analytics.names import all_rows
from analytics.once import once_per_snapshot
from analytics.places import place_names
from loaders.engine import Runner

#: Longer texts are no id and are not looked up.
MAX_ID = 80
_ENDINGS = ("-si", "-gun", "-gu")


@dataclass(frozen=True, slots=True)
class Subject:
    """A place (by code) or a programme (by id); ``slug`` is its address."""

    kind: Literal["place", "program"]
    id: str
    slug: str


def _plain(name: str) -> str:
    """An English name as it stands in an address: Cheonan-si is cheonan."""
    slug = name.casefold()
    for ending in _ENDINGS:
        slug = slug.removesuffix(ending)
    return slug


@once_per_snapshot
def subjects(run: Runner) -> Mapping[str, Subject]:
    """Everything that has a brief, by each id it may be asked for (in lower case).

    Provinces have an ISO code and a short English name, municipalities a legal code and
    their name where no other place bears it, programmes their id.
    """
    places = place_names(run)
    names = dict(zip(places["code"], places["name_en"].map(_plain), strict=True))
    bearers = Counter(names.values())
    known: dict[str, Subject] = {}
    for code, name in names.items():
        is_plain = name.isascii() and name.replace("-", "").isalpha()
        own = is_plain and (bearers[name] == 1 or code.startswith("KR-"))
        place = Subject("place", code, name if own else code)
        known[code.casefold()] = known[place.slug.casefold()] = place
    for program_id in all_rows(run, "programs")["program_id"]:
        known[program_id.casefold()] = Subject("program", program_id, program_id)
    return known


def find(run: Runner, asked: str) -> Subject | None:
    """The subject with this id; None when there is none."""
    return subjects(run).get(asked.casefold()) if len(asked) <= MAX_ID else None
