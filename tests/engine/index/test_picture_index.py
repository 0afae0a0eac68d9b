"""The derived index follows the catalogue, whatever happened to its file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from engine.errors import Cancelled
from engine.index.picture_index import PictureIndex
from engine.progress import CancelToken
from engine.store.items.vector_log import VectorLog
from tests.engine.store.conftest import MODEL, Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path)
    store.scan(*((f"{number}.jpg", 10) for number in range(8)))
    yield store
    store.database.close()


def opened(store: Store) -> PictureIndex:
    return PictureIndex(VectorLog(store.database), store.model, MODEL.dimension, store.folder / "index")


def files(store: Store) -> list[Path]:
    return sorted((store.folder / "index").glob("*"))


def test_it_holds_what_the_catalogue_holds(store: Store) -> None:
    items = [*store.read("0.jpg", b"0"), *store.read("1.jpg", b"1")]
    assert opened(store).nearest.keys().tolist() == items


def test_it_catches_up_with_what_came_and_went(store: Store) -> None:
    store.read("0.jpg", b"0")
    index = opened(store)
    second = store.read("1.jpg", b"1")
    remove(store, "1.jpg")
    index.catch_up()
    assert index.nearest.keys().tolist() == list(second)


def remove(store: Store, *left: str) -> None:
    """Take every file but those that are `left` out of the catalogue, for good."""
    store.scan(*((name, 10) for name in left))
    with store.database.transaction() as db:
        db.execute("UPDATE file SET missing_since = 1 WHERE missing_since NOTNULL")
    store.catalogue.tidy()


def test_an_index_left_open_follows_what_others_removed_and_saved(store: Store) -> None:
    store.read("0.jpg", b"0")
    store.read("1.jpg", b"1")
    left = store.read("2.jpg", b"2")
    open_all_along, other = opened(store), opened(store)
    for name in ("1.jpg", "2.jpg"):
        remove(store, *(there for there in ("1.jpg", "2.jpg") if there >= name))
        other.catch_up()
        other.save()
    open_all_along.catch_up()
    assert open_all_along.nearest.keys().tolist() == list(left)
    open_all_along.save()
    assert opened(store).nearest.keys().tolist() == list(left)


def test_a_search_need_not_wait_for_a_save(store: Store) -> None:
    """What comes and goes while a file is written is taken in at once, and by the next reader of the file."""
    gone, kept = store.read("0.jpg", b"0"), store.read("1.jpg", b"1")
    index, waited = opened(store), list[bool]()

    def search_meanwhile() -> None:
        if waited:
            return
        store.read("2.jpg", b"2")
        remove(store, "1.jpg", "2.jpg")
        searching = Thread(target=index.catch_up)
        searching.start()
        searching.join(5)
        waited.append(searching.is_alive())

    index.save(search_meanwhile)
    assert waited == [False]
    expected = [*kept, *store.contents.items_of_hash(b"2")]
    assert index.nearest.keys().tolist() == expected
    assert not set(gone) & set(expected)
    again = opened(store)
    assert again.nearest.generation > 0  # the file was taken
    assert again.nearest.keys().tolist() == expected
    index.save()
    assert opened(store).nearest.generation != again.nearest.generation  # what came meanwhile was unsaved


def test_a_stopped_save_leaves_the_old_file(store: Store) -> None:
    store.read("0.jpg", b"0")
    index = opened(store)
    index.save()
    before = files(store)
    items = [*index.nearest.keys().tolist(), *store.read("1.jpg", b"1")]
    index.catch_up()
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        index.save(cancel.checkpoint)
    assert files(store) == before
    assert opened(store).nearest.keys().tolist() == items
    index.save()
    assert files(store) != before


def test_a_file_that_another_program_reads_goes_the_next_time(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows lets nobody remove what is mapped."""
    store.read("0.jpg", b"0")
    index = opened(store)
    index.save()
    (first,) = files(store)

    def refuse(_path: Path, missing_ok: bool = False) -> None:
        del missing_ok
        raise PermissionError(13, "it is used by another process")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refuse)
        store.read("1.jpg", b"1")
        index.catch_up()
        index.save()
    assert first in files(store)
    assert len(opened(store).nearest) == 2
    store.read("2.jpg", b"2")
    index.catch_up()
    index.save()
    assert len(files(store)) == 1
    assert first not in files(store)


def test_a_saved_file_is_read_and_completed(store: Store) -> None:
    first = store.read("0.jpg", b"0")
    opened(store).save()
    second = store.read("1.jpg", b"1")
    index = opened(store)
    assert index.nearest.generation > 0  # the file was taken
    assert index.nearest.keys().tolist() == [*first, *second]


def test_only_the_newest_file_is_kept(store: Store) -> None:
    store.read("0.jpg", b"0")
    index = opened(store)
    index.save()
    store.read("1.jpg", b"1")
    index.catch_up()
    index.save()
    assert len(files(store)) == 1
    assert opened(store).nearest.generation == index.nearest.generation


@pytest.mark.parametrize("damage", ["missing", "cut short", "altered", "empty"])
def test_a_damaged_file_is_built_anew_from_the_catalogue(store: Store, damage: str) -> None:
    items = store.read("0.jpg", b"0")
    opened(store).save()
    (file,) = files(store)
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
    index = opened(store)
    assert index.nearest.generation == 0
    assert index.nearest.keys().tolist() == list(items)


def test_a_file_of_another_history_is_passed_over(store: Store) -> None:
    items = store.read("0.jpg", b"0")
    index = opened(store)
    index.save()
    (file,) = files(store)
    index.nearest.add(np.array([999]), np.ones((1, 4), np.float32))
    index.nearest.save(file, generation=12345)
    assert opened(store).nearest.keys().tolist() == list(items)


def test_an_unchanged_index_is_not_written_again(store: Store) -> None:
    store.read("0.jpg", b"0")
    index = opened(store)
    index.save()
    before = files(store)
    index.save()
    assert files(store) == before
