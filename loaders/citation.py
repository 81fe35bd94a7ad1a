"""How to cite the data, or one figure of it: APA, BibTeX and CITATION.cff.

Everything comes from the data package's descriptor: title, version, day, licence.
``python -m loaders.citation`` brings ``CITATION.cff`` in the root up to date.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from loaders.package import PROJECT_ROOT, Lang, package

FILE = PROJECT_ROOT / "CITATION.cff"
_TEX = {"\\": r"\textbackslash{}", "{": r"\{", "}": r"\}"} | {c: f"\\{c}" for c in "&%$#_"}


@dataclass(frozen=True, slots=True)
class Cited:
    """What is cited: the whole data, or a figure of one snapshot seen at an address."""

    title: Mapping[Lang, str] | None = None
    snapshot: str = ""
    link: str = ""


def _facts() -> Mapping[str, str]:
    descriptor = package().descriptor
    return {
        "en": descriptor["title"],
        "ko": descriptor["title_ko"],
        "version": descriptor["version"],
        "date": str(descriptor["created"])[:10],
        "licence": descriptor["licenses"][0]["name"],
        "licence_url": descriptor["licenses"][0]["path"],
    }


def _edition(cited: Cited, lang: Lang) -> str:
    version, snapshot = {"ko": ("버전", "스냅샷"), "en": ("version", "snapshot")}[lang]
    known = f"{version} {_facts()['version']}"
    return f"{known}, {snapshot} {cited.snapshot}" if cited.snapshot else known


def apa(lang: Lang, cited: Cited = Cited()) -> str:
    """One line in the style of the American Psychological Association (7th edition)."""
    facts = _facts()
    kinds = {"ko": ("데이터 세트", "그림과 수치"), "en": ("Data set", "Figure and data")}[lang]
    owner, year = facts[lang], facts["date"][:4]
    title = cited.title[lang] if cited.title else owner
    kind = kinds[1] if cited.title else kinds[0]
    line = f"{owner}. ({year}). {title} ({_edition(cited, lang)}) [{kind}]. {facts['licence']}."
    return f"{line} {cited.link}".rstrip()


def _tex(text: str) -> str:
    return "".join(_TEX.get(c, c) for c in " ".join(text.split()))


def bibtex(cited: Cited = Cited()) -> str:
    """An entry for BibTeX (``@misc``), in English."""
    facts = _facts()
    title = cited.title["en"] if cited.title else facts["en"]
    stem = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40].strip("-")
    fields = {
        "author": f"{{{_tex(facts['en'])}}}",
        "title": f"{{{_tex(title)}}}",
        "year": facts["date"][:4],
        "note": _tex(f"{_edition(cited, 'en')}, {facts['licence']}"),
        "url": cited.link.translate({ord(c): None for c in "{}\\"}),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{testbed-atlas-korea:{stem},", *lines, "}"]) + "\n"


def _yaml(text: str) -> str:
    """A quoted scalar: JSON strings are YAML strings."""
    return orjson.dumps(text).decode()


def cff(cited: Cited = Cited()) -> str:
    """A file in the Citation File Format 1.2.0."""
    facts = _facts()
    title = cited.title["en"] if cited.title else facts["en"]
    lines = [
        "cff-version: 1.2.0",
        f"message: {_yaml('If you use these data, please cite them as below.')}",
        "type: dataset",
        f"title: {_yaml(title)}",
        "authors:",
        f"  - name: {_yaml(facts['en'])}",
        f"version: {_yaml(facts['version'])}",
        f"date-released: {_yaml(facts['date'])}",
        f"license: {facts['licence']}",
        f"license-url: {_yaml(facts['licence_url'])}",
    ]
    if cited.link:
        lines.append(f"url: {_yaml(cited.link)}")
    if cited.snapshot:
        kinds = f"Snapshot {cited.snapshot}"
        lines += [
            "identifiers:",
            "  - type: other",
            f"    value: {_yaml(cited.snapshot)}",
            f"    description: {_yaml(kinds)}",
        ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    FILE.write_text(cff(), encoding="utf-8")
