"""How alike two pictures of a page are, where fonts and machines draw a little differently.

Both are made a quarter as wide and high and blurred, so that the edges of letters count
for nothing; then the share of points is counted whose colour differs clearly. What moves,
goes missing or changes its colour is seen; other smoothing of the same letters is not.
"""

from __future__ import annotations

import io

from PIL import Image, ImageChops, ImageFilter

#: A kept picture is this much smaller than the screen.
KEPT = 2
_COARSER = 2
_BLUR = 1.2
#: Difference of a colour (0 to 255) from which a point counts as different.
CLEAR = 20
#: Largest share of different points that is still the same picture.
TOLERANCE = 0.02
_COLORS = 48


def kept(png: bytes) -> Image.Image:
    """A screenshot as it is kept: smaller, in few colours."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    small = image.resize((image.width // KEPT, image.height // KEPT), Image.Resampling.BOX)
    return small.quantize(_COLORS, dither=Image.Dither.NONE)


def _coarse(image: Image.Image) -> Image.Image:
    small = image.convert("RGB").reduce(_COARSER)
    return small.filter(ImageFilter.GaussianBlur(_BLUR))


def difference(one: Image.Image, other: Image.Image) -> float:
    """Share of the points (0 to 1) that differ clearly; 1 for another size."""
    if one.size != other.size:
        return 1.0
    apart = ImageChops.difference(_coarse(one), _coarse(other))
    most = apart.split()[0]
    for band in apart.split()[1:]:
        most = ImageChops.lighter(most, band)
    histogram = most.histogram()
    return sum(histogram[CLEAR:]) / sum(histogram)
