from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from usearch.index import Index

from engine.errors import Cancelled
from engine.index import checksummed_file, nearest_index
from engine.index.nearest_index import IndexDamaged, NearestIndex
from tests.engine.index.conftest import MakeVectors


@pytest.fixture
def saved(tmp_path: Path, make_vectors: MakeVectors) -> Path:
    index = NearestIndex(32)
    index.add(np.arange(10, 1510), make_vectors(1500))
    index.remove(np.arange(10, 60))
    path = tmp_path / "bücher 🐈.usearch"
    index.save(path, generation=41)
    return path


def test_what_was_saved_is_loaded(saved: Path, make_vectors: MakeVectors) -> None:
    index = NearestIndex.load(saved, 32)
    vectors = make_vectors(1500)
    assert index.generation == 41
    assert index.keys().tolist() == list(range(60, 1510))
    stored = vectors[50:].astype(np.float16).astype(np.float32)
    np.testing.assert_array_equal(index.vectors(np.arange(60, 1510)), stored)
    index.add(np.array([3]), vectors[:1])
    assert index.search(vectors[0], 1).keys.tolist() == [3]
    index.save(saved)
    assert len(NearestIndex.load(saved, 32)) == 1451


def test_the_file_is_one_that_usearch_reads(saved: Path, make_vectors: MakeVectors) -> None:
    foreign = Index(ndim=32, metric="ip", dtype="f16")
    foreign.load(str(saved))
    assert len(foreign) == 1450
    match = foreign.search(make_vectors(1500)[99].astype(np.float16), 1, exact=True)
    assert match.keys.tolist() == [109]


def test_an_empty_index_can_be_kept(tmp_path: Path) -> None:
    NearestIndex(8).save(tmp_path / "empty", generation=3)
    index = NearestIndex.load(tmp_path / "empty", 8)
    assert len(index) == 0
    assert index.generation == 3


def test_a_graph_is_kept_and_goes_on_growing(tmp_path: Path, make_vectors: MakeVectors) -> None:
    vectors = make_vectors(2500)
    index = NearestIndex(32, exact_limit=1000)
    index.add(np.arange(2000), vectors[:2000])
    index.save(tmp_path / "graph")
    again = NearestIndex.load(tmp_path / "graph", 32, exact_limit=1000)
    again.remove(np.arange(100))
    again.add(np.arange(2000, 2500), vectors[2000:])
    again.save(tmp_path / "graph")
    last = NearestIndex.load(tmp_path / "graph", 32, exact_limit=1000)
    assert last.keys().tolist() == list(range(100, 2500))
    found = [last.search(vectors[row], 1).keys.tolist() for row in range(100, 2500, 100)]
    assert found == [[row] for row in range(100, 2500, 100)]
    exact = NearestIndex.load(tmp_path / "graph", 32).search(vectors[2400], 10)
    assert len(set(exact.keys.tolist()) & set(last.search(vectors[2400], 10).keys.tolist())) >= 9


def test_a_stopped_save_leaves_the_old_file(tmp_path: Path, make_vectors: MakeVectors) -> None:
    path, index = tmp_path / "graph", NearestIndex(32, exact_limit=1000)
    index.add(np.arange(500), make_vectors(500))
    index.save(path, generation=1)
    index.add(np.arange(500, 1500), make_vectors(1000, seed=1))

    def stop() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        index.save(path, generation=2, checkpoint=stop)
    assert NearestIndex.load(path, 32).generation == 1
    assert index.generation == 1


def test_a_save_stopped_anywhere_leaves_the_old_file_and_no_other(
    tmp_path: Path, make_vectors: MakeVectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nearest_index, "SCAN_ROWS", 100)
    monkeypatch.setattr(checksummed_file, "PIECE_BYTES", 8192)
    path, index = tmp_path / "flat", NearestIndex(32)
    index.add(np.arange(500), make_vectors(500))
    index.save(path)
    before = path.read_bytes()
    index.add(np.arange(500, 1000), make_vectors(500, seed=1))
    for last in range(1000):
        left = [None] * last

        def stop(left: list[None] = left) -> None:
            if not left:
                raise Cancelled
            left.pop()

        try:
            index.save(path, checkpoint=stop)
        except Cancelled:
            assert path.read_bytes() == before
            assert [entry.name for entry in tmp_path.iterdir()] == ["flat"]
        else:
            break
    assert last >= 10 + len(before) // 8192  # one chance a piece to pack, and one a piece to write
    assert len(NearestIndex.load(path, 32)) == 1000


def test_a_missing_file_is_damaged(tmp_path: Path) -> None:
    with pytest.raises(IndexDamaged, match="nothing"):
        NearestIndex.load(tmp_path / "nothing", 8)


@pytest.mark.parametrize("length", [0, 1, 35, 36, 37, 1000, -1, -36, -5000])
def test_a_file_cut_short_is_damaged(saved: Path, length: int) -> None:
    content = saved.read_bytes()
    saved.write_bytes(content[:length])
    with pytest.raises(IndexDamaged):
        NearestIndex.load(saved, 32)


@pytest.mark.parametrize("place", [0, 4, 5000, 96_100, -300, -36, -30, -20, -10, -1])
def test_a_file_with_one_altered_byte_is_damaged(saved: Path, place: int) -> None:
    content = bytearray(saved.read_bytes())
    content[place] ^= 0x55
    saved.write_bytes(content)
    with pytest.raises(IndexDamaged):
        NearestIndex.load(saved, 32)


def test_a_file_of_other_vectors_is_damaged(saved: Path) -> None:
    with pytest.raises(IndexDamaged, match="other vectors"):
        NearestIndex.load(saved, 64)


def test_a_folder_in_the_place_of_the_file_is_damaged(tmp_path: Path) -> None:
    with pytest.raises(IndexDamaged):
        NearestIndex.load(tmp_path, 32)


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
import numpy as np
from engine.index.nearest_index import NearestIndex
path = Path(sys.argv[1])
index = NearestIndex.load(path, 32)
index.add(np.arange(5000, 9000), np.eye(32, dtype=np.float32)[np.arange(4000) % 32])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
try:
    index.save(path, generation=99)
except OSError as error:
    sys.exit(error.errno)
"""


@pytest.mark.skipif(os.name != "posix", reason="limits the size of files through the system")
def test_a_write_that_fails_is_an_oserror_and_leaves_the_old_file(saved: Path) -> None:
    before = saved.read_bytes()
    done = subprocess.run([sys.executable, "-c", FULL_DISK, saved], check=False, timeout=120)
    assert done.returncode == errno.EFBIG
    assert saved.read_bytes() == before
    assert [entry.name for entry in saved.parent.iterdir()] == [saved.name]
