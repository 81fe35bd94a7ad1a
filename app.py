"""The server: Streamlit's ASGI app with routes, headers and warm-up.

Start with ``uvicorn app:app`` (what ``make run`` does) or ``streamlit run app.py``.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Mount

from analytics.cited import page_index
from analytics.names import all_rows
from analytics.newest import FactFilter
from analytics.search import pilot_index
from analytics.windows import windows
from api.access import AccessLog
from api.brief.routes import FIRST_BRIEFS, brief_routes
from api.compressed import CompressedFiles, prepare
from api.feeds import feed_routes
from api.headers import SecurityHeaders, page_policy
from api.routes import ICON_PATH, routes
from api.shell import ShellPage, script_hashes, shell_routes
from api.surface import Surface
from charts.tokens import STAGES
from loaders.engine import EngineGoneError, Runner, engine_for, engine_url
from loaders.package import Lang, package
from loaders.serving import served, wanted_id
from loaders.snapshot import ensure
from ops import logs, metrics
from ui.deadlines import deadlines_ics, exact_deadlines
from ui.frame import entries
from ui.i18n import LANGUAGES, Words, choose_language
from ui.messages import verdict
from ui.program_words import today_in_korea
from ui.rehearsal import rehearse, short_turns

PROJECT = Path(__file__).resolve().parent
#: Seconds in which those who waited for the server to start are served first.
FIRST_VISITORS = 0.5
log = logging.getLogger("atlas")


@asynccontextmanager
async def lifespan(server: st.App) -> AsyncIterator[None]:
    """Build the snapshot when it is missing or old, and open every page once.

    The first visitor waits for the landing page's rehearsal only; the other pages follow
    in the next seconds.
    """
    logs.set_up()
    prepare(STREAMLIT_FILES / "static", STREAMLIT_SHELL)
    snapshot_id: str | None = None
    others: asyncio.Task[None] | None = None
    try:
        snapshot_id = prepared_snapshot()
        others = await _rehearsed(server, snapshot_id)
    except EngineGoneError as error:
        # pages say so, and work as soon as the server is back
        log.error("the site starts without its engine: %s", error)
    # What is loaded now stays: keep it out of every later garbage collection.
    gc.freeze()
    metrics.give_out(_snapshot_state)
    log.info("ready", extra={"snapshot": snapshot_id})
    async with TOOLS.running():
        yield
    if others is not None:
        others.cancel()
    log.info("stopped")


def prepared_snapshot() -> str:
    """The snapshot to begin with: on a database server, or built here when missing or old."""
    if engine_url():
        return wanted_id()
    return ensure(lambda step: log.info("snapshot: %s", step))


async def _rehearsed(server: st.App, snapshot_id: str) -> asyncio.Task[None]:
    """Open the landing page in both languages now; returns the task that opens the others."""
    host = allowed_hosts()[0].replace("*", "localhost")
    landing, *others = menu_paths()
    await rehearse(server, [(landing, f"lang={lang}") for lang in LANGUAGES], host)
    views = [(path, f"lang={lang}") for lang in LANGUAGES for path in others]
    return asyncio.create_task(_open_others(server, views, host, snapshot_id))


async def _open_others(
    server: st.App, views: Sequence[tuple[str, str]], host: str, snapshot_id: str
) -> None:
    await asyncio.sleep(FIRST_VISITORS)
    with short_turns():
        await rehearse(server, views, host)
        run = engine_for(snapshot_id)
        for index in (pilot_index, page_index):  # asked for by what a reader types or opens
            await asyncio.to_thread(index, run)
    gc.freeze()
    log.info("rehearsed", extra={"views": len(views)})


def _snapshot_state() -> tuple[str | None, str]:
    state = served()
    return state.snapshot_id, state.fault


def allowed_hosts() -> list[str]:
    """Names under which the site answers (``ATLAS_ALLOWED_HOSTS``); any when none is given."""
    names = os.environ.get("ATLAS_ALLOWED_HOSTS", "").split(",")
    return [name.strip() for name in names if name.strip()] or ["*"]


def own_origins() -> list[str]:
    """Origins of this site's own pages where a proxy hides its name (``ATLAS_PUBLIC_URL``)."""
    parts = urlsplit(os.environ.get("ATLAS_PUBLIC_URL", ""))
    return [f"{parts.scheme}://{parts.netloc}"] if parts.netloc else []


def shell_pages() -> list[ShellPage]:
    """Title and description of every page in both languages."""
    site = {lang: Words(lang)("Testbed Atlas Korea") for lang in LANGUAGES}
    by_lang = {lang: entries(Words(lang)) for lang in LANGUAGES}
    return [
        ShellPage(
            entry.path,
            {lang: f"{by_lang[lang][key].title} · {site[lang]}" for lang in LANGUAGES},
            {lang: by_lang[lang][key].question for lang in LANGUAGES},
            describes_data=key == "data",
        )
        for key, entry in by_lang["en"].items()
    ]


def menu_paths() -> list[str]:
    """Addresses of the pages in the menu."""
    return [entry.path for entry in entries(Words("en")).values() if entry.in_menu]


def deadlines_ahead(run: Runner, lang: Lang, chosen: FactFilter) -> bytes:
    """Calendar of the deadlines from today on, of the programmes that pass the filter."""
    today = today_in_korea()
    of_program = all_rows(run, "programs")[["program_id", "sido", "sectors"]]
    known = chosen.keeps(windows(run, today).frame.merge(of_program, "left", "program_id"))
    ahead = exact_deadlines(known, today, include_past=False)
    stamp = datetime.fromisoformat(str(package().descriptor["created"])).astimezone(UTC)
    return deadlines_ics(ahead, stamp, Words(lang))


STREAMLIT_FILES = Path(st.__file__).parent / "static"
STREAMLIT_SHELL = (STREAMLIT_FILES / "index.html").read_text(encoding="utf-8")


class Tools:
    """The tools for language models, when the operator has switched them on (``ATLAS_MCP=1``)."""

    def __init__(self) -> None:
        self.routes: list[Mount] = []
        self._server: Any = None
        if os.environ.get("ATLAS_MCP", "") == "1":
            # heavy, and needed by few
            from api import tools

            self._server = tools.server(str(package().descriptor["version"]))
            mounted = tools.application(self._server, allowed_hosts())
            self.routes = [Mount(tools.PATH, mounted)]

    @property
    def paths(self) -> tuple[str, ...]:
        """Addresses that take questions by POST."""
        return tuple(f"{route.path}/" for route in self.routes)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep the tools' sessions while the site serves."""
        if self._server is None:
            yield
            return
        async with self._server.session_manager.run():
            yield


TOOLS = Tools()

app = st.App(
    PROJECT / "dashboard.py",
    routes=[
        *routes(PROJECT / "assets"),
        *feed_routes([*menu_paths(), *FIRST_BRIEFS], deadlines_ahead),
        *brief_routes(choose_language, STAGES),
        *shell_routes(STREAMLIT_SHELL, shell_pages(), choose_language, ICON_PATH),
        *TOOLS.routes,
    ],
    middleware=[
        Middleware(AccessLog),
        Middleware(SecurityHeaders, page_policy=page_policy(script_hashes(STREAMLIT_SHELL))),
        Middleware(TrustedHostMiddleware, allowed_hosts=allowed_hosts(), www_redirect=False),
        Middleware(Surface, judge=verdict, origins=own_origins(), questions=TOOLS.paths),
        Middleware(CompressedFiles, folder=STREAMLIT_FILES / "static"),
    ],
    lifespan=lifespan,
)
