"""A document is known by the names of its files and its title, as they are now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from engine.search.text import document_names
from engine.search.text.document_names import DocumentNames, spell_out
from tests.engine.store.conftest import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path)
    yield store
    store.database.close()


def a_document(store: Store, name: str, text: str = "some words", title: str = "") -> int:
    (file,) = (file for file in store.catalogue.unread_files() if file.path.name == name)
    content = store.contents.attach(file.id, name.encode())
    store.contents.create_items(content, 1, title)
    store.embed(content, 1, text)
    return content


def carried(names: DocumentNames, content: int, terms: Iterable[str]) -> set[str]:
    names.catch_up()
    return set(names.matching_terms(content, terms))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("AnnualReport2018_v2.pdf", "Annual Report 2018 v 2"),
        ("COSTCO_2021_10K.pdf", "COSTCO 2021 10 K"),
        ("user manual.final.PDF", "user manual.final"),
        ("Überblick.pdf", "Überblick"),
        ("U\u0308berBlick2.pdf", "Über Blick 2"),
        ("half\udcff.pdf", "half?"),
    ],
)
def test_a_name_is_spelled_out(name: str, words: str) -> None:
    assert spell_out(name) == words


def test_names_and_titles_are_known(store: Store) -> None:
    store.scan(("AnnualReport2018.pdf", 1), ("b.pdf", 1))
    first = a_document(store, "AnnualReport2018.pdf")
    second = a_document(store, "b.pdf", title="Reports of bees")
    names = DocumentNames(store.database)
    assert carried(names, first, ["annual", "report", "2018", "bee"]) == {"annual", "report", "2018"}
    assert carried(names, second, ["annual", "report", "bee"]) == {"report", "bee"}
    assert names.best_matches(["report", "bee"], 5) == [second, first]
    assert names.best_matches(["report", "bee"], 1) == [second]
    rarities = names.matching_terms(second, ["report", "bee"])
    assert rarities["bee"] > rarities["report"] > 0


def test_what_has_no_text_has_no_name(store: Store) -> None:
    store.scan(("holiday.jpg", 1))
    content = a_document(store, "holiday.jpg", text="")
    names = DocumentNames(store.database)
    assert carried(names, content, ["holidai"]) == set()
    with store.database.transaction() as db:  # OCR comes later
        db.execute("INSERT INTO page_text SELECT id, 'found', x'' FROM item")
    assert carried(names, content, ["holidai"]) == {"holidai"}


def test_names_follow_files_that_move_and_go(store: Store) -> None:
    store.scan(("first.pdf", 1), ("second.pdf", 1))
    content = a_document(store, "first.pdf")
    names = DocumentNames(store.database)
    assert carried(names, content, ["first", "second", "third"]) == {"first"}
    (copy,) = store.catalogue.unread_files()
    store.contents.attach(copy.id, b"first.pdf")
    assert carried(names, content, ["first", "second", "third"]) == {"first", "second"}
    store.scan(("second.pdf", 1))
    assert carried(names, content, ["first", "second", "third"]) == {"second"}
    with store.database.transaction() as db:
        db.execute("UPDATE file SET path = ? WHERE missing_since IS NULL", (b"/pictures/third.pdf",))
    assert carried(names, content, ["first", "second", "third"]) == {"third"}
    store.catalogue.remove_folder(Path("/pictures"))
    assert carried(names, content, ["first", "second", "third"]) == set()
    assert names.best_matches(["third"], 5) == []


def test_a_new_title_is_known(store: Store) -> None:
    store.scan(("a.pdf", 1))
    content = a_document(store, "a.pdf")
    names = DocumentNames(store.database)
    assert carried(names, content, ["bee"]) == set()
    store.contents.create_items(content, 1, "Bees")
    assert carried(names, content, ["bee"]) == {"bee"}


def test_a_word_in_very_many_names_leads_nowhere(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_names, "MOST_NAMED", 1)
    store.scan(("scan bee.pdf", 1), ("scan cat.pdf", 1))
    first, _ = a_document(store, "scan bee.pdf"), a_document(store, "scan cat.pdf")
    names = DocumentNames(store.database)
    names.catch_up()
    assert names.best_matches(["scan"], 5) == []
    assert names.best_matches(["scan", "bee"], 5) == [first]


def test_changes_are_written_down_once_each(store: Store) -> None:
    store.scan(("a.pdf", 1))
    content = a_document(store, "a.pdf")
    for title in ("one", "two", "three"):
        store.contents.create_items(content, 1, title)
    assert store.count("document_change") == 1
