"""A few pages look as they did when they were last looked at and found good.

The pages show a frozen part of the data (see `frozen`), so that new facts change nothing.
After an intended change of the look: ``make pictures``, look at them, commit them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageFilter

from bench.serving import Site, free_port, serving, uvicorn_command
from loaders.package import Lang
from tests.e2e.browsing import DESKTOP, PHONE
from tests.e2e.conftest import Opener
from tests.e2e.frozen import PICTURES, write_package
from tests.e2e.likeness import TOLERANCE, difference, kept

pytestmark = pytest.mark.e2e

UPDATE = os.environ.get("ATLAS_PICTURES") == "update"
MOST_BYTES = 400_000


@dataclass(frozen=True, slots=True)
class Scene:
    """What is pictured: the first ``height`` pixels of a page."""

    name: str
    path: str
    lang: Lang
    width: int
    height: int

    @property
    def file(self) -> Path:
        return PICTURES / f"{self.name}.png"


SCENES = (
    Scene("landing", "/", "ko", DESKTOP, 1400),
    Scene("landing-phone", "/", "ko", PHONE, 1400),
    Scene("testbeds", "/testbeds", "en", DESKTOP, 1100),
    Scene("funnel-published", "/funnel?view=published", "ko", DESKTOP, 1100),
    Scene("company", "/company?id=autonomous-a2z", "en", DESKTOP, 1300),
)


@pytest.fixture(scope="module")
def frozen_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site over the frozen data."""
    folder, port = tmp_path_factory.mktemp("frozen"), free_port()
    data = write_package(folder / "data")
    with serving(
        uvicorn_command(port), port, folder, environment={"ATLAS_DATA": str(data)}
    ) as running:
        yield running


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_page_looks_as_it_did(
    open_page: Opener, frozen_site: Site, scene: Scene, tmp_path: Path
) -> None:
    view = open_page(scene.path, scene.lang, width=scene.width, on=frozen_site)
    view.page.set_viewport_size({"width": scene.width, "height": scene.height})
    view.still()
    now = kept(view.page.screenshot(animations="disabled", caret="hide"))
    if UPDATE:
        now.save(scene.file, optimize=True)
        return
    apart = difference(Image.open(scene.file), now)
    seen = tmp_path / scene.file.name
    now.save(seen)
    assert apart <= TOLERANCE, f"{apart:.1%} differ from {scene.file.name}; see {seen}"


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_shifted_lost_or_recoloured_parts_are_seen(scene: Scene) -> None:
    picture = Image.open(scene.file).convert("RGB")
    (width, height), paper = picture.size, (255, 255, 255)
    shifted = ImageChops.offset(picture, 0, 4)
    assert difference(picture, shifted) > TOLERANCE, "8 pixels lower"
    lost = picture.copy()
    lost.paste(paper, (0, height // 6, width, height // 2))
    assert difference(picture, lost) > TOLERANCE, "a third is blank"
    dark = ImageChops.invert(picture)
    assert difference(picture, dark) > TOLERANCE, "other colours"


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_other_smoothing_of_letters_is_the_same_picture(scene: Scene) -> None:
    picture = Image.open(scene.file).convert("RGB")
    assert difference(picture, picture.filter(ImageFilter.GaussianBlur(0.6))) <= TOLERANCE
    assert difference(picture, picture.filter(ImageFilter.SHARPEN)) <= TOLERANCE
    assert difference(picture, ImageChops.offset(picture, 1, 0)) <= TOLERANCE, "two pixels aside"


def test_pictures_stay_small() -> None:
    assert sum(scene.file.stat().st_size for scene in SCENES) < MOST_BYTES
