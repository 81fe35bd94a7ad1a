"""Processes told to stop, killed, given a jumping clock, kept busy with nothing, asked too much."""

from __future__ import annotations

import asyncio
import http.client
import signal
import time
from contextlib import AsyncExitStack
from pathlib import Path
from urllib.parse import urlsplit

from bench.serving import HOST
from tests.chaos.case import Case
from tests.chaos.snapshots import PAGES, health_is, right
from tests.chaos.visitors import LOST, View, Visitor, look, look_again, visitor
from tests.chaos.world import GRACE, Server, World, running

#: An answer that takes a while to make, the first time.
SLOW = "/brief/busan.pdf?lang=ko"
RECONNECT_SECONDS = 120.0


# --- told to stop ------------------------------------------------------------------------


def _ask(server: Server, path: str) -> http.client.HTTPConnection:
    """Ask for a file and do not wait for the answer."""
    connection = http.client.HTTPConnection(HOST, server.port, timeout=GRACE + 10)
    connection.request("GET", path)
    return connection


def drained(case: Case, server: Server) -> None:
    """SIGTERM: what is under way is finished, nothing new is taken, the process ends in time.

    Ends the server, which must not be supervised.
    """
    assert server.process
    connection = _ask(server, SLOW)
    time.sleep(0.2)
    case.did(f"SIGTERM while {SLOW} is being made and a visitor is connected")
    began = time.monotonic()
    asyncio.run(_told_to_stop(case, server))
    try:
        with connection.getresponse() as answer:
            body, length = answer.read(), answer.getheader("content-length")
            case.saw(f"the answer under way: {answer.status}, {len(body)} bytes")
            case.check(answer.status == 200 and body[:5] == b"%PDF-", "the answer is finished")
            case.check(length in (None, str(len(body))), "the answer is whole")
    except (OSError, http.client.HTTPException) as error:
        case.check(False, f"the answer under way is finished ({error!r})")
    code = server.process.wait(GRACE + 10)
    took = time.monotonic() - began
    case.saw(f"exit code {code} after {took:.1f} s")
    # uvicorn ends by the signal it was sent once all is done; systemd counts that as success
    case.check(code in (0, -signal.SIGTERM), f"the exit is a clean one ({code})")
    case.check(took < GRACE, f"it took {took:.1f} s, less than the {GRACE} s of grace")
    said = [entry["message"] for entry in server.log()]
    case.check("stopped" in said[-3:], f"the log says that it stopped ({said[-3:]})")


async def _told_to_stop(case: Case, server: Server) -> None:
    async with visitor(server.url) as who:
        assert server.process
        server.process.send_signal(signal.SIGTERM)
        case.check(await _is_cut_off(who), "visitors are told to come back")
    try:
        await asyncio.to_thread(server.get, "/healthz", 5)
        case.check(False, "no new visitor is taken")
    except OSError as error:
        case.saw(f"a new visitor is refused: {error}")


# --- killed ------------------------------------------------------------------------------


async def _returning(server: Server, pages: tuple[str, ...], case: Case) -> None:
    async with AsyncExitStack() as stack:
        who = [await stack.enter_async_context(visitor(server.url)) for _ in pages]
        before = [await v.view(page) for v, page in zip(who, pages, strict=True)]
        starts, pid = server.starts, server.pid
        case.did(f"SIGKILL to process {pid} with {len(who)} visitors connected")
        assert server.process
        server.process.kill()
        began = time.monotonic()
        await asyncio.to_thread(server.process.wait)
        gone = await asyncio.gather(*(_is_cut_off(v) for v in who))
        case.check(all(gone), "every visitor notices that the connection is gone")
        again = await asyncio.gather(
            *(look_again(server.url, page, RECONNECT_SECONDS) for page in pages)
        )
    case.saw(f"process {server.pid} has answered all after {time.monotonic() - began:.1f} s")
    case.check(server.starts == starts + 1, "it was started again once")
    for page, old, new in zip(pages, before, again, strict=True):
        same = (old.snapshot, old.digest) == (new.snapshot, new.digest)
        case.check(same and not new.faults, f"the view of {page} is the same")


async def _is_cut_off(who: Visitor) -> bool:
    """Whether the server, or its absence, ends the connection; at once, not at the next click."""
    try:
        async with asyncio.timeout(5):
            await who.closed()
    except TimeoutError:
        return False
    return True


def killed(case: Case, server: Server, pages: tuple[str, ...] = PAGES) -> None:
    """SIGKILL: the supervisor starts the process again, visitors come back to the same view."""
    asyncio.run(_returning(server, pages, case))


# --- clock -------------------------------------------------------------------------------


def _faketime() -> Path | None:
    """The library of Debian's package ``libfaketime``."""
    return next(iter(Path("/usr/lib").glob("*/faketime/libfaketime.so.1")), None)


