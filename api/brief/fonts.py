"""The fonts of the PDF: where they are, which signs they have, and what to do about others."""

from __future__ import annotations

import struct
import unicodedata
from functools import lru_cache
from pathlib import Path

from loaders.exports import visible
from loaders.package import PROJECT_ROOT

FOLDER = PROJECT_ROOT / "assets" / "fonts"
FAMILY = "Pretendard"
_UNICODE = ((3, 10), (0, 4), (0, 6))
_GROUPS = 12
_PRIVATE = "Co"


def _groups(font: bytes) -> list[tuple[int, int]]:
    """First and last code point of each run in the font's character map (format 12).

    Layout of the tables: OpenType specification, chapters "OpenType Font File" and "cmap".

    Raises:
        ValueError: the font has no such map.
    """
    (tables,) = struct.unpack_from(">H", font, 4)
    records = (struct.unpack_from(">4sIII", font, 12 + 16 * i) for i in range(tables))
    start = next((offset for tag, _, offset, _ in records if tag == b"cmap"), None)
    if start is None:
        raise ValueError("the font has no character map")
    (subtables,) = struct.unpack_from(">H", font, start + 2)
    for i in range(subtables):
        platform, encoding, offset = struct.unpack_from(">HHI", font, start + 4 + 8 * i)
        at = start + offset
        if (platform, encoding) in _UNICODE and struct.unpack_from(">H", font, at)[0] == _GROUPS:
            (count,) = struct.unpack_from(">I", font, at + 12)
            rows = (struct.unpack_from(">III", font, at + 16 + 12 * g) for g in range(count))
            return [(first, last) for first, last, _ in rows]
    raise ValueError("the font has no character map of format 12")


def code_points(path: Path) -> frozenset[int]:
    """Every code point for which the font has a glyph."""
    return frozenset(
        point for first, last in _groups(path.read_bytes()) for point in range(first, last + 1)
    )


@lru_cache(maxsize=1)
def covered() -> frozenset[int]:
    """Code points that every weight of the font has and that mean the same to everyone."""
    known = frozenset.intersection(*(code_points(path) for path in sorted(FOLDER.glob("*.otf"))))
    return frozenset(point for point in known if unicodedata.category(chr(point)) != _PRIVATE)


def printable(text: str) -> str:
    """The text in signs that the font has: no sign is lost without a word.

    Hangul is composed, breaks become spaces and invisible signs go; a sign that the font
    lacks is replaced by its compatibility form, or by its code point in brackets.
    """
    have = covered()

    def shown(sign: str) -> str:
        if ord(sign) in have:
            return sign
        plain = unicodedata.normalize("NFKC", sign)
        return "".join(c if ord(c) in have else f"[U+{ord(c):04X}]" for c in plain)

    seen = " ".join(visible(text).split())
    return "".join(map(shown, unicodedata.normalize("NFC", seen)))
