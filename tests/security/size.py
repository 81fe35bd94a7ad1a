"""How much is tried: a little by default, everything with ``ATLAS_SECURITY=full``; and counts."""

from __future__ import annotations

import json
import os
from pathlib import Path

FULL = os.environ.get("ATLAS_SECURITY") == "full"
#: File to which every test of the long run adds what it counted.
REPORT = os.environ.get("ATLAS_SECURITY_REPORT", "")


def cases(full: int, short: int) -> int:
    """Number of cases of this run."""
    return full if FULL else short


def count(suite: str, *found: str, **counts: int) -> None:
    """Add numbers, and findings in words, to the report; a suite may report several times.

    The long run takes an hour: its report says what was found while it is still running.
    """
    if REPORT:
        with Path(REPORT).open("a", encoding="utf-8") as file:
            line = {"suite": suite, "counts": counts, "found": found}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
