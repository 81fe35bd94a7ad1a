"""Tools for language models and scripts (Model Context Protocol), read-only, off by default.

``ATLAS_MCP=1`` mounts them at ``/mcp`` (streamable HTTP, stateless). Every answer carries the
pages behind it; a model that quotes a number can name where it comes from.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Annotated, Any, Literal

from mcp.server import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from mcp.types import ToolAnnotations
from pydantic import Field
from starlette.applications import Starlette

from analytics import takeaway
from analytics.directory import near_matches
from analytics.profiles import Kind, profile
from analytics.result import Result
from analytics.source_pages import PageFilter, source_pages
from api.figures import document
from api.registry import FIGURES, FlowQuery, MilestoneQuery, MoneyByQuery
from loaders.engine import Runner, engine_for
from loaders.exports import plain_rows
from loaders.serving import served_id

PATH = "/mcp"
MAX_TEXT = 100
MAX_ROWS = 100
#: A request is a question of a few lines.
MAX_BODY = 64 * 2**10
READ_ONLY = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
INSTRUCTIONS = (
    "Facts about Korea's smart-city pilots: programmes, testbeds, pilots, public money and "
    "investment, each with the public page it comes from. Quote the pages under 'sources'. "
    "An empty value means unknown, not zero. Announced, budgeted, awarded and spent money must "
    "not be added to each other. 'After' is an order in time, not a cause."
)
Query = Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]


def _run() -> tuple[Runner, str]:
    snapshot_id = served_id()
    if snapshot_id is None:
        raise RuntimeError("No data are being served yet.")
    return engine_for(snapshot_id), snapshot_id


def _listed(run: Runner, result: Result) -> dict[str, Any]:
    """Rows of a list, with how many there are and the pages they come from."""
    return {
        "rows": plain_rows(result.frame.head(MAX_ROWS)),
        "rows_total": len(result.frame),
        "sources": takeaway.sources_of(run, result),
    }


def _figure(name: str, query: Any) -> dict[str, Any]:
    run, snapshot_id = _run()
    figure = FIGURES[name]
    result = replace(figure.ask(run, query), method=figure.computed_by)
    answer = document(figure, result, query, run)
    answer["rows"] = answer["rows"][:MAX_ROWS]
    del answer["behind"]  # keys of rows: for the API's own readers
    return {"snapshot": snapshot_id, **answer}


def search(text: Query, kind: Kind = "company") -> dict[str, Any]:
    """Entities whose Korean or English name or id comes near to a text, the nearest first.

    kind: what is preferred among equals: company, investor, testbed or program.
    """
    run, snapshot_id = _run()
    return {"snapshot": snapshot_id, **_listed(run, near_matches(run, text, kind, limit=20))}


def get_profile(kind: Kind, id: Query) -> dict[str, Any]:
    """Everything known about one entity, each part with its sources; ids come from `search`."""
    run, snapshot_id = _run()
    found = profile(run, kind, id)
    if found is None:
        raise ValueError(f"No {kind} has this id. Use the search tool to find ids.")
    parts = {f.name: getattr(found, f.name) for f in fields(found)}
    known = {
        name: _listed(run, part)
        for name, part in parts.items()
        if isinstance(part, Result) and len(part.frame)
    }
    return {"snapshot": snapshot_id, "kind": kind, "id": id, **known}


def funnel(query: MilestoneQuery) -> dict[str, Any]:
    """How many pilots reached each stage, from selection to contract and export."""
    return _figure("milestone_funnel", query)


def money(query: MoneyByQuery) -> dict[str, Any]:
    """Public money by group, the bases announced, budgeted, awarded and spent kept apart."""
    return _figure("money_by", query)


def linkage(query: FlowQuery) -> dict[str, Any]:
    """Pilot companies by origin, stage reached and first round surely after their pilot."""
    return _figure("linkage_flows", query)


def list_sources(
    text: Annotated[str, Field(max_length=MAX_TEXT)] = "", language: Literal["", "ko", "en"] = ""
) -> dict[str, Any]:
    """Public pages that facts were taken from, by publisher or address, newest first."""
    run, snapshot_id = _run()
    pages = source_pages(run, PageFilter(text, (language,) if language else ()))
    rows = plain_rows(pages.frame.head(MAX_ROWS))
    return {"snapshot": snapshot_id, "rows": rows, "rows_total": len(pages.frame)}


TOOLS: tuple[Callable[..., dict[str, Any]], ...] = (
    search,
    get_profile,
    funnel,
    money,
    linkage,
    list_sources,
)


def server(version: str) -> MCPServer[Any]:
    """The server with its tools."""
    made: MCPServer[Any] = MCPServer(
        "testbed-atlas-korea", "Testbed Atlas Korea", instructions=INSTRUCTIONS, version=version
    )
    for tool in TOOLS:
        made.tool(annotations=READ_ONLY)(tool)
    return made


def application(made: MCPServer[Any], hosts: list[str]) -> Starlette:
    """The tools as an application to mount; its session manager must run while it serves.

    ``hosts``: names under which the site answers; any when it has only ``*``.
    """
    named = [host for host in hosts if host != "*"]
    security = TransportSecuritySettings(
        enable_dns_rebinding_protection=bool(named),
        allowed_hosts=[*named, *(f"{host}:*" for host in named)],
    )
    return made.streamable_http_app(
        streamable_http_path="/",
        json_response=True,
        stateless_http=True,
        max_request_body_size=MAX_BODY,
        transport_security=security,
    )
