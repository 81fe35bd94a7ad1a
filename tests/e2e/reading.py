"""What a page is like to read: for a program that checks access, for the eye, in its language."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from html import unescape

from axe_playwright_python.sync_playwright import Axe
from babel.messages.pofile import read_po
from playwright.sync_api import Page

from loaders.package import PROJECT_ROOT, Lang
from tests.support import DATA

GRAVE = ("serious", "critical")
#: Rules of axe that only Streamlit could satisfy, with the reason; none of them is grave.
MODERATE = {
    "landmark-unique": "two page controls of one page share Streamlit's fixed name “Pagination”",
    "landmark-one-main": "Streamlit names its main region by a section element",
    "region": "Streamlit's header and the language switch stand outside its main region",
    "scrollable-region-focusable": "tables take the focus on their canvas, not on its frame",
}

# Sum of the unexpected shifts since the page was opened (Layout Instability API).
WATCH_SHIFTS = """() => {
    window.atlasShifts = [];
    new PerformanceObserver(list => {
        for (const e of list.getEntries()) if (!e.hadRecentInput) window.atlasShifts.push(e.value);
    }).observe({type: "layout-shift", buffered: true});
}"""

# Pieces of text that lie over one another. Tables are drawn on a canvas and are left out.
OVERLAPS = """() => {
    const css = "h1,h2,h3,h4,p,li,label,button,a,summary,.ytick text,.xtick text,.annotation-text";
    const boxes = [];
    for (const e of document.querySelectorAll(css)) {
        if (!e.checkVisibility() || !e.textContent.trim()) continue;
        if (e.closest("[data-testid=stHeader],[data-testid=stToolbar],[role=dialog]")) continue;
        if (e.closest(".atlas-skip")) continue;
        const box = e.getBoundingClientRect();
        if (box.width > 2 && box.height > 2) boxes.push([e, box]);
    }
    const found = [];
    for (let i = 0; i < boxes.length; i++) for (let j = i + 1; j < boxes.length; j++) {
        const [a, x] = boxes[i], [b, y] = boxes[j];
        if (a.contains(b) || b.contains(a)) continue;
        const wide = Math.min(x.right, y.right) - Math.max(x.left, y.left);
        const high = Math.min(x.bottom, y.bottom) - Math.max(x.top, y.top);
        if (wide > 4 && high > 4) {
            found.push([a, b].map(e => e.textContent.trim().slice(0, 40)).join(" | "));
        }
    }
    return found.slice(0, 6);
}"""

# Text that its own box cuts off without an ellipsis or a way to scroll.
CLIPPED = """() => {
    const found = [];
    for (const e of document.querySelectorAll(
        "[data-testid=stMain] :is(h1,h2,h3,p,li,label,button)")) {
        if (!e.checkVisibility()) continue;
        const style = getComputedStyle(e);
        const cut = style.overflowX === "hidden" && e.scrollWidth > e.clientWidth + 2;
        if (cut && style.textOverflow !== "ellipsis") found.push(e.textContent.trim().slice(0, 60));
    }
    return found.slice(0, 6);
}"""

TEXTS = """() => {
    const texts = [document.title, document.body.innerText];
    for (const e of document.querySelectorAll("[aria-label],[alt],[title],[placeholder],canvas")) {
        for (const name of ["aria-label", "alt", "title", "placeholder"]) {
            texts.push(e.getAttribute(name) ?? "");
        }
        if (e.tagName === "CANVAS") texts.push(e.innerText ?? "", e.textContent);
    }
    return texts.join("\\n");
}"""

_WORD = {"ko": re.compile(r"[A-Za-z][A-Za-z'’]{2,}"), "en": re.compile(r"[가-힣ㄱ-ㅎ]+")}
_ADDRESS = re.compile(r"(?:https?://|mailto:|s-)\S+")
#: What Streamlit itself says, outside the reach of the catalogues, and names of keys.
_STREAMLIT = """
    Deploy Stop Running Rerun Settings Print Record screencast About Clear cache Streamlit Main menu
    Fullscreen View fullscreen Close Download Search Toolbar Show hide columns Copy App Skip
    Pagination page Previous Next Go Open Select all Clear Press Enter apply stDataFrame Selected
    values keyboard_arrow_right keyboard_double_arrow_right keyboard_double_arrow_left Shortcut Alt
    Tab Space Esc Ctrl Remove Choose options option Selection more help Help for dialog selected
    streamlit_folium folium Made with Edit Loading data table grid press button
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """A violation that axe found."""

    rule: str
    impact: str
    where: str


def audit(page: Page) -> list[Finding]:
    """What axe-core says of the page as it is drawn now."""
    return [
        Finding(rule["id"], rule["impact"], node["html"][:200])
        for rule in Axe().run(page).response["violations"]
        for node in rule["nodes"]
    ]


@cache
def _vocabulary(lang: Lang) -> frozenset[str]:
    """Every word of the other script that texts of this language hold."""
    texts: list[str] = [_STREAMLIT]
    other = {"ko": "_en", "en": "_ko"}[lang]
    for path in DATA.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                for column, text in row.items():
                    # English readers get Korean names in parentheses
                    if not column.endswith(other) or (lang == "en" and "name" in column):
                        texts.append(text)
    catalogue = PROJECT_ROOT / "locales" / lang / "LC_MESSAGES" / "messages.po"
    with catalogue.open("rb") as handle:
        for message in read_po(handle, locale=lang):
            said = message.string or (message.id if lang == "en" else "")
            texts += [said] if isinstance(said, str) else list(said)
    texts.append((DATA / "datapackage.json").read_text("utf-8") if lang == "ko" else "한국어")
    return frozenset(word.casefold() for word in _WORD[lang].findall("\n".join(texts)))


def foreign_words(page: Page, lang: Lang) -> list[str]:
    """Words in the other language's script that no text of this language holds."""
    shown = _ADDRESS.sub(" ", unescape(page.evaluate(TEXTS)))
    known = _vocabulary(lang)
    return sorted({w for w in _WORD[lang].findall(shown) if w.casefold() not in known})
