"""Extract messages from the code into the catalogues, or check that they are complete."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
SOURCE_FOLDERS = ("analytics", "api", "app_pages", "loaders", "ui")
SOURCE_FILES = ("dashboard.py",)
KEYWORDS = {"t": None, "self": None, "plural": (1, 2)}
LANGUAGES = ("ko", "en")


def _in_f_strings(path: Path) -> Iterator[str]:
    """Messages in replacement fields of f-strings, which the extraction does not look into."""
    for outer in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(outer, ast.JoinedStr):
            continue
        for node in ast.walk(outer):
            match node:
                case ast.Call(func=ast.Name(id="t"), args=[ast.Constant(value=str(text)), *_]):
                    yield text


def extracted() -> Catalog:
    """All messages of the code."""
    catalogue = Catalog(project="Testbed Atlas Korea", charset="utf-8")
    found = []
    for folder in SOURCE_FOLDERS:
        rows = extract_from_dir(ROOT / folder, [("**.py", "python")], keywords=KEYWORDS)
        found += [(f"{folder}/{name}", line, message) for name, line, message, _, _ in rows]
    for file in SOURCE_FILES:
        rows = extract_from_dir(ROOT, [(file, "python")], keywords=KEYWORDS)
        found += [(name, line, message) for name, line, message, _, _ in rows]
    files = [path for folder in SOURCE_FOLDERS for path in (ROOT / folder).rglob("*.py")]
    for path in [*files, *(ROOT / file for file in SOURCE_FILES)]:
        name = path.relative_to(ROOT).as_posix()
        found += [(name, 0, message) for message in _in_f_strings(path)]
    for name, _, message in sorted(found, key=lambda f: (f[0], f[1])):
        # file names without line numbers: a moved line is no change of the catalogue
        catalogue.add(message, locations=[(name, None)])  # type: ignore[list-item]
    return catalogue


def catalogue_path(lang: str) -> Path:
    """Catalogue of a language."""
    return ROOT / "locales" / lang / "LC_MESSAGES" / "messages.po"


def read(lang: str) -> Catalog:
    """The catalogue as it stands; empty when there is none yet."""
    path = catalogue_path(lang)
    if not path.is_file():
        return Catalog(locale=lang, project="Testbed Atlas Korea")
    with path.open("rb") as handle:
        return read_po(handle, locale=lang)


def _fill_english(catalogue: Catalog) -> None:
    """In English a message is its own translation."""
    for message in catalogue:
        if message.id:
            message.string = message.id
            message.flags.discard("fuzzy")


def updated(lang: str) -> Catalog:
    """The catalogue brought up to date with the code."""
    catalogue = read(lang)
    catalogue.update(extracted(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    if lang == "en":
        _fill_english(catalogue)
    return catalogue


def faults(lang: str) -> list[str]:
    """What is missing, fuzzy or out of date in the committed catalogue."""
    committed = {m.id: m for m in read(lang) if m.id}
    wanted = {m.id for m in extracted() if m.id}
    found = [f"{lang}: missing: {i}" for i in wanted - set(committed)]
    found += [f"{lang}: no longer used: {i}" for i in set(committed) - wanted]
    for key, message in committed.items():
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.fuzzy or not all(strings):
            found.append(f"{lang}: not translated: {key}")
    return sorted(found)


def main() -> int:
    """Update the catalogues, or with ``--check`` only report; 1 when incomplete."""
    if "--check" not in sys.argv[1:]:
        for lang in LANGUAGES:
            path = catalogue_path(lang)
            path.parent.mkdir(parents=True, exist_ok=True)
            catalogue = updated(lang)  # read before the file is opened, which empties it
            with path.open("wb") as handle:
                write_po(handle, catalogue, sort_output=True, width=100, omit_header=False)
    problems = [p for lang in LANGUAGES for p in faults(lang)]
    sys.stderr.write("".join(p + "\n" for p in problems))
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
