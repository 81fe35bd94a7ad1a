"""Reading and writing the values of a link; pure, so that it can be fuzzed.

Links carry language-neutral codes: ``kind=living-lab,startup-park``. A value
that is not an allowed code is dropped and reported, never raised.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from charts.text import clean

SEPARATOR = ","
MAX_VALUES = 40
MAX_LENGTH = 2000
MAX_TEXT = 80
_BREAKS = re.compile(r"[\n\t]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Accepted values in the order given, and whether anything was dropped."""

    values: tuple[str, ...]
    rejected: bool


def decode_codes(raw: str | None, allowed: Collection[str]) -> Decoded:
    """Codes from a link; unknown ones, repeats and excess are dropped."""
    if not raw:
        return Decoded((), False)
    if len(raw) > MAX_LENGTH:
        return Decoded((), True)
    parts = [p for p in raw.split(SEPARATOR) if p]
    known = tuple(dict.fromkeys(p for p in parts if p in allowed))[:MAX_VALUES]
    return Decoded(known, len(known) < len(parts))


def decode_code(raw: str | None, allowed: Collection[str], default: str) -> Decoded:
    """One code from a link, or the default."""
    if raw is None or raw == "":
        return Decoded((default,), False)
    if raw in allowed:
        return Decoded((raw,), False)
    return Decoded((default,), True)


def decode_number(raw: str | None, low: int, high: int, default: int) -> Decoded:
    """A whole number from a link; outside ``low`` to ``high`` the default stands."""
    if raw is None or raw == "":
        return Decoded((str(default),), False)
    if raw.isascii() and raw.isdecimal() and len(raw) < 10 and low <= int(raw) <= high:
        return Decoded((str(int(raw)),), False)
    return Decoded((str(default),), True)


def decode_text(raw: str | None) -> Decoded:
    """Free text from a link: control and direction characters out, length bounded."""
    if not raw:
        return Decoded(("",), False)
    text = _BREAKS.sub("", clean(raw[:MAX_LENGTH]))[:MAX_TEXT].strip()
    return Decoded((text,), text != raw.strip())


def encode_codes(values: Collection[str]) -> str:
    """Codes as they stand in a link."""
    return SEPARATOR.join(values)
