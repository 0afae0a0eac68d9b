"""Passages end with the text that they were made of, and what is damaged is made anew."""

from __future__ import annotations

import numpy as np
import pytest

from engine.index.passage_index import PassageIndex
from engine.records import ModelIdentity, Vectors, Word
from engine.store.items.vector_log import VectorLog
from engine.store.pages.ocr_results import OcrResults
from engine.store.pages.page_texts import write_text
from engine.store.pages.passages import PassageStore, UnembeddedText
from tests.engine.store.conftest import Store

IDENTITY = ModelIdentity("passages", "1", 8)
READER = "reader-1"
WORD = Word("bread", (0.1, 0.2, 0.3, 0.4))


class Shelf:
    """A catalogue with the texts of a document and of a photograph."""

    def __init__(self, store: Store) -> None:
        self.store = store
        store.scan(("a.pdf", 7), ("b.png", 8), ("c.png", 9))
        self.first, self.second = store.read("a.pdf", b"a", pages=2)
        (self.receipt,) = store.read("b.png", b"b")
        store.read("c.png", b"c")
        for item, text in ((self.first, "rye bread"), (self.second, "7"), (self.receipt, "two croissants")):
            self.write(item, text)
        self.passages = PassageStore(store.database)
        self.model = store.contents.model_id(IDENTITY)

    def write(self, item: int, text: str) -> None:
        with self.store.database.transaction() as db:
            write_text(db, item, text, [WORD])

    def unembedded(self) -> list[int]:
        found = [text.item for text in self.passages.unembedded(self.model)]
        assert self.passages.pending_count(self.model) == len(found)
        return found

    def embed_all(self, **counts: int) -> dict[int, Vectors]:
        """`counts`: passages of "first" and the like, 2 unless given."""
        named = {"first": self.first, "second": self.second, "receipt": self.receipt}
        kept = {}
        for text in list(self.passages.unembedded(self.model)):
            count = next((count for name, count in counts.items() if named[name] == text.item), 2)
            kept[text.item] = made(text.item, count)
            self.passages.save(self.model, [(text, kept[text.item])])
        return kept

    def index(self) -> PassageIndex:
        index = PassageIndex(self.passages, VectorLog(self.store.database), self.model, IDENTITY.dimension)
        index.catch_up()
        return index

    @property
    def items(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.array(sorted([self.first, self.second, self.receipt]), np.int64)


def made(seed: int, count: int) -> Vectors:
    vectors = np.random.default_rng(seed).standard_normal((count, IDENTITY.dimension), dtype=np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


@pytest.fixture
def shelf(store: Store) -> Shelf:
    return Shelf(store)


def test_texts_are_asked_for_until_their_passages_are_kept(shelf: Shelf) -> None:
    assert shelf.unembedded() == [shelf.first, shelf.second, shelf.receipt]
    assert [text.text for text in shelf.passages.unembedded(None)] == ["rye bread", "7", "two croissants"]
    shelf.embed_all(second=0)
    assert shelf.unembedded() == []


def test_a_page_scores_as_its_nearest_passage_does(shelf: Shelf) -> None:
    kept = shelf.embed_all(second=0, receipt=3)
    index = shelf.index()
    assert len(index) == 5
    query = made(99, 1)[0]
    items, scores = index.scores(query, shelf.items)
    assert items.tolist() == sorted([shelf.first, shelf.receipt])
    assert scores == pytest.approx([float((kept[item] @ query).max()) for item in items.tolist()], abs=0.02)
    only, _ = index.scores(query, np.array([shelf.receipt]))
    assert only.tolist() == [shelf.receipt]
    assert not len(index.scores(query, np.empty(0, np.int64))[0])


def test_another_text_makes_other_passages(shelf: Shelf) -> None:
    shelf.embed_all()
    index = shelf.index()
    OcrResults(shelf.store.database).save(shelf.receipt, READER, "two croissants and a coffee", [WORD])
    index.catch_up()
    assert index.scores(made(1, 1)[0], shelf.items)[0].tolist() == [shelf.first, shelf.second]
    assert shelf.unembedded() == [shelf.receipt]
    shelf.embed_all(receipt=0)
    index.catch_up()
    assert len(index) == 4
    assert shelf.unembedded() == []


def test_the_same_text_keeps_its_passages(shelf: Shelf) -> None:
    shelf.embed_all()
    shelf.write(shelf.first, "rye bread")
    assert shelf.unembedded() == []


def test_another_title_makes_other_passages_of_the_whole_document(shelf: Shelf) -> None:
    shelf.embed_all()
    with shelf.store.database.transaction() as db:
        db.execute(
            "UPDATE content SET title = 'Baking' WHERE id = (SELECT content_id FROM item WHERE id = ?)",
            (shelf.first,),
        )
    assert shelf.unembedded() == [shelf.first, shelf.second]
    assert {text.title for text in shelf.passages.unembedded(shelf.model)} == {"Baking"}


def test_passages_of_a_text_that_is_another_meanwhile_are_not_kept(shelf: Shelf) -> None:
    old = next(iter(shelf.passages.unembedded(shelf.model)))
    shelf.write(shelf.first, "wheat bread")
    shelf.passages.save(shelf.model, [(old, made(1, 1))])
    assert shelf.first in shelf.unembedded()
    gone = UnembeddedText(999, "", "no such item")
    shelf.passages.save(shelf.model, [(gone, made(1, 1))])


def test_texts_of_missing_files_are_not_asked_for(shelf: Shelf) -> None:
    shelf.store.scan(("a.pdf", 7))
    assert shelf.unembedded() == [shelf.first, shelf.second]


def test_what_is_damaged_is_taken_away_and_asked_for_again(shelf: Shelf) -> None:
    shelf.embed_all()
    with shelf.store.database.transaction() as db:
        db.execute(
            "UPDATE vector SET bytes = x'00' WHERE item_id = ? AND model_id = ?",
            (shelf.first, shelf.model),
        )
    assert shelf.index().scores(made(1, 1)[0], shelf.items)[0].tolist() == [
        shelf.second,
        shelf.receipt,
    ]
    assert shelf.unembedded() == [shelf.first]


def test_an_index_follows_what_another_process_writes(shelf: Shelf) -> None:
    index = shelf.index()
    assert not len(index.scores(made(1, 1)[0], shelf.items)[0])
    kept = shelf.embed_all()
    index.catch_up()
    items, scores = index.scores(kept[shelf.second][1], shelf.items)
    assert items[scores.argmax()] == shelf.second
    assert scores.max() == pytest.approx(1.0, abs=0.02)
    with shelf.store.database.transaction() as db:
        db.execute("DELETE FROM page_text WHERE item_id = ?", (shelf.second,))
    index.catch_up()
    assert shelf.second not in index.scores(made(1, 1)[0], shelf.items)[0]


def test_a_page_takes_no_more_than_promised(shelf: Shelf) -> None:
    shelf.passages.save(
        shelf.store.contents.model_id(ModelIdentity("passages", "2", 384)),
        [(text, np.ones((3, 384), np.float32)) for text in shelf.passages.unembedded(shelf.model)],
    )
    with shelf.store.database.read() as db:
        (largest,) = db.execute(
            "SELECT MAX(length(bytes) + length(shape) + length(dtype)) FROM vector"
        ).fetchone()
    assert largest < 1200
