"""Every page with random parameters: no exception, no trace, nothing of the link run."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from loaders.package import PROJECT_ROOT
from tests.security.hostile import MIXED, STRINGS
from tests.security.size import cases, count
from tests.security.source import parameter_names
from tests.support import DATA, environment, read_rows
from ui.frame import PAGE_FOLDER, entries
from ui.i18n import Words

CASES = cases(1_040, 39)
PAGES = [entry.file for entry in entries(Words("en")).values()]
HOSTILE = (*(s.text for s in STRINGS), *MIXED, "9" * 10_000, "a," * 3_000)
#: The chances that a value is hostile, and that it is one that some page knows.
_SOME, _MOST = 0.4, 0.9


def _known_values() -> list[str]:
    """Codes and ids that pages accept, so that a case gets past the first check."""
    keys = [read_rows(DATA, t)[n][c] for t, c in _KEYS for n in (0, 7)]
    words = "selected any all host startup cards map projects investor round list en ko 1 3 2020 on"
    return [*keys, *words.split(), "KR-26", "mobility", "living-lab"]


_KEYS = (
    ("pilots", "pilot_id"), ("pilots", "org_id"), ("testbeds", "testbed_id"),
    ("programs", "program_id"), ("investment_investors", "investor_id"),
)  # fmt: skip


def _parameters(chance: random.Random, known: list[str], names: list[str]) -> dict[str, str]:
    """Some parameters, known and unknown, with values good, hostile and mixed."""
    chosen = chance.sample(names, chance.randint(1, min(8, len(names))))
    found = {}
    for name in chosen:
        draw = chance.random()
        if draw < _SOME:
            found[name] = chance.choice(HOSTILE)
        elif draw < _MOST:
            found[name] = ",".join(chance.sample(known, chance.randint(1, 4)))
        else:
            found[name] = "".join(chr(chance.randint(1, 0xD7FF)) for _ in range(40))
    if chance.random() < _SOME:
        found[chance.choice(HOSTILE)[:50]] = "x"
    return found


@pytest.mark.parametrize("file", PAGES)
def test_no_page_fails_on_a_link(file: str, good_snapshot: Path) -> None:
    chance, known = random.Random(f"atlas {file}"), _known_values()
    names = [*parameter_names(), "lang", "embed"]
    times = CASES // len(PAGES)
    with environment(DATA, good_snapshot):
        page = AppTest.from_file(PROJECT_ROOT / "dashboard.py", default_timeout=120).run()
        page.switch_page(f"{PAGE_FOLDER}/{file}")
        for _ in range(times):
            link = _parameters(chance, known, names)
            page.query_params.clear()
            for name, value in link.items():
                page.query_params[name] = value
            page.run()
            # the house style shows what an error looks like
            faults = (*page.exception, *(() if file == "style.py" else page.error))
            shown = [e.value for e in faults]
            assert not shown, (link, shown)
            assert "Traceback" not in " ".join(m.value for m in page.markdown)
    count("requests, pages with random links", cases=times, failures=0)
