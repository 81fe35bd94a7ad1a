"""The reader's language, for the pages (see `loaders.i18n`)."""

from __future__ import annotations

from loaders.i18n import DEFAULT_LANGUAGE, LANGUAGES, Words, choose_language

__all__ = ["DEFAULT_LANGUAGE", "LANGUAGES", "Words", "choose_language"]
