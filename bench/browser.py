"""What a visitor's browser feels: paint, layout shift, response to a touch, bytes before the paint.

Chromium with an empty cache, on a wide screen at full speed and on a narrow one with
the processor slowed down four times, as a phone's is.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from bench.serving import PROJECT, Site

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
SLOWER = {"desktop": (1440, 1), "phone": (390, 4)}
PAGES = {"/": "/?lang=ko", "/testbeds": "/testbeds?lang=ko"}
#: Parts of the names of the files that draw charts and maps.
HEAVY = {"plotly": ("plotly",), "map": ("leaflet", "provinces", "st_folium", "streamlit_folium")}
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'
PATIENCE = 60_000
KB = 1_000

# Begins before the page's own scripts. The time of the first heading stands for the
# first paint that says something: what comes before is a grey shape.
OBSERVER = """() => {
    const seen = window.atlasBench = {lcp: 0, cls: 0, inp: 0, heading: 0};
    const watch = (type, note, more) => new PerformanceObserver(list => {
        for (const entry of list.getEntries()) note(entry);
    }).observe({type, buffered: true, ...more});
    watch("largest-contentful-paint", e => { seen.lcp = e.startTime; });
    watch("layout-shift", e => { if (!e.hadRecentInput) seen.cls += e.value; });
    watch("event", e => { if (e.interactionId) seen.inp = Math.max(seen.inp, e.duration); },
          {durationThreshold: 16});
    new MutationObserver((_, self) => {
        if (!document.querySelector('[data-testid="stHeading"], h1')) return;
        self.disconnect();
        requestAnimationFrame(() => { seen.heading = performance.now(); });
    }).observe(document, {childList: true, subtree: true});
}"""


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit with an empty cache; times in milliseconds since the address was entered.

    Attributes:
        heading: first paint with the page's title.
        lcp, cls, inp: largest contentful paint, layout shift, longest interaction.
        kb_before: kilobytes that had come when the title was painted.
        kb: kilobytes in all.
        heavy_before: files of charts and maps that were there before the title.
        heavy: the same files with the time at which they had come.
    """

    page: str
    device: str
    heading: float
    lcp: float
    cls: float
    inp: float
    kb_before: float
    kb: float
    heavy_before: tuple[str, ...]
    heavy: Mapping[str, float]


class _Traffic:
    """What came over the network, with the time: files and messages of the WebSocket."""

    def __init__(self, session: CDPSession) -> None:
        self.begun = 0.0
        self.came: list[tuple[float, int, str]] = []
        self._address: dict[str, str] = {}
        session.send("Network.enable")
        session.on("Network.requestWillBeSent", self._asked)
        session.on("Network.loadingFinished", self._finished)
        session.on("Network.webSocketFrameReceived", self._frame)

    def _asked(self, event: Mapping[str, Any]) -> None:
        self.begun = self.begun or event["timestamp"]
        self._address[event["requestId"]] = event["request"]["url"]

    def _note(self, event: Mapping[str, Any], size: float, name: str) -> None:
        self.came.append(((event["timestamp"] - self.begun) * 1000, int(size), name))

    def _finished(self, event: Mapping[str, Any]) -> None:
        path = urlsplit(self._address.get(event["requestId"], "")).path
        self._note(event, event["encodedDataLength"], path)

    def _frame(self, event: Mapping[str, Any]) -> None:
        # base64 of the unpacked message: the wire carries less
        self._note(event, len(event["response"]["payloadData"]) * 3 / 4, "")

    def before(self, milliseconds: float) -> float:
        """Kilobytes that had come at a time."""
        return round(sum(size for at, size, _ in self.came if at <= milliseconds) / KB, 1)

    def heavy(self) -> dict[str, float]:
        """Files of charts and maps with the time at which they had come."""
        parts = [part for names in HEAVY.values() for part in names]
        return {
            name.rsplit("/", 1)[-1]: round(at)
            for at, _, name in self.came
            if any(part in name.lower() for part in parts)
        }


def chromium_path() -> str:
    """The system's Chromium, or the one that ``CHROME_PATH`` names."""
    finder = [str(PROJECT / "tests" / "e2e" / "install-browser.sh"), "--find"]
    return os.environ.get("CHROME_PATH") or subprocess.check_output(finder, text=True).strip()


def _touch(page: Page) -> None:
    """Something that every page has and that runs the script: the language."""
    page.get_by_role("radio", name="English").or_(
        page.get_by_role("button", name="English")
    ).first.click()
    page.wait_for_selector(IDLE, state="attached")
    page.wait_for_timeout(500)


def visit(browser: Browser, site: Site, name: str, device: str) -> Visit:
    """Open a page with an empty cache and use it once."""
    width, slower = SLOWER[device]
    context = browser.new_context(viewport={"width": width, "height": 900}, locale="ko-KR")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    session = context.new_cdp_session(page)
    traffic = _Traffic(session)
    session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    page.add_init_script(f"({OBSERVER})()")
    page.goto(site.url + PAGES[name], wait_until="domcontentloaded")
    page.wait_for_selector(IDLE, state="attached")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1_000)
    shown = page.evaluate("window.atlasBench")
    kb = traffic.before(float("inf"))
    _touch(page)
    inp = page.evaluate("window.atlasBench.inp")
    context.close()
    heavy = traffic.heavy()
    return Visit(
        name,
        device,
        round(shown["heading"]),
        round(shown["lcp"]),
        round(shown["cls"], 3),
        round(inp),
        traffic.before(shown["heading"]),
        kb,
        tuple(file for file, at in heavy.items() if at <= shown["heading"]),
        heavy,
    )


def measure_browser(site: Site, repeats: int) -> list[Visit]:
    """The median visit (by largest paint) of each page and device."""
    found: list[Visit] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        for name in PAGES:
            for device in SLOWER:
                visits = [visit(browser, site, name, device) for _ in range(repeats)]
                found.append(_middle(visits))
        browser.close()
    return found


def _middle(visits: Sequence[Visit]) -> Visit:
    wanted = median(v.lcp for v in visits)
    return min(visits, key=lambda v: abs(v.lcp - wanted))
