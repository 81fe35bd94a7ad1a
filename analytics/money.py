"""Public money, kept apart by basis and summed only where rows may be added."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import pandas as pd

from analytics.filters import Codes, with_program_family
from analytics.names import join_names
from analytics.result import Result, computed, keys
from loaders.datasets.exchange_rates import exchange_rates
from loaders.datasets.funding import funding
from loaders.datasets.population import population
from loaders.datasets.programs import programs
from loaders.datasets.testbeds import testbeds
from loaders.engine import Runner

BASES = ("announced", "budgeted", "awarded", "spent")
KRW = "KRW"
SEVERAL_YEARS = "several-years"
NOT_STATED = "not-stated"

Dimension = Literal["payer_level", "sido", "program_id", "year_code"]


@dataclass(frozen=True, slots=True)
class MoneyFilter:
    """Which amounts to look at; general start-up and SME money only on request."""

    sido: Codes = ()
    payer_level: Codes = ()
    program_id: Codes = ()
    urban_only: bool = True


def _year_code(row: pd.Series) -> str:
    if pd.isna(row["year"]):
        return NOT_STATED
    if not pd.isna(row["year_end"]) and row["year_end"] != row["year"]:
        return SEVERAL_YEARS
    return str(int(row["year"]))


def money_rows(run: Runner, chosen: MoneyFilter) -> pd.DataFrame:
    """Amounts that pass the filter, with programme and testbed names and ``year_code``.

    ``year_code`` is the year, ``several-years`` for an amount over more than one (no
    page gives its split), or ``not-stated``.
    """
    table = funding()
    for column in ("sido", "payer_level"):
        codes = getattr(chosen, column)
        if codes:
            table = table.filter(table[column].isin(codes))
    if chosen.program_id:
        table = table.semi_join(with_program_family(chosen.program_id), "program_id")
    if chosen.urban_only:
        table = table.filter(table.is_smart_city)
    named = join_names(table, "program_id", programs(), "program_id", "program")
    named = join_names(named, "testbed_id", testbeds(), "testbed_id", "testbed")
    frame = run(named.order_by("funding_id"))
    frame["year_code"] = [_year_code(row) for _, row in frame.iterrows()]
    return frame


def _result(frame: pd.DataFrame, rows: pd.DataFrame, covered: int) -> Result:
    years = pd.concat([rows["year"], rows["year_end"]]).dropna()
    return Result(
        frame.reset_index(drop=True),
        {"funding": keys(rows["funding_id"])},
        covered=covered,
        total=len(rows),
        unit="amounts",
        first_year=int(years.min()) if len(years) else None,
        last_year=int(years.max()) if len(years) else None,
    )


def _basis_order(values: Iterable[str]) -> list[int]:
    return [BASES.index(value) for value in values]


@computed
def sums_by_basis(rows: pd.DataFrame) -> Result:
    """Sums of additive funding rows, one for each basis and currency.

    Args:
        rows: rows of the ``funding`` table.

    Frame: ``basis``, ``currency``, ``amount`` (sum of additive rows; missing when
    none may be added), ``additive`` and ``known`` (numbers of rows),
    ``share_of_known`` (the sum over the plain total of all known rows; the plain
    total counts parts and repeats, so this is a lower bound of what is covered).
    No amount is counted with its part or its total: within a basis an additive row
    has no additive ancestor (a rule of the data package), and bases are never added.
    """
    grouping = ["basis", "currency"]
    known = rows.groupby(grouping)["amount"].agg(plain="sum", known="size").reset_index()
    additive = rows[rows["is_additive"].astype(bool)]
    summed = additive.groupby(grouping)["amount"].agg(amount="sum", additive="size").reset_index()
    frame = known.merge(summed, on=grouping, how="left")
    frame["additive"] = frame["additive"].fillna(0).astype(int)
    frame["share_of_known"] = frame["amount"] / frame["plain"]
    frame["order"] = _basis_order(frame["basis"])
    frame = frame.sort_values(["order", "currency"])
    columns = [*grouping, "amount", "additive", "known", "share_of_known"]
    return _result(frame[columns], rows, len(additive))


def money_by_basis(run: Runner, chosen: MoneyFilter) -> Result:
    """`sums_by_basis` over the filtered rows."""
    return sums_by_basis(money_rows(run, chosen))


def money_by(run: Runner, chosen: MoneyFilter, dimension: Dimension) -> Result:
    """KRW sums of additive rows by one dimension, each basis apart.

    Frame, largest first within a basis: ``code`` (``not-stated`` where the row names
    none), ``basis``, ``amount`` in KRW (missing: rows are known, none may be added),
    ``additive``, ``known``. Foreign currencies are left out (see `money_by_basis`).
    """
    rows = money_rows(run, chosen)
    rows = rows[rows["currency"] == KRW]
    rows = rows.assign(code=rows[dimension].fillna(NOT_STATED))
    grouping = ["basis", "code"]
    known = rows.groupby(grouping).size().rename("known").reset_index()
    additive = rows[rows["is_additive"].astype(bool)]
    summed = additive.groupby(grouping)["amount"].agg(amount="sum", additive="size").reset_index()
    frame = known.merge(summed, on=grouping, how="left")
    frame["additive"] = frame["additive"].fillna(0).astype(int)
    frame["order"] = _basis_order(frame["basis"])
    frame = frame.sort_values(["order", "amount", "code"], ascending=[True, False, True])
    columns = ["code", "basis", "amount", "additive", "known"]
    return _result(frame[columns], rows, len(additive))


def money_per_head(run: Runner, chosen: MoneyFilter, basis: str) -> Result:
    """KRW of one basis per resident, by province.

    Money that names a province, over the residents of the newest year in the
    population table. Frame, largest first: ``code``, ``amount`` (KRW, additive rows),
    ``population``, ``population_year``, ``per_head`` (KRW). Provinces without addable
    money are left out: nothing known is not zero. Coverage: additive rows that name a
    province, of all KRW rows of the basis.
    """
    parts = money_by(run, chosen, "sido")
    frame = parts.frame[(parts.frame["basis"] == basis) & parts.frame["amount"].notna()]
    residents = run(population())
    newest = residents[residents["year"] == residents["year"].max()]
    columns = {"sido": "code", "year": "population_year"}
    frame = frame.merge(newest.rename(columns=columns)[["code", "population", "population_year"]])
    frame["per_head"] = frame["amount"] / frame["population"]
    frame = frame.sort_values(["per_head", "code"], ascending=[False, True])
    rows = money_rows(run, chosen)
    rows = rows[(rows["basis"] == basis) & (rows["currency"] == KRW)]
    used = rows[rows["sido"].isin(frame["code"])]
    behind = keys(newest["population_id"])
    result = _result(frame, used, int(used["is_additive"].astype(bool).sum()))
    return replace(result, rows={**result.rows, "population": behind}, total=len(rows))


def one_year(rows: pd.DataFrame) -> pd.Series:
    """Year of each of `money_rows`; missing where it is not stated or there are several."""
    return rows["year"].where(~rows["year_code"].isin([SEVERAL_YEARS, NOT_STATED]))


def yearly_rates(run: Runner) -> pd.DataFrame:
    """Average rates: ``rate_id``, ``currency``, ``rate_year``, ``krw_per_unit`` (by id)."""
    table = exchange_rates().select("rate_id", "currency", "year", "krw_per_unit")
    rates = run(table.order_by("rate_id"))
    return rates.rename(columns={"year": "rate_year"}).astype({"rate_year": "Float64"})


def with_won(rows: pd.DataFrame, years: pd.Series, rates: pd.DataFrame) -> pd.DataFrame:
    """Amounts with ``won``: as they are, or at the sourced average rate of their year.

    Args:
        rows: amounts with ``amount`` and ``currency``.
        years: the one year of each amount; missing when there is none.
        rates: `yearly_rates`.

    Adds ``rate_id`` and ``krw_per_unit`` (missing for won, and where no rate applies) and
    ``won`` (missing where no rate applies).
    """
    dated = rows.assign(rate_year=years.astype("Float64"))
    frame = dated.merge(rates, on=["currency", "rate_year"], how="left")
    factor = frame["krw_per_unit"].where(frame["currency"] != KRW, 1.0)
    frame["won"] = frame["amount"] * factor
    return frame


def foreign_amounts(run: Runner, chosen: MoneyFilter) -> Result:
    """Amounts in foreign currency, in won only where a sourced yearly rate applies.

    Frame: the columns of `money_rows`, ``krw_per_unit`` (average of the amount's year;
    missing for several years, an unknown year, or a year without a rate) and ``won``.
    """
    rows = money_rows(run, chosen)
    rows = rows[rows["currency"] != KRW]
    frame = with_won(rows, one_year(rows), yearly_rates(run))
    result = _result(frame, rows, int(frame["won"].notna().sum()))
    return replace(result, rows={**result.rows, "exchange_rates": keys(frame["rate_id"])})


def _one_amount(rows: pd.DataFrame) -> float:
    """What one basis of one item comes to: additive rows, or the only row there is."""
    additive = rows[rows["is_additive"].astype(bool)]
    if len(additive):
        return float(additive["amount"].sum())
    return float(rows["amount"].iloc[0]) if len(rows) == 1 else float("nan")


def planned_and_actual(run: Runner, chosen: MoneyFilter) -> Result:
    """Items for which amounts on two or more bases are known.

    An item is one programme and testbed in one year (or span of years). Frame, by
    item: ``program_id``, ``testbed_id``, names, ``year``, ``year_end`` and one KRW
    column for each basis: the sum of its additive rows, or its only row; missing
    when nothing is known or several rows may not be added.
    Coverage: rows of such items, of all rows.
    """
    rows = money_rows(run, chosen)
    rows = rows[
        (rows["currency"] == KRW) & (rows["program_id"].notna() | rows["testbed_id"].notna())
    ]
    item = ["program_id", "testbed_id", "year", "year_end"]
    names = ["program_ko", "program_en", "testbed_ko", "testbed_en"]
    records, used = [], []
    for key, group in rows.groupby(item, dropna=False):
        if group["basis"].nunique() < 2:
            continue
        used.append(group)
        record = dict(zip(item, key, strict=True)) | group.iloc[0][names].to_dict()
        record |= {b: _one_amount(group[group["basis"] == b]) for b in group["basis"].unique()}
        records.append(record)
    frame = pd.DataFrame(records, columns=[*item, *names, *BASES])
    behind = pd.concat(used) if used else rows.iloc[:0]
    return replace(_result(frame, behind, len(behind)), total=len(rows))


def money_tree(run: Runner, chosen: MoneyFilter) -> Result:
    """Totals with their parts, depth first.

    Frame: the columns of `money_rows` and ``depth`` (0 = a total). Only rows that
    have parts, or are parts, are listed.
    """
    rows = money_rows(run, chosen)
    known = set(rows["funding_id"])
    parent = rows["parent_funding_id"].where(rows["parent_funding_id"].isin(known))
    parts: dict[str, list[str]] = {}
    for child, above in zip(rows["funding_id"], parent, strict=True):
        if not pd.isna(above):
            parts.setdefault(above, []).append(child)
    order: list[tuple[str, int]] = []

    def walk(funding_id: str, depth: int) -> None:
        order.append((funding_id, depth))
        for child in sorted(parts.get(funding_id, [])):
            walk(child, depth + 1)

    for funding_id, above in zip(rows["funding_id"], parent, strict=True):
        if pd.isna(above) and funding_id in parts:
            walk(funding_id, 0)
    depth = pd.DataFrame(order, columns=["funding_id", "depth"])
    frame = depth.merge(rows, on="funding_id")
    return _result(frame, frame, len(frame))
