"""Nothing but reading: GET, HEAD as GET without a body, and a bound on the address."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import problem_response

ALLOWED = ("GET", "HEAD")
MAX_QUERY = 32_000


class ReadOnly:
    """Answers 405 to every other method and 414 to an address that is too long."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass the request on as a GET."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if scope["method"] not in ALLOWED:
            refusal = problem_response(
                405, "Only GET and HEAD exist here.", [], {"Allow": ", ".join(ALLOWED)}
            )
            await refusal(scope, receive, send)
            return
        if len(scope["query_string"]) > MAX_QUERY:
            refusal = problem_response(414, f"The query is longer than {MAX_QUERY} bytes.", [])
            await refusal(scope, receive, send)
            return
        if scope["method"] == "GET":
            await self.app(scope, receive, send)
            return

        async def without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self.app({**scope, "method": "GET"}, receive, without_body)
