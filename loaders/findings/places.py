"""Places that do not fit together."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from loaders.findings.base import Facts, Finding
from loaders.findings.dates import pilot_name
from loaders.rules import Row

#: Names of cities, provinces, counties and districts, and of their offices.
_LOCAL = re.compile(r"(시|도|군|구)(청)?$")


def exported(facts: Facts) -> Iterator[Finding]:
    """Exports of pilots that took place in Korea."""
    pilots, steps = facts.frame("pilots"), facts.frame("milestones")
    here = pilots.loc[pilots["country"] == "KR", "pilot_id"]
    exports = (steps["stage"] == "exported") & steps["pilot_id"].isin(here)
    for step in facts.rows("milestones", exports):
        name = pilot_name(facts, step["pilot_id"])
        yield Finding(
            "exported-in-korea",
            "milestones",
            (step["milestone_id"],),
            (
                f"{name[0]}: the pilot took place in Korea, but a stage says exported. "
                "Was this technology sold abroad after the pilot?",
                f"{name[1]}: 국내 실증이나 수출 단계가 기재되어 있습니다. "
                "실증 이후 이 기술이 해외에 판매된 것이 맞습니까?",
            ),
        )


#: Tables with the places that a pilot should share, and its columns that name them.
SEATS = (("organizations", "host_org_id"), ("testbeds", "testbed_id"))


def _has_one_seat(host: Row) -> bool:
    """Local governments and universities; ministries and enterprises act everywhere."""
    local = host["kind"] == "government" and _LOCAL.search(host["name_ko"])
    return bool(local) or host["kind"] == "university"


def hosts(facts: Facts) -> Iterator[Finding]:
    """Pilots in another province than their host (of one seat) or their testbed."""
    pilots = facts.frame("pilots")
    elsewhere = np.zeros(len(pilots), dtype=bool)
    for table, column in SEATS:
        there = facts.told(table, "sido", pilots[column])
        known = (pilots["sido"] != "") & (there != "")
        elsewhere |= (known & (pilots["sido"] != there)).to_numpy()
    for row in facts.rows("pilots", elsewhere):
        for table, column in SEATS:
            there = facts.by_key(table).get(row[column])
            if not there or not (row["sido"] and there["sido"]) or row["sido"] == there["sido"]:
                continue
            if table == "organizations" and not _has_one_seat(there):
                continue
            name, place = pilot_name(facts, row["pilot_id"]), facts.name(table, row[column])
            here, seat = (facts.name("regions", r["sido"]) for r in (row, there))
            yield Finding(
                "host-elsewhere",
                "pilots",
                (row["pilot_id"], row[column]),
                (
                    f"{name[0]}: the pilot is in {here[0]}, but {place[0]} is in {seat[0]}. "
                    "Which place is right?",
                    f"{name[1]}: 실증 지역은 {here[1]}, {place[1]} 소재지는 {seat[1]}입니다. "
                    "어느 지역이 맞습니까?",
                ),
            )


def centroids(facts: Facts) -> int:
    """Testbeds whose point is only that of their municipality; shown as such, not doubted."""
    return sum(row["coord_basis"] == "municipality" for row in facts.rows("testbeds"))
