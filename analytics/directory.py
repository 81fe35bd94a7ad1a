"""All entities that have a profile, and those whose name comes near to a text."""

from __future__ import annotations

import unicodedata

import pandas as pd
from rapidfuzz import fuzz, process

from analytics.profiles import INVESTOR_ROLE, TABLE, Kind
from analytics.result import Result, keys
from loaders.datasets.organizations import organizations
from loaders.datasets.programs import programs
from loaders.datasets.testbeds import testbeds
from loaders.engine import Runner

#: Below this likeness (0–100) a name has nothing to do with the text.
NEAR_ENOUGH = 60.0
COLUMNS = ("kind", "id", "name_ko", "name_en")


def folded(text: str) -> str:
    """Text in which writing habits do not count: composed Hangul, one case, no dashes."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(plain.replace("-", " ").replace("_", " ").split())


def directory(run: Runner, kind: Kind | None = None) -> Result:
    """Entities of one kind, or each entity once under its main kind; in order of names.

    Frame: ``kind``, ``id``, ``name_ko``, ``name_en``. An organisation that does nothing
    but invest stands under ``investor`` when no kind is asked for.
    """
    table = organizations()
    people = run(table.select("name_ko", "name_en", "roles", id="org_id"))
    only_invests = people["roles"] == INVESTOR_ROLE
    invests = people["roles"].str.split(";").map(lambda roles: INVESTOR_ROLE in roles)
    if kind == "investor":
        people = people[invests].assign(kind="investor")
    elif kind == "company":
        people = people.assign(kind="company")
    else:
        people["kind"] = only_invests.map({True: "investor", False: "company"})
    places, schemes = testbeds(), programs()
    parts = {
        "organizations": people,
        "testbeds": run(places.select("name_ko", "name_en", id="testbed_id")).assign(
            kind="testbed"
        ),
        "programs": run(schemes.select("name_ko", "name_en", id="program_id")).assign(
            kind="program"
        ),
    }
    wanted = parts if kind is None else {TABLE[kind]: parts[TABLE[kind]]}
    frame = pd.concat(wanted.values()).sort_values(["name_ko", "id"])[list(COLUMNS)]
    rows = {name: keys(part["id"]) for name, part in wanted.items()}
    return Result(frame.reset_index(drop=True), rows, len(frame), len(frame), "rows")


def near_matches(run: Runner, query: str, kind: Kind, limit: int = 8) -> Result:
    """Entities of any kind whose id or name resembles ``query``, the nearest first.

    Likeness is rapidfuzz's ``WRatio`` (0–100) of the folded texts, the best of id and
    both names; of equals those of the asked kind come first. An organisation stands
    under ``kind`` when it has a profile of that kind.

    Frame: ``kind``, ``id``, names, ``likeness``. Coverage: entities shown of all.
    """
    everyone = directory(run)
    own = set(directory(run, kind).frame["id"])
    frame = everyone.frame.copy()
    is_org = frame["kind"].isin(["company", "investor"]) & frame["id"].isin(own)
    if TABLE[kind] == "organizations":
        frame.loc[is_org, "kind"] = kind
    needle = folded(query)
    texts = [[folded(str(x)) for x in frame[c]] for c in ("id", "name_ko", "name_en")]
    likeness = [process.cdist([needle], column, scorer=fuzz.WRatio)[0] for column in texts]
    frame["likeness"] = pd.DataFrame(likeness).max().to_numpy(float)
    frame["other"] = frame["kind"] != kind
    near = frame[frame["likeness"] >= NEAR_ENOUGH] if needle else frame.iloc[:0]
    near = near.sort_values(["likeness", "other", "id"], ascending=[False, True, True])
    near = near.head(limit).drop(columns="other").reset_index(drop=True)
    rows: dict[str, tuple[str, ...]] = {}
    for found, part in near.groupby("kind"):
        name = TABLE[found]
        rows[name] = keys([*rows.get(name, ()), *part["id"]])
    return Result(near, rows, len(near), len(frame), "rows")
