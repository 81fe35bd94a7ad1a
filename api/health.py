"""Whether the process lives, and whether it should get visitors."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from analytics.coverage import tables_overview
from loaders.engine import engine_for
from loaders.serving import served

NO_STORE = {"Cache-Control": "no-store"}


async def live(_: Request) -> Response:
    """200 as long as the process answers; a supervisor restarts it when it does not."""
    state = served()
    status = "degraded" if state.fault else "ok"
    body = {"status": status, "snapshot": state.snapshot_id, "fault": state.fault or None}
    return JSONResponse(body, headers=NO_STORE)


def _self_check() -> str:
    """Why no visitor should come here; empty when one query over every table succeeds."""
    state = served()
    if state.snapshot_id is None:
        return state.fault
    try:
        rows = tables_overview(engine_for(state.snapshot_id)).frame["rows"]
    except Exception as error:
        return f"the engine does not answer: {type(error).__name__}"
    return "" if (rows > 0).any() else "the snapshot is empty"


async def ready(_: Request) -> Response:
    """200 when a snapshot is loaded and answers, also an earlier one than wanted; else 503."""
    fault = await run_in_threadpool(_self_check)
    body = {"status": "unavailable" if fault else "ready", "fault": fault or None}
    return JSONResponse(body, status_code=503 if fault else 200, headers=NO_STORE)


def health_routes() -> list[Route]:
    """``/healthz`` for the supervisor, ``/readyz`` for the proxy."""
    return [Route("/healthz", live), Route("/readyz", ready)]