def clock_jumps(case: Case, world: World) -> None:
    """The wall clock jumps back and forth under a running server, by libfaketime."""
    library = _faketime()
    if library is None:
        case.skip("clock jumps: libfaketime is not installed (apt-get install faketime)")
        return
    clock = world.folder / "clock"
    clock.write_text("+0\n", encoding="ascii")
    variables = {
        "LD_PRELOAD": str(library),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_CACHE_DURATION": "1",
        # as on a real machine: only the wall clock jumps
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    with running(Server(world, name="clock", variables=variables)) as server:
        # the funnel does not depend on the day
        pages = PAGES[1:2]
        before = asyncio.run(look(server.url, pages[0]))
        asyncio.run(_jumping(case, server, clock, pages[0], before))
        case.did("new data arrive while the clock is 20 years behind")
        clock.write_text("-20y\n", encoding="ascii")
        world.bring("second")
        world.build(**variables)
        there = health_is(server, lambda h: h["snapshot"] == world.ids["second"], 30)
        case.check(there, f"the new snapshot is served ({server.health()})")
        right(case, server, "second", "20 years behind")
        clock.write_text("+0\n", encoding="ascii")
    world.swap("first")


async def _jumping(case: Case, server: Server, clock: Path, page: str, before: View) -> None:
    async with visitor(server.url) as who:
        await who.view(page)
        for jump in ("-20y", "+15y", "-1h", "+0"):
            clock.write_text(jump + "\n", encoding="ascii")
            year = (await asyncio.to_thread(_date, server))[12:16]
            for view in (await who.view(page), await look(server.url, page)):
                same = (view.digest, view.faults) == (before.digest, before.faults)
                case.check(same, f"{jump}: visitors old and new get the same page")
            health = await asyncio.to_thread(server.health)
            case.check(health["status"] == "ok", f"{jump}: /healthz says ok ({health})")
            await asyncio.to_thread(right, case, server, "first", jump)
            case.did(f"clock {jump}: the server dates its answers {year}")


def _date(server: Server) -> str:
    time.sleep(2.5)  # uvicorn renews the date once a second, libfaketime reads the file so often
    connection = http.client.HTTPConnection(HOST, server.port, timeout=30)
    connection.request("GET", "/healthz")
    with connection.getresponse() as answer:
        return str(answer.getheader("date"))


# --- many who do nothing -----------------------------------------------------------------


async def _idling(case: Case, server: Server, sessions: int, seconds: float) -> None:
    page = PAGES[1]
    before = await look(server.url, page)
    empty = server.memory()
    async with AsyncExitStack() as stack:
        who = [await stack.enter_async_context(visitor(server.url)) for _ in range(sessions)]
        for one in who:
            await one.view(page)
        opened = server.memory()
        case.did(f"{sessions} sessions idle for {seconds:.0f} s, with a sign of life every second")
        await asyncio.sleep(seconds)
        rested = server.memory()
        views = [await one.view(page) for one in who]
        same = sum((v.snapshot, v.digest) == (before.snapshot, before.digest) for v in views)
        case.check(same == sessions, f"{same} of {sessions} sessions get the right page afterwards")
    new = await look(server.url, page)
    case.check(new.digest == before.digest, "a new visitor gets the right page")
    case.saw(
        f"memory {empty:.0f} MB before, {opened:.0f} MB with all open "
        f"({(opened - empty) * 1024 / sessions:.0f} KB each), {rested:.0f} MB after the rest"
    )
    # signs of life must not pile up; 16 MB is what the allocator may move by itself
    case.check(rested <= opened + 16, f"idling costs no memory ({rested - opened:+.1f} MB)")


def idle(case: Case, world: World, sessions: int, seconds: float) -> None:
    """Sessions that only stay open.

    The server asks for a sign of life every second instead of every 20, so that three
    minutes hold as many as an hour does.
    """
    options = ("--ws-ping-interval", "1", "--ws-ping-timeout", "30")
    with running(Server(world, name="idle", options=options)) as server:
        asyncio.run(_idling(case, server, sessions, seconds))


# --- greedy ------------------------------------------------------------------------------


async def _greedy(case: Case, server: Server, rounds: int) -> None:
    page = PAGES[0]
    before = await look(server.url, page)
    queries = {
        "one value of 1 MB": "lang=en&region=" + "x" * 10**6,
        "50,000 parameters": "lang=en&" + "&".join(f"p{n}=1" for n in range(50_000)),
        "20,000 values of a known parameter": "lang=en&" + "&".join(["region=KR-26"] * 20_000),
        "500 values of a known parameter": "lang=en&" + "&".join(["region=KR-26"] * 500),
        "nested escapes": "lang=en&q=" + "%25" * 200_000,
    }
    empty = server.memory()
    for turn in range(rounds):
        for what, query in queries.items():
            path = urlsplit(PAGES[1]).path + "?" + query
            try:
                view = await look(server.url, path)
                outcome = "a page" if not view.faults else f"a fault {view.faults}"
                case.check(not view.faults, f"{what}: no fault is shown ({view.faults})")
            except LOST as error:
                outcome = f"refused ({type(error).__name__})"
            if not turn:
                case.saw(f"WebSocket, {what}, {len(query)} bytes: {outcome}")
    for what, query in queries.items():
        status = await asyncio.to_thread(_status, server, f"/api/v1/tables/pilots.json?{query}")
        case.saw(f"HTTP, {what}: {status}")
        refused = status == "cut off" or 400 <= int(status) < 500
        case.check(refused, f"{what}: refused by HTTP ({status})")
    after = await look(server.url, page)
    case.check(after.digest == before.digest, "others get the same page as before")
    full = server.memory()
    case.saw(f"memory {empty:.0f} MB before, {full:.0f} MB after {rounds} rounds")
    case.check(full < empty + 200, f"memory stays bounded ({full - empty:+.0f} MB)")


def _status(server: Server, path: str) -> str:
    try:
        return str(server.get(path)[0])
    except (OSError, http.client.HTTPException):
        return "cut off"


def greedy(case: Case, server: Server, rounds: int) -> None:
    """Query strings far beyond what any page writes."""
    case.did(f"{rounds} rounds of huge query strings")
    asyncio.run(_greedy(case, server, rounds))
