"""Response headers for every answer: what a browser may do with it.

docs/security.md explains the policies line by line.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": (
        "accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), "
        "microphone=(), payment=(), usb=()"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
}
HSTS = "max-age=31536000; includeSubDomains"
#: Frames of custom components: the map's frame runs the script that the server sends it.
COMPONENTS = "/component/"
#: Documents that this site makes itself, without any script.
OWN_DOCUMENTS = ("/api/", "/brief/")
DOCUMENTS = ("text/html", "image/svg+xml", "application/xml", "application/atom+xml", "text/xml")


def _sources(name: str) -> list[str]:
    """Origins from a comma-separated setting; whatever could end a directive is refused.

    Raises:
        ValueError: an entry is no origin.
    """
    found = [text.strip() for text in os.environ.get(name, "").split(",") if text.strip()]
    for text in found:
        parts = urlsplit(text)
        if parts.scheme not in ("http", "https") or set(text) & set(" ;,'\"") or parts.path:
            raise ValueError(f"{name}: {text!r} is not an origin such as https://example.go.kr")
    return found


def tile_origin() -> list[str]:
    """Where map tiles come from, when tiles are switched on."""
    parts = urlsplit(os.environ.get("ATLAS_TILES_URL", ""))
    host = parts.netloc.replace("{s}", "*")
    return [f"{parts.scheme}://{host}"] if parts.scheme in ("http", "https") and host else []


def _policy(directives: dict[str, Sequence[str]]) -> str:
    return "; ".join(f"{name} {' '.join(values)}" for name, values in directives.items())


def page_policy(script_hashes: Sequence[str]) -> str:
    """For the pages: scripts only from this host, and the shell's own by their hashes."""
    return _policy(
        {
            "default-src": ["'self'"],
            "script-src": ["'self'", *script_hashes],
            "style-src": ["'self'", "'unsafe-inline'"],
            "img-src": ["'self'", "data:", "blob:"],
            "font-src": ["'self'", "data:"],
            "connect-src": ["'self'"],
            "worker-src": ["'self'", "blob:"],
            "frame-src": ["'self'"],
            "object-src": ["'none'"],
            "base-uri": ["'self'"],
            "form-action": ["'none'"],
            "frame-ancestors": ["'self'", *_sources("ATLAS_FRAME_ANCESTORS")],
        }
    )


def component_policy() -> str:
    """For the frame of the map, whose library evaluates the script it is sent."""
    return _policy(
        {
            "default-src": ["'self'"],
            "script-src": ["'self'", "'unsafe-inline'", "'unsafe-eval'"],
            "style-src": ["'self'", "'unsafe-inline'"],
            "img-src": ["'self'", "data:", *tile_origin()],
            "connect-src": ["'self'"],
            "object-src": ["'none'"],
            "base-uri": ["'self'"],
            "form-action": ["'none'"],
            "frame-ancestors": ["'self'"],
        }
    )


def document_policy() -> str:
    """For everything else: readable as a document, but nothing in it runs."""
    return _policy(
        {
            "default-src": ["'none'"],
            "style-src": ["'self'", "'unsafe-inline'"],
            "img-src": ["'self'", "data:"],
            "font-src": ["'self'", "data:"],
            "base-uri": ["'none'"],
            "form-action": ["'none'"],
            "frame-ancestors": ["'self'", *_sources("ATLAS_FRAME_ANCESTORS")],
        }
    )


class SecurityHeaders:
    """Adds the headers to HTTP answers; WebSockets pass unchanged.

    ``page_policy`` is for Streamlit's front end, wherever its HTML is answered; an answer that
    brings a policy of its own keeps it.
    """

    def __init__(self, app: ASGIApp, page_policy: str) -> None:
        self.app = app
        self._page = page_policy
        self._component = component_policy()
        self._document = document_policy()

    def _policy_for(self, path: str, media_type: str) -> str | None:
        if not media_type.startswith(DOCUMENTS):
            return None  # a policy has a meaning only for what a browser shows as a document
        if path.startswith(OWN_DOCUMENTS) or not media_type.startswith("text/html"):
            return self._document
        return self._component if path.startswith(COMPONENTS) else self._page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; add the headers when the answer starts."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                media_type = headers.get("content-type", "")
                policy = self._policy_for(scope["path"], media_type)
                if policy is not None:
                    headers.setdefault("Content-Security-Policy", policy)
                if scope["scheme"] == "https":
                    headers.setdefault("Strict-Transport-Security", HSTS)
                # the server says nothing of itself
                del headers["server"]
            await send(message)

        await self.app(scope, receive, with_headers)
