"""Faults done to a real server, in reduced size; ``make chaos`` does them all, and in full."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.chaos import processes, snapshots
from tests.chaos.case import Case
from tests.chaos.world import Server, World, running, supervised

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World.made(tmp_path_factory.mktemp("chaos"))


@pytest.fixture(scope="module")
def server(world: World) -> Iterator[Server]:
    with supervised(Server(world)) as running_:
        yield running_


@pytest.fixture
def case(request: pytest.FixtureRequest) -> Iterator[Case]:
    done = Case(request.node.name)
    yield done
    done.verdict()
    assert done.checked


def test_a_damaged_snapshot_leaves_the_last_good_one(case: Case, server: Server) -> None:
    snapshots.damaged_new(case, server, ("corrupt",))
    snapshots.damaged_served(case, server)


def test_no_run_mixes_two_snapshots(case: Case, server: Server) -> None:
    snapshots.swapped(case, server, sessions=8)


def test_a_full_disk_is_said_and_changes_nothing(case: Case, server: Server) -> None:
    snapshots.small_files(case, server)


def test_visitors_of_a_killed_process_come_back_to_the_same_view(
    case: Case, server: Server
) -> None:
    processes.killed(case, server, snapshots.PAGES[:2])


def test_a_process_told_to_stop_finishes_what_is_under_way(case: Case, world: World) -> None:
    with running(Server(world, name="drain")) as server:
        processes.drained(case, server)
