"""Pages are found by their words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.search.text import PageWords
from tests.engine.store.conftest import Store

PAGES = (
    "The invoice of March: total 120 euro.",
    "A recipe for bread. Bake the bread for forty minutes.",
    "Annual report. The total revenue rose, the red car did not.",
    "Café and résumé: words with accents.",
    "A car that is red, and the total of it.",
)


class Shelf:
    """A document of five pages."""

    def __init__(self, store: Store) -> None:
        store.scan(("a.pdf", 10))
        (file,) = store.catalogue.unread_files()
        content = store.contents.attach(file.id, b"hash")
        store.contents.open(content, len(PAGES))
        self.items = [store.embed(content, page, text) for page, text in enumerate(PAGES, 1)]
        self.store = store
        self.words = PageWords(store.database)

    def pages(self, text: str, *without: str, phrases: tuple[str, ...] = (), limit: int = 10) -> list[int]:
        found = self.words.search(text, without, limit, phrases=phrases)
        return [self.items.index(hit.item) + 1 for hit in found]


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    store = Store(tmp_path)
    yield Shelf(store)
    store.database.close()


def test_the_page_that_says_it_most_comes_first(shelf: Shelf) -> None:
    assert shelf.pages("baking bread") == [2]
    assert shelf.pages("total revenue")[0] == 3


def test_every_other_form_of_a_word_is_found(shelf: Shelf) -> None:
    assert shelf.pages("recipes") == [2]
    assert shelf.pages("resume cafe") == [4]


def test_words_are_taken_away(shelf: Shelf) -> None:
    assert shelf.pages("total", "revenue", "march") == [5]


def test_a_phrase_must_stand_as_it_is(shelf: Shelf) -> None:
    assert set(shelf.pages("red car")) == {3, 5}
    assert shelf.pages("red car", phrases=("red car",)) == [3]


def test_a_word_on_most_pages_counts_only_when_there_is_no_other(shelf: Shelf) -> None:
    assert shelf.pages("the recipe") == [2]
    assert set(shelf.pages("total")) == {1, 3, 5}


def test_the_share_of_the_query_that_was_found_is_told(shelf: Shelf) -> None:
    (whole,) = shelf.words.search("bread recipe", (), 10)
    (part,) = shelf.words.search("bread zeppelin", (), 10)
    assert whole.matched == pytest.approx(1.0)
    assert 0 < part.matched < 0.6
    assert "bread" in whole.snippet.lower()


def test_only_allowed_pages_answer(shelf: Shelf) -> None:
    allowed = np.array([shelf.items[4]], np.int64)
    assert [hit.item for hit in shelf.words.search("total", (), 10, allowed)] == [shelf.items[4]]
    assert shelf.words.search("total", (), 10, np.array([], np.int64)) == ()


def test_pages_of_missing_files_are_not_found(shelf: Shelf) -> None:
    shelf.store.scan()
    assert shelf.pages("total") == []


@pytest.mark.parametrize("text", ["", "!!! ???", '"', "NEAR(", "total OR", "a* b^ {c} : - ' \" ( )", "\x00"])
def test_nothing_that_is_typed_is_an_error(shelf: Shelf, text: str) -> None:
    shelf.pages(text, text, phrases=(text,))


def test_many_words_are_no_error(shelf: Shelf) -> None:
    many = [f"word{number}" for number in range(300)]
    assert shelf.pages("bread " + " ".join(many), *many, phrases=()) == [2]
    assert shelf.pages("bread", phrases=tuple(many)) == []


def test_the_limit_is_kept(shelf: Shelf) -> None:
    assert len(shelf.pages("total", limit=2)) == 2
    assert shelf.pages("total", limit=0) == []
