"""Publishing to a real PostgreSQL server, and serving the site from it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from analytics.overview import pilots_known
from api.health import health_routes
from api.v1 import PREFIX, create_app
from loaders import postgres, publish, serving
from loaders.__main__ import cli
from loaders.engine import EngineGoneError, duckdb_engine, server_engine
from loaders.package import PROJECT_ROOT
from loaders.publish import READER, PublishError, reader_statements
from loaders.schema import unbound
from loaders.snapshot import build, snapshot_path
from tests.databases import Postgres, postgres_server
from tests.support import DATA, committed, copy_data, environment, read_rows, write_rows
from ui import data


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with postgres_server() as running:
        running.execute(*reader_statements().split("\n"))
        yield running


@pytest.fixture
def folder(tmp_path: Path, good_snapshot: Path) -> Iterator[Path]:
    """The committed data, to be changed at will, with its snapshot."""
    data = copy_data(tmp_path / "data")
    with environment(data, tmp_path / "snapshots"):
        yield data


def changed(data: Path, times: int) -> str:
    """Leave out some pilots' notes and build again; the id of the new snapshot."""
    rows = read_rows(data, "pilots")
    for row in rows[:times]:
        row["note_en"] = f"changed {times}"
        row["note_ko"] = f"바뀜 {times}"
    write_rows(data, "pilots", rows)
    return build()


@pytest.fixture
def published(server: Postgres, folder: Path) -> str:
    """Id of the snapshot that was published to an otherwise empty server."""
    with psycopg.connect(server.url(), autocommit=True) as connection:
        for schema in ids(server):
            connection.execute(f'DROP SCHEMA "{schema}" CASCADE'.encode())
        connection.execute(b"DROP TABLE IF EXISTS atlas_snapshot")
    return publish.publish(server.url())


def ids(server: Postgres) -> list[str]:
    """Schemas that hold snapshots."""
    with psycopg.connect(server.url()) as connection:
        found = connection.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'atlas\\_%' ORDER BY 1"
        )
        return [row[0] for row in found]


def served(server: Postgres) -> serving.Served:
    """What a fresh look at the register says."""
    return serving.ServerWatch(server.url(READER)).now()


def test_the_database_holds_the_snapshot(server: Postgres, published: str) -> None:
    here = duckdb_engine(snapshot_path(published), published)
    there = server_engine(server.url(READER), published)
    assert served(server) == serving.Served(published)
    for name, resource in committed().resources.items():
        key = list(resource.primary_key)
        assert here(unbound(name).order_by(key)).equals(there(unbound(name).order_by(key)))


def test_the_same_snapshot_twice_is_one(server: Postgres, published: str) -> None:
    publish.publish(server.url())
    assert ids(server) == [postgres.schema_of(published)]


