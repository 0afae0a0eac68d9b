"""Contents, items and vectors: nothing is embedded twice, nothing is lost."""

from __future__ import annotations

import numpy as np
import pytest

from engine.errors import FileProblem, ProblemKind
from engine.records import DecodedItem, ItemKind, ModelIdentity, PageProblem, Word
from engine.store.items.item_table import ItemTable
from engine.store.items.vector_log import LogPosition, VectorLog
from engine.store.pages.page_texts import unpack_words
from tests.engine.store.conftest import Store


def test_a_copy_shares_the_items_of_the_first(store: Store) -> None:
    store.scan(("a.jpg", 10), ("copy.jpg", 10))
    items = store.read("a.jpg", b"hash")
    assert store.read("copy.jpg", b"hash") == items
    assert [path.name for path in store.contents.stored_items(items)[items[0]].paths] == ["a.jpg", "copy.jpg"]


def test_a_document_left_half_done_lacks_just_the_other_pages(store: Store) -> None:
    store.scan(("a.pdf", 10))
    (file,) = store.catalogue.unread_files()
    content = store.contents.attach(file.id, b"hash")
    store.contents.create_items(content, 4)
    store.embed(content, 1)
    store.embed(content, 3)
    lacking = store.contents.unfinished_parts(content, store.model)
    assert lacking is not None
    assert lacking.pages == (2, 4)


def test_a_page_that_cannot_be_drawn_is_not_lacking(store: Store) -> None:
    store.scan(("a.pdf", 10))
    (file,) = store.catalogue.unread_files()
    content = store.contents.attach(file.id, b"hash")
    store.contents.create_items(content, 2)
    store.embed(content, 1)
    store.contents.fail_page(content, PageProblem(2, ProblemKind.DAMAGED.value, "Cannot be drawn."))
    assert store.contents.unfinished_parts(content, store.model) is None
    (failure,) = store.catalogue.failures()
    assert failure.message == "Page 2: Cannot be drawn."


def test_another_model_lacks_everything_and_the_first_keeps_its_vectors(store: Store) -> None:
    store.scan(("a.jpg", 10))
    store.read("a.jpg", b"hash")
    other = store.contents.model_id(ModelIdentity("model", "2", 4))
    (lacking,) = store.contents.unfinished(other)
    assert lacking.pages == (0,)
    assert list(store.contents.unfinished(store.model)) == []


def test_a_bad_content_is_not_lacking(store: Store) -> None:
    store.scan(("a.jpg", 10))
    (file,) = store.catalogue.unread_files()
    content = store.contents.attach(file.id, b"hash")
    store.contents.fail_content(content, FileProblem(ProblemKind.DAMAGED, "Cut short."))
    assert store.contents.unfinished_parts(content, store.model) is None


def test_an_embedded_batch_is_kept_whole_or_not_at_all(store: Store) -> None:
    store.scan(("a.jpg", 10))
    (file,) = store.catalogue.unread_files()
    content = store.contents.attach(file.id, b"hash")
    store.contents.create_items(content, None)
    item = store.contents.item_id(content, None)
    decoded = DecodedItem(None, np.zeros((2, 2, 3), np.uint8), 1, 1, b"", "2020-01-01 00:00:00")
    with pytest.raises(ValueError, match="zip"):
        store.contents.save(store.model, [(item, decoded)], np.eye(2, 4, dtype=np.float32))
    assert store.count("vector") == 0


def test_words_and_their_boxes_come_back(store: Store) -> None:
    store.scan(("a.pdf", 10))
    (file,) = store.catalogue.unread_files()
    content = store.contents.attach(file.id, b"hash")
    store.contents.create_items(content, 1)
    item = store.embed(content, 1, text="word")
    with store.database.read() as db:
        stored = db.execute("SELECT words FROM page_text WHERE item_id = ?", (item,)).fetchone()[0]
    assert unpack_words(stored) == (Word("word", (0.1, 0.2, 0.3, 0.4)),)


