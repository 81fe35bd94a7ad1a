"""The front end's files, compressed once."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from api.compressed import CompressedFiles, needed_first, prepare

SCRIPT = "export const answer = 42;\n" * 200


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "main.abc.js").write_text(SCRIPT)
    (tmp_path / "js" / "tiny.js").write_text("1")
    (tmp_path / "font.woff2").write_bytes(b"x" * 5000)
    (tmp_path.parent / "secret.js").write_text(SCRIPT)
    return tmp_path


@pytest.fixture
def client(folder: Path) -> TestClient:
    inner = Starlette(routes=[Route("/{rest:path}", lambda _: PlainTextResponse("passed on"))])
    return TestClient(CompressedFiles(inner, folder))


def test_a_script_comes_compressed_and_may_be_kept(client: TestClient) -> None:
    answer = client.get("/static/js/main.abc.js")
    assert answer.text == SCRIPT
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert "immutable" in answer.headers["cache-control"]
    assert "javascript" in answer.headers["content-type"]
    assert int(answer.headers["content-length"]) < len(SCRIPT) / 10


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/static/js/main.abc.js", {"Accept-Encoding": "identity"}),
        ("/static/js/main.abc.js", {"Range": "bytes=0-10"}),
        ("/static/js/tiny.js", {}),
        ("/static/font.woff2", {}),
        ("/static/js/unknown.js", {}),
        ("/static/../secret.js", {}),
        ("/static/%2e%2e/secret.js", {}),
        ("/other/js/main.abc.js", {}),
    ],
)
def test_everything_else_is_passed_on(
    client: TestClient, path: str, headers: dict[str, str]
) -> None:
    assert client.get(path, headers=headers).text == "passed on"


def test_each_file_is_compressed_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed: list[int] = []
    real = gzip.compress

    def counting(data: bytes, level: int, *, mtime: float) -> bytes:
        packed.append(len(data))
        return real(data, level, mtime=mtime)

    monkeypatch.setattr("api.compressed.gzip.compress", counting)
    shell = '<script src="./static/js/main.abc.js"></script><link href="./static/gone.css">'
    assert list(needed_first(shell)) == ["/static/js/main.abc.js", "/static/gone.css"]
    prepare(folder, shell)
    inner = Starlette()
    client = TestClient(CompressedFiles(inner, folder))
    for _ in range(3):
        assert client.get("/static/js/main.abc.js").text == SCRIPT
    assert packed == [len(SCRIPT)]
