"""Dates that cannot all be right. Only what is sure for every reading of a date counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

from loaders.datasets.pilots import ENDED
from loaders.findings.base import Both, Facts, Finding, Mask, all_before, before, days, label
from loaders.rules import Row

TRIAL = ("poc", "poc-completed", "field-demo")

#: Kinds of event after which a company may well go on.
NO_END = ("contract-term-ended", "listing-withdrawn", "zone-closed")

#: States of a place that is in use or meant to be.
IN_USE = ("operating", "designated", "under-construction", "planned")


def pilot_name(facts: Facts, pilot_id: str) -> Both:
    """Company and technology of a pilot."""
    row = facts.by_key("pilots")[pilot_id]
    company = facts.name("organizations", row["org_id"])
    return f"{company[0]}, {row['technology_en']}", f"{company[1]}, {row['technology_ko']}"


def _steps(facts: Facts, pilots: Collection[str]) -> dict[str, list[Row]]:
    """All milestones of each of ``pilots``."""
    steps: dict[str, list[Row]] = defaultdict(list)
    for row in facts.rows("milestones", facts.frame("milestones")["pilot_id"].isin(pilots)):
        steps[row["pilot_id"]].append(row)
    return steps


def _overtaken(low: Row, steps: list[Row], rank: Mapping[str, int]) -> Row | None:
    """The first higher stage that ``low`` is dated after, unless its own stage came before too."""
    higher = [
        s for s in steps if rank[s["stage"]] > rank[low["stage"]] and before(s["date"], low["date"])
    ]
    if not higher:
        return None
    high = min(higher, key=lambda s: (s["date"], s["milestone_id"]))
    again = any(
        s["stage"] == low["stage"] and s is not low and not before(high["date"], s["date"])
        for s in steps
    )
    return None if again else high


def _out_of_order(facts: Facts) -> set[str]:
    """Pilots with a dated event later than a stage that stands as high or higher."""
    steps = facts.frame("milestones")
    rank = steps["stage"].map(dict(facts.rank)).astype(float)
    steps = steps[rank.notna()].assign(rank=rank)
    first, last = days(steps["date"])
    steps = steps.assign(first=first, last=last).sort_values(["rank"], ascending=False)
    soonest = steps.groupby("pilot_id", sort=False)["last"].cummin()  # of this stage or higher
    late = (soonest < steps["first"]) & (steps["date_basis"] == "event")
    return set(steps.loc[late, "pilot_id"])


def stage_order(facts: Facts) -> Iterator[Finding]:
    """A lower stage dated surely after a higher one of the same pilot.

    The lower one needs the date of the event; the date of a page bounds the higher one
    from above, so it serves as well. A stage that is reached again is no fault.
    """
    rank = facts.rank
    for pilot_id, steps in _steps(facts, _out_of_order(facts)).items():
        known = [s for s in steps if s["stage"] in rank]
        for low in known:
            high = _overtaken(low, known, rank) if low["date_basis"] == "event" else None
            if high is None:
                continue
            name = pilot_name(facts, pilot_id)
            lower, higher = (facts.name("stages", s["stage"]) for s in (low, high))
            yield Finding(
                "stage-order",
                "milestones",
                (low["milestone_id"], high["milestone_id"]),
                (
                    f"{name[0]}: “{lower[0]}” is dated {low['date']}, after “{higher[0]}” "
                    f"({high['date']}), a later stage. Did they happen in this order?",
                    f"{name[1]}: ‘{lower[1]}’ 단계의 날짜({low['date']})가 더 높은 단계인 "
                    f"‘{higher[1]}’ 단계({high['date']})보다 늦습니다. 실제 순서가 맞습니까?",
                ),
            )


def _wrong_order(table: str, key: str, name: Both, first: Both, both: tuple[str, str]) -> Finding:
    """A finding that ``first`` (what should come first, and what came) has its days reversed."""
    return Finding(
        "date-order",
        table,
        (key,),
        (
            f"{name[0]}: {first[0]} ({both[0]}; {both[1]}). Which date is wrong?",
            f"{name[1]}: {first[1]}({both[0]}, {both[1]}). 어느 날짜가 틀렸습니까?",
        ),
    )


def _out_of_pilot(facts: Facts) -> set[str]:
    """Pilots with a trial before their start or after their end."""
    steps = facts.frame("milestones")
    steps = steps[steps["stage"].isin(TRIAL)]
    start, end = (
        facts.told("pilots", column, steps["pilot_id"]) for column in ("start_date", "end_date")
    )
    outside = all_before(steps["date"], start) | all_before(end, steps["date"])
    return set(steps.loc[outside, "pilot_id"])


def _trial_dates(facts: Facts) -> Iterator[Finding]:
    for pilot_id, steps in _steps(facts, _out_of_pilot(facts)).items():
        pilot = facts.by_key("pilots")[pilot_id]
        for step in steps:
            if step["stage"] not in TRIAL or step["date_basis"] != "event":
                continue
            name, key = pilot_name(facts, pilot_id), step["milestone_id"]
            if before(step["date"], pilot["start_date"]):
                words = "the trial lies before the start", "실증 시점이 시작일보다 앞섭니다"
                both = step["date"], pilot["start_date"]
                yield _wrong_order("milestones", key, name, words, both)
            elif step["stage"] != "poc-completed" and before(pilot["end_date"], step["date"]):
                words = "the trial lies after the end", "실증 시점이 종료일보다 늦습니다"
                both = step["date"], pilot["end_date"]
                yield _wrong_order("milestones", key, name, words, both)


def _unfounded(facts: Facts, table: str, column: str) -> Mask:
    """Rows that are dated before the founding of their company."""
    rows = facts.frame(table)
    return all_before(rows[column], facts.told("organizations", "founded_year", rows["org_id"]))


def _founding(facts: Facts) -> Iterator[Finding]:
    companies = facts.by_key("organizations")
    for deal in facts.rows("investments", _unfounded(facts, "investments", "date")):
        words = "the round lies before the founding", "투자 시점이 설립 이전입니다"
        name = facts.name("organizations", deal["org_id"])
        both = deal["date"], companies[deal["org_id"]]["founded_year"]
        yield _wrong_order("investments", deal["investment_id"], name, words, both)
    for pilot in facts.rows("pilots", _unfounded(facts, "pilots", "start_date")):
        words = "the pilot began before the founding", "실증 시작이 설립 이전입니다"
        name = pilot_name(facts, pilot["pilot_id"])
        both = pilot["start_date"], companies[pilot["org_id"]]["founded_year"]
        yield _wrong_order("pilots", pilot["pilot_id"], name, words, both)


def _beginnings(facts: Facts) -> Iterator[Finding]:
    programs = facts.by_key("programs")
    for edition in facts.rows("program_editions"):
        first = programs[edition["program_id"]]["first_year"]
        if before(edition["edition_year"], first):
            words = "an edition lies before the first year", "회차가 사업 시작연도보다 앞섭니다"
            name = facts.name("programs", edition["program_id"])
            both = edition["edition_year"], first
            yield _wrong_order("program_editions", edition["edition_id"], name, words, both)


def date_order(facts: Facts) -> Iterator[Finding]:
    """Trials outside their pilot, rounds and pilots before the founding, early editions."""
    yield from _trial_dates(facts)
    yield from _founding(facts)
    yield from _beginnings(facts)


def after_page(facts: Facts) -> Iterator[Finding]:
    """What is said to have happened after the day of the page that tells of it: a plan."""
    keys = {
        "milestones": "milestone_id",
        "events": "event_id",
        "investments": "investment_id",
        "ecosystem_events": "ecosystem_event_id",
    }
    for table, key in keys.items():
        frame = facts.frame(table)
        published = facts.told("sources", "published", frame["source_id"])
        for row in facts.rows(table, all_before(published, frame["date"])):
            if row.get("date_basis", "event") != "event":
                continue
            name = _subject(facts, table, row)
            shown = facts.page(row["source_id"])
            yield Finding(
                "dated-after-page",
                table,
                (row[key],),
                (
                    f"{name[0]}: dated {row['date']}, but the page is older: {shown[0]}. "
                    "Did it happen as planned?",
                    f"{name[1]}: 페이지가 기재된 날짜({row['date']})보다 앞섭니다: {shown[1]}. "
                    "계획대로 이루어졌습니까?",
                ),
            )


def _subject(facts: Facts, table: str, row: Row) -> Both:
    if table == "milestones":
        return pilot_name(facts, row["pilot_id"])
    if table == "ecosystem_events":
        return row["title_en"], row["title_ko"]
    if row["org_id"]:
        return facts.name("organizations", row["org_id"])
    return facts.name("testbeds", row["testbed_id"])


def _activities(facts: Facts, companies: Collection[str]) -> dict[str, list[tuple[str, str, str]]]:
    """Dated steps and rounds of each of ``companies``: table, key, date."""
    done: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    pilots = facts.frame("pilots")
    own = pilots[pilots["org_id"].isin(companies)]
    company_of = dict(zip(own["pilot_id"], own["org_id"], strict=True))
    for pilot_id, steps in _steps(facts, company_of).items():
        done[company_of[pilot_id]] += [
            ("milestones", step["milestone_id"], step["date"])
            for step in steps
            if step["stage"] in facts.rank
        ]
    for deal in facts.rows("investments", facts.frame("investments")["org_id"].isin(companies)):
        done[deal["org_id"]].append(("investments", deal["investment_id"], deal["date"]))
    return done


def _ended_then_active(
    table: str, keys: tuple[str, str], name: Both, end: Both, day: str
) -> Finding:
    return Finding(
        "ended-and-active",
        table,
        keys,
        (
            f"{name[0]}: {end[0]}, but active later ({day}). Did it go on?",
            f"{name[1]}: {end[1]} 이후의 활동({day})이 있습니다. 계속된 것이 맞습니까?",
        ),
    )


def _company_ends(facts: Facts) -> Iterator[Finding]:
    ends = [event for event in facts.rows("events") if event["kind"] not in NO_END]
    done = _activities(facts, {event["org_id"] for event in ends})
    for event in ends:
        name, kind = facts.name("organizations", event["org_id"]), _kind(event)
        for table, key, day in done[event["org_id"]]:
            if before(event["date"], day):
                yield _ended_then_active(table, (key, event["event_id"]), name, kind, day)


def _kind(event: Row) -> Both:
    words = label("events", "kind", event["kind"])
    return f"{words[0]} ({event['date']})", f"{words[1]}({event['date']})"


def _zone_ends(facts: Facts) -> Iterator[Finding]:
    for event in facts.rows("events"):
        place = facts.by_key("testbeds").get(event["testbed_id"])
        if event["kind"] != "zone-closed" or not place or place["status"] not in IN_USE:
            continue
        keys = event["testbed_id"], event["event_id"]
        name, day = facts.name("testbeds", event["testbed_id"]), place["status_as_of"] or "–"
        yield _ended_then_active("testbeds", keys, name, _kind(event), day)


def _pilot_ends(facts: Facts) -> Iterator[Finding]:
    stopped = facts.name("stages", ENDED)
    milestones = facts.frame("milestones")
    ended = set(milestones.loc[milestones["stage"] == ENDED, "pilot_id"])
    for pilot_id, steps in _steps(facts, ended).items():
        for end in (s for s in steps if s["stage"] == ENDED):
            words = f"{stopped[0]} ({end['date']})", f"{stopped[1]}({end['date']})"
            for step in steps:
                going_on = step["stage"] in facts.rank and step["date_basis"] == "event"
                if going_on and before(end["date"], step["date"]):
                    keys = step["milestone_id"], end["milestone_id"]
                    name, day = pilot_name(facts, pilot_id), step["date"]
                    yield _ended_then_active("milestones", keys, name, words, day)


def ended_and_active(facts: Facts) -> Iterator[Finding]:
    """Companies with activity after their end, pilots with stages after theirs, closed zones.

    The date of a page is taken as that of a company's activity: it may be too late, but the
    question is worth a look.
    """
    yield from _company_ends(facts)
    yield from _zone_ends(facts)
    yield from _pilot_ends(facts)
