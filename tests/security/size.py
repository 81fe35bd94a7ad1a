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


def count(suite: str, **counts: int) -> None:
    """Add numbers to the report; the same suite may report several times."""
    if REPORT:
        with Path(REPORT).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"suite": suite, **counts}) + "\n")
