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
}

# Pieces of text that lie over one another. Tables are drawn on a canvas and are left out.
OVERLAPS = """() => {
    const css = "h1,h2,h3,h4,p,li,label,button,a,summary,.ytick text,.xtick text,.annotation-text";
    const found = [], boxes = [];
    for (const e of document.querySelectorAll(css)) {
        if (!e.checkVisibility() || !e.textContent.trim()) continue;
        if (e.closest("[data-testid=stHeader],[data-testid=stToolbar],.atlas-skip")) continue;
        // behind an open dialog the page is only background
        if (document.querySelector("[role=dialog]") && !e.closest("[role=dialog]")) continue;
        const box = e.getBoundingClientRect();
        if (box.width > 2 && box.height > 2) boxes.push([e, box]);
    }
    const cover = (x, y) => Math.min(x.right, y.right) - Math.max(x.left, y.left) > 4
        && Math.min(x.bottom, y.bottom) - Math.max(x.top, y.top) > 4;
    // the lines of the text themselves, without paddings and what a list has scrolled away
    const lines = e => {
        const range = document.createRange();
        range.selectNodeContents(e);
        const frames = [];
        for (let p = e.parentElement; p; p = p.parentElement) {
            if (/auto|scroll/.test(getComputedStyle(p).overflowY)) {
                frames.push(p.getBoundingClientRect());
            }
        }
        return [...range.getClientRects()].filter(
            r => r.width > 2 && frames.every(f => r.bottom > f.top + 4 && r.top < f.bottom - 4));
    };
    boxes.sort(([, x], [, y]) => x.top - y.top);
    for (let i = 0; i < boxes.length; i++) {
        const [a, x] = boxes[i];
        for (let j = i + 1; j < boxes.length && boxes[j][1].top < x.bottom; j++) {
            const [b, y] = boxes[j];
            if (a.contains(b) || b.contains(a) || !cover(x, y)) continue;
            const others = lines(b);
            if (lines(a).some(r => others.some(o => cover(r, o)))) {
                const words = [a, b].map(e => e.textContent.trim().slice(0, 40));
                found.push(words.join(" | "));
            }
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

# Everything that is read, shown or told; icons are drawn by the names of their letters.
TEXTS = """() => {
    const texts = [document.title];
    const walk = node => {
        if (node.nodeType === Node.TEXT_NODE) return texts.push(node.textContent);
        if (node.nodeType !== Node.ELEMENT_NODE) return;
        if (node.matches("script,style,[data-testid*=Icon]")) return;
        if (!node.checkVisibility() && !node.closest("canvas,title,desc")) return;
        for (const name of ["aria-label", "alt", "title", "placeholder", "data-title"]) {
            if (node.hasAttribute(name)) texts.push(node.getAttribute(name));
        }
        node.childNodes.forEach(walk);
    };
    walk(document.body);
    return texts.join("\\n");
}"""

# Off by default in axe, but part of WCAG 2.2: targets of 24 pixels, or with room around them.
_OPTIONS = {"rules": {"target-size": {"enabled": True}}}
_WORD = {"ko": re.compile(r"[A-Za-z][A-Za-z'’]{2,}"), "en": re.compile(r"[가-힣ㄱ-ㅎ]+")}
# Addresses, the ids of sources, colours, and words cut short.
_NO_WORD = re.compile(
    r"(?:https?://|mailto:|\bs-|/?\w+\?id=)\S+|/\w+\?\S+|#[0-9A-F]{6}\b|\b[0-9a-f]{12}\b|[^\s(]+…"
)
#: What Streamlit itself says, outside the reach of the catalogues, and names of keys.
_STREAMLIT = """
    Deploy Stop Running Rerun Settings Print Record screencast About Clear cache Streamlit Main menu
    Fullscreen View fullscreen Close Download Search Toolbar Show hide columns Copy App Skip
    Pagination page Previous Next Go Open Select all Clear Press Enter apply stDataFrame Selected
    values keyboard_arrow_right keyboard_double_arrow_right keyboard_double_arrow_left Shortcut Alt
    Tab Space Esc Ctrl Remove Choose options option Selection more help Help for dialog selected
    streamlit_folium folium Made with Edit Loading data table grid press button
    Link to heading Increment Decrement Reset axes plot PNG clipboard Expand sidebar Collapse
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
        for rule in Axe().run(page, options=_OPTIONS).response["violations"]
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
                    # names are shown in both scripts, in parentheses or in a column of their own
                    if not column.endswith(other) or "name" in column:
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
    shown = _NO_WORD.sub(" ", unescape(page.evaluate(TEXTS)))
    known = _vocabulary(lang)
    return sorted({w for w in _WORD[lang].findall(shown) if w.casefold() not in known})
