"""Questions in the terminal: a column at a time, with its title, choices and suggestions."""

from __future__ import annotations

import typer

from loaders.curation import display
from loaders.curation.entry import DEFAULTS, blank, field_problem, meant
from loaders.curation.explain import VOCABULARIES, Explainer
from loaders.curation.settle import fill_in
from loaders.curation.sources import (
    Page,
    introduced,
    known_page,
    new_page,
    publisher_at,
    publisher_called,
)
from loaders.curation.store import Row, State, clean
from loaders.curation.suggest import label, suggest
from loaders.curation.words import Words
from loaders.exports import visible
from loaders.package import Field

#: Tables of this many rows or fewer are shown whole, as numbered choices.
SHORT_LIST = 20
#: Columns that are asked only when one of others is filled.
_ONLY_WITH = {
    ("pilots", "public_support_kind"): ("public_support",),
    ("pilots", "currency"): ("public_support",),
    ("program_editions", "currency"): ("support_per_company", "budget"),
    ("events", "date_basis"): ("date",),
    ("milestones", "date_basis"): ("date",),
}
#: Columns that few rows have: asked last.
_RARE = {("pilots", "project_id")}
#: Columns that follow from others.
_DERIVED = {("pilots", "stage")}
CLEAR = "-"

Choices = list[tuple[str, str]]


