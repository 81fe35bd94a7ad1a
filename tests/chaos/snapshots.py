"""Snapshots damaged, missing, locked, half copied; swapped under visitors; no room for more."""

from __future__ import annotations

import asyncio
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from bench.serving import PROJECT
from loaders.serving import TRIED_AGAIN
from loaders.snapshot import POINTER
from tests.chaos.case import Case
from tests.chaos.visitors import View, look, visitor
from tests.chaos.world import Server, World, running
from tests.unit.test_snapshot import cut, cut_by_one_byte, emptied, flipped

DAMAGE = {"truncated": cut, "one byte short": cut_by_one_byte, "empty": emptied, "corrupt": flipped}
HOME = "/?lang=en"
#: Pages without anything that depends on the day.
PAGES = (
    HOME,
    "/funnel?lang=en",
    "/testbeds?lang=en&region=KR-26",
    "/technologies?lang=ko",
    "/money?lang=en",
    "/investment?lang=ko",
)
LOCKER = """
import duckdb, sys
writer = duckdb.connect(sys.argv[1])
print("open", flush=True)
sys.stdin.read()
"""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another process holds the file open for writing."""
    command = [sys.executable, "-c", LOCKER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin and process.stdout
        assert process.stdout.readline().strip() == b"open"
        yield
        process.stdin.close()


def health_is(server: Server, wanted: Callable[[dict[str, Any]], bool], within: float) -> bool:
    """Whether ``/healthz`` comes to say that."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        with suppress(OSError):  # it may be starting
            if wanted(server.health()):
                return True
        time.sleep(0.1)
    return False


def right(case: Case, server: Server, state: str, when: str, page: str = HOME) -> None:
    """A new visitor gets a page of that state, whole and with its number of pilots."""
    world = server.world
    view = asyncio.run(look(server.url, page))
    case.check(not view.faults, f"{when}: the page shows no fault ({view.faults})")
    case.check(view.snapshot == world.ids[state], f"{when}: the page is of the {state} snapshot")
    if page.startswith("/?"):
        said, is_so = view.pilots, world.pilots(state)
        case.check(said == is_so, f"{when}: the page says {said} pilots, the snapshot has {is_so}")


def degraded(case: Case, server: Server, reason: str, when: str) -> None:
    """Health and log say why the wanted snapshot is not served."""
    said = health_is(server, lambda h: h["status"] == "degraded", 5)
    health = server.health()
    case.check(said, f"{when}: /healthz says degraded ({health})")
    case.check(reason in str(health["fault"]), f"{when}: /healthz says why ({health['fault']})")
    errors = [e["message"] for e in server.log() if e["level"] == "error"]
    case.check(any(str(health["fault"]) in e for e in errors), f"{when}: the log says why")
    case.check(server.get("/readyz")[0] == 200, f"{when}: /readyz still sends visitors here")
    case.saw(f"degraded, {health['snapshot']} stays: {health['fault']}")


def recovered(case: Case, server: Server, state: str, when: str) -> None:
    """The wanted snapshot is served again, without a restart."""
    wanted = {"status": "ok", "snapshot": server.world.ids[state], "fault": None}
    good = health_is(server, wanted.__eq__, 3 * TRIED_AGAIN)
    case.check(good, f"{when}: served again without a restart ({server.health()})")
    right(case, server, state, when)
    case.saw(f"{when}: {server.health()['snapshot']} is served")


def damaged_new(case: Case, server: Server, kinds: tuple[str, ...] = tuple(DAMAGE)) -> None:
    """A new snapshot arrives damaged; the first one is served before and afterwards."""
    world, file = server.world, server.world.file("second")
    whole = file.read_bytes()
    for number, kind in enumerate(kinds):
        case.did(f"a new snapshot arrives {kind}")
        file.write_bytes(DAMAGE[kind](whole))
        world.point(world.ids["second"])
        degraded(case, server, "cannot be read to its end", kind)
        right(case, server, "first", kind)
        unseen = f"/funnel?lang=en&pilots-page={number + 2}"
        right(case, server, "first", f"{kind}, a page not seen before", unseen)
        world.point(world.ids["first"])
        recovered(case, server, "first", f"{kind}, pointed back")
    file.write_bytes(whole)


