"""Rows of a CSV or XLSX file, with what spreadsheets do to cells undone or refused."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.cell.read_only import EmptyCell, ReadOnlyCell
from openpyxl.utils.exceptions import InvalidFileException

from loaders.curation.explain import SERIALS, written_date
from loaders.curation.store import Row, clean, parse
from loaders.curation.suggest import nearest
from loaders.curation.words import Words
from loaders.dates import BOUND_SUFFIXES
from loaders.exports import safe_cell
from loaders.package import Package, Resource

#: Whole numbers from here on lose digits in a spreadsheet.
EXACT_BELOW = 10**15

SheetCell = Cell | ReadOnlyCell | EmptyCell | MergedCell


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell, row or file that cannot be taken over; ``row`` 0: the whole file."""

    file: str
    row: int
    column: str
    sentence: str

    def __str__(self) -> str:
        place = [self.file]
        if self.row:
            place.append(f"{self.row}")
        if self.column:
            place.append(self.column)
        return f"{', '.join(place)}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class Raw:
    """Cells of one sheet as text, with the line of each row; ``table`` as the file names it."""

    file: str
    table: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


class SheetError(Exception):
    """A file cannot be read; ``faults`` say why."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(faults)
        self.faults = faults


def undone(text: str) -> str:
    """A cell without the apostrophe that keeps spreadsheets from reading a formula."""
    rest = text[1:]
    return rest if text.startswith("'") and safe_cell(rest) == text else text


def _from_csv(path: Path, table: str, words: Words) -> Raw:
    try:
        header, records = parse(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise SheetError([Fault(path.name, 0, "", words("sheet.encoding"))]) from error
    except csv.Error as error:
        raise SheetError([Fault(path.name, 0, "", str(error))]) from error
    if len(header) == 1 and re.search(r"[;\t]", header[0]):
        raise SheetError([Fault(path.name, 1, "", words("sheet.delimiter"))])
    faults = [
        Fault(path.name, line, "", words("sheet.ragged", cells=len(cells), header=len(header)))
        for line, cells in enumerate(records, start=2)
        if cells and len(cells) != len(header)
    ]
    if faults:
        raise SheetError(faults)
    rows = ((line, tuple(cells)) for line, cells in enumerate(records, start=2) if any(cells))
    return Raw(path.name, table, tuple(clean(name) for name in header), tuple(rows))


def _day(cell: SheetCell, value: datetime, words: Words) -> tuple[str, str | None]:
    # a month that was typed as 2021-07 has become its first day: the format gives it away
    with_day = "d" in (cell.number_format or "").lower() and value.time() == time()
    shown = value.date().isoformat()
    return (shown, None) if with_day else ("", words("sheet.month", value=shown))


def _number(value: float, words: Words) -> tuple[str, str | None]:
    if abs(value) >= EXACT_BELOW:
        return "", words("sheet.digits", value=value)
    return (str(int(value)) if float(value).is_integer() else repr(value)), None


def _cell_text(cell: SheetCell, words: Words) -> tuple[str, str | None]:
    """The text of a cell, and what is wrong with it."""
    value = cell.value
    if cell.data_type in ("f", "e"):
        formula = cell.data_type == "f"
        return "", words("sheet.formula") if formula else words("sheet.error", value=value)
    match value:
        case None:
            return "", None
        case bool():
            return ("true" if value else "false"), None
        case datetime():
            return _day(cell, value, words)
        case int() | float():
            return _number(value, words)
        case _:
            return str(value), None


def _from_xlsx(path: Path, table: str | None, tables: Package, words: Words) -> Iterator[Raw]:
    try:
        book = load_workbook(path, read_only=True)
    except (BadZipFile, InvalidFileException, KeyError, OSError) as error:
        raise SheetError([Fault(path.name, 0, "", words("sheet.xlsx"))]) from error
    faults: list[Fault] = []
    for number, sheet in enumerate(book.worksheets):
        title = sheet.title if sheet.title in tables.resources else table
        if title is None or (title == table and number and sheet.title not in tables.resources):
            continue
        lines = list(sheet.iter_rows())
        header = tuple(clean(str(cell.value or "")) for cell in lines[0]) if lines else ()
        while header and not header[-1]:
            header = header[:-1]
        file = f"{path.name} [{sheet.title}]"
        rows = []
        for line, cells in enumerate(lines[1:], start=2):
            texts = []
            for column, cell in zip(header, cells, strict=False):
                text, fault = _cell_text(cell, words)
                if fault:
                    faults.append(Fault(file, line, column, fault))
                texts.append(text)
            texts += [""] * (len(header) - len(texts))
            if any(texts):
                rows.append((line, tuple(texts)))
        yield Raw(file, title, header, tuple(rows))
    book.close()
    if faults:
        raise SheetError(faults)


def read_raw(path: Path, table: str | None, package: Package, words: Words) -> list[Raw]:
    """The sheets of a file; a workbook may hold one for each table, named after it.

    Raises:
        SheetError: the file cannot be read, or a cell is a formula or lost its value.
    """
    if not path.is_file():
        raise SheetError([Fault(path.name, 0, "", words("sheet.missing"))])
    named = table or (path.stem if path.stem in package.resources else None)
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        found = list(_from_xlsx(path, named, package, words))
    else:
        found = [_from_csv(path, named, words)] if named else []
    if not found:
        names = ", ".join(package.resources)
        raise SheetError([Fault(path.name, 0, "", words("sheet.no-table", tables=names))])
    return found


def _header_faults(raw: Raw, known: list[str], words: Words) -> Iterator[Fault]:
    for column in raw.header:
        stem, _, suffix = column.rpartition("_")
        if raw.header.count(column) > 1:
            yield Fault(raw.file, 1, column, words("sheet.twice"))
        elif column in known:
            continue
        elif suffix in BOUND_SUFFIXES and stem in known:
            yield Fault(raw.file, 1, column, words("sheet.computed", column=stem))
        else:
            meant = nearest(column, known) or ", ".join(known)
            yield Fault(raw.file, 1, column, words("sheet.column", meant=meant))


def _lost_zeros(resource: Resource, column: str, text: str, keys: set[str]) -> str | None:
    field = resource[column]
    if not text.isdigit() or field.type not in ("string", "list") or field.partial_date:
        return None
    widths = {len(key) for key in keys if key.isdigit()}
    if field.pattern and (fixed := re.fullmatch(r"\\d\{(\d+)\}", field.pattern)):
        widths.add(int(fixed[1]))
    padded = {text.zfill(width) for width in widths if width > len(text)}
    fits = {p for p in padded if not keys or p in keys}
    return min(fits) if fits and text not in keys else None


def _cell_fault(
    resource: Resource, column: str, text: str, keys: set[str], words: Words
) -> str | None:
    field = resource.by_name.get(column)
    if field is None:
        return None
    if field.partial_date and text.split(".", maxsplit=1)[0].isdigit():
        day = text.split(".", maxsplit=1)[0]
        if len(day) == 5 and int(day) in SERIALS:
            return words("sheet.serial", value=text, date=written_date(day))
    if field.type in ("integer", "number") and re.fullmatch(r"-?\d+(\.\d+)?[eE]\+?\d+", text):
        return words("sheet.digits", value=text)
    lost = _lost_zeros(resource, column, text, keys)
    return words("sheet.zeros", value=text, meant=lost) if lost else None


def rows_of(
    raw: Raw, resource: Resource, extra: tuple[str, ...], keys: dict[str, set[str]], words: Words
) -> list[tuple[int, Row]]:
    """Rows of a sheet by column, each with its line; apostrophes before formulas are undone.

    Args:
        raw: the sheet.
        resource: the table it belongs to.
        extra: further columns that the caller understands.
        keys: known keys of the columns that refer to a table.
        words: the curator's language.

    Raises:
        SheetError: with every unknown column and every damaged cell.
    """
    faults = list(_header_faults(raw, [*resource.columns, *extra], words))
    if faults:
        raise SheetError(faults)
    found = []
    for line, cells in raw.rows:
        row = {}
        for column, cell in zip(raw.header, cells, strict=True):
            text = clean(undone(cell))
            if column in resource.by_name and resource[column].type == "boolean":
                text = text.lower()
            fault = _cell_fault(resource, column, text, keys.get(column, set()), words)
            if fault:
                faults.append(Fault(raw.file, line, column, fault))
            row[column] = text
        found.append((line, row))
    if faults:
        raise SheetError(faults)
    return found