def test_text_that_is_no_unicode_does_not_stop_a_page(store: Store) -> None:
    store.scan(("a.pdf", 10))
    (file,) = store.catalogue.unread_files()
    content = store.contents.attach(file.id, b"hash")
    store.contents.create_items(content, 1)
    store.embed(content, 1, text="half a pair \ud800 of surrogates")
    assert store.count("page_text") == 1


def test_a_removed_content_leaves_the_word_index(store: Store) -> None:
    store.scan(("a.pdf", 10))
    (file,) = store.catalogue.unread_files()
    content = store.contents.attach(file.id, b"hash")
    store.contents.create_items(content, 1)
    store.embed(content, 1, text="invoice")
    store.catalogue.remove_folder(store.catalogue.folders()[0].path)
    with store.database.read() as db:
        assert db.execute("SELECT * FROM page_search WHERE page_search MATCH 'invoice'").fetchall() == []


def test_the_log_tells_what_was_added_and_removed_since(store: Store) -> None:
    store.scan(("a.jpg", 10), ("b.jpg", 10))
    log = VectorLog(store.database)
    (first,) = store.read("a.jpg", b"hash a")
    then = log.newest_position(store.model)
    (second,) = store.read("b.jpg", b"hash b")
    now = log.newest_position(store.model)
    ((items, vectors),) = log.added(store.model, then, now)
    assert items.tolist() == [second]
    assert vectors.shape == (1, 4)
    assert vectors.dtype == np.float16
    assert [items.tolist() for items, _ in log.added(store.model, LogPosition(), now)] == [[first, second]]
    store.scan(("a.jpg", 10))
    with store.database.transaction() as db:
        db.execute("UPDATE file SET missing_since = 1 WHERE missing_since NOTNULL")
    assert store.catalogue.tidy() == (second,)
    assert log.removed(store.model, now, log.newest_position(store.model)).tolist() == [second]


def test_presence_follows_what_comes_and_goes(store: Store) -> None:
    item_table = ItemTable(store.database)
    store.scan(("a.jpg", 10), ("b.pdf", 10))
    (photo,) = store.read("a.jpg", b"hash a")
    assert item_table.visible().photos.tolist() == [photo]
    pages = store.read("b.pdf", b"hash b", pages=2)
    assert item_table.visible().pages.tolist() == list(pages)
    store.scan(("b.pdf", 10))
    assert item_table.visible().photos.tolist() == []
    store.scan(("a.jpg", 10), ("b.pdf", 10))
    assert item_table.visible().photos.tolist() == [photo]


def test_presence_below_a_folder_is_not_fooled_by_a_longer_name(store: Store) -> None:
    store.scan(("one/a.jpg", 10), ("one two/b.jpg", 10))
    (inside,) = store.read("a.jpg", b"hash a")
    store.read("b.jpg", b"hash b")
    folder = store.catalogue.folders()[0].path / "one"
    assert ItemTable(store.database).with_files_in([folder], ()).photos.tolist() == [inside]


def test_what_several_files_hold_is_held_once(store: Store) -> None:
    store.scan(("a.pdf", 10), ("b.pdf", 10), ("z.jpg", 10))
    (photo,) = store.read("z.jpg", b"photo")
    pages = store.read("a.pdf", b"same", pages=2)
    store.read("b.pdf", b"same")
    folder = store.catalogue.folders()[0].path
    held = ItemTable(store.database).with_files_in([folder, folder], (".pdf", ".jpg"))
    assert (held.photos.tolist(), held.pages.tolist()) == ([photo], list(pages))
    assert ItemTable(store.database).with_files_in([folder], (".png",)).pages.tolist() == []


def test_an_item_tells_where_it_is(store: Store) -> None:
    store.scan(("b.pdf", 10))
    first, _ = store.read("b.pdf", b"hash b", pages=2)
    found = store.contents.stored_items([first])[first]
    assert (found.kind, found.page, found.width, found.height) == (ItemKind.PAGE, 1, 20, 10)
