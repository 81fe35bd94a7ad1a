"""The source code as the security tests read it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from loaders.package import PROJECT_ROOT

#: Rooms that run while visitors are served.
ROOMS = ("app_pages", "ui", "charts", "analytics", "loaders", "api", "ops")
#: Command-line tools, which no visitor reaches.
TOOLS = (
    "loaders/__main__.py",
    "loaders/boundaries_build.py",
    "loaders/citation.py",
    "loaders/connectors/",
    "loaders/curation/",
)


@cache
def modules() -> dict[str, ast.Module]:
    """Every module that serves visitors, by its path."""
    files: list[Path] = [PROJECT_ROOT / "app.py", PROJECT_ROOT / "dashboard.py"]
    for room in ROOMS:
        files += sorted((PROJECT_ROOT / room).rglob("*.py"))
    named = {file.relative_to(PROJECT_ROOT).as_posix(): file for file in files}
    return {
        name: ast.parse(file.read_text(encoding="utf-8"))
        for name, file in named.items()
        if not name.startswith(TOOLS)
    }


def called(node: ast.Call) -> str:
    """Name of what a call calls: ``open``, ``path.open``, ``?.open``."""
    function = node.func
    if isinstance(function, ast.Name):
        return function.id
    if isinstance(function, ast.Attribute):
        above = function.value.id if isinstance(function.value, ast.Name) else "?"
        return f"{above}.{function.attr}"
    return "?"


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call in every module."""
    for name, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield name, node


#: Functions of ``ui.state`` whose first argument names a parameter of a link.
_READERS = ("one", "text", "many", "choose_", "type_", "set_one", "set_many")


@cache
def parameter_names() -> tuple[str, ...]:
    """Every parameter that some page reads from a link."""
    found = set()
    for name, node in calls():
        owner, _, function = called(node).rpartition(".")
        first = node.args[0] if node.args else None
        is_reader = owner == "state" and function.startswith(_READERS)
        if is_reader and isinstance(first, ast.Constant) and not name.startswith("api/"):
            found.add(str(first.value))
    return tuple(sorted(found))
