"""The catalogues are complete, and their translations have the fields of the originals."""

from __future__ import annotations

import re
from string import Formatter

import pytest
from babel.messages.catalog import Message

from locales.__main__ import LANGUAGES, extracted, faults, read

HANGUL = re.compile(r"[가-힣]")


def fields(text: str) -> set[str]:
    """Names in braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def forms(text: object) -> tuple[str, ...]:
    """Singular and plural forms of a message."""
    return tuple(str(t) for t in text) if isinstance(text, list | tuple) else (str(text),)


def messages(lang: str) -> list[Message]:
    return [message for message in read(lang) if message.id]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_message_is_missing_fuzzy_or_unused(lang: str) -> None:
    assert faults(lang) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_translations_have_the_fields_of_the_original(lang: str) -> None:
    found = messages(lang)
    assert len(found) > 100
    for message in found:
        wanted = set().union(*map(fields, forms(message.id)))
        for translated in forms(message.string):
            assert fields(translated) == wanted, message.id


def test_english_is_the_message_itself() -> None:
    for message in messages("en"):
        assert message.string == message.id


def test_korean_is_korean() -> None:
    """Only names, units and signs may stand without Hangul."""
    without = [m.id for m in messages("ko") if not HANGUL.search("".join(forms(m.string)))]
    plain = [re.sub(r"\{\w*\}", "", " ".join(forms(i))) for i in without]
    assert [text for text in plain if re.search(r"[a-z]{4,}", text)] == []


def test_messages_of_the_code_have_named_fields_only() -> None:
    for message in extracted():
        for text in forms(message.id):
            assert all(re.fullmatch(r"[a-z]\w*", name) for name in fields(text)), text


def test_plural_messages_say_the_number() -> None:
    for message in messages("ko"):
        if isinstance(message.id, list | tuple):
            assert "{n}" in message.id[1]
            assert len(forms(message.string)) == 1  # Korean has one form
