"""One reader's view of a page: opened, watched, and waited for by its state, never by seconds."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal, Self
from urllib.parse import parse_qs, urlencode, urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Error,
    Frame,
    Locator,
    Page,
    Route,
    WebSocket,
    expect,
)

from bench.serving import Site

Theme = Literal["light", "dark"]

# Generous, because it only bounds a failure: two cores may be shared with other work.
PATIENCE = 30_000
DESKTOP, PHONE = 1440, 390
LOCALES = {"ko": "ko-KR", "en": "en-GB"}

APP = '[data-testid="stApp"]'
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'
EXCEPTION = '[data-testid="stException"]'
WARNING = '[data-testid="stAlert"]'
MAP_FRAME = 'iframe[title*="st_folium"]'

# What the page shows later than its script ends: charts, tables and the map
# (those in a closed expander wait until it is opened).
DRAWN = """() => {
    const all = (css, ok) => [...document.querySelectorAll(css)]
        .every(e => !e.checkVisibility() || ok(e));
    return all('[data-testid="stSkeleton"]', () => false)
        && all('[data-testid="stPlotlyChart"]', e => e.querySelector("svg.main-svg"))
        && all('[data-testid="stDataFrame"]', e => e.querySelector("canvas"))
        && all('iframe[title*="st_folium"]', e => e.clientHeight > 100);
}"""
# Waits until nothing has changed its place for a quarter of a second.
STILL = """() => new Promise(done => {
    const css = "[data-testid=stElementContainer],svg.main-svg,iframe,h1";
    const now = () => [...document.querySelectorAll(css)].map(e => {
        const box = e.getBoundingClientRect();
        return [box.x, box.y, box.width, box.height].map(Math.round).join();
    }).join(";");
    let last = now(), since = performance.now();
    const look = () => {
        const seen = now();
        if (seen !== last) { last = seen; since = performance.now(); }
        if (performance.now() - since > 250) done(); else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
})"""
# Every unexpected shift since the page was opened (Layout Instability API).
WATCH_SHIFTS = """(() => {
    window.atlasShifts = [];
    new PerformanceObserver(list => {
        for (const e of list.getEntries()) {
            if (e.hadRecentInput) continue;
            const what = e.sources.map(s => (s.node?.textContent ?? "").trim().slice(0, 40));
            window.atlasShifts.push([e.value, what]);
        }
    }).observe({type: "layout-shift", buffered: true});
})()"""
FITS = """() => [document.documentElement, document.querySelector('[data-testid="stMain"]')]
    .every(e => e.scrollWidth <= e.clientWidth + 1)"""
WIDEST = """() => {
    const width = document.documentElement.clientWidth, found = [];
    for (const e of document.querySelectorAll('[data-testid="stMain"] *')) {
        const box = e.getBoundingClientRect();
        if (box.right > width + 1) {
            found.push(`${e.tagName} ${e.dataset.testid ?? ""} ${Math.round(box.right)} px`);
        }
    }
    return found.slice(0, 8);
}"""


@dataclass
class Watch:
    """What must not happen behind a page, written down when it does."""

    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    #: messages from the page to the server, each of which runs a script
    sent: int = 0

    def attach(self, context: BrowserContext, host: str) -> None:
        """Keep the context on ``host`` and write down errors and attempts to leave."""

        def gate(route: Route) -> None:
            address = urlsplit(route.request.url)
            if address.scheme in ("data", "blob") or address.netloc == host:
                route.continue_()
            else:
                self.foreign.append(route.request.url)
                route.abort()

        def count(_: object) -> None:
            self.sent += 1

        def socket(web_socket: WebSocket) -> None:
            web_socket.on("framesent", count)
            if urlsplit(web_socket.url).netloc != host:
                self.foreign.append(web_socket.url)

        def console(message: ConsoleMessage) -> None:
            if message.type == "error":
                self.errors.append(f"{message.text} ({message.location.get('url', '')})")

        def failed(error: Error) -> None:
            self.errors.append(f"uncaught: {error}")

        def dialog(shown: Dialog) -> None:
            self.dialogs.append(shown.message)
            shown.dismiss()

        def page(opened: Page) -> None:
            opened.on("pageerror", failed)
            opened.on("dialog", dialog)
            opened.on("websocket", socket)

        context.route("**/*", gate)
        context.on("console", console)
        context.on("page", page)


@dataclass
class View:
    """An open page of the site."""

    page: Page
    site: Site
    watch: Watch

    @classmethod
    def open(
        cls, browser: Browser, site: Site, path: str, lang: str, width: int, theme: Theme
    ) -> Self:
        """A new visitor opens ``path``; with ``lang`` "" nothing is added to it."""
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=theme,
            locale=LOCALES.get(lang, "ko-KR"),
            accept_downloads=True,
        )
        context.set_default_timeout(PATIENCE)
        context.add_init_script(WATCH_SHIFTS)
        watch = Watch()
        watch.attach(context, urlsplit(site.url).netloc)
        view = cls(context.new_page(), site, watch)
        view.go(path if not lang else with_params(path, lang=lang))
        return view

    def go(self, path: str) -> None:
        """Load an address of the site and wait until all of it is drawn."""
        self.page.goto(self.site.url + path, wait_until="domcontentloaded")
        self.settle()

    def settle(self) -> None:
        """Wait until the script has ended and its last element, the footer, is there."""
        self.page.wait_for_selector(IDLE, state="attached")
        exception = self.page.locator(EXCEPTION)
        expect(self.footer.or_(exception).first).to_be_attached(timeout=PATIENCE)
        assert not exception.count(), f"exception: {exception.first.inner_text()}"
        self.page.wait_for_selector(IDLE, state="attached")
        self.page.wait_for_function(DRAWN)

    @property
    def footer(self) -> Locator:
        """The line at the end of every page that names the snapshot."""
        return self.page.get_by_test_id("stCaptionContainer").filter(has_text=self.site.snapshot_id)

    @property
    def title(self) -> Locator:
        """The page's heading."""
        return self.page.get_by_role("heading", level=1)

    def param(self, name: str) -> str | None:
        """A parameter of the address bar."""
        values = parse_qs(urlsplit(self.page.url).query).get(name)
        return values[-1] if values else None

    @property
    def params(self) -> dict[str, str]:
        """All parameters of the address bar."""
        return {k: v[-1] for k, v in parse_qs(urlsplit(self.page.url).query).items()}

    def wait_for_param(self, name: str, value: str) -> None:
        """Wait until the address bar says so, then until the page has followed."""
        pair = re.escape(urlencode({name: value}))
        self.page.wait_for_url(re.compile(rf"[?&]{pair}(&|$)"))
        self.settle()

    def wait_for_path(self, path: str) -> None:
        """Wait until another page of the site is there."""
        self.page.wait_for_url(re.compile(re.escape(self.site.url + path) + r"/?(\?|$)"))
        self.settle()

    def choose(self, key: str, words: str) -> None:
        """Pick ``words`` in the select box or multi-select with this widget key."""
        box = self.page.locator(f".st-key-{key}")
        box.get_by_role("combobox").click()
        self.page.get_by_role("option", name=words, exact=True).click()
        self.page.keyboard.press("Escape")

    def chosen(self, key: str) -> str:
        """What the widget with this key shows."""
        return self.page.locator(f".st-key-{key}").inner_text()

    def map_frame(self) -> Frame:
        """The frame that the map lives in, once Leaflet has drawn the points."""
        handle = self.page.wait_for_selector(MAP_FRAME)
        frame = handle.content_frame() if handle else None
        assert frame, "the map has no frame"
        frame.wait_for_function(
            "() => window.map && document.querySelector('.leaflet-container canvas')"
        )
        return frame

    def resize(self, width: int) -> None:
        """Give the window another width and wait until the page has followed."""
        self.page.set_viewport_size({"width": width, "height": 900})
        self.still()

    def fits(self, width: int) -> None:
        """Fail when the page is wider than a window of ``width`` pixels."""
        self.resize(width)
        try:
            self.page.wait_for_function(FITS, timeout=5_000)
        except Error:
            raise AssertionError(f"wider than {width} px: {self.page.evaluate(WIDEST)}") from None

    def still(self) -> None:
        """Wait until everything is drawn and nothing moves any more."""
        self.page.wait_for_function(DRAWN)
        self.page.evaluate(STILL)

    def shifts(self) -> list[tuple[float, list[str]]]:
        """Unexpected shifts so far: how far, and the words that moved."""
        return [(value, words) for value, words in self.page.evaluate("atlasShifts")]

    def clean(self) -> None:
        """Fail when anything went wrong behind the page."""
        expect(self.page.locator(EXCEPTION)).to_have_count(0)
        seen = self.watch
        assert not (seen.errors or seen.foreign or seen.dialogs), seen


def with_params(path: str, **params: str) -> str:
    """``path`` with more parameters."""
    return path + ("&" if "?" in path else "?") + urlencode(params)
