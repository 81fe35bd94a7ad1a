"""What follows from other rows: a pilot's stage, roles, places. Shown to the curator, like all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from loaders.curation.store import Key, Row, Sheet, State
from loaders.datasets.organizations import ROLE_OF
from loaders.datasets.pilots import highest_stage


def stage_of(state: State, stages: list[str]) -> str:
    """The highest of ``stages`` as the rules see it; '' when there is none."""
    rank = {row["stage"]: int(row["rank"]) for row in state["stages"].rows if row["rank"].isdigit()}
    return highest_stage(stages, rank) if stages else ""


def _with_roles(state: State) -> State:
    acting: dict[str, list[str]] = defaultdict(list)
    for table, column, role in ROLE_OF:
        for org in {row[column] for row in state[table].rows if row[column]}:
            acting[org].append(role)
    changed = []
    for row in state["organizations"].rows:
        roles = [role for role in row["roles"].split(";") if role]
        missing = [role for role in acting[row["org_id"]] if role not in roles]
        if missing:
            changed.append({**row, "roles": ";".join([*roles, *missing])})
    return state.put("organizations", changed)


def _with_stages(state: State, pinned: Collection[Key]) -> State:
    reached: dict[str, list[str]] = defaultdict(list)
    for row in state["milestones"].rows:
        reached[row["pilot_id"]].append(row["stage"])
    changed = []
    for row in state["pilots"].rows:
        stage = stage_of(state, reached[row["pilot_id"]])
        if stage and stage != row["stage"] and (row["pilot_id"],) not in pinned:
            changed.append({**row, "stage": stage})
    return state.put("pilots", changed)


def settle(state: State, pinned: Collection[Key] = ()) -> State:
    """Roles that organisations act in are listed, and stages are the highest milestones.

    The stage of a pilot among ``pinned`` stays as the curator gave it, right or wrong.
    """
    return _with_stages(_with_roles(state), pinned)


def _found(sheet: Sheet, key: str) -> Row:
    return sheet.by_key().get((key,), {})


def fill_in(state: State, table: str, row: Row) -> Row:
    """The row with what another row that it names already says, where it says nothing itself."""
    out = dict(row)

    def take(column: str, value: str) -> None:
        if column in out and not out[column] and value:
            out[column] = value

    if table == "pilots" and out["country"] == "KR":
        testbed = _found(state["testbeds"], out["testbed_id"])
        take("sigungu_code", testbed.get("sigungu_code", ""))
        take("sido", testbed.get("sido", ""))
    if table == "pilots":
        host = _found(state["organizations"], out["host_org_id"])
        named = {lang: host.get(f"name_{lang}", "") for lang in ("en", "ko")}
        if all(out[f"host_name_{lang}"] in ("", name) for lang, name in named.items()):
            for lang, name in named.items():
                take(f"host_name_{lang}", name)
    if table == "funding":
        program = _found(state["programs"], out["program_id"])
        take("is_smart_city", program.get("is_smart_city", ""))
    if "sigungu_code" in out and "sido" in out and table != "programs":
        take("sido", _found(state["municipalities"], out["sigungu_code"]).get("sido", ""))
    if "date_basis" in out:
        take("date_basis", "event" if out["date"] else "none")
    return out
