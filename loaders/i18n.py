"""Words, numbers, dates and money in the reader's language.

Catalogues are gettext files under ``locales/``; message ids are the English
texts. They are read as they are (no compiled copies), once per process.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd
from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent
from babel.support import Translations

from loaders.package import PROJECT_ROOT, Lang, package

LANGUAGES: tuple[Lang, ...] = ("ko", "en")
DEFAULT_LANGUAGE: Lang = "ko"

#: Formatted numbers that are kept: counts repeat from run to run.
_NUMBERS = 8_192

_EOK = 100_000_000
_JO = 10_000 * _EOK
_MAN = 10_000
_MN = 1_000_000
_BN = 1_000_000_000


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(lang: Lang) -> Translations:
    path = PROJECT_ROOT / "locales" / lang / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as handle:
        catalogue = read_po(handle, locale=lang)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


@dataclass(frozen=True, slots=True)
class Words:
    """The reader's language: ``t("text")`` translates, methods format."""

    lang: Lang

    def __call__(self, message: str, /, **values: object) -> str:
        """The message in the reader's language, with ``{name}`` fields filled."""
        text: str = _catalogue(self.lang).ugettext(message)
        return text.format(**values) if values else text

    def plural(self, one: str, many: str, n: int, /, **values: object) -> str:
        """The message for ``n`` things; ``{n}`` is the formatted number."""
        text: str = _catalogue(self.lang).ungettext(one, many, n)
        return text.format(n=self.number(n), **values)

    def name(self, row: Mapping[str, object], stem: str = "name") -> str:
        """Name from ``{stem}_ko``/``{stem}_en``; English readers get the Korean in parentheses."""
        ko, en = row.get(f"{stem}_ko"), row.get(f"{stem}_en")
        if _unknown(ko) or _unknown(en):
            return "" if _unknown(ko) and _unknown(en) else str(en if _unknown(ko) else ko)
        if self.lang == "ko" or ko == en:
            return str(ko)
        return f"{en} ({ko})"

    def text(self, row: Mapping[str, object], stem: str) -> str:
        """Plain text from ``{stem}_ko``/``{stem}_en``; empty when unknown."""
        value = row.get(f"{stem}_{self.lang}")
        return "" if _unknown(value) else str(value)

    def code(self, resource: str, column: str, code: object) -> str:
        """Word for a category code of the data package."""
        return (
            self.unknown
            if _unknown(code)
            else package().label(resource, column, str(code), self.lang)
        )

    @property
    def unknown(self) -> str:
        """What stands where a value is not known."""
        return self("not known")

    def number(self, value: float, digits: int = 0) -> str:
        """A number with separators, e.g. 1,234."""
        return _number(float(round(value, digits)), digits, self.lang)

    def percent(self, share: float, digits: int = 0) -> str:
        """A share as a percentage."""
        pattern = "#,##0" + ("." + "0" * digits if digits else "") + "%"
        return str(format_percent(share, format=pattern, locale=self.lang))

    def money(self, amount: object, currency: object) -> str:
        """An amount in its own currency: 조/억/만 in Korean, tn/bn/m in English."""
        if _unknown(amount):
            return self("not disclosed")
        value = float(str(amount))
        code = "KRW" if _unknown(currency) else str(currency)
        return _korean_money(value, code) if self.lang == "ko" else _english_money(value, code)

    def years(self, first: int | None, last: int | None) -> str:
        """A span of years, e.g. 2019–2024; an end that is not known stays open."""
        if first is None and last is None:
            return self("undated")
        if first is not None and first == last:
            return str(first)
        return f"{'' if first is None else first}–{'' if last is None else last}"

    def date(self, text: object) -> str:
        """A partial date as it is known (ISO 8601), or the word for unknown."""
        return self.unknown if _unknown(text) else str(text)

    def country(self, code: object) -> str:
        """Name of a country from its ISO 3166-1 code."""
        if _unknown(code):
            return self.unknown
        return str(Locale.parse(self.lang).territories.get(str(code), str(code)))


@lru_cache(maxsize=_NUMBERS)
def _number(value: float, digits: int, lang: Lang) -> str:
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return str(format_decimal(value, format=pattern, locale=lang))


def _unknown(value: object) -> bool:
    return value is None or bool(pd.isna(value)) or value == ""


def _group(value: float) -> str:
    return f"{value:,.1f}".removesuffix(".0")


def _shown(value: float, size: float, digits: int) -> float:
    """The value as it reads in units of ``size``: 99,999,999 in 만 reads as 10,000만."""
    return round(value / size, digits) * size


def _korean_money(value: float, currency: str) -> str:
    unit = {"KRW": "원", "USD": "달러", "GBP": "파운드"}.get(currency, currency)
    if _shown(value, _EOK, 1) >= _JO:
        jo, rest = divmod(round(value / _EOK), _JO // _EOK)
        return f"{jo:,}조 {unit}" if not rest else f"{jo:,}조 {rest:,}억 {unit}"
    if _shown(value, _MAN, 1) >= _EOK:
        return f"{_group(value / _EOK)}억 {unit}"
    if _shown(value, 1, 0) >= _MAN:
        return f"{_group(value / _MAN)}만 {unit}"
    return f"{value:,.0f}{unit}"


def _english_money(value: float, currency: str) -> str:
    if _shown(value, _BN, 1) >= 1000 * _BN:
        return f"{currency} {_group(value / (1000 * _BN))}tn"
    if _shown(value, _MN, 1) >= _BN:
        return f"{currency} {_group(value / _BN)}bn"
    if _shown(value, 1, 0) >= _MN:
        return f"{currency} {_group(value / _MN)}m"
    return f"{currency} {value:,.0f}"


def choose_language(in_url: str | None, in_session: str | None, browser: str | None) -> Lang:
    """Language by URL, then by what this session showed last, then by browser, then Korean."""
    for candidate in (in_url, in_session, (browser or "").split("-")[0].lower()):
        for lang in LANGUAGES:
            if candidate == lang:
                return lang
    return DEFAULT_LANGUAGE
