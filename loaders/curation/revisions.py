"""The data of an earlier revision, read with git into a scratch folder."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


class RevisionError(RuntimeError):
    """There is no git, no repository, or no such revision; ``args[0]`` is what git said."""


def _git(folder: Path, *arguments: str) -> bytes:
    program = shutil.which("git")
    if program is None:
        raise RevisionError("git")
    done = subprocess.run(  # noqa: S603 (no shell; the revision was resolved to a commit first)
        [program, "-C", str(folder), *arguments], capture_output=True, check=False
    )
    if done.returncode:
        raise RevisionError(done.stderr.decode("utf-8", "replace").strip())
    return done.stdout


@contextmanager
def revision(data: Path, name: str) -> Iterator[Path]:
    """A folder with the data package ``data`` as it was in revision ``name``.

    Raises:
        RevisionError: git cannot give it.
    """
    top = Path(_git(data, "rev-parse", "--show-toplevel").decode().strip())
    resolve = ("rev-parse", "--verify", "--end-of-options", f"{name}^{{commit}}")
    commit = _git(data, *resolve).decode().strip()
    inside = data.resolve().relative_to(top.resolve()).as_posix()
    files = (f"{inside}/datapackage.json", f"{inside}/*.csv")
    archive = _git(top, "archive", "--format=tar", commit, "--", *files)
    with TemporaryDirectory(prefix="atlas-revision-") as scratch:
        try:
            with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
                tar.extractall(scratch, filter="data")
        except tarfile.TarError as error:
            raise RevisionError(str(error)) from error
        yield Path(scratch) / inside