def copied_slowly(case: Case, server: Server) -> None:
    """A new snapshot is named before it is there, and comes piece by piece."""
    world, file = server.world, server.world.file("second")
    whole = file.read_bytes()
    case.did("the new snapshot is missing")
    file.unlink()
    world.point(world.ids["second"])
    degraded(case, server, "is missing", "missing")
    right(case, server, "first", "missing")
    case.did("it is copied in piece by piece")
    with file.open("wb") as slow:
        for part in range(4):
            slow.write(whole[len(whole) * part // 4 : len(whole) * (part + 1) // 4])
            slow.flush()
            if part < 3:
                degraded(case, server, "cannot be read to its end", f"{part + 1} quarters copied")
                right(case, server, "first", f"{part + 1} quarters copied")
    recovered(case, server, "second", "copied to its end")
    world.point(world.ids["first"])
    recovered(case, server, "first", "pointed back")


def locked_new(case: Case, server: Server) -> None:
    """A new snapshot is held by a writer, who goes away without having changed it."""
    world = server.world
    # one that the server has not open: a writer would be refused that
    world.ids["third"] = "0123456789ab"
    shutil.copy(world.file("second"), world.file("third"))
    case.did("a new snapshot is locked by a writer")
    with locked(world.file("third")):
        world.point(world.ids["third"])
        degraded(case, server, "cannot be read to its end", "locked")
        right(case, server, "first", "locked")
    recovered(case, server, "third", "the writer has gone")
    world.point(world.ids["first"])
    recovered(case, server, "first", "pointed back")
    world.file("third").unlink()
    del world.ids["third"]


def damaged_served(case: Case, server: Server) -> None:
    """The file that is open and served is overwritten in place, then replaced by a sound one."""
    world, file = server.world, server.world.file("second")
    whole = file.read_bytes()
    world.point(world.ids["second"])
    recovered(case, server, "second", "pointed to the second")
    case.did("the served snapshot is overwritten by nonsense in place")
    with file.open("r+b") as spoiled:
        spoiled.write(os.urandom(len(whole)))
    degraded(case, server, "cannot be read to its end", "overwritten")
    right(case, server, "first", "overwritten")
    case.did("a sound copy takes its place")
    beside = file.with_name(".copy")
    beside.write_bytes(whole)
    beside.replace(file)
    recovered(case, server, "second", "replaced")
    for page in PAGES[1:]:
        right(case, server, "second", f"replaced, {page}", page)
    world.point(world.ids["first"])
    recovered(case, server, "first", "pointed back")


def at_start(case: Case, world: World) -> None:
    """Faults that a starting process finds; with good data, and with data that is refused."""
    file = world.file("first")
    whole = file.read_bytes()
    for kind, damage in DAMAGE.items():
        file.write_bytes(damage(whole))
        _start(case, world, f"the current snapshot is {kind}", "first")
    file.unlink()
    _start(case, world, "the current snapshot is missing", "first")
    with locked(file):
        _start(case, world, "the current snapshot is locked by a writer", "first")
    (world.snapshots / POINTER).write_bytes("세종".encode())
    _start(case, world, "the pointer is unreadable", "first")
    file.write_bytes(cut(whole))
    (world.data / "pilots.csv").write_bytes(b"")
    _start(
        case, world, "the current snapshot is truncated and the data refused", "second", "cannot"
    )
    world.swap("first")


def _start(case: Case, world: World, what: str, state: str, reason: str = "") -> None:
    case.did(f"start while {what}")
    with running(Server(world, name=f"start-{case.checked}")) as server:
        if reason:
            degraded(case, server, reason, what)
        else:
            case.check(server.health()["status"] == "ok", f"{what}: healed ({server.health()})")
        right(case, server, state, what)
        case.saw(str(server.health()))


async def _references(server: Server, pages: tuple[str, ...]) -> dict[str, View]:
    return {page: await look(server.url, page) for page in pages}


def references(server: Server, pages: tuple[str, ...] = PAGES) -> dict[str, dict[str, View]]:
    """What each page looks like in either snapshot, by page and snapshot id.

    Afterwards the first one is served.
    """
    world = server.world
    found: dict[str, dict[str, View]] = {page: {} for page in pages}
    for state in ("second", "first"):
        world.point(world.ids[state])
        assert health_is(server, lambda h, s=state: h["snapshot"] == world.ids[s], 30)  # type: ignore[misc]
        for page, view in asyncio.run(_references(server, pages)).items():
            assert not view.faults and view.snapshot == world.ids[state], view
            found[page][view.snapshot] = view
    return found


def wrong_in(view: View, known: dict[str, View]) -> str:
    """Why a view is not exactly that of one snapshot; empty when it is."""
    if view.faults:
        return f"shows a fault: {view.faults[0][:80]}"
    if view.snapshot not in known:
        return f"is of no known snapshot ({view.snapshot!r})"
    if view.digest != known[view.snapshot].digest:
        return f"has elements that are not those of snapshot {view.snapshot}"
    return ""


async def _rerun(
    server: Server, page: str, known: dict[str, View], stop: asyncio.Event, out: list[View | str]
) -> None:
    async with visitor(server.url) as who:
        while not stop.is_set():
            view = await who.view(page)
            out.append(wrong_in(view, known) or view)


async def _swapping(
    server: Server, known: dict[str, dict[str, View]], sessions: int, swaps: int
) -> list[View | str]:
    out: list[View | str] = []
    stop = asyncio.Event()
    pages = list(known)
    async with asyncio.TaskGroup() as group:
        for n in range(sessions):
            page = pages[n % len(pages)]
            group.create_task(_rerun(server, page, known[page], stop, out))
        for swap in range(swaps):
            await asyncio.sleep(1)
            await asyncio.to_thread(server.world.swap, ("second", "first")[swap % 2])
        await asyncio.sleep(1)
        stop.set()
    return out


def swapped(case: Case, server: Server, sessions: int, swaps: int = 2) -> None:
    """Data are revised and built again and again under sessions that rerun all the time.

    Every run must be, element by element, the page of one snapshot; ``swaps`` is even.
    """
    known = references(server, PAGES if sessions >= len(PAGES) ** 2 else PAGES[:2])
    for page, by_snapshot in known.items():
        digests = {view.digest for view in by_snapshot.values()}
        case.check(len(digests) == 2, f"{page} differs between the two snapshots")
    case.did(f"{swaps} swaps of the data under {sessions} sessions that rerun all the time")
    seen = asyncio.run(_swapping(server, known, sessions, swaps))
    views = [view for view in seen if isinstance(view, View)]
    wrong = [text for text in seen if isinstance(text, str)]
    by_id = {state: sum(v.snapshot == i for v in views) for state, i in server.world.ids.items()}
    case.saw(f"{len(seen)} runs, of the snapshots {by_id}, {len(wrong)} of neither")
    case.check(not wrong, f"no run is a mix ({sorted(set(wrong))[:3]})")
    case.check(all(by_id.values()), "both snapshots were seen")


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path | None]:
    """A folder on a file system of that size; None where none can be mounted."""
    with tempfile.TemporaryDirectory(prefix="atlas-small-") as folder:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder]
        try:
            done = subprocess.run(mount, capture_output=True, check=False).returncode == 0
        except FileNotFoundError:
            done = False
        try:
            yield Path(folder) if done else None
        finally:
            if done:
                subprocess.run(["umount", "-l", folder], check=True)


