"""What a hostile text would leave behind in a browser if it were more than text."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import Frame, Request

from tests.e2e.browsing import DESKTOP, PHONE, View
from tests.security.hostile import CANARY, FLAG, MARK

#: Markup that was read as markup: the word stands without the sign in front of it; an icon,
#: an emoji or a formula appears where there was text; an address that runs code.
_TRACES = f"""() => {{
    const found = [];
    const signed = /[*_`~#>\\-.|!\\[\\](){{}}+$:;\\/\\\\] ?\\n?$/;
    const nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = nodes.nextNode(); node; node = nodes.nextNode()) {{
        const text = node.data, above = node.parentElement;
        if (!text.includes("{MARK}") || above.closest("script,style")) continue;
        // a chart breaks its labels where it likes; it knows links and bold letters of HTML
        if (above.closest("svg") && !above.closest("svg a, svg tspan[style*=font]")) continue;
        const bare = text.split("{MARK}").slice(0, -1).find(part => !signed.test(part));
        if (bare === undefined) continue;
        const place = above.closest("[data-testid]")?.dataset.testid ?? above.parentElement.tagName;
        const around = above.parentElement.textContent.slice(0, 120);
        found.push(`markup: ${{above.tagName}} in ${{place}}: ${{bare.slice(-30)}} | ${{around}}`);
    }}
    for (const e of document.querySelectorAll("*")) {{
        for (const a of e.attributes) {{
            const value = a.value.trim().toLowerCase().replace(/[\\s\\x00-\\x1f]/g, "");
            if (/^on/.test(a.name) && value.includes("{FLAG}")) found.push(`handler: ${{a.name}}`);
            if (["href", "src", "xlink:href", "action", "formaction", "data"].includes(a.name)
                && /^(javascript|vbscript|data:text|file)/.test(value)
                && !value.startsWith("data:text/css"))
                found.push(`address: ${{a.value.slice(0, 80)}}`);
        }}
    }}
    const elsewhere = [...document.querySelectorAll("a[target=_blank]")]
        .filter(a => !/noopener|noreferrer/.test(a.rel));
    if (elsewhere.length) found.push(`opener: ${{elsewhere[0].outerHTML.slice(0, 120)}}`);
    // a report of an error in a figure goes to nobody in particular
    const led = [...document.querySelectorAll("a[href]")]
        .find(a => a.hostname.includes("{CANARY}") || /^mailto:(?!\\?subject=)/.test(a.href));
    if (led) found.push(`link: ${{led.closest("[data-testid]")?.dataset.testid}} ${{led.href}}`);
    if (document.querySelector(".katex")) found.push("a formula was set");
    if (document.querySelector("base, meta[http-equiv=refresh], form[action], object, embed"))
        found.push("an element of the data is in the page");
    if (window.{FLAG}) found.push("a script ran");
    return found;
}}"""


class Canary:
    """Watches one visitor; `findings` tells everything that went wrong."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.asked: list[str] = []
        view.page.context.on("request", self._asked)

    def _asked(self, request: Request) -> None:
        address = urlsplit(request.url)
        if CANARY in address.path.lower() or CANARY in address.netloc.lower():
            self.asked.append(request.url[:200])

    def _in_frame(self, frame: Frame) -> list[str]:
        traces: list[str] = frame.evaluate(_TRACES)
        return traces

    def findings(self, *, layout: bool = True) -> list[str]:
        """What is wrong now; with ``layout`` also whether the page fits its windows."""
        found = [trace for frame in self.view.page.frames for trace in self._in_frame(frame)]
        if layout:
            for width in (PHONE, DESKTOP):
                try:
                    self.view.fits(width)
                except AssertionError as error:
                    found.append(str(error))
        watch = self.view.watch
        found += [f"asked for {address}" for address in self.asked]
        found += [f"console: {text[:300]}" for text in watch.errors]
        found += [f"another host: {address[:200]}" for address in watch.foreign]
        found += [f"dialog: {text[:80]}" for text in watch.dialogs]
        self.asked.clear()
        for seen in (watch.errors, watch.foreign, watch.dialogs):
            seen.clear()
        return found
