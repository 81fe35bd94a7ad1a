"""Typed view of ``data/datapackage.json`` (Frictionless Data Package v2).

The descriptor is the only list of tables and columns in the project: loaders,
validation, the snapshot's types, the words shown for a code and the data
dictionary all read it through this module.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

Lang = Literal["ko", "en"]

PROJECT_ROOT = Path(__file__).resolve().parents[1]


def data_dir() -> Path:
    """Folder of the data package; ``ATLAS_DATA`` overrides the committed one."""
    return Path(os.environ.get("ATLAS_DATA", PROJECT_ROOT / "data"))


@dataclass(frozen=True, slots=True)
class Category:
    """One allowed code of a column, with its words in both languages."""

    value: str
    label: Mapping[Lang, str]
    description: Mapping[Lang, str]


@dataclass(frozen=True, slots=True)
class Reference:
    """A column whose values are keys of another table."""

    resource: str
    field: str


@dataclass(frozen=True, slots=True)
class Field:
    """One column: type, constraints and words."""

    name: str
    type: str
    title: Mapping[Lang, str]
    description: Mapping[Lang, str]
    required: bool = False
    unique: bool = False
    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = None
    item_pattern: str | None = None
    delimiter: str = ";"
    unit: str | None = None
    partial_date: bool = False
    is_address: bool = False
    categories: tuple[Category, ...] = ()
    reference: Reference | None = None

    def label(self, code: str, lang: Lang) -> str:
        """Word for ``code`` in ``lang``; the code itself if it is not a category."""
        for category in self.categories:
            if category.value == code:
                return category.label[lang]
        return code

    def allows(self, number: float) -> bool:
        """Whether ``number`` lies within ``minimum`` and ``maximum``."""
        low = self.minimum is None or number >= self.minimum
        return low and (self.maximum is None or number <= self.maximum)


@dataclass(frozen=True, slots=True)
class Resource:
    """One table of the package."""

    name: str
    path: str
    title: Mapping[Lang, str]
    description: Mapping[Lang, str]
    fields: tuple[Field, ...]
    primary_key: tuple[str, ...]
    unique_keys: tuple[tuple[str, ...], ...] = ()
    by_name: Mapping[str, Field] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Field:
        return self.by_name[name]

    @property
    def columns(self) -> tuple[str, ...]:
        """Column names in the order of the descriptor."""
        return tuple(f.name for f in self.fields)

    @property
    def language_pairs(self) -> tuple[tuple[str, str], ...]:
        """``(x_ko, x_en)`` column pairs: texts that must exist in both languages."""
        names = set(self.columns)
        stems = [n[:-3] for n in self.columns if n.endswith("_ko") and f"{n[:-3]}_en" in names]
        return tuple((f"{s}_ko", f"{s}_en") for s in stems)


@dataclass(frozen=True, slots=True)
class Package:
    """The whole data package."""

    descriptor: Mapping[str, Any]
    resources: Mapping[str, Resource]

    def __getitem__(self, name: str) -> Resource:
        return self.resources[name]

    def label(self, resource: str, column: str, code: str, lang: Lang) -> str:
        """Word shown for a category code."""
        return self.resources[resource][column].label(code, lang)


def _words(node: Mapping[str, Any], key: str) -> dict[Lang, str]:
    return {"en": str(node.get(key, "")), "ko": str(node.get(f"{key}_ko", ""))}


def _field(node: Mapping[str, Any], foreign_keys: Mapping[str, Reference]) -> Field:
    constraints = node.get("constraints", {})
    item_reference = node.get("itemReference")
    return Field(
        name=node["name"],
        type=node["type"],
        title=_words(node, "title"),
        description=_words(node, "description"),
        required=bool(constraints.get("required", False)),
        unique=bool(constraints.get("unique", False)),
        minimum=constraints.get("minimum"),
        maximum=constraints.get("maximum"),
        pattern=constraints.get("pattern"),
        item_pattern=node.get("itemPattern"),
        delimiter=node.get("delimiter", ";"),
        unit=node.get("unit"),
        partial_date=bool(node.get("partialDate", False)),
        is_address=node.get("format") == "uri",
        categories=tuple(
            Category(c["value"], _words(c, "label"), _words(c, "description"))
            for c in node.get("categories", ())
        ),
        reference=(
            Reference(item_reference["resource"], item_reference["field"])
            if item_reference
            else foreign_keys.get(node["name"])
        ),
    )


def _resource(node: Mapping[str, Any]) -> Resource:
    schema = node["schema"]
    foreign_keys = {
        fk["fields"][0]: Reference(
            fk["reference"]["resource"] or node["name"], fk["reference"]["fields"][0]
        )
        for fk in schema.get("foreignKeys", ())
    }
    fields = tuple(_field(f, foreign_keys) for f in schema["fields"])
    return Resource(
        name=node["name"],
        path=node["path"],
        title=_words(node, "title"),
        description=_words(node, "description"),
        fields=fields,
        primary_key=tuple(schema["primaryKey"]),
        unique_keys=tuple(tuple(k) for k in schema.get("uniqueKeys", ())),
        by_name={f.name: f for f in fields},
    )


def read_package(folder: Path) -> Package:
    """Read the descriptor in ``folder``.

    Raises:
        FileNotFoundError: there is no ``datapackage.json``.
        json.JSONDecodeError: it is not JSON.
    """
    descriptor = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    resources = {node["name"]: _resource(node) for node in descriptor["resources"]}
    return Package(descriptor, resources)


@lru_cache(maxsize=4)
def _cached(folder: str | None) -> Package:
    return read_package(data_dir())


def package() -> Package:
    """The data package of this installation, read once per process."""
    return _cached(os.environ.get("ATLAS_DATA"))
