"""Adds up what the security tests counted: ``python -m tests.security REPORT``."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path


def main(report: Path) -> None:
    """Print one line for each suite."""
    suites: dict[str, Counter[str]] = {}
    for line in report.read_text(encoding="utf-8").splitlines():
        counts = json.loads(line)
        suites.setdefault(counts.pop("suite"), Counter()).update(counts)
    for suite, total in sorted(suites.items()):
        numbers = ", ".join(f"{n:,} {what.replace('_', ' ')}" for what, n in total.items())
        sys.stdout.write(f"{suite}: {numbers}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
