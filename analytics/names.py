"""Names joined to rows of ids."""

from __future__ import annotations

import ibis.expr.types as ir
import pandas as pd

from loaders.datasets.organizations import organizations
from loaders.datasets.programs import programs
from loaders.datasets.testbeds import testbeds
from loaders.engine import Runner
from loaders.package import package
from loaders.schema import unbound


def join_names(table: ir.Table, key: str, named: ir.Table, named_key: str, stem: str) -> ir.Table:
    """``table`` with ``{stem}_ko`` and ``{stem}_en`` of the row that ``key`` points to."""
    names = named.select(
        **{key: named[named_key], f"{stem}_ko": named.name_ko, f"{stem}_en": named.name_en}
    )
    return table.left_join(names, key).drop(f"{key}_right")


def pilots_with_names(table: ir.Table) -> ir.Table:
    """Pilots with the names of company, programme and testbed."""
    table = join_names(table, "org_id", organizations(), "org_id", "company")
    table = join_names(table, "program_id", programs(), "program_id", "program")
    return join_names(table, "testbed_id", testbeds(), "testbed_id", "testbed")


def all_rows(run: Runner, table: str) -> pd.DataFrame:
    """Every row of a table, by key; for vocabularies and the data browser."""
    return run(unbound(table).order_by(list(package()[table].primary_key)))