def _limit_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, 2**20))


def _fails(case: Case, world: World, folder: Path, limited: bool, what: str) -> None:
    """A build into ``folder`` fails, says why, and leaves the folder as it was."""
    before = {path.name for path in folder.iterdir()}
    done = subprocess.run(
        [sys.executable, "-m", "loaders", "build"],
        cwd=PROJECT,
        env=world.environment(ATLAS_SNAPSHOTS=str(folder)),
        capture_output=True,
        check=False,
        preexec_fn=_limit_files if limited else None,
    )
    text = done.stderr.decode(errors="replace")
    case.saw(f"exit code {done.returncode}: {' '.join(text.strip().splitlines()[-2:])[-240:]}")
    case.check(done.returncode == 1, f"{what}: the build fails")
    case.check("nothing was changed" in text, f"{what}: it says so")
    case.check("Traceback" not in text, f"{what}: without a trace")
    left = {path.name for path in folder.iterdir()} ^ before
    case.check(not left, f"{what}: no file came or went ({sorted(left)})")
    pointer = (folder / POINTER).read_text(encoding="ascii").strip()
    case.check(pointer == world.ids["first"], f"{what}: the pointer is as it was")


def small_files(case: Case, server: Server) -> None:
    """A build that may not write what it needs (works without any right)."""
    world = server.world
    world.bring("second")
    world.file("second").unlink()
    case.did("build with files limited to 1 MB (RLIMIT_FSIZE)")
    _fails(case, world, world.snapshots, limited=True, what="small files")
    case.check(server.health()["status"] == "ok", "the running server goes on")
    right(case, server, "first", "small files")
    world.build()
    recovered(case, server, "second", "built with room")
    world.swap("first")
    recovered(case, server, "first", "the first data again")


def disk_full(case: Case, world: World) -> None:
    """A build, and a start, on a file system with room for one snapshot and a half."""
    size = world.file("first").stat().st_size
    with small_disk(size * 3 // 2 // 2**20) as folder:
        if folder is None:
            case.skip("a full file system: tmpfs cannot be mounted here (needs root)")
            return
        world.bring("second")
        shutil.copy(world.file("first"), folder)
        shutil.copy(world.snapshots / POINTER, folder)
        case.did(f"build on a file system of {size * 3 // 2 // 2**20} MB ({folder})")
        _fails(case, world, folder, limited=False, what="full disk")
        case.did("start there, with new data that cannot be built")
        there = {"ATLAS_SNAPSHOTS": str(folder)}
        with running(Server(world, name="full", variables=there)) as server:
            right(case, server, "first", "started on the full disk")
            errors = [e["message"] for e in server.log() if e["level"] == "error"]
            case.check(any("stays" in e for e in errors), "its log says what stays and why")
            case.check(server.health()["status"] == "degraded", "its health says degraded")
            case.saw(f"{server.health()}; log: {errors[-1][:120] if errors else ''}")
