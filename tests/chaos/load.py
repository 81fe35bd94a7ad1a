"""Many visitors at several replicas while the data are swapped and a replica is killed."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field

from tests.chaos.case import Case
from tests.chaos.snapshots import PAGES, health_is, references, wrong_in
from tests.chaos.visitors import LOST, View, visitor
from tests.chaos.world import Server, World, supervised

#: Mean seconds a visitor reads before the next click.
READS = 10.0
#: A view that cannot be had again within so many seconds is lost.
PATIENCE = 60.0


@dataclass
class Tally:
    """What all visitors met.

    Attributes:
        seconds: of each run that came to its end.
        interrupted: requests for a page that met a broken connection, by error (also one that
            broke while the visitor read, which a browser mends unseen); each was made again.
        wrong: why a page was not that of one snapshot.
        lost: pages that could not be had within `PATIENCE`.
        waits: seconds from an interruption to the same page elsewhere.
        by_id: runs by snapshot.
    """

    seconds: list[float] = field(default_factory=list)
    interrupted: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)
    by_id: Counter[str] = field(default_factory=Counter)


def quantile(values: list[float], share: float) -> float:
    """The value below which that share of the values lies; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


@dataclass
class _Crowd:
    """Visitors, the replicas they may go to, and when they stop."""

    urls: list[str]
    known: dict[str, dict[str, View]]
    ends: float
    tally: Tally = field(default_factory=Tally)

    async def one(self, number: int) -> None:
        """A visitor: reads, clicks, and goes to the next replica when the connection breaks."""
        own = random.Random(number)
        await asyncio.sleep(own.uniform(0, READS))  # they do not come all at once
        at = number
        wanted, since = own.choice(list(self.known)), 0.0
        while time.monotonic() < self.ends or since:  # nobody leaves without the page
            try:
                async with visitor(self.urls[at % len(self.urls)]) as who:
                    while time.monotonic() < self.ends or since:
                        view = await who.view(wanted)
                        self._note(wanted, view, since)
                        since = 0.0
                        # an address typed anew is a new session; so is every fifth page
                        wanted, anew = self._next(own, wanted)
                        left = max(0.0, self.ends - time.monotonic())
                        await asyncio.sleep(min(left, own.expovariate(1 / READS)))
                        if anew:
                            break
            except LOST as error:
                self.tally.interrupted[type(error).__name__] += 1
                since = since or time.monotonic()
                if time.monotonic() - since > PATIENCE:
                    self.tally.lost[wanted] += 1
                    since = 0.0
                at += 1
                await asyncio.sleep(0.5)

    def _next(self, own: random.Random, wanted: str) -> tuple[str, bool]:
        if own.random() < 0.2:
            return own.choice(list(self.known)), True
        return wanted, False

    def _note(self, page: str, view: View, since: float) -> None:
        self.tally.seconds.append(view.seconds)
        self.tally.by_id[view.snapshot] += 1
        if since:
            self.tally.waits.append(time.monotonic() - since)
        if reason := wrong_in(view, self.known[page]):
            self.tally.wrong[f"{page} {reason}"] += 1


async def _held(
    case: Case,
    servers: list[Server],
    known: dict[str, dict[str, View]],
    sessions: int,
    seconds: float,
) -> Tally:
    world, began = servers[0].world, time.monotonic()
    crowd = _Crowd([s.url for s in servers], known, began + seconds)
    async with asyncio.TaskGroup() as group:
        for number in range(sessions):
            group.create_task(crowd.one(number))
        await asyncio.sleep(seconds / 3)
        case.did("swap of the data")
        await asyncio.to_thread(world.swap, "second")
        await asyncio.sleep(max(0.0, began + seconds * 2 / 3 - time.monotonic()))
        case.did(f"SIGKILL to {servers[0].name}")
        assert servers[0].process
        servers[0].process.kill()
    return crowd.tally


def held(case: Case, world: World, sessions: int, seconds: float, replicas: int) -> None:
    """Visitors in plenty, one swap after a third of the time, one killed replica after two.

    Visitors who lose their replica go to the next one, as they do behind a proxy.
    """
    with ExitStack() as stack:
        servers = [Server(world, name=f"replica-{n + 1}") for n in range(replicas)]
        for server in servers:
            stack.enter_context(supervised(server))
        known = references(servers[0], PAGES)
        case.did(f"{sessions} sessions for {seconds:.0f} s at {replicas} replicas")
        tally = asyncio.run(_held(case, servers, known, sessions, seconds))
        for server in servers:
            back = health_is(server, lambda h: h["snapshot"] == world.ids["second"], 60)
            case.check(back, f"{server.name} serves the new data")
        case.check(servers[0].starts == 2, "the killed replica was started again")
    runs, broken = len(tally.seconds), sum(tally.interrupted.values())
    by_state = {state: tally.by_id[i] for state, i in world.ids.items()}
    case.saw(f"{runs} runs, by snapshot {by_state}")
    p50, p95, p99 = (quantile(tally.seconds, share) for share in (0.5, 0.95, 0.99))
    case.saw(f"run time p50 {p50:.3f} s, p95 {p95:.3f} s, p99 {p99:.3f} s")
    share = broken / max(1, runs + broken)
    case.saw(f"error rate {share:.2%}: {broken} interrupted {dict(tally.interrupted)}")
    case.saw(
        f"the same page again after {quantile(tally.waits, 0.5):.1f} s (median), "
        f"{max(tally.waits, default=0):.1f} s at most"
    )
    case.saw(f"{sum(tally.wrong.values())} wrong figures, {sum(tally.lost.values())} lost views")
    case.check(not tally.wrong, f"no figure is wrong ({tally.wrong.most_common(3)})")
    case.check(not tally.lost, f"no view is lost ({tally.lost.most_common(3)})")
    case.check(bool(tally.waits) or sessions < replicas, "the kill was felt by somebody")
    case.check(all(by_state.values()), "both snapshots were seen")
    world.swap("first")
