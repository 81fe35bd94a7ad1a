"""What a case did and saw, and whether that was right."""

from __future__ import annotations

import time
from dataclasses import dataclass, field


class WrongError(AssertionError):
    """Something happened that must not."""


@dataclass
class Case:
    """Prints as it goes; wrong outcomes are counted, the case goes on."""

    name: str
    wrong: list[str] = field(default_factory=list)
    checked: int = 0
    skipped: str = ""
    _began: float = field(default_factory=time.monotonic)

    def did(self, text: str) -> None:
        """Say what is done now."""
        self._say(f"did   {text}")

    def saw(self, text: str) -> None:
        """Say what happened."""
        self._say(f"saw   {text}")

    def check(self, right: bool, text: str) -> None:
        """``text``: what must be the case."""
        self.checked += 1
        if not right:
            self.wrong.append(text)
            self._say(f"WRONG {text}")

    def skip(self, reason: str) -> None:
        """Say what is not done here, and why."""
        self.skipped = reason
        self._say(f"SKIP  {reason}")

    def verdict(self) -> None:
        """Raises WrongError: with every wrong outcome, when there was any."""
        if self.wrong:
            raise WrongError("; ".join(self.wrong))

    def _say(self, text: str) -> None:
        print(f"{self.name:<10} {time.monotonic() - self._began:6.1f} s  {text}", flush=True)
