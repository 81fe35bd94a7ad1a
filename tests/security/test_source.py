"""No way from a parameter to SQL text, a file's name, a module or a process.

Every call that could be such a way is listed with the reason why it is none. A new one fails
here until somebody has looked at it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from analytics.coverage import find_rows
from loaders.engine import Engine
from loaders.problems import DataError
from loaders.snapshot import ID, pointed_id, snapshot_dir, validated_tables
from tests.security.hostile import CLASSES
from tests.security.source import TOOLS, called, calls, modules
from tests.support import DATA, environment

#: Calls that read or write files, run text as code or query, load modules or start processes.
_FILES = {"open", "read_text", "read_bytes", "write_text", "write_bytes", "unlink", "rmdir",
          "mkdir", "glob", "rglob", "iterdir", "symlink_to", "touch", "rmtree",
          "copyfile", "FileResponse"}  # fmt: skip
_CODE = {"eval", "exec", "compile", "__import__", "import_module", "from_spec", "system", "popen",
         "Popen", "check_output", "call", "loads_pickle"}  # fmt: skip
_SQL = {"execute", "sql", "raw_sql", "executemany", "read_csv", "read_parquet", "read_json",
        "read_sql"}  # fmt: skip
#: ``re.compile`` makes a pattern; ``_call`` is a closure of ours.
_HARMLESS = {"re.compile"}

#: Module and function: why no visitor can choose what it works on.
REVIEWED: dict[tuple[str, str], str] = {
    ("analytics/answers.py", "read_text"): "the document of findings, run by its own command",
    ("analytics/answers.py", "write_text"): "the document of findings, run by its own command",
    ("api/caching.py", "rglob"): "the source code, once, for the tag of answers",
    ("api/caching.py", "read_bytes"): "the source code, once, for the tag of answers",
    ("api/files.py", "read_bytes"): "a path of the descriptor, found by a known table's name",
    ("api/geo.py", "read_bytes"): "one of two levels, named by the route",
    ("api/routes.py", "FileResponse"): "two fixed files",
    ("app.py", "read_text"): "Streamlit's shell, at the start",
    ("loaders/boundaries.py", "read_text"): "one of two levels, named in the code",
    ("loaders/datasets/__init__.py", "import_module"): "modules that lie in the folder",
    ("loaders/engine.py", "execute"): "expressions of Ibis; values are bound or quoted by it",
    ("loaders/files.py", "read_bytes"): "tables of the descriptor",
    ("loaders/files.py", "open"): "tables of the descriptor, in blocks",
    ("loaders/package.py", "read_text"): "the descriptor",
    ("loaders/snapshot.py", "execute"): "a fixed statement",
    ("loaders/snapshot.py", "glob"): "fixed patterns in the folder of snapshots",
    ("loaders/snapshot.py", "mkdir"): "the folder of snapshots",
    ("loaders/snapshot.py", "open"): "the file just built",
    ("loaders/snapshot.py", "read_text"): "the pointer",
    ("loaders/snapshot.py", "raw_sql"): "a fixed statement",
    ("loaders/snapshot.py", "unlink"): "old snapshots, and the file being built",
    ("loaders/snapshot.py", "write_text"): "the pointer",
    ("analytics/takeaway.py", "import_module"): "the module of a function that made a result",
    ("api/brief/fonts.py", "glob"): "the fonts of the briefs",
    ("api/brief/fonts.py", "read_bytes"): "the fonts of the briefs",
    ("api/brief/page.py", "read_text"): "one style sheet",
    ("api/brief/pdf.py", "compile"): "a fixed template; the content is its data",
    ("api/brief/routes.py", "iterdir"): "templates and catalogues, once, for the tag of answers",
    ("api/brief/routes.py", "read_bytes"): "templates and catalogues, once, for the tag",
    ("api/brief/routes.py", "rglob"): "templates and catalogues, once, for the tag of answers",
    ("loaders/changes.py", "execute"): "two snapshots of the folder and the names in them, quoted",
    ("loaders/changes.py", "glob"): "snapshots in their folder",
    ("loaders/findings/record.py", "open"): "a table of the package",
    ("loaders/i18n.py", "open"): "one of two languages",
    ("loaders/publish.py", "execute"): "the operator's command; names are quoted, values are bound",
    ("api/compressed.py", "read_bytes"): "Streamlit's own files, found in its folder beforehand",
    ("api/compressed.py", "rglob"): "Streamlit's folder of static files",
    ("ui/data.py", "call"): "a function of the code that computes a value",
    ("ui/frame.py", "read_text"): "the site's own icon, when the module is loaded",
    ("ui/rehearsal.py", "open"): "a page of the menu, opened by the process itself",
}


def _watched() -> dict[tuple[str, str], list[ast.Call]]:
    found: dict[tuple[str, str], list[ast.Call]] = {}
    for module, node in calls():
        name = called(node)
        last = name.rpartition(".")[2]
        if last in _FILES | _CODE | _SQL and name not in _HARMLESS:
            found.setdefault((module, last), []).append(node)
    return found


def test_every_way_out_of_the_process_is_reviewed() -> None:
    found = set(_watched())
    assert found - set(REVIEWED) == set(), "look at these calls, then list them with a reason"
    assert set(REVIEWED) - found == set(), "these are gone: take them from the list"


def test_the_pages_touch_neither_files_nor_queries() -> None:
    for module, _ in _watched():
        assert not module.startswith(("app_pages/", "charts/")), module


def test_no_query_is_put_together_from_text() -> None:
    """What `execute` is given is a constant, or an expression of Ibis (a name in the engine).

    Changes between two snapshots are counted, and snapshots are published, by queries made from
    the names in them, since no engine takes names as values; no visitor can ask for either.
    """
    for (module, name), nodes in _watched().items():
        if name not in _SQL or module in ("loaders/changes.py", "loaders/publish.py"):
            continue
        for node in nodes:
            expression = module == "loaders/engine.py" and isinstance(node.args[0], ast.Name)
            # no engine takes the path of a file as a value; this one is of the folder of snapshots
            attached = ast.unparse(node.args[0]).startswith("f\"ATTACH '{quoted}'")
            assert expression or attached or isinstance(node.args[0], ast.Constant), ast.unparse(
                node
            )


def test_the_curators_tools_are_not_part_of_the_site() -> None:
    tools = tuple(t.removesuffix("/").replace("/", ".") for t in TOOLS if t.endswith("/"))
    for module, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                assert not (node.module or "").startswith(tools), module


def test_nothing_reads_uploads_or_starts_programs() -> None:
    forbidden = {"subprocess", "pickle", "marshal", "shelve", "ctypes", "pty", "code"}
    for module, tree in modules().items():
        for node in ast.walk(tree):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert not forbidden & {n.partition(".")[0] for n in names}, module
            if isinstance(node, ast.Call):
                last = called(node).rpartition(".")[2]
                widgets = {"file_uploader", "chat_input", "camera_input", "audio_input",
                           "data_editor"}  # fmt: skip
                assert last not in widgets, (module, last)


def test_markup_of_streamlit_is_never_raw() -> None:
    """No ``unsafe_allow_html``; ``st.html`` only in the modules that escape for it."""
    escaping = {"ui/layout.py", "ui/links.py", "ui/provenance.py", "ui/style.py",
                "ui/testbed_map.py"}  # fmt: skip
    for module, node in calls():
        assert not any(k.arg == "unsafe_allow_html" for k in node.keywords), module
        if called(node) == "st.html":
            assert module in escaping, module
        if called(node).endswith("iframe"):
            raise AssertionError(f"a frame with content of ours: {module}")


# --- each entry by its behaviour ----------------------------------------------------------


@pytest.mark.parametrize("text", [*CLASSES["sql"], "%", "_", "\\", "'"])
def test_search_text_is_a_value_and_no_part_of_a_query(run: Engine, text: str) -> None:
    everything = find_rows(run, "programs", "").frame
    wanted = "".join(text.casefold().split())
    cells = everything.astype("string").fillna("")
    holds = cells.apply(
        lambda column: (
            column.str.casefold()
            .str.replace(r"\s", "", regex=True)
            .str.contains(wanted, regex=False)
        )
    ).any(axis=1)
    found = find_rows(run, "programs", text).frame
    assert set(found["program_id"]) <= set(everything.loc[holds, "program_id"])
    assert len(find_rows(run, "programs", "").frame) == len(everything)


@pytest.mark.parametrize("text", [*CLASSES["path"], "0" * 11, "0" * 13, "../../x", "ABCDEF012345"])
def test_pointer_names_a_snapshot_and_no_path(tmp_path: Path, text: str) -> None:
    with environment(DATA, tmp_path):
        snapshot_dir().mkdir(exist_ok=True)
        (snapshot_dir() / "CURRENT").write_text(text, encoding="utf-8")
        assert pointed_id() is None
        assert not ID.fullmatch(text)


def _spoilt(name: str, old: str, new: str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        path = folder / name
        path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")

    return spoil


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (_spoilt("programs.csv", "\n1876-busan,", '\n"<b>id</b>",'), "a key is written"),
        (_spoilt("organizations.csv", "42dot,", '"42dot,x",'), "a key is written"),
        (_spoilt("sources.csv", "https://", "javascript://"), "does not have the form"),
        (_spoilt("sectors.csv", "Agri", "Ag\x1bri"), "nobody can see"),
        (_spoilt("sectors.csv", "Agri", "A" * 4_001), "longer than 4000"),
    ],
)
def test_hostile_package_is_refused_with_its_place(
    data_copy: Path, spoil: Callable[[Path], None], reason: str
) -> None:
    spoil(data_copy)
    with pytest.raises(DataError, match=reason) as refused:
        validated_tables(data_copy)
    assert all(len(str(problem)) < 800 for problem in refused.value.problems)