class Asker:
    """Asks for the values of rows, in the curator's language."""

    def __init__(self, state: State, words: Words) -> None:
        self._state = state
        self._words = words
        self._explain = Explainer(state, words)

    def yes(self, key: str, **values: object) -> bool:
        """A yes-or-no question; no by default."""
        question = f"{self._words(key, **values)} [y/N]"
        answer: str = typer.prompt(question, default="", show_default=False)
        return meant(self._state, Field("answer", "boolean", {}, {}), answer) == "true"

    def _choices(self, field: Field, row: Row) -> Choices:
        lang = self._words.lang
        if field.categories:
            return [(c.value, c.label[lang]) for c in field.categories]
        target = field.reference
        if target is None:
            return []
        sheet = self._state[target.resource]
        rows = self._eligible(target.resource, row)
        if len(rows) > SHORT_LIST:
            return []
        if target.resource == "stages":  # in the order of the ladder, and no outcome measures
            ladder = [stage for stage in rows if stage["kind"] != "outcome"]
            rows = sorted(ladder, key=lambda stage: int(stage["rank"] or 99))
        return [(other[target.field], label(sheet, other, lang)) for other in rows]

    def _eligible(self, table: str, row: Row) -> list[Row]:
        """Rows that may be meant: of municipalities, those of the row's province."""
        rows = list(self._state[table].rows)
        if table == "municipalities" and row.get("sido"):
            rows = [other for other in rows if other["sido"] == row["sido"]]
        return rows

    def _list(self, choices: Choices) -> None:
        for number, (code, name) in enumerate(choices, start=1):
            display.say(f"  {number:>2} {name or code}" + (f"  ({code})" if name else ""), "dim")

    def _item(self, field: Field, text: str, choices: Choices, row: Row) -> str | None:
        """One answer as a code; None when it fits nothing and suggestions were shown."""
        target = field.reference
        value = meant(self._state, field, text)
        if target and value in self._state[target.resource].column(target.field):
            return value
        if text.isascii() and text.isdigit() and 1 <= int(text) <= len(choices):
            return choices[int(text) - 1][0]
        if target is None:
            return value
        sheet = self._state[target.resource]
        found = suggest(text, sheet, self._words.lang, rows=self._eligible(target.resource, row))
        if found:
            choices[:] = [(s.key, s.label) for s in found]
            display.say(self._words("ask.meant", text=text), "yellow")
            self._list(choices)
        else:
            key = "ask.no-code" if target.resource in VOCABULARIES else "ask.unknown"
            display.say(self._words(key, text=text, table=target.resource), "yellow")
        return None

    def _value(self, field: Field, answer: str, choices: Choices, row: Row) -> str | None:
        if field.type != "list":
            return self._item(field, answer, choices, row)
        items = [i.strip() for i in answer.replace(field.delimiter, ",").split(",") if i.strip()]
        codes = [self._item(field, item, choices, row) for item in items]
        return None if None in codes else field.delimiter.join(filter(None, codes))

    def _question(self, field: Field, required: bool) -> str:
        title = field.title[self._words.lang] or field.name
        unit = f", {field.unit}" if field.unit else ""
        about = field.description[self._words.lang]
        need = self._words("ask.required" if required else "ask.optional")
        if field.type == "boolean":
            unit += ", y/n"
        if field.partial_date:
            unit += ", YYYY[-MM[-DD]]"
        if field.type == "list":
            unit += f", {self._words('ask.several')}"
        return visible(f"{title} ({field.name}{unit}; {need})" + (f"\n  {about}" if about else ""))

    def column(
        self, table: str, field: Field, row: Row, *, default: str = "", required: bool | None = None
    ) -> str:
        """The value of one column; asks again until the column's own checks pass."""
        needed = field.required if required is None else required
        choices = self._choices(field, row)
        self._list(choices)
        while True:
            answer = clean(
                typer.prompt(
                    self._question(field, needed), default=default, show_default=bool(default)
                )
            )
            if answer == CLEAR:
                answer = ""
            if not answer and not needed:
                return ""
            value = self._value(field, answer, choices, row) if answer else ""
            if value is None:
                continue
            problem = field_problem(self._state, table, field, value)
            if problem is None and (value or not needed):
                return value
            display.say(
                self._explain.sentence(problem) if problem else self._words("ask.needed"), "red"
            )

    def row(self, table: str, given: Row, skip: set[str]) -> Row:
        """A row, its columns asked one by one; ``given`` values are not asked again."""
        resource = self._state.package[table]
        row = {**blank(self._state, table), **given}
        partners = {}
        for ko, en in resource.language_pairs:
            own, twin = (ko, en) if self._words.lang == "ko" else (en, ko)
            partners[en] = partners[ko] = (own, twin)
        done = {*given, *skip} | {c for t, c in _DERIVED if t == table}
        for field in sorted(resource.fields, key=lambda f: (table, f.name) in _RARE):
            for name in partners.get(field.name, (field.name,)):
                if name in done:
                    continue
                done.add(name)
                only = _ONLY_WITH.get((table, name))
                if only and not any(row[column] for column in only):
                    continue
                own = partners.get(name, (name,))[0]
                second = name != own
                if second and not row[own]:
                    continue
                filled = fill_in(self._state, table, row)
                default = filled[name] or DEFAULTS.get(name, "")
                row[name] = self.column(
                    table, resource[name], filled, default=default, required=second or None
                )
        return row

    def parts(self, table: str, column: str, key: str, *, at_least: int = 0) -> list[Row]:
        """Rows of ``table`` until ``column`` is left empty; ``key`` introduces them."""
        found: list[Row] = []
        resource = self._state.package[table]
        while True:
            display.say(self._words(key, number=len(found) + 1), "bold")
            needed = len(found) < at_least
            first = self.column(table, resource[column], {}, required=needed)
            if not first:
                return found
            row = {**blank(self._state, table), column: first}
            for name in ("date", "date_basis"):
                if name in row and (name == "date" or row["date"]):
                    default = "" if name == "date" else "event"
                    row[name] = self.column(table, resource[name], row, default=default)
            found.append(row)

    def page(self) -> Row:
        """The page of the fact: a known one, or a new row."""
        sheet = self._state["sources"]
        fields = sheet.resource.by_name
        url = self.column("sources", fields["url"], {})
        known = known_page(sheet, url)
        if known:
            display.say(introduced(known, self._words), "green")
            return known
        usual = publisher_at(sheet, url)
        name = f"publisher_{self._words.lang}"
        publisher = self.column(
            "sources", fields[name], {}, default=usual[name] if usual else "", required=True
        )
        earlier = publisher_called(sheet, publisher)
        names = {name: publisher}
        inferred = False
        if earlier is None:
            twin = "publisher_en" if name == "publisher_ko" else "publisher_ko"
            names[twin] = self.column("sources", fields[twin], {}, required=True)
            inferred = self.yes("page.inferred")
        published = self.column("sources", fields["published"], {})
        language = self.column(
            "sources", fields["language"], {}, default=earlier["language"] if earlier else "ko"
        )
        page = Page(url, publisher, "", inferred, published, language)
        if earlier is None:
            page = Page(
                url, names["publisher_en"], names["publisher_ko"], inferred, published, language
            )
        return new_page(sheet, page)
