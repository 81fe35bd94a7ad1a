"""Adds up what the security tests counted: ``python -m tests.security REPORT``."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path


def main(report: Path) -> None:
    """Print one line for each suite, and then what was found."""
    suites: dict[str, Counter[str]] = {}
    found: list[str] = []
    for line in report.read_text(encoding="utf-8").splitlines():
        said = json.loads(line)
        suites.setdefault(said["suite"], Counter()).update(said["counts"])
        found += [f"  {said['suite']}: {finding}\n" for finding in said["found"]]
    for suite, total in sorted(suites.items()):
        numbers = ", ".join(f"{n:,} {what.replace('_', ' ')}" for what, n in total.items())
        sys.stdout.write(f"{suite}: {numbers}\n")
    sys.stdout.writelines(found)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
