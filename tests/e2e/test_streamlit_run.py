"""Plain ``streamlit run app.py`` from an empty folder serves the same site."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from bench.serving import Site, free_port, serving, streamlit_command
from loaders.package import data_dir
from loaders.snapshot import content_id
from tests.e2e.conftest import PATHS, Opener

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def plain_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("plain")
    port = free_port()
    with serving(streamlit_command(port), port, folder) as running:
        built = [path.name for path in (folder / "snapshots").glob("atlas-*")]
        assert built == [f"atlas-{running.snapshot_id}.duckdb"]
        yield running


def test_snapshot_is_that_of_the_data(plain_site: Site) -> None:
    assert plain_site.snapshot_id == content_id(data_dir())


@pytest.mark.parametrize("path", PATHS)
def test_page_is_served_too(open_page: Opener, plain_site: Site, path: str) -> None:
    view = open_page(path, "en", on=plain_site)
    expect(view.page.locator("html")).to_have_attribute("lang", "en")
    expect(view.title).to_have_count(1)
    view.clean()
