"""The findings document says what the data say, in both languages."""

from __future__ import annotations

import re

from analytics.answers import DOCUMENT, MARKED, answers, filled
from loaders.engine import Runner


def test_every_figure_of_the_document_is_up_to_date(run: Runner) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    values = answers(run)
    wrong = {m[1]: (m[2], values[m[1]]) for m in MARKED.finditer(text) if m[2] != values[m[1]]}
    assert not wrong
    assert filled(text, values) == text


def test_both_languages_state_the_same_figures() -> None:
    english, korean = DOCUMENT.read_text(encoding="utf-8").split("## 한국어")
    assert {m[1] for m in MARKED.finditer(english)} == {m[1] for m in MARKED.finditer(korean)}
    assert len({m[1] for m in MARKED.finditer(english)}) > 80


def test_every_view_is_linked_in_both_languages() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    english, korean = (
        {link.replace(f"lang={lang}", "") for link in re.findall(r"\]\((/[^)]*)\)", part)}
        for lang, part in zip(("en", "ko"), text.split("## 한국어"), strict=True)
    )
    assert english == korean
    assert len(english) >= 6
