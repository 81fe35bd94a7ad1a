"""The numbered sources of a brief."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

import pandas as pd

from analytics.names import all_rows
from api.brief.model import Source
from api.brief.texts import NARROW, cut, either
from loaders.engine import Runner
from loaders.exports import visible
from loaders.i18n import Words

_ADDRESS = 74
#: Bytes of the longest address that is a link: a PDF refuses more than 8,000, browsers fewer.
_LONGEST = 2_000


class Notes:
    """Numbers the pages of the facts shown, in the order in which they are met."""

    def __init__(self, run: Runner) -> None:
        frame = all_rows(run, "sources").set_index("source_id", drop=False)
        self._pages: dict[str, dict[str, Any]] = {
            str(k): {str(c): v for c, v in row.items()} for k, row in frame.iterrows()
        }
        self._numbers: dict[str, int] = {}

    def cite(self, ids: Iterable[object]) -> tuple[int, ...]:
        """Numbers of these sources, smallest first."""
        known = [str(i) for i in ids if not pd.isna(i)]
        return tuple(sorted({self._numbers.setdefault(i, len(self._numbers) + 1) for i in known}))

    @property
    def cited(self) -> int:
        """How many different pages are cited."""
        return len(self._numbers)

    def listed(self, t: Words) -> tuple[Source, ...]:
        """The pages cited, by number."""
        return tuple(
            _source(number, self._pages[i], t)
            for i, number in sorted(self._numbers.items(), key=lambda item: item[1])
        )


def _source(number: int, page: Mapping[str, Any], t: Words) -> Source:
    address = visible(page["url"]).strip()
    try:
        parts = urlsplit(address)
        is_web = parts.scheme in ("http", "https") and bool(parts.netloc)
        is_web = is_web and "@" not in parts.netloc and len(address.encode()) <= _LONGEST
    except ValueError:
        is_web = False
    shown = address.split("://", 1)[-1].removeprefix("www.").rstrip("/")
    return Source(
        number,
        cut(either(page, "publisher", t), NARROW[t.lang]),
        t("date not known") if pd.isna(page["published"]) else t.date(page["published"]),
        address if is_web else "",
        cut(shown, _ADDRESS),
    )
