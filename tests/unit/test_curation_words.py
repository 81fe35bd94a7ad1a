"""The tools' sentences exist in both languages, and the code asks for those that exist."""

from __future__ import annotations

import re
import string

import pytest

from loaders.curation.explain import _PATTERNS
from loaders.curation.words import TEXTS, Words, language
from loaders.package import PROJECT_ROOT

CODE = "\n".join(
    path.read_text(encoding="utf-8")
    for path in [
        *(PROJECT_ROOT / "loaders" / "curation").glob("*.py"),
        PROJECT_ROOT / "loaders" / "__main__.py",
    ]
    if path.name != "words.py"
)


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("key", TEXTS)
def test_both_languages_say_the_same(key: str) -> None:
    english, korean = TEXTS[key]
    assert blanks(english) == blanks(korean)
    assert not re.search("[가-힣]", english)
    assert re.search("[가-힣]", korean) or not re.search("[A-Za-z]{4}", korean)


def test_every_sentence_is_used_and_every_used_one_exists() -> None:
    literal = set(re.findall(r'["\']([a-z-]+(?:\.[a-z-]+)*)["\']', CODE))
    built = {f"mend.{name}" for _, name in _PATTERNS}
    prefixes = ("why.", "stale.", "coverage.by-", "mend.")
    unused = {
        key
        for key in TEXTS
        if key not in literal and key not in built and not key.startswith(prefixes)
    }
    assert unused == set()
    missing = {
        key
        for key in literal | built
        if re.match(r"(help|mend|add|ask|sheet|diff|link|coverage|import|page|doubt)\.", key)
    } - set(TEXTS)
    assert missing == set()


@pytest.mark.parametrize(
    ("choice", "setting", "expected"),
    [
        (None, "ko_KR.UTF-8", "ko"),
        (None, "C.UTF-8", "en"),
        (None, "", "en"),
        ("ko", "en_GB.UTF-8", "ko"),
        ("en", "ko_KR.UTF-8", "en"),
    ],
)
def test_language(
    choice: str | None, setting: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", setting)
    assert language(choice) == expected


def test_data_in_a_sentence_is_not_a_template() -> None:
    assert Words("en")("mend.boolean", value="{column}", column="x") == (
        "“{column}” in x: write true or false."
    )
