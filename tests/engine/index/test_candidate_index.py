"""Candidates hold the pages MaxSim would choose, and follow the catalogue whatever becomes of their file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import Cancelled
from engine.index import candidate_index as candidates_module
from engine.index import checksummed_file
from engine.index.candidate_index import CandidateIndex
from engine.index.exact_scan import NumpyKernels, verify_kernels
from engine.progress import CancelToken
from engine.records import Vectors
from engine.search.pages.maxsim import maxsim
from tests.engine.store.page_library import DIMENSION, PageLibrary, page_vectors, query_for

PAGES = 300
EXHAUSTIVE = 20


@pytest.fixture
def library(tmp_path: Path) -> Iterator[PageLibrary]:
    library = PageLibrary(tmp_path, PAGES + 50)
    library.keep(*library.items[:PAGES])
    yield library
    library.close()


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[PageLibrary, CandidateIndex]]:
    """A library that no test changes, with an index that has centroids."""
    library = PageLibrary(tmp_path_factory.mktemp("settled"), PAGES)
    library.keep(*library.items)
    index = opened(library)
    index.save()
    yield library, index
    library.close()


def opened(library: PageLibrary, exhaustive: int = EXHAUSTIVE) -> CandidateIndex:
    folder = library.store.folder / "index"
    return CandidateIndex(library.pages, library.log, library.model, DIMENSION, folder, exhaustive=exhaustive)


def files(library: PageLibrary) -> list[Path]:
    return sorted((library.store.folder / "index").glob("*"))


def query(item: int) -> Vectors:
    return query_for(page_vectors(item), seed=item)


def everything(index: CandidateIndex) -> list[int]:
    return sorted(index.search(query(1), 10_000).tolist())


# finding


def test_the_source_of_a_query_is_among_few_candidates(
    settled: tuple[PageLibrary, CandidateIndex],
) -> None:
    library, index = settled
    found = [item in index.search(query(item), 15) for item in library.items[::5]]
    assert np.mean(found) >= 0.95


def test_the_exact_best_are_among_the_candidates(settled: tuple[PageLibrary, CandidateIndex]) -> None:
    library, index = settled
    pages = library.pages.load(library.model, library.items)
    shares = []
    for item in library.items[::10]:
        best = pages.items[np.argsort(-maxsim(query(item), pages))[:10]]
        shares.append(np.isin(best, index.search(query(item), 60)).mean())
    assert np.mean(shares) >= 0.8  # by chance .2


def test_there_are_as_many_as_asked_for_and_each_once(settled: tuple[PageLibrary, CandidateIndex]) -> None:
    _, index = settled
    for count in (21, 50, 299):
        found = index.search(query(7), count)
        assert len(found) == len(set(found.tolist())) == count


def test_few_pages_are_all_candidates(settled: tuple[PageLibrary, CandidateIndex]) -> None:
    library, index = settled
    assert sorted(index.search(query(7), PAGES).tolist()) == sorted(library.items)
    allowed = np.array(sorted(library.items)[:EXHAUSTIVE])
    assert sorted(index.search(query(7), 1, allowed).tolist()) == allowed.tolist()


def test_a_filter_changes_nothing_where_pages_are_equally_likely(
    settled: tuple[PageLibrary, CandidateIndex],
) -> None:
    library, index = settled
    numbers = {*range(10), 11, 12, 13, 15, 16, 31, 55, 57, 62, 100, 298}
    allowed = np.array(sorted(library.items[number] for number in numbers), dtype=np.int64)
    whole = index.search(query(library.items[1]), len(allowed) - 1, allowed).tolist()
    assert index.search(query(library.items[1]), 10, allowed).tolist() == whole[:10]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(chosen=st.sets(st.integers(0, PAGES - 1)), count=st.integers(1, 60), source=st.integers(0, PAGES - 1))
def test_a_filter_loses_nothing(
    settled: tuple[PageLibrary, CandidateIndex], chosen: set[int], count: int, source: int
) -> None:
    """The same as all pages in order, without those that are not allowed."""
    library, index = settled
    allowed = np.array(sorted(library.items[number] for number in chosen), dtype=np.int64)
    asked = query(library.items[source])
    found = index.search(asked, count, allowed)
    if len(allowed) <= max(count, EXHAUSTIVE):
        assert sorted(found.tolist()) == allowed.tolist()
        return
    in_order = index.search(asked, PAGES - 1)
    expected = in_order[np.isin(in_order, allowed)][:count]
    assert found.tolist()[: len(expected) - 1] == expected.tolist()[: len(expected) - 1]
    assert len(found) == count


def test_items_that_are_unknown_may_be_allowed(settled: tuple[PageLibrary, CandidateIndex]) -> None:
    library, index = settled
    known = sorted(library.items)[:5]
    assert sorted(index.search(query(7), 3, np.array([*known, 10**9])).tolist()) == known
    assert index.search(query(7), 3, np.empty(0, np.int64)).tolist() == []


def test_numpy_finds_the_same(settled: tuple[PageLibrary, CandidateIndex]) -> None:
    library, index = settled
    folder = library.store.folder / "index"
    slow = CandidateIndex(
        library.pages, library.log, library.model, DIMENSION, folder, NumpyKernels, exhaustive=EXHAUSTIVE
    )
    assert slow.search(query(9), 40).tolist() == index.search(query(9), 40).tolist()


def test_an_empty_library_has_no_candidates(tmp_path: Path) -> None:
    library = PageLibrary(tmp_path, 1)
    index = opened(library)
    assert index.search(query(1), 10).tolist() == []
    index.save()
    assert files(library) == []
    library.close()


# following the catalogue


def test_it_catches_up_with_what_came_and_went(library: PageLibrary) -> None:
    index = opened(library)
    for with_centroids in (False, True):
        if with_centroids:
            index.save()
        new = library.items[PAGES + 10 * with_centroids :][:10]
        gone = library.items[10 * with_centroids :][:5]
        library.keep(*new)
        library.remove(*gone)
        index.catch_up()
        there = set(everything(index))
        assert there >= set(new)
        assert not there & set(gone)
        assert len(index) == len(there)
    assert library.items[PAGES + 12] in index.search(query(library.items[PAGES + 12]), 15)


def test_a_page_with_new_vectors_is_found_by_them_alone(library: PageLibrary) -> None:
    index = opened(library)
    index.save()
    item = library.items[3]
    new = library.keep(item, seed=7)[item]
    index.catch_up()
    assert len(index) == PAGES
    assert item in index.search(query_for(new), 15)


def test_what_came_while_centroids_were_sought_is_there_after(library: PageLibrary) -> None:
    index = opened(library)
    new, gone = library.items[PAGES], library.items[0]
    meanwhile: list[int] = []

    def change() -> None:
        if not meanwhile:
            library.keep(new)
            library.remove(gone)
            meanwhile.append(len(index.search(query(1), 10)))  # no search waits

    index.save(change)
    assert meanwhile == [PAGES]
    assert new in everything(index)
    assert gone not in everything(index)
    assert everything(opened(library)) == everything(index)


def test_a_search_does_not_wait_for_one_that_catches_up(library: PageLibrary) -> None:
    index = opened(library)
    index.save()
    library.keep(*library.items[PAGES:])
    begun, go_on = Event(), Event()

    def hold() -> None:
        begun.set()
        assert go_on.wait(30)

    catching = Thread(target=index.catch_up, args=(hold,))
    catching.start()
    try:
        assert begun.wait(30)
        index.catch_up()  # another is at it
        assert len(index.search(query(1), 25)) == 25
    finally:
        go_on.set()
        catching.join()
    assert len(index) == PAGES + 50


def test_centroids_are_sought_anew_when_the_library_has_grown(library: PageLibrary) -> None:
    library.remove(*library.items[60:])
    index = opened(library)
    assert index.needs_training
    index.save()
    assert not index.needs_training
    library.keep(*library.items[60:170])
    index.catch_up()
    assert not index.needs_training
    library.keep(*library.items[170:180])
    index.catch_up()
    assert index.needs_training
    index.save()
    assert not index.needs_training
    assert everything(index) == sorted(library.items[:180])


# its file


def test_a_saved_file_is_read_and_completed(library: PageLibrary) -> None:
    first = opened(library)
    first.save()
    library.keep(library.items[PAGES])
    again = opened(library)
    assert not again.needs_training  # the file was taken
    assert everything(again) == sorted(library.items[: PAGES + 1])
    first.catch_up()
    assert again.search(query(5), 30).tolist() == first.search(query(5), 30).tolist()


def test_an_unchanged_index_is_not_written_again_and_one_file_is_kept(library: PageLibrary) -> None:
    index = opened(library)
    index.save()
    before = files(library)
    index.save()
    assert files(library) == before
    library.remove(*library.items[:100])
    index.catch_up()
    index.save()
    assert len(files(library)) == 1
    assert files(library) != before
    assert everything(opened(library)) == sorted(library.items[100:PAGES])


@pytest.mark.parametrize("damage", ["missing", "cut short", "altered", "empty", "of another history"])
def test_a_damaged_file_is_passed_over_and_made_anew(library: PageLibrary, damage: str) -> None:
    opened(library).save()
    (file,) = files(library)
    content = bytearray(file.read_bytes())
    match damage:
        case "missing":
            file.unlink()
        case "cut short":
            file.write_bytes(content[:-10])
        case "altered":
            content[len(content) // 2] ^= 0xFF
            file.write_bytes(content)
        case "empty":
            file.write_bytes(b"")
        case "of another history":
            checksummed_file.write(file, content[: -checksummed_file.TRAILER.size], 12345, PAGES)
    index = opened(library)
    assert index.needs_training
    assert everything(index) == sorted(library.items[:PAGES])
    index.save()
    assert not opened(library).needs_training


def test_arrays_that_do_not_belong_together_are_refused(library: PageLibrary) -> None:
    """A file of another program with a right checksum, which no crash makes."""
    index = opened(library)
    index.save()
    (file,) = files(library)
    generation = checksummed_file.check(file).generation
    payload = file.read_bytes()[: -checksummed_file.TRAILER.size]
    for wrong in (payload[: len(payload) // 2], payload[:200], b"", b"\x93NUMPY" * 30):
        checksummed_file.write(file, bytearray(wrong), generation, PAGES)
        assert opened(library).needs_training


def test_a_save_stopped_anywhere_leaves_the_old_file(
    library: PageLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checksummed_file, "PIECE_BYTES", 20_000)
    index = opened(library)
    index.save()
    before = files(library)
    library.remove(*library.items[:100])
    index.catch_up()
    for last in range(1000):
        left = [None] * last

        def stop(left: list[None] = left) -> None:
            if not left:
                raise Cancelled
            left.pop()

        try:
            index.save(stop)
        except Cancelled:
            assert files(library) == before
            assert everything(opened(library)) == sorted(library.items[100:PAGES])
        else:
            break
    assert last > 3
    assert files(library) != before


def test_a_crash_before_the_new_file_is_believed_in_leaves_the_old_one(
    library: PageLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = opened(library)
    index.save()
    (old,) = files(library)
    library.remove(*library.items[:100])
    index.catch_up()
    with monkeypatch.context() as patch:
        patch.setattr(library.log, "set_derived_file", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            index.save()
    assert old in files(library)
    again = opened(library)
    assert not again.needs_training  # the old file was taken
    assert everything(again) == sorted(library.items[100:PAGES])
    again.save()
    assert len(files(library)) == 1


def test_a_stopped_search_for_centroids_leaves_all_pages_candidates(library: PageLibrary) -> None:
    index = opened(library)
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        index.save(cancel.checkpoint)
    assert index.needs_training
    assert everything(index) == sorted(library.items[:PAGES])
    assert files(library) == []


# centroids


@pytest.mark.parametrize("count", [100, 3000])
def test_enough_centroids_are_probed_and_the_nearest_ones(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidates_module, "PROBES", 16)
    scores = np.random.default_rng(3).standard_normal((4, count), dtype=np.float32)
    probes = candidates_module._probes(scores)
    for row, near, gains in zip(scores, probes.centroids, probes.gains, strict=True):
        assert 16 <= len(near) < count
        left = np.delete(row, near)
        assert row[near].min() > left.max()
        assert gains.min() == 0.0
        assert np.allclose(gains - gains[0], row[near] - row[near[0]], atol=1e-6)


def test_centroids_name_a_vector_by_a_near_one(settled: tuple[PageLibrary, CandidateIndex]) -> None:
    library, index = settled
    centroids, pages = index._state.centroids, library.pages.load(library.model, library.items[:50])
    kernels = verify_kernels()
    names = centroids.nearest_centroids(pages.codes, kernels)
    vectors = pages.codes.astype(np.float32) @ (centroids.codes * centroids.scales[:, None]).T
    chosen = vectors[np.arange(len(names)), names]
    assert np.mean(chosen >= vectors.max(axis=1) - 1e-3) > 0.8  # the tree may miss the very nearest
