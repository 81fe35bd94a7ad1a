"""The HTML page that a browser or a crawler gets before anything runs.

Streamlit's own shell says ``lang="en"`` and "Streamlit" for every page; ours says
the page's language, title and description. It also tells the front end where its
server is, so that it need not probe addresses below the page (which fail).
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from api.dataset import script
from api.feeds import base_url
from loaders.package import Lang

LanguageChoice = Callable[[str | None, str | None, str | None], Lang]

# Korean breaks between words, not inside them; the theme has no option for it.
_STYLE = (
    "<style>body :is(h1,h2,h3,h4,p,li,label,td,th){word-break:keep-all;"
    "overflow-wrap:break-word}</style>"
)
# The front end makes a history entry of every address the server sets. One that only adds
# the language is the same view: it replaces the entry, so that Back leaves the page at
# once. The document's language follows the address, also after a switch on the page.
_ADDRESS_SCRIPT = """<script>(() => {
const url = address => new URL(address ?? "", location.href);
const bare = address => { const u = url(address); u.searchParams.delete("lang"); return u.href; };
const follow = () => {
  const lang = url().searchParams.get("lang");
  if (lang === "ko" || lang === "en") document.documentElement.lang = lang;
};
const replace = history.replaceState.bind(history), push = history.pushState.bind(history);
history.replaceState = (...entry) => { replace(...entry); follow(); };
history.pushState = (...entry) => {
  const same = !url().searchParams.has("lang") && bare(entry[2]) === bare();
  (same ? replace : push)(...entry);
  follow();
};
addEventListener("popstate", follow);
})()</script>"""
_ORIGIN_SCRIPT = (
    "<script>window.__streamlit={BACKEND_BASE_URL:location.origin,"
    "MAIN_PAGE_BASE_URL:location.origin}</script>"
)


@dataclass(frozen=True, slots=True)
class ShellPage:
    """Address, title and description of a page, by language."""

    path: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    describes_data: bool = False


def render(
    index: str, lang: str, title: str, description: str, icon: str, structured: str = ""
) -> str:
    """Streamlit's shell with our head; ``structured``: a finished script element for it."""
    head = (
        f"<title>{escape(title)}</title>"
        f'<meta name="description" content="{escape(description, quote=True)}" />'
        f"{_STYLE}{_ORIGIN_SCRIPT}{_ADDRESS_SCRIPT}{structured}"
    )
    page = re.sub(r'<html lang="[^"]*">', f'<html lang="{lang}">', index, count=1)
    page = re.sub(r"<title>.*?</title>", lambda _: head, page, count=1, flags=re.DOTALL)
    page = page.replace("./favicon.png", icon, 1)
    # the agent endpoint is switched off; do not advertise it
    return re.sub(
        r"<!--(?:(?!-->).)*agent API.*?-->\s*<link rel=\"service-desc\"[^>]*>",
        "",
        page,
        count=1,
        flags=re.DOTALL,
    )


def script_hashes(index: str) -> list[str]:
    """What a content security policy calls the shell's own scripts, one source each."""
    shell = render(index, "ko", "", "", "")
    scripts = re.findall(r"<script>(.*?)</script>", shell, flags=re.DOTALL)
    digests = (sha256(text.encode()).digest() for text in scripts)
    return [f"'sha256-{b64encode(digest).decode()}'" for digest in digests]


def shell_routes(
    index: str, pages: Sequence[ShellPage], choose: LanguageChoice, icon: str
) -> list[Route]:
    """One route for each page of the site; ``index``: Streamlit's own shell."""

    def endpoint(page: ShellPage) -> Callable[[Request], Response]:
        def answer(request: Request) -> Response:
            preferred = request.headers.get("accept-language", "").split(",")[0]
            lang = choose(request.query_params.get("lang"), None, preferred)
            structured = script(lang, base_url(request)) if page.describes_data else ""
            html = render(index, lang, page.title[lang], page.description[lang], icon, structured)
            return HTMLResponse(
                html, headers={"Cache-Control": "no-cache", "Vary": "Accept-Language"}
            )

        return answer

    return [Route(f"/{page.path}", endpoint(page), methods=["GET"]) for page in pages]
