"""What is known of all items at once: kept in memory, and never older than the catalogue."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from engine.records import DecodedItem, FoundFile
from engine.store.files.scan_marks import ScanMarks
from engine.store.items.item_table import DAY, UNDATED, ItemTable
from tests.engine.store.conftest import Store


def write(store: Store, name: str, taken: str | None, width: int, height: int) -> int:
    """Make an item that is not looked at, then look at it; returns the item."""
    (item,) = store.read(name, name.encode())
    decoded = DecodedItem(None, np.zeros((2, 2, 3), np.uint8), width, height, b"jpeg", taken)
    store.contents.save(store.model, [(item, decoded)], np.eye(1, 4, dtype=np.float32))
    return item


def test_what_is_found_out_of_an_item_later_is_known_at_once(store: Store) -> None:
    item_table = ItemTable(store.database)
    store.scan(("a.jpg", 10), ("b.jpg", 10))
    first = store.catalogue.unread_files().__next__()
    content = store.contents.attach(first.id, b"a")
    store.contents.create_items(content, None)
    assert item_table.rows().is_decoded.tolist() == [False]
    item = store.embed(content, None)
    assert item_table.rows().is_decoded.tolist() == [True]
    decoded = DecodedItem(None, np.zeros((2, 2, 3), np.uint8), 300, 400, b"", "2021-03-04 05:06:07")
    store.contents.save(store.model, [(item, decoded)], np.eye(1, 4, dtype=np.float32))
    later = write(store, "b.jpg", None, 10, 20)
    known = item_table.rows()
    assert known.items.tolist() == [item, later]
    assert list(zip(known.width.tolist(), known.height.tolist(), strict=True)) == [(300, 400), (10, 20)]
    assert known.taken[0] % DAY == (5 * 60 + 6) * 60 + 7
    assert known.taken[1] == UNDATED


def test_the_moment_of_an_item_is_when_it_was_taken_else_when_its_oldest_file_was_changed(
    store: Store,
) -> None:
    store.catalogue.add_folder(Path("/pictures"), ())
    (folder,) = store.catalogue.folders()
    noon = int(time.mktime((2019, 7, 1, 12, 0, 0, 0, 0, -1)))
    changed = {"dated.jpg": noon, "copy.jpg": noon + 50, "bare.jpg": noon + 10}
    found = [FoundFile(Path("/pictures") / name, 1, at * 10**9) for name, at in changed.items()]
    store.catalogue.record_found(folder, ScanMarks(), found)
    dated = write(store, "dated.jpg", "2021-01-01 00:00:00", 1, 1)
    (bare,) = store.read("copy.jpg", b"bare")
    assert store.read("bare.jpg", b"bare") == (bare,)
    timestamps = ItemTable(store.database).rows().timestamps(np.array([bare, dated, 999]))
    assert np.array(timestamps[:2], "datetime64[s]").astype(str).tolist() == [
        time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(noon + 10)),
        "2021-01-01T00:00:00",
    ]
    assert timestamps[2] == UNDATED


@pytest.mark.parametrize(
    ("width", "height", "square"), [(100, 100, True), (105, 100, True), (100, 106, False), (0, 0, True)]
)
def test_sides_within_a_twentieth_of_each_other_are_square(
    store: Store, width: int, height: int, square: bool
) -> None:
    store.scan(("a.jpg", 10))
    write(store, "a.jpg", None, width, height)
    assert ItemTable(store.database).rows().is_square.tolist() == [square]


def test_days_are_counted_from_midnight_to_midnight(store: Store) -> None:
    store.scan(*((name, 10) for name in "abcd"))
    items = [
        write(store, name, taken, 1, 1)
        for name, taken in zip(
            "abcd", ["1969-12-31 23:59:59", "1970-01-01 00:00:00", "1970-01-02 23:59:59", None], strict=True
        )
    ]
    known = ItemTable(store.database).rows()
    assert known.items[known.taken_between(0, 1)].tolist() == items[1:3]
    assert known.items[known.taken_between(-1, -1)].tolist() == items[:1]


def test_what_is_held_follows_the_files_as_they_come_go_and_move(store: Store) -> None:
    item_table = ItemTable(store.database)
    folder = Path("/pictures/below")
    store.scan(("below/a.jpg", 10), ("b.jpg", 10))
    (inside,) = store.read("a.jpg", b"a")
    (outside,) = store.read("b.jpg", b"b")
    for _ in range(2):  # the second time it is not asked anew
        assert item_table.with_files_in([folder], (".jpg",)).photos.tolist() == [inside]
    store.scan(("below/a.jpg", 10), ("below/b.jpg", 10), ("below/c.jpg", 10))
    assert store.read("b.jpg", b"b") == (outside,)
    (new,) = store.read("c.jpg", b"c")
    assert item_table.with_files_in([folder], (".jpg",)).photos.tolist() == [inside, outside, new]
    store.scan(("below/b.jpg", 10))
    assert item_table.with_files_in([folder], (".jpg",)).photos.tolist() == [outside]
    assert item_table.with_files_in([folder], ("b.jpg", ".PNG", ".tiff")).photos.tolist() == [outside]
    assert item_table.with_files_in([folder], (".png",)).photos.tolist() == []


def test_the_name_tells_the_type_where_the_format_is_not_known(store: Store) -> None:
    """As in a library of an earlier version."""
    item_table = ItemTable(store.database)
    store.scan(*((name, 10) for name in ("a.jpg", "b.JPEG", "c.tif", "d.nef")))
    items = {name: store.read(name, name.encode())[0] for name in ("a.jpg", "b.JPEG", "c.tif", "d.nef")}
    for types, names in (
        ([".jpe"], ["a.jpg", "b.JPEG"]),
        ([".tiff"], ["c.tif"]),
        ([".nef"], ["d.nef"]),
        ([".nef", ".tif", "a.jpg"], ["a.jpg", "c.tif", "d.nef"]),
    ):
        assert item_table.with_files_in([], types).photos.tolist() == [items[name] for name in names]


def test_what_a_removed_folder_held_alone_is_known_no_more(store: Store) -> None:
    item_table = ItemTable(store.database)
    store.scan(("a.jpg", 10), ("b.jpg", 10))
    store.read("a.jpg", b"a")
    (shared,) = store.read("b.jpg", b"b")
    store.catalogue.add_folder(Path("/copies"), ())
    copies = next(folder for folder in store.catalogue.folders() if folder.path == Path("/copies"))
    found = [FoundFile(Path("/copies/b.jpg"), 10, 1)]
    store.catalogue.record_found(copies, ScanMarks(), found)
    assert store.read("b.jpg", b"b") == (shared,)
    assert len(item_table.rows().items) == 2
    store.catalogue.remove_folder(Path("/pictures"))
    assert item_table.rows().items.tolist() == [shared]
    assert item_table.with_files_in([Path("/pictures")], ()).photos.tolist() == []
    assert item_table.with_files_in([Path("/copies")], ()).photos.tolist() == [shared]
    store.catalogue.remove_folder(Path("/copies"))
    assert item_table.visible().photos.tolist() == []
