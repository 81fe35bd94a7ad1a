"""A reader without a mouse: Tab, Enter, arrows and Escape, and what the focus does."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import expect

from tests.e2e.browsing import View

#: More stops than any walk of the tests has.
MOST_STOPS = 120

# Writes down every stop that looks the same with and without the focus. A control may show
# it at a box around itself: looked at are the element and those around it, up to its place
# on the page.
WATCH_FOCUS = """() => {
    window.atlasUnseen = [];
    const look = element => {
        const seen = [];
        for (let e = element, n = 0; e && n < 9; e = e.parentElement, n++) {
            for (const part of [null, "::before", "::after"]) {
                const s = getComputedStyle(e, part);
                seen.push(s.outlineStyle === "none" ? "" : s.outline, s.boxShadow,
                    s.borderColor, s.backgroundColor, s.textDecorationLine);
            }
            if (e.matches("[data-testid=stElementContainer]")) break;
        }
        return seen.join(";");
    };
    const focused = new WeakMap(), pause = 350;
    const settled = act => setTimeout(() => requestAnimationFrame(act), pause);
    addEventListener("focusin", event => requestAnimationFrame(() => requestAnimationFrame(() => {
        if (document.activeElement === event.target) focused.set(event.target, look(event.target));
    })), true);
    addEventListener("focusout", ({target}) => {
        const before = focused.get(target);
        settled(() => {
            // a dialog takes the focus itself when it opens; it is no stop of Tab
            if (before === undefined || !target.isConnected || target.tabIndex < 0) return;
            if (document.activeElement !== target && look(target) === before) {
                window.atlasUnseen.push(target.outerHTML.slice(0, 160));
            }
        });
    }, true);
}"""


@dataclass
class Keyboard:
    """The keyboard on an open page; nothing here clicks or sets the focus."""

    view: View

    def __post_init__(self) -> None:
        self.view.page.evaluate(WATCH_FOCUS)

    def press(self, *keys: str) -> None:
        """Press keys one after another."""
        for key in keys:
            self.view.page.keyboard.press(key)

    def on(self, css: str) -> bool:
        """Whether the focus is on an element that matches, or inside one."""
        found: bool = self.view.page.evaluate(
            "css => Boolean(document.activeElement?.closest(css))", css
        )
        return found

    def to(self, css: str, *, back: bool = False) -> None:
        """Tab until the focus is on an element that matches, or inside one."""
        passed = []
        for _ in range(MOST_STOPS):
            self.press("Shift+Tab" if back else "Tab")
            if self.on(css):
                return
            passed.append(self.told())
        raise AssertionError(f"{css} is not reached by Tab; passed were {passed}")

    def told(self) -> str:
        """What a screen reader would say of the focused element, roughly."""
        words: str = self.view.page.evaluate(
            """() => { const e = document.activeElement;
            return (e.getAttribute("aria-label") || e.textContent || e.tagName).slice(0, 60) }"""
        )
        return words

    def option(self, css: str, word: str) -> None:
        """In the box that has the focus, go down its list to an option and take it."""
        assert self.on(css), self.told()
        self.view.settle()
        self.view.still()
        box = self.view.page.locator(f"{css} [role=combobox]")
        self.press("ArrowDown")
        for _ in range(MOST_STOPS):
            expect(box).to_have_attribute("aria-expanded", "true")
            marked = box.get_attribute("aria-activedescendant")
            text = self.view.page.locator(f"[id='{marked}']").inner_text() if marked else ""
            if text.startswith(word):
                self.press("Enter")
                return
            self.press("ArrowDown")
        raise AssertionError(f"{word} is not in the list")

    def unseen(self) -> list[str]:
        """Stops of the walk so far that did not show the focus."""
        self.view.page.wait_for_timeout(500)  # the last stop is compared when its colours rest
        found: list[str] = self.view.page.evaluate("atlasUnseen")
        return found
