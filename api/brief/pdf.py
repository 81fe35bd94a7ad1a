"""A brief as PDF, set by Typst from data: no text of it is ever read as Typst source."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
import typst

from api.brief.fonts import FOLDER, printable
from api.brief.model import Brief
from loaders.package import package

TEMPLATE = Path(__file__).parent / "templates" / "brief.typ"


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[FOLDER]
    )


def _in_font(value: Any) -> Any:
    """The value with every text in signs that the font has."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {key: _in_font(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_in_font(item) for item in value]
    return value


def pdf(brief: Brief) -> bytes:
    """The brief as a PDF/UA file of two A4 pages; the same brief gives the same bytes.

    Raises:
        typst.TypstError: the template is wrong.
    """
    data = orjson.dumps(_in_font(asdict(brief))).decode()
    created = datetime.fromisoformat(str(package().descriptor["created"])).astimezone(UTC)
    return typst.compile(
        TEMPLATE,
        root=TEMPLATE.parent,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"brief": data},
        pdf_standards="ua-1",  # tagged for screen readers (ISO 14289-1)
        timestamp=int(created.timestamp()),
    )
