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

# What the theme has no option for: Korean breaks between words, not inside them; the link
# that skips the menu; readable words on the accent, which is light on the dark page; less
# motion for who asks for it; a page on paper without controls.
_STYLE = """<style>
body .stApp :is(h1,h2,h3,h4,p,li,label,td,th){word-break:keep-all;overflow-wrap:break-word}
.atlas-skip{position:absolute;left:-999em;top:0;z-index:1000000;padding:.7em 1.1em;
  background:#fff;color:#0f6b8c;font:600 1rem system-ui,sans-serif;border:2px solid #0f6b8c}
.atlas-skip:focus{left:.5em;top:.5em}
/* Streamlit's own such link speaks English only, and asks for a font that the theme does not use */
[data-testid=stSkipToContent]{display:none!important}
.st-key-answer p{font-size:1.15rem;line-height:1.5;margin:0 0 1rem}
/* A table shows the focus inside its picture, and not before a cell is chosen */
[data-testid=stDataFrameResizable]:has(:focus-visible){
  outline:2px solid;outline-offset:1px}
/* Flows with words in three columns need more room than a phone has; the table holds the same */
@media (max-width:640px){.st-key-chart-linkage{overflow-x:auto}
  .st-key-chart-linkage>*{min-width:35rem}}
/* The place of what is drawn by code that comes after the page */
.st-key-late-answer{min-height:8.2rem}
@media (max-width:640px){.st-key-late-answer{min-height:17.8rem}
  .st-key-param-view [data-testid=stSkeleton]{height:3.75rem!important}
  .st-key-swatches-stages{min-height:40.8rem!important}
  .st-key-swatches-categories{min-height:31rem!important}
  .st-key-swatches-maps{min-height:11.8rem!important}}
.st-key-swatches-stages{min-height:12.4rem}
.st-key-swatches-categories{min-height:8.3rem}
[class*=st-key-drawn-]{min-height:calc(min(420px,100vw - 2rem)*1.404)}
[class*=st-key-place-] [data-testid=stSkeleton]{width:4.5rem}
.st-key-language-switch [data-testid=stSkeleton]{width:9.5rem}
[data-testid=stMainBlockContainer]{max-width:none!important}
[class*=st-key-param-] [data-testid=stSkeleton]{height:4.25rem}
[class*=-page-] [data-testid=stSkeleton],.st-key-param-view [data-testid=stSkeleton],
  .st-key-language-switch [data-testid=stSkeleton]{height:2rem}
[class*=st-key-switch-] [class*=st-key-param-] [data-testid=stSkeleton]{height:1.5rem}
[class*=st-key-figure-n-] [data-testid=stElementContainer]:first-child [data-testid=stSkeleton]{
  height:79px}
.st-key-map-frame{min-height:567px}
[data-tag] *,[data-testid=stBaseButton-primary] *{color:light-dark(#fff,#12181e)!important}
@media (prefers-reduced-motion:reduce){*,*::before,*::after{animation-duration:.01ms!important;
  animation-iteration-count:1!important;transition-duration:.01ms!important;
  scroll-behavior:auto!important}}
@media print{
  header,.atlas-skip,[data-testid=stToolbar],[data-testid=stStatusWidget],.stButton,
  .stDownloadButton,.stSegmentedControl,.stButtonGroup,.stSelectbox,.stMultiSelect,.stTextInput,
  .stSlider,.stCheckbox,.stPopover,.stPageLink,.modebar{display:none!important}
  .stApp,.stMain,.stAppViewContainer{position:static!important;overflow:visible!important;
    height:auto!important;color-scheme:light}
  .stMainBlockContainer{padding:0!important;max-width:none!important}
  .stPlotlyChart,.stImage,.stMetric,.stDataFrame,h2,h3{break-inside:avoid}
  h1,h2,h3{break-after:avoid}
  @page{size:A4;margin:14mm}
}
</style>"""
_SKIP = {"ko": "본문으로 건너뛰기", "en": "Skip to the content"}
# The main part of the page is drawn later, so the link looks for it when it is used.
_SKIP_SCRIPT = """<script>addEventListener("click", event => {
  if (!event.target.closest?.(".atlas-skip")) return;
  event.preventDefault();
  const main = document.querySelector("[data-testid=stMain] h1");
  if (main) { main.tabIndex = -1; main.focus(); main.scrollIntoView(); }
})</script>"""
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
    index: str, lang: Lang, title: str, description: str, icon: str, structured: str = ""
) -> str:
    """Streamlit's shell with our head; ``structured``: a finished script element for it."""
    head = (
        f"<title>{escape(title)}</title>"
        f'<meta name="description" content="{escape(description, quote=True)}" />'
        f"{_STYLE}{_ORIGIN_SCRIPT}{_ADDRESS_SCRIPT}{_SKIP_SCRIPT}{structured}"
    )
    page = re.sub(r'<html lang="[^"]*">', f'<html lang="{lang}">', index, count=1)
    page = re.sub(r"<title>.*?</title>", lambda _: head, page, count=1, flags=re.DOTALL)
    page = page.replace("./favicon.png", icon, 1)
    words = _SKIP[lang]
    skip = f'<nav aria-label="{words}"><a class="atlas-skip" href="#root">{words}</a></nav>'
    page = page.replace("<body>", f"<body>{skip}", 1)
    # the theme has fonts of its own: nobody should wait for one that no page shows
    page = re.sub(r"<link\s+rel=\"preload\"[^>]*as=\"font\"[^>]*>", "", page)
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
