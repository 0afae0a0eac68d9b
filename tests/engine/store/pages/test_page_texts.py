"""Texts of items, and the terms that are kept of them."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from engine.records import Word
from engine.search.text.word_search import WordSearch
from engine.store.database.connection import Database
from engine.store.database.schema import MIGRATIONS, migrate
from engine.store.pages.page_texts import PageTexts, write_text
from engine.store.pages.terms import digests
from tests.engine.store.conftest import Store

BOX = (0.1, 0.2, 0.3, 0.4)


def a_page(store: Store, text: str) -> int:
    store.scan(("a.pdf", 10))
    (file,) = store.catalogue.unread_files()
    content = store.contents.attach(file.id, b"hash")
    store.contents.create_items(content, 1)
    return store.embed(content, 1, text)


def test_terms_are_kept_with_the_text(store: Store) -> None:
    item = a_page(store, "The invoices of March")
    found = PageTexts(store.database).terms([item, 999])
    assert set(found) == {item}
    assert found[item].stems.tolist() == digests(["the", "invoic", "of", "march"]).tolist()
    assert store.count("page_terms") == 1


def test_a_new_text_brings_new_terms(store: Store) -> None:
    item = a_page(store, "old words")
    with store.database.transaction() as db:
        write_text(db, item, "new", [Word("new", BOX)])
    texts = PageTexts(store.database)
    assert texts.terms([item])[item].stems.tolist() == digests(["new"]).tolist()
    assert texts.words(item) == (Word("new", BOX),)


def test_terms_never_outlive_their_text(store: Store) -> None:
    item = a_page(store, "old words")
    with store.database.transaction() as db:
        db.execute("UPDATE page_text SET text = 'other' WHERE item_id = ?", (item,))
    assert store.count("page_terms") == 0
    assert PageTexts(store.database).terms([item])[item].stems.tolist() == digests(["other"]).tolist()
    store.catalogue.remove_folder(store.catalogue.folders()[0].path)
    assert store.count("page_terms") == 0


def index_of(store: Store) -> dict[str, int]:
    """The terms of the full-text index, with the pages that carry each."""
    with store.database.read() as db:
        return dict(db.execute("SELECT term, doc FROM page_vocabulary").fetchall())


def test_what_is_gone_does_not_count_until_it_comes_back(store: Store) -> None:
    texts = PageTexts(store.database)
    store.scan(("a.pdf", 10), ("b.pdf", 20))
    for name in ("a", "b"):
        file = next(file for file in store.catalogue.unread_files() if file.path.stem == name)
        content = store.contents.attach(file.id, name.encode())
        store.contents.create_items(content, 1)
        store.embed(content, 1, f"harbour {name}{name}")
    assert texts.catch_up() == 0
    assert index_of(store) == {"harbour": 2, "aa": 1, "bb": 1}
    store.scan(("b.pdf", 20))
    assert (texts.catch_up(), texts.catch_up()) == (1, 0)
    assert index_of(store) == {"harbour": 1, "bb": 1}
    store.scan(("a.pdf", 10), ("b.pdf", 20))
    assert (texts.catch_up(), texts.catch_up()) == (1, 0)
    assert index_of(store) == {"harbour": 2, "aa": 1, "bb": 1}
    store.catalogue.remove_folder(store.catalogue.folders()[0].path)
    assert (texts.catch_up(), index_of(store)) == (0, {})


def test_a_killed_write_leaves_nothing_half_done(store: Store) -> None:
    item = a_page(store, "old words")

    def killed() -> None:
        with store.database.transaction() as db:
            write_text(db, item, "new", [])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        killed()
    assert PageTexts(store.database).terms([item])[item].stems.tolist() == digests(["old", "word"]).tolist()
    with store.database.transaction() as db:  # the temporary tables went with the transaction
        write_text(db, item, "newer", [])
    assert PageTexts(store.database).terms([item])[item].stems.tolist() == digests(["newer"]).tolist()


def test_a_library_of_the_first_version_catches_up_in_steps(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    with sqlite3.connect(path, isolation_level=None) as db:
        migrate(db, MIGRATIONS[:1])
        db.execute("INSERT INTO content (hash, opened) VALUES (x'00', 1)")
        db.execute("INSERT INTO folder (path) VALUES (x'00')")
        db.execute(
            "INSERT INTO file (folder_id, path, size, mtime_ns, seen, content_id) "
            "VALUES (1, x'01', 1, 1, 1, 1)"
        )
        for page, text in enumerate(("東京タワー", "plain words", "more of them"), 1):
            db.execute("INSERT INTO item (content_id, page) VALUES (1, ?)", (page,))
            db.execute("INSERT INTO page_text VALUES (?, ?, x'')", (page, text))
    db.close()
    database = Database(path, migrate)
    texts = PageTexts(database)
    assert texts.terms([2])[2].stems.tolist() == digests(["plain", "word"]).tolist()
    assert [texts.catch_up(2), texts.catch_up(2), texts.catch_up(2)] == [2, 1, 0]
    with database.read() as reading:
        found = reading.execute("SELECT rowid FROM page_search WHERE page_search MATCH '\"京\"'").fetchall()
    assert found == [(1,)]
    assert texts.terms([1])[1].stems.tolist() == digests("東京タワー").tolist()
    database.close()


def test_terms_of_older_rules_are_made_anew_and_the_text_is_found_meanwhile(store: Store) -> None:
    item = a_page(store, "दाल für zwei")
    words = WordSearch(store.database)
    with store.database.transaction() as db:
        db.execute("UPDATE page_terms SET rules = 0, terms = x''")
        db.execute("UPDATE page_search SET text = 'old words'")
        db.execute("UPDATE page_text SET text = ?", ("दाल f\u200bür zwei",))
        db.execute("INSERT INTO page_search (rowid, text) VALUES (?, 'दाल für zwei')", (item,))
    assert [hit.item for hit in words.search("fur", (), 1)] == [item]
    texts = PageTexts(store.database)
    assert [texts.catch_up(), texts.catch_up()] == [1, 0]
    assert [hit.item for hit in words.search("für", (), 1)] == [item]
    assert texts.texts([item]) == {item: "दाल für zwei"}
    assert words.search("दिल", (), 1) == ()


def test_the_index_is_one_piece_when_all_terms_are_made_anew(store: Store) -> None:
    store.scan(("a.pdf", 10))
    (file,) = store.catalogue.unread_files()
    content = store.contents.attach(file.id, b"hash")
    store.contents.create_items(content, 40)
    for page in range(1, 41):
        store.embed(content, page, f"words of page number {page}")
    with store.database.transaction() as db:
        db.execute("UPDATE page_terms SET rules = 0")
    texts = PageTexts(store.database)
    assert [texts.catch_up(10) for _ in range(5)] == [10, 10, 10, 10, 0]
    with store.database.read() as db:  # averages, structure, and the leaves of a single segment
        segments = {row[0] >> 37 for row in db.execute("SELECT id FROM page_search_data WHERE id > 10")}
    assert len(segments) == 1
