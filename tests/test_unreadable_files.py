"""A file that may not be read is told, and costs nothing for as long as that stays so."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from PIL import Image

from tests.command_line import Outcome, findling
from tests.permissions import without_privileges


def test_scans_write_nothing_for_a_file_that_stays_unreadable(tmp_path: Path) -> None:
    pictures, library = tmp_path / "pictures", tmp_path / "library"
    pictures.mkdir()
    shut = pictures / "shut.png"
    for name in ("shut.png", "open.png"):
        Image.new("RGB", (20, 20), "red").save(pictures / name)
    shut.chmod(0)

    def index() -> Outcome:
        return findling("index", pictures, "--library", library, prefix=without_privileges())

    assert "1 failed" in index().output + index().errors
    with sqlite3.connect(library / "catalogue.sqlite") as catalogue:
        before = _version(catalogue)
        assert index().status == 0
        assert _version(catalogue) == before
        assert _unreadable(catalogue) == 1
        shut.chmod(0o600)
        assert index().status == 0
        assert _unreadable(catalogue) == 0
    catalogue.close()


def _version(catalogue: sqlite3.Connection) -> int:
    """Another after each write of another process."""
    return int(catalogue.execute("PRAGMA data_version").fetchone()[0])


def _unreadable(catalogue: sqlite3.Connection) -> int:
    return int(catalogue.execute("SELECT COUNT(*) FROM file WHERE problem_kind NOTNULL").fetchone()[0])
