"""What files are known by, and that a drive that does not answer holds nobody up."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from engine.errors import Cancelled, FileProblem, ProblemKind
from engine.ingest.scanning.hashing import DIGEST_BYTES, BackgroundHasher, hash_content
from engine.progress import CancelToken
from tests.conftest import PROJECT

SECONDS = 60.0
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a pipe stands for a drive without answer")

LEAVES = """
import sys
from pathlib import Path
from engine.ingest.scanning.hashing import BackgroundHasher
from engine.progress import CancelToken

ahead = BackgroundHasher(CancelToken())
ahead.submit(Path(sys.argv[1]))
ahead.close()
"""


@pytest.fixture
def silent(tmp_path: Path) -> Iterator[Path]:
    """Whoever opens it waits, as on a network drive whose server is gone."""
    path = tmp_path / "silent.jpg"
    os.mkfifo(path)
    yield path
    os.close(os.open(path, os.O_RDWR | os.O_NONBLOCK))  # lets those go that wait


def test_files_are_hashed_in_the_order_in_which_they_are_given(tmp_path: Path) -> None:
    paths = [tmp_path / str(number) for number in range(3)]
    for path in paths:
        path.write_bytes(path.name.encode())
    paths.insert(1, tmp_path / "gone")
    with closing(BackgroundHasher(CancelToken())) as ahead:
        futures = [ahead.submit(path) for path in paths]
        problem = futures[1].exception(SECONDS)
        assert isinstance(problem, FileProblem)
        assert problem.kind is ProblemKind.VANISHED
        hashes = [future.result(SECONDS) for future in (futures[0], *futures[2:])]
    expected = [hashlib.blake2b(b"%d" % number, digest_size=DIGEST_BYTES).digest() for number in range(3)]
    assert [found[:DIGEST_BYTES] for found in hashes] == expected  # then what the name alone says
    assert hashes == [hash_content(path, CancelToken()) for path in (paths[0], *paths[2:])]


def test_who_is_cancelled_reads_no_further(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"content")
    cancel = CancelToken()
    cancel.cancel()
    with closing(BackgroundHasher(cancel)) as ahead:
        assert isinstance(ahead.submit(tmp_path / "file").exception(SECONDS), Cancelled)


def test_the_program_ends_while_a_drive_does_not_answer(silent: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LEAVES, str(silent)], cwd=PROJECT, timeout=SECONDS, check=False
    )
    assert done.returncode == 0
