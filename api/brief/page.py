"""A brief as a page: one file of HTML without script, which prints on two A4 pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.brief.model import Brief
from api.brief.svg import bar
from loaders.exports import visible
from loaders.i18n import LANGUAGES, Words
from loaders.package import Lang

TEMPLATES = Path(__file__).parent / "templates"
HTML = "text/html; charset=utf-8"
_OTHER: dict[Lang, Lang] = {"ko": "en", "en": "ko"}


def _shown(value: Any) -> Any:
    """Text without invisible and broken characters; escaping follows."""
    return visible(value) if type(value) is str else value


_ENVIRONMENT = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    finalize=_shown,
    trim_blocks=True,
)


def _style() -> str:
    return (TEMPLATES / "brief.css").read_text(encoding="utf-8")


def html(brief: Brief, base: str) -> bytes:
    """The brief as HTML.

    Args:
        brief: the content; all of its text is escaped.
        base: address of the site, without a stroke at its end.
    """
    page = _ENVIRONMENT.get_template("brief.html").render(
        b=brief,
        address=f"{base}/brief/{brief.slug}",
        languages=LANGUAGES,
        other=_OTHER[brief.lang],
        bar=bar,
        style=_style(),
    )
    return page.encode()


def missing(title: str, text: str, t: Words) -> bytes:
    """A page that says what went wrong, and leads on."""
    page = _ENVIRONMENT.get_template("missing.html").render(
        lang=t.lang,
        title=title,
        text=text,
        site=t("Testbed Atlas Korea"),
        places=t("Testbeds"),
        programs=t("Programmes"),
        style=_style(),
    )
    return page.encode()
