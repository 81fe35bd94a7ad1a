"""The data package is described completely, in both languages, and kept as described."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from frictionless import validate

from loaders.datasets import modules
from loaders.package import Field, package, read_package
from loaders.schema import ibis_schema, unbound
from tests.support import DATA, committed, read_rows, set_cell

TABLES = tuple(committed().resources)


def hangul(text: str) -> bool:
    return any("HANGUL" in unicodedata.name(letter, "") for letter in text)


def worded() -> Iterator[tuple[str, Mapping[str, Any], str]]:
    """Every node of the descriptor that carries words, with the key of its words."""
    descriptor = committed().descriptor
    yield "package", descriptor, "title"
    yield "package", descriptor, "description"
    for resource in descriptor["resources"]:
        yield resource["name"], resource, "title"
        yield resource["name"], resource, "description"
        for field in resource["schema"]["fields"]:
            place = f"{resource['name']}.{field['name']}"
            yield place, field, "title"
            yield place, field, "description"
            for category in field.get("categories", ()):
                yield f"{place}={category['value']}", category, "label"
                yield f"{place}={category['value']}", category, "description"


def test_frictionless_accepts_the_package() -> None:
    """An independent reader finds no fault in types, constraints, keys and references."""
    report = validate(str(DATA / "datapackage.json"))
    assert report.flatten(["name", "rowNumber", "fieldName", "note"]) == []
    assert report.valid
    assert {task.name for task in report.tasks} == set(TABLES)
    assert {task.name: task.stats["rows"] for task in report.tasks} == {
        name: len(read_rows(DATA, name)) for name in TABLES
    }


def test_frictionless_would_refuse_a_dangling_key(data_copy: Path) -> None:
    """The test above can fail: the descriptor says enough for others to check it."""
    set_cell(data_copy, "pilots", "42dot-sejong-2021", "org_id", "nobody")
    assert [
        error.type
        for task in validate(str(data_copy / "datapackage.json")).tasks
        for error in task.errors
    ] == ["foreign-key"]


def test_every_table_belongs_to_one_module() -> None:
    owners = Counter(table for module in modules() for table in module.TABLES)
    assert owners == Counter(TABLES)


@pytest.mark.parametrize("name", TABLES)
def test_every_table_has_an_expression_with_its_columns(name: str) -> None:
    module = next(module for module in modules() if name in module.TABLES)
    table = getattr(module, name)()
    assert table.equals(unbound(name))
    assert table.get_name() == name
    assert table.schema() == ibis_schema(package()[name])
    assert set(committed()[name].columns) <= set(table.columns)


def test_words_exist_in_both_languages() -> None:
    """Descriptions of columns and codes are given where the title leaves a question."""
    nodes = list(worded())
    assert len(nodes) > 600
    lacking = [
        f"{place}: {key}"
        for place, node, key in nodes
        if key != "description" or {key, f"{key}_ko"} & set(node)
        if not (str(node.get(key, "")).strip() and str(node.get(f"{key}_ko", "")).strip())
    ]
    assert lacking == []


def test_titles_and_descriptions_are_written_in_their_language() -> None:
    nodes = [(p, n, k) for p, n, k in worded() if k != "label" and k in n]
    assert [f"{p}: {k}" for p, n, k in nodes if hangul(n[k])] == []
    english = [f"{p}: {n[f'{k}_ko']}" for p, n, k in nodes if not hangul(n[f"{k}_ko"])]
    # "URL", "TRL" and the like are the same word in Korean
    assert [text for text in english if any(c.islower() for c in text.split(": ")[1])] == []


def test_package_and_tables_are_described() -> None:
    """A description of a column is optional, one of a table is not."""
    tables = [(p, n) for p, n, k in worded() if k == "description" and "." not in p]
    assert len(tables) == len(TABLES) + 1
    assert all(node["description"] and node["description_ko"] for _, node in tables)


def test_codes_are_neutral_and_unique() -> None:
    """Codes go into links: ASCII, without spaces or the delimiter of lists."""
    for resource in committed().resources.values():
        for field in resource.fields:
            codes = [category.value for category in field.categories]
            assert len(codes) == len(set(codes)), field.name
            assert all(c.isascii() and " " not in c and ";" not in c for c in codes), field.name


@pytest.mark.parametrize("name", TABLES)
def test_keys_are_unique_and_rows_sorted_by_them(name: str) -> None:
    key = committed()[name].primary_key
    keys = [tuple(row[column] for column in key) for row in read_rows(DATA, name)]
    assert all(all(parts) for parts in keys)
    assert keys == sorted(set(keys))


@pytest.mark.parametrize("name", TABLES)
def test_texts_are_complete_in_both_languages(name: str) -> None:
    resource = committed()[name]
    stems = {c[:-3] for c in resource.columns if c.endswith(("_ko", "_en"))}
    assert {ko[:-3] for ko, _ in resource.language_pairs} == stems  # no text has one column only
    lacking = [
        (row[resource.primary_key[0]], ko[:-3])
        for row in read_rows(DATA, name)
        for ko, en in resource.language_pairs
        if bool(row[ko]) != bool(row[en])
    ]
    assert lacking == []


@pytest.mark.parametrize("name", TABLES)
def test_files_are_plain_and_made_to_be_compared(name: str) -> None:
    """UTF-8 without mark, LF, one line a row, composed Hangul, no stray spaces."""
    raw = (DATA / committed()[name].path).read_bytes()
    text = raw.decode("utf-8")
    assert not raw.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in raw
    assert raw.endswith(b"\n") and not raw.endswith(b"\n\n")
    records = list(csv.reader(io.StringIO(text, newline="")))
    assert len(records) == raw.count(b"\n")
    assert unicodedata.is_normalized("NFC", text)
    assert [cell for record in records for cell in record if cell != cell.strip()] == []
    assert records[0] == list(committed()[name].columns)


@pytest.mark.parametrize("name", TABLES)
def test_files_are_written_the_one_canonical_way(name: str) -> None:
    """Quotes only where needed, so that a tool that saves the file changes nothing else."""
    raw = (DATA / committed()[name].path).read_bytes()
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(
        csv.reader(io.StringIO(raw.decode("utf-8"), newline=""))
    )
    assert out.getvalue().encode() == raw


def test_every_file_of_the_folder_is_described() -> None:
    assert {path.name for path in DATA.glob("*.csv")} == {
        resource.path for resource in committed().resources.values()
    }


def test_facts_have_a_source() -> None:
    """Vocabularies and places come with the package; every other row names its page."""
    unsourced = {
        name
        for name, resource in committed().resources.items()
        if not any(f.name == "source_id" and f.required for f in resource.fields)
    }
    assert unsourced == {
        *("regions", "municipalities", "sectors", "stages"),
        "investment_investors",  # part of a round, which names its page
        *("changes", "measures", "open_questions"),  # the curators' own words about the data
        "audits",  # a page that could not be read again has no page
    }


def test_labels_are_given_in_the_language_asked_for() -> None:
    label = committed().label
    assert label("stages", "kind", "ladder", "ko") == "단계"
    assert label("stages", "kind", "ladder", "en") == "Step of the ladder"
    assert label("stages", "kind", "unheard-of", "en") == "unheard-of"


def test_references_of_a_table_to_itself_and_of_list_items() -> None:
    parent = committed()["funding"]["parent_funding_id"].reference
    assert parent and (parent.resource, parent.field) == ("funding", "funding_id")
    sectors = committed()["programs"]["sectors"].reference
    assert sectors and (sectors.resource, sectors.field) == ("sectors", "sector")


@pytest.mark.parametrize(
    ("minimum", "maximum", "inside", "outside"),
    [
        (None, None, (-1e300, 0.0, 1e300), ()),
        (0.0, None, (0.0, 1e300), (-0.1,)),
        (None, 9.0, (-1e300, 9.0), (9.1,)),
        (1.0, 9.0, (1.0, 9.0), (0.9, 9.1, float("nan"))),
    ],
)
def test_limits_of_a_field(
    minimum: float | None,
    maximum: float | None,
    inside: tuple[float, ...],
    outside: tuple[float, ...],
) -> None:
    field = Field("x", "number", {}, {}, minimum=minimum, maximum=maximum)
    assert all(field.allows(number) for number in inside)
    assert not any(field.allows(number) for number in outside)


def test_the_folder_can_be_chosen(data_copy: Path) -> None:
    descriptor = json.loads((data_copy / "datapackage.json").read_text(encoding="utf-8"))
    descriptor["title"] = "Another atlas"
    (data_copy / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    assert package().descriptor["title"] == "Another atlas"
    assert package() is package()


def test_missing_or_broken_descriptor(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_package(tmp_path)
    (tmp_path / "datapackage.json").write_text("{", encoding="utf-8")
    with pytest.raises(json.JSONDecodeError):
        read_package(tmp_path)
