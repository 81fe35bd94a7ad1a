"""Licences of the packages that ship: each must be one that allows use and copying freely.

``python -m tests.licences`` prints them; the test asks for the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import metadata

from packaging.requirements import Requirement

from loaders.package import PROJECT_ROOT

FREE = re.compile(
    r"MIT|BSD|Apache|ISC|0BSD|Python Software Foundation|PSF|MPL|Mozilla|Unlicense|Zlib|CC0|HPND",
    re.IGNORECASE,
)
NOT_FREE = re.compile(r"(?<!L)GPL|AGPL|Proprietary|Commercial|SSPL", re.IGNORECASE)
#: Packages whose metadata say nothing, with what their repositories say.
BY_HAND = {"streamlit-folium": "MIT"}


def locked() -> Iterator[Requirement]:
    """Requirements of the runtime lock that apply to this machine."""
    for line in (PROJECT_ROOT / "requirements.lock").read_text("utf-8").splitlines():
        if re.match(r"[A-Za-z0-9]", line):
            requirement = Requirement(line.removesuffix("\\").strip())
            if requirement.marker is None or requirement.marker.evaluate():
                yield requirement


def licence(name: str) -> str:
    """What the package says of its licence: expression, classifiers, or the field."""
    about = metadata.metadata(name)
    classified = [c for c in about.get_all("Classifier") or [] if c.startswith("License ::")]
    expression, free_text = (
        "".join(about.get_all(field) or []) for field in ("License-Expression", "License")
    )
    said = expression or "; ".join(classified) or free_text
    return BY_HAND.get(name, "") or said.strip().split("\n")[0][:200]


def unfree() -> dict[str, str]:
    """Packages that ship whose licence is not known to be free."""
    said = {r.name: licence(r.name) for r in locked()}
    return {n: text for n, text in said.items() if not FREE.search(text) or NOT_FREE.search(text)}


if __name__ == "__main__":
    for requirement in locked():
        print(f"{requirement.name} {requirement.specifier}: {licence(requirement.name)}")  # noqa: T201
    if unfree():
        raise SystemExit(f"not known to be free: {unfree()}")
