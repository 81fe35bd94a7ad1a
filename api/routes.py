"""Read-only routes served by the same process as the pages."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import js_lib_leaflet
import orjson
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from api.feeds import base_url
from api.health import health_routes
from api.v1 import PREFIX, create_app
from loaders.boundaries import boundary_file, feature_collection

ONE_DAY = "public, max-age=86400"
ICON_PATH = "/assets/icon.svg"


def leaflet_folder() -> Path:
    """Folder of the Leaflet files that the installed package carries."""
    return Path(js_lib_leaflet.__file__).parent / "static" / "js_lib_leaflet"


@lru_cache(maxsize=1)
def _provinces_script() -> bytes:
    return b"window.atlasProvinces=" + orjson.dumps(feature_collection("provinces")) + b";"


async def provinces_script(_: Request) -> Response:
    """The province shapes as a script that the map's frame loads once."""
    return Response(
        _provinces_script(), media_type="text/javascript", headers={"Cache-Control": ONE_DAY}
    )


async def municipalities(_: Request) -> Response:
    """The municipality shapes as GeoJSON."""
    return FileResponse(
        boundary_file("municipalities"),
        media_type="application/geo+json",
        headers={"Cache-Control": ONE_DAY},
    )


async def api_entrance(_: Request) -> Response:
    """The address of the API without a stroke at its end."""
    return RedirectResponse(f"{PREFIX}/docs")


async def robots(request: Request) -> Response:
    """Everything may be read by anyone."""
    return PlainTextResponse(f"User-agent: *\nAllow: /\nSitemap: {base_url(request)}/sitemap.xml\n")


def routes(assets: Path) -> list[BaseRoute]:
    """All routes; only GET and HEAD exist. ``assets``: folder of our own static files."""

    async def site_icon(_: Request) -> Response:
        return FileResponse(
            assets / "icon.svg", media_type="image/svg+xml", headers={"Cache-Control": ONE_DAY}
        )

    async def points_script(_: Request) -> Response:
        return FileResponse(
            assets / "points.js", media_type="text/javascript", headers={"Cache-Control": ONE_DAY}
        )

    return [
        Route(ICON_PATH, site_icon),
        Route("/assets/points.js", points_script),
        *health_routes(),
        Route("/robots.txt", robots),
        Route("/assets/provinces.js", provinces_script),
        Route("/assets/municipalities.geojson", municipalities),
        Route(PREFIX, api_entrance),
        Mount(PREFIX, create_app()),
        Mount("/assets/leaflet", StaticFiles(directory=leaflet_folder())),
    ]
