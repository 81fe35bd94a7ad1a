"""Names made comparable: one case, no legal forms, no words that half of all bodies share."""

from __future__ import annotations

import re
import unicodedata

#: Legal forms say nothing about who it is.
_LEGAL_FORM = re.compile(
    r"\(주\)|㈜|주식회사|\(유\)|유한회사|\b(co|ltd|inc|corp|corporation|company|limited|llc)\b\.?"
)
#: Words that half of all public bodies share; two names must agree beside them.
_COMMON = re.compile(
    r"\b(city|county|district|province|metropolitan|special|government|gu|gun|si|do|hall|"
    r"university|univ|hospital|institute|foundation|center|centre|agency|authority|korea|korean|"
    r"technology|technopark|transit|transport|urban|public|development|facilities|management|"
    r"ventures|venture|investment|investments|partners|capital|of|for|and|the|"
    r"creative|economy|innovation|research)\b|"
    r"(광역|특별자치|특별)?(시청|군청|구청|시|군|구|도)$|대학교|병원|공사|공단|재단|진흥원|연구원|"
    r"테크노파크|창조경제혁신센터|교통공사|도시공사|시설공단|인베스트먼트|벤처스|파트너스|캐피탈"
)


def folded(text: str) -> str:
    """Text for comparing: composed, one case, no white space at the ends."""
    return unicodedata.normalize("NFC", text).casefold().strip()


def bare(name: str) -> str:
    """A name without its legal form, white space and signs."""
    return re.sub(r"[\W_]+", "", _LEGAL_FORM.sub(" ", folded(name)))


def core(name: str) -> str:
    """What is left of a name without the words that many bodies share; may be empty."""
    return re.sub(r"[\W_]+", "", _COMMON.sub(" ", _LEGAL_FORM.sub(" ", folded(name))))
