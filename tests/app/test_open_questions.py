"""The section of open questions, drawn by itself in both languages."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from loaders.package import Lang
from tests.unit.fixtures_small import committed


def section_alone(lang: str) -> None:
    from ui import open_questions  # noqa: PLC0415 - the script runs by itself
    from ui.i18n import Words  # noqa: PLC0415

    open_questions.section(Words(lang))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("lang", "heading", "first"),
    [("ko", "미해결 질문", "미해결"), ("en", "Open questions", "Open")],
)
def test_open_questions_come_first_and_are_counted(lang: Lang, heading: str, first: str) -> None:
    at = AppTest.from_function(section_alone, args=(lang,), default_timeout=120).run()
    assert not at.exception, [e.value for e in at.exception]
    assert at.header[0].value == heading
    recorded = committed("open_questions")
    still_open = int((recorded["status"] == "open").sum())
    titles = [m.value for m in at.markdown if m.value.startswith("### ")]
    assert len(titles) == 1 and f"{still_open}" in titles[0]
    table = at.dataframe[0].value
    assert len(table) == min(50, len(recorded))  # the rest is on the next pages
    assert table.iloc[:, 0].tolist()[: min(50, still_open)] == [first] * min(50, still_open)
    assert set(table.iloc[:, 1]) <= set(recorded[f"question_{lang}"])
