"""``docs/audit.md``: how drawn facts were re-checked and what came of it, from the table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from loaders.audit import CORRECT, CORRECTED, FACT_TABLES, WANTED, Tally, tally
from loaders.package import PROJECT_ROOT, Package

DOCUMENT: Path = PROJECT_ROOT / "docs" / "audit.md"

Row = Mapping[str, str]
Tables = Mapping[str, Sequence[Row]]

_TITLE = "# Re-check of drawn facts"
_ORIGIN = (
    "Written by `python -m loaders audit report` from `data/audits.csv`; a test compares the two."
)
_METHOD = f"""\
## Method

1. Every row of the tables
   {{tables}}
   has a place in the draw: the SHA-256 digest of `seed/table/key`. Rows are taken in the order of
   their digests. The seed is set before any page is read, and
   `python -m loaders audit draw --seed SEED` lists the same order again for the same rows. (Rows
   added or removed since stand between those that were drawn; the digests stay as they are.)
2. Somebody who did not write the row reads its page again and compares every part of its main
   statement with it: names, place, programme, stage, amount, count, date and what the date is of.
   Where the page's own text was not to be had, another page of the same report was read instead,
   and it is the one that is linked below.
3. A row is *correct* when the page states what it states, and *wrong* when the page contradicts it
   or says less. Wrong rows were corrected. Slips outside the main statement (a remark, a spelling)
   were mended and do not count.
4. A fact whose page could not be re-read is passed over, and the next one is taken, until {WANTED}
   were re-read. No other fact is left out: draws are numbered without a gap (a rule of the data).
"""
_CAUTION = (
    "Pages that can still be read may not be typical of those that cannot: the share says "
    "nothing about the facts that were passed over."
)


def _percent(share: float) -> str:
    return f"{share * 100:.1f} %"


def _cell(text: str) -> str:
    """Text in a cell of a Markdown table: no markup of its own."""
    plain = " ".join(text.split()).replace("\\", "\\\\")
    for sign in "|[]<>*_`":
        plain = plain.replace(sign, f"\\{sign}")
    return plain


def _link(page: Row | None) -> str:
    if page is None:
        return "–"
    address = page["url"].replace("<", "%3C").replace(">", "%3E").replace("|", "%7C")
    return f"[{_cell(page['publisher_en'] or page['publisher_ko'])}](<{address}>)"


def _table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def _days(rows: Sequence[Row]) -> str:
    days = sorted({row["audited_on"] for row in rows})
    return days[0] if len(days) == 1 else f"{days[0]} – {days[-1]}"


def _verdict(found: Tally) -> str:
    if found.share is None or found.interval is None:
        return "No fact could be re-read."
    low, high = found.interval
    return (
        f"**{found.correct} of {found.read} re-read facts were correct: {_percent(found.share)} "
        f"(Wilson 95 % interval {_percent(low)} to {_percent(high)}).** "
        f"The other {found.read - found.correct} were wrong and have been corrected."
    )


def _passed_over(found: Tally) -> str:
    text = (
        f"Facts drawn: {found.drawn}. Passed over because they could not be re-read: "
        f"{found.unreadable}. {_CAUTION}"
    )
    if found.read < WANTED:
        text += f" Fewer than the {WANTED} facts that the method asks for could be re-read."
    return text


def _korean(seed: str, rows: Sequence[Row]) -> str:
    found = tally(row["verdict"] for row in rows)
    if found.share is None or found.interval is None:
        return f"시드 {seed}: 다시 읽을 수 있었던 사실이 없습니다."
    low, high = found.interval
    return (
        f"시드 {seed}({_days(rows)}): 무작위로 뽑은 사실 {found.drawn}건 가운데 {found.read}건을 "
        f"출처 페이지에서 다시 확인한 결과 {found.correct}건이 일치했습니다"
        f"({_percent(found.share)}, Wilson 95 % 신뢰구간 {_percent(low)}–{_percent(high)}). "
        f"나머지 {found.read - found.correct}건은 정정했습니다. {found.unreadable}건은 페이지를 "
        "다시 읽을 수 없어 다음 순번으로 넘어갔으며, 읽을 수 있는 페이지가 전체를 대표하지 않을 수 "
        "있습니다."
    )


def _by_table(rows: Sequence[Row], package: Package) -> str:
    lines = []
    for table in FACT_TABLES:
        found = tally(row["verdict"] for row in rows if row["table"] == table)
        if found.drawn:
            title = package[table].title["en"]
            lines.append((title, found.drawn, found.read, found.correct, found.unreadable))
    return _table(["Table", "Drawn", "Re-read", "Correct", "Could not be re-read"], lines)


def _own_pages(tables: Tables, package: Package) -> Mapping[tuple[str, str], str]:
    """The page that each fact names itself, by table and key."""
    return {
        (name, row[package[name].primary_key[0]]): row["source_id"]
        for name in FACT_TABLES
        for row in tables[name]
    }


def _elsewhere(rows: Sequence[Row], tables: Tables, package: Package) -> str:
    own = _own_pages(tables, package)
    right = [row for row in rows if row["verdict"] == CORRECT]
    others = sum(row["source_id"] != own.get((row["table"], row["key"])) for row in right)
    return f"Of the correct ones, {others} were confirmed on another page than the row's own."


def _facts(rows: Sequence[Row], tables: Tables, package: Package) -> str:
    pages = {page["source_id"]: page for page in tables["sources"]}
    own = _own_pages(tables, package)
    lines = []
    for row in rows:
        page = row["source_id"] or own.get((row["table"], row["key"]), "")
        verdict = package.label("audits", "verdict", row["verdict"], "en")
        shown = f"**{verdict}**" if row["verdict"] == CORRECTED else verdict
        lines.append(
            (
                row["draw"], row["table"], f"`{row['key']}`", shown,
                _link(pages.get(page)), _cell(row["note_en"]),
            )
        )  # fmt: skip
    return _table(["Draw", "Table", "Row", "Verdict", "Page", "Note"], lines)


def _section(seed: str, rows: Sequence[Row], tables: Tables, package: Package) -> str:
    found = tally(row["verdict"] for row in rows)
    return "\n\n".join(
        (
            f"## Draw with the seed {seed}, re-read {_days(rows)}",
            _verdict(found),
            f"{_elsewhere(rows, tables, package)} {_passed_over(found)}",
            _by_table(rows, package),
            "### The facts in the order of the draw",
            "Of a fact that could not be re-read, the link is that of the page its row names.",
            _facts(rows, tables, package),
        )
    )


def document(tables: Tables, package: Package) -> str:
    """The whole document, newest re-check first.

    Args:
        tables: rows as text of ``audits``, ``sources`` and every table that is drawn from.
    """
    by_seed: dict[str, list[Row]] = {}
    for row in sorted(tables["audits"], key=lambda row: (row["seed"], int(row["draw"]))):
        by_seed.setdefault(row["seed"], []).append(row)
    newest_first = sorted(
        by_seed.items(), key=lambda item: (max(r["audited_on"] for r in item[1]), item[0])
    )[::-1]
    named = ", ".join(f"`{table}`" for table in FACT_TABLES)
    parts = [
        _TITLE,
        _ORIGIN,
        "## 요약",
        *(_korean(seed, rows) for seed, rows in newest_first),
        _METHOD.format(tables=named).rstrip(),
        *(_section(seed, rows, tables, package) for seed, rows in newest_first),
    ]
    return "\n\n".join(parts) + "\n"