def test_readers_keep_the_old_snapshot_until_the_switch(
    server: Postgres, published: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the tables are copied, and when that fails, nothing changes for readers."""
    newer = changed(folder, 5)
    seen: list[serving.Served] = []
    old = server_engine(server.url(READER), published)
    counts: list[int] = []

    def look(_: str) -> None:
        seen.append(served(server))
        counts.append(len(old(unbound("pilots"))))

    def fail(*_: object) -> None:
        raise ConnectionError("the line was cut")

    with monkeypatch.context() as patch:
        patch.setattr(publish, "_make_current", fail)
        with pytest.raises(ConnectionError):
            publish.publish(server.url(), progress=look)
    assert ids(server) == [postgres.schema_of(published)]
    publish.publish(server.url(), progress=look)
    assert set(seen) == {serving.Served(published)}
    assert len(set(counts)) == 1
    assert served(server) == serving.Served(newer)
    note = server_engine(server.url(READER), newer)(unbound("pilots").order_by("pilot_id"))
    assert (note["note_en"] == "changed 5").sum() == 5
    # whoever began with the old snapshot goes on with it
    assert not (old(unbound("pilots"))["note_en"] == "changed 5").any()


def test_old_snapshots_go_and_one_can_go_back(
    server: Postgres, published: str, folder: Path
) -> None:
    made = [published]
    for times in (1, 2, 3):
        made.append(changed(folder, times))
        publish.publish(server.url())
    assert ids(server) == sorted(map(postgres.schema_of, made[1:]))
    publish.switch(server.url(), made[2])
    assert served(server) == serving.Served(made[2])
    with pytest.raises(PublishError, match=made[3]):
        publish.switch(server.url(), made[0])


def test_two_who_publish_at_once_wait_for_each_other(server: Postgres, published: str) -> None:
    threads = [threading.Thread(target=publish.publish, args=(server.url(),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ids(server) == [postgres.schema_of(published)]


@pytest.mark.parametrize("role", [READER, "atlas"])
def test_the_site_cannot_write(server: Postgres, published: str, role: str) -> None:
    backend = postgres.connect(server.url(role), postgres.schema_of(published))
    for statement in ("DELETE FROM pilots", "CREATE TABLE more (x int)", "DROP TABLE pilots"):
        with pytest.raises(psycopg.Error):
            backend.raw_sql(statement)


def test_the_reader_may_not_turn_writing_on(server: Postgres, published: str) -> None:
    schema = postgres.schema_of(published)
    with psycopg.connect(server.url(READER), autocommit=True) as connection:
        connection.execute(b"SET default_transaction_read_only = off")
        for statement in (f"DELETE FROM {schema}.pilots", "CREATE TABLE public.more (x int)"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.encode())


def test_a_query_that_takes_too_long_is_ended(
    server: Postgres, published: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "STATEMENT_SECONDS", 1)
    run = server_engine(server.url(READER), published)
    pilots = unbound("pilots")
    product = pilots
    for number in range(3):
        product = product.cross_join(pilots.select(**{f"x{number}": pilots.pilot_id}))
    with pytest.raises(psycopg.errors.QueryCanceled):
        run(product.aggregate(n=product.x2.max()))
    assert len(run(pilots)) == len(read_rows(DATA, "pilots"))


def test_other_collations_are_refused(server: Postgres, folder: Path) -> None:
    server.execute(
        "CREATE DATABASE latin ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
    )
    with pytest.raises(PublishError, match="CREATE DATABASE"):
        publish.publish(server.url(database="latin"))


def test_another_database_that_ibis_knows(folder: Path, tmp_path: Path) -> None:
    url = f"duckdb://{tmp_path / 'other.duckdb'}"
    snapshot_id = publish.publish(url)
    assert serving.ServerWatch(f"{url}?read_only=True").now() == serving.Served(snapshot_id)
    run = server_engine(f"{url}?read_only=True", snapshot_id)
    here = duckdb_engine(snapshot_path(snapshot_id), snapshot_id)
    assert pilots_known(run).frame.equals(pilots_known(here).frame)


def test_the_command(server: Postgres, published: str) -> None:
    runner = CliRunner()
    done = runner.invoke(cli, ["publish", "--engine", server.url(), "--back-to", published])
    assert done.exit_code == 0
    refused = runner.invoke(cli, ["publish", "--engine", server.url(), "--back-to", "none"])
    assert refused.exit_code == 1
    assert runner.invoke(cli, ["publish", "--engine", server.url()]).exit_code == 0
    assert served(server) == serving.Served(published)


def test_the_server_goes_and_comes_back(
    server: Postgres, published: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No connection of the pool survives; the first query after the restart is answered."""
    run = server_engine(server.url(READER), published)
    monkeypatch.setenv("ATLAS_ENGINE", server.url(READER))
    monkeypatch.setattr(serving, "ASKED_EVERY", 0.0)
    routes = [*health_routes(), Mount(PREFIX, create_app())]
    client = TestClient(Starlette(routes=routes), raise_server_exceptions=False)
    held = [run._connection() for _ in range(3)]
    for one in held:
        one.__enter__()
    for one in held:
        one.__exit__(None, None, None)
    assert client.get("/readyz").status_code == 200
    server.stop()
    try:
        with pytest.raises(EngineGoneError):
            run(unbound("pilots"))
        assert serving.served().snapshot_id == published
        assert "does not answer" in serving.served().fault
        assert client.get("/readyz").status_code == 503
        answer = client.get("/api/v1/tables/pilots.json")
        assert answer.status_code == 503
        assert "cannot be asked" in answer.json()["detail"]
    finally:
        server.start()
    for _ in range(5):
        assert len(run(unbound("pilots"))) > 0
    assert client.get("/readyz").status_code == 200
    assert client.get("/api/v1/tables/pilots.json").status_code == 200
    assert serving.served() == serving.Served(published)


def shown(app: AppTest, kind: str) -> list[str]:
    """Texts of one kind of element on the page."""
    return [str(getattr(element, "value", "")) for element in app.get(kind)]


def test_a_page_says_so_and_recovers(
    server: Postgres, published: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answers that are known stay; others give the page for faults, until the server is back."""
    monkeypatch.setenv("ATLAS_ENGINE", server.url(READER))
    monkeypatch.setattr(serving, "ASKED_EVERY", 0.0)
    monkeypatch.delenv("ATLAS_SNAPSHOTS")
    data._place.cache_clear()
    app = AppTest.from_file(str(PROJECT_ROOT / "dashboard.py"), default_timeout=120)
    app.query_params["lang"] = "en"
    server.stop()
    try:
        app.run()
        assert any("could not be drawn" in text for text in shown(app, "error"))
        assert not app.exception
    finally:
        server.start()
    app.run()
    assert not app.error
    assert not app.exception
    assert any(published in text for text in shown(app, "caption"))
    server.stop()
    try:
        app.run()  # every answer of this page is known
        assert not app.error
        app.switch_page("app_pages/money.py").run()
        assert any("could not be drawn" in text for text in shown(app, "error"))
        assert not app.exception
    finally:
        server.start()
    app.run()
    assert not app.error
    assert not app.exception
