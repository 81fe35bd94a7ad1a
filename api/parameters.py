"""Checked query parameters, made from the data package."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from types import GenericAlias
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    create_model,
)
from pydantic_core import PydanticCustomError

from loaders.package import Field as Column
from loaders.package import Resource

MAX_TEXT = 200
MAX_VALUES = 40
DEFAULT_LIMIT = 1_000
MAX_LIMIT = 10_000
MAX_OFFSET = 1_000_000_000
_INT64 = 2**63
#: No control characters: they stand in no fact, and some engines stop at them.
_NO_CONTROL = r"^[^\x00-\x1f\x7f]*$"

#: What keys of rows look like; a filter by key that cannot be one is an error, not an empty answer.
_KEY = r"^[A-Za-z0-9][A-Za-z0-9._~:-]*$"

#: A misspelt parameter is an error, not silence.
STRICT = ConfigDict(extra="forbid")


def _composed(value: Any) -> Any:
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


Text = Annotated[
    str,
    BeforeValidator(_composed),
    StringConstraints(max_length=MAX_TEXT, pattern=_NO_CONTROL),
]


Key = Annotated[
    str,
    BeforeValidator(_composed),
    StringConstraints(max_length=MAX_TEXT, pattern=_KEY),
]


def _split(values: Any) -> Any:
    if not isinstance(values, list):
        return values
    return [part for value in values for part in str(value).split(",") if part]


#: Codes as links of the pages carry them: ``a,b`` or repeated.
Codes = Annotated[list[Text], BeforeValidator(_split), Field(max_length=MAX_VALUES)]


def _empty_as_unknown(value: Any) -> Any:
    return None if value == "" else value


def _one_of(codes: Sequence[str]) -> AfterValidator:
    known = frozenset(codes)

    def check(value: str | None) -> str | None:
        if value is not None and value not in known:
            raise PydanticCustomError("unknown_code", "Not one of the allowed codes")
        return value

    return AfterValidator(check)


_Integer = Annotated[int, Field(ge=-_INT64, lt=_INT64)]
_Number = Annotated[float, Field(allow_inf_nan=False)]
#: What a filter's value is read as, and how the OpenAPI document describes it.
_PLAIN: dict[str, tuple[Any, str]] = {
    "integer": (_Integer, "integer"),
    "number": (_Number, "number"),
    "boolean": (bool, "boolean"),
}


def _or_unknown(kind: Any, schema: dict[str, Any], *checks: Any) -> Any:
    """``kind``, or None for the empty value, which asks for unknown cells."""
    return Annotated[
        kind | None, BeforeValidator(_empty_as_unknown), *checks, WithJsonSchema(schema)
    ]


def _item(column: Column, *, is_key: bool) -> Any:
    """Type of one wanted value of a column; ``is_key``: it holds keys of rows."""
    if column.type in _PLAIN:
        kind, name = _PLAIN[column.type]
        return _or_unknown(kind, {"type": name})
    if column.categories:
        codes = [c.value for c in column.categories]
        return _or_unknown(Text, {"type": "string", "enum": codes}, _one_of(codes))
    kind, pattern = (Key, _KEY) if is_key else (Text, _NO_CONTROL)
    return _or_unknown(kind, {"type": "string", "maxLength": MAX_TEXT, "pattern": pattern})


def words(ko: str) -> dict[str, Any]:
    """The Korean description of a parameter, kept in its schema."""
    return {"x-description-ko": ko}


def _described(column: Column) -> dict[str, Any]:
    texts = {
        lang: ". ".join(filter(None, (column.title[lang], column.description[lang])))
        for lang in column.title
    }
    return {"description": texts["en"], "json_schema_extra": words(texts["ko"])}


def _names(allowed: Sequence[str], alias: str, en: str, ko: str) -> Any:
    """Annotation and default of a parameter that lists columns."""
    schema = {"type": "string", "enum": list(allowed)}
    item = Annotated[Text, _one_of(allowed), WithJsonSchema(schema)]
    return (
        Annotated[GenericAlias(list, (item,)), BeforeValidator(_split)],
        Field(
            default=[],
            alias=alias,
            max_length=len(allowed),
            description=en,
            json_schema_extra=words(ko),
        ),
    )


class Nothing(BaseModel):
    """No parameters at all."""

    model_config = STRICT


class Paging(BaseModel):
    """Which part of the rows."""

    model_config = STRICT

    limit: int = Field(
        DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, description="Most rows in the answer",
        json_schema_extra=words("최대 행 수"),
    )  # fmt: skip
    offset: int = Field(
        0, ge=0, le=MAX_OFFSET, description="Rows to leave out at the beginning",
        json_schema_extra=words("앞에서 건너뛸 행 수"),
    )  # fmt: skip
    q: Text = Field(
        "", description="Text that stands in any column; case and spaces do not matter",
        json_schema_extra=words("어느 열에든 들어 있는 글(대소문자·띄어쓰기 무시)"),
    )  # fmt: skip


def _holds_keys(column: Column, resource: Resource) -> bool:
    return column.name in resource.primary_key or column.reference is not None


#: Prefix of the attributes that hold filters; a column may be called like a method of pydantic.
FILTER = "filter_"


def table_query(resource: Resource) -> type[BaseModel]:
    """A query over one table: a filter for each column, ``fields``, ``sort`` and paging.

    The attributes are ``filter_<column>`` (list of wanted values, None = unknown),
    ``chosen`` (columns) and ``order`` (columns, ``-`` in front for descending), each under
    its public name as alias, and those of `Paging`.
    """
    filters: dict[str, Any] = {
        f"{FILTER}{column.name}": (
            GenericAlias(list, (_item(column, is_key=_holds_keys(column, resource)),)),
            Field(default=[], alias=column.name, max_length=MAX_VALUES, **_described(column)),
        )
        for column in resource.fields
    }
    columns = list(resource.columns)
    both_ways = [*columns, *(f"-{c}" for c in columns)]
    model: type[BaseModel] = create_model(
        f"{resource.name}_query",
        __base__=Paging,
        chosen=_names(columns, "fields", "Columns, in the order wanted", "원하는 순서의 열 이름"),
        order=_names(
            both_ways,
            "sort",
            "Columns to sort by; a minus in front: descending",
            "정렬할 열. 앞에 -: 내림차순",
        ),
        **filters,
    )
    return model
