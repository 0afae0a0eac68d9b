"""The word that was typed comes before other forms of it, and before other words with its term."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.search.text.word_forms import inflections
from engine.search.text.word_search import WordSearch
from tests.engine.store.conftest import Store

FILLER = {f"filler{number}": "nothing of that kind" for number in range(8)}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path)
    yield store
    store.database.close()


def found(store: Store, text: str, **pages: str) -> list[str]:
    store.scan(*((f"{name}.pdf", 10) for name in pages))
    items = {}
    for file in list(store.catalogue.unread_files()):
        content = store.contents.attach(file.id, file.path.name.encode())
        store.contents.create_items(content, 1)
        items[store.embed(content, 1, pages[file.path.stem])] = file.path.stem
    return [items[hit.item] for hit in WordSearch(store.database).search(text, (), 10)]


@pytest.mark.parametrize(
    ("typed", "other"),
    [
        ("animal", "animation"),
        ("universe", "university"),
        ("dog", "dogs"),
        ("general", "generic"),
        ("news", "new"),
    ],
)
def test_the_word_comes_before_however_many_that_are_cut_as_it_is(
    store: Store, typed: str, other: str
) -> None:
    pages = {"many": f"{other} " * 40, "one": f"a long text {'of other words ' * 100} and one {typed} in it"}
    assert found(store, typed, **pages, **FILLER) == ["one", "many"]


def test_where_no_page_has_the_word_its_forms_answer_fully(store: Store) -> None:
    pages = {"many": "dogs " * 9, "one": f"a text {'of other words ' * 20} and dogs"}
    assert found(store, "dog", **pages, **FILLER) == ["many", "one"]


def test_beside_other_words_an_inflection_is_nearly_the_word_and_another_word_is_not(store: Store) -> None:
    pages = {
        "word": "the animal of the forest",
        "form": "the animals of the forest",
        "unlike": "the animation of the forest",
    }
    assert found(store, "forest animal", **pages, **FILLER) == ["word", "form", "unlike"]


@pytest.mark.parametrize(
    ("word", "form"),
    [
        ("animal", "animals"),
        ("companies", "company"),
        ("running", "run"),
        ("run", "running"),
        ("expense", "expenses"),
        ("surfing", "surf"),
        ("study", "studied"),
        ("boxes", "box"),
        ("make", "making"),
    ],
)
def test_inflections(word: str, form: str) -> None:
    assert form in inflections(word)
    assert "animation" not in inflections("animal")
