"""Files are found first by their very names."""

from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import engine.store.files.file_names
from engine.search.query.file_name_detection import looks_like_file_name
from engine.search.text.file_names import find_by_file_name
from engine.store.database.connection import Database
from engine.store.database.schema import MIGRATIONS, migrate
from engine.store.files.file_names import FileNames
from tests.engine.store.conftest import Store

DOCUMENTS = (
    "scan7.pdf",
    "scan77.pdf",
    "camelCaseName.pdf",
    unicodedata.normalize("NFD", "보고서_1.pdf"),
    "İstanbul_2.pdf",
    "annual-report 2019.pdf",
    "Straße_2.pdf",
    "写真０１.pdf",
    "resume_1.pdf",
    "résumé_1.pdf",
    "Überblick_3.pdf",
    "100%_4.pdf",
    unicodedata.normalize("NFD", "Übersicht für Jänner.pdf"),
    "not without you.pdf",
    "🎉 party plan.pdf",
    "my.tax.return.pdf",
    "“quoted” title.pdf",
    "soft\u00adhyphen.pdf",
    "7.pdf",
    "x1.pdf",
    "x_1.pdf",
    "my - trip__2.pdf",
    "MISSISSIPPI_5.pdf",
    "it's_6.pdf",
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, dict[int, str]]]:
    store = Store(tmp_path_factory.mktemp("names"))
    store.scan(*((name, 10) for name in DOCUMENTS))
    names = {}
    for file in list(store.catalogue.unread_files()):
        content = store.contents.attach(file.id, file.path.name.encode())
        store.contents.create_items(content, 2)
        names[store.embed(content, 1, "words")] = unicodedata.normalize("NFC", file.path.name)
        store.embed(content, 2, "words")
    yield store, names
    store.database.close()


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("scan7.pdf", "scan7.pdf"),
        ("scan7", "scan7.pdf"),
        ("7", "7.pdf"),
        ("x1", "x1.pdf"),
        ("X 1", "x_1.pdf"),
        ("x-1.pdf", "x_1.pdf"),
        ("my trip 2", "my - trip__2.pdf"),
        ("mississippi-5", "MISSISSIPPI_5.pdf"),
        ("it's 6", "it's_6.pdf"),
        ("SCAN7", "scan7.pdf"),
        ('"scan7.pdf"', "scan7.pdf"),
        ("“scan7”", "scan7.pdf"),
        ("scan\u200b7", "scan7.pdf"),
        ("camelCaseName", "camelCaseName.pdf"),
        ("보고서_1", "보고서_1.pdf"),
        (unicodedata.normalize("NFD", "보고서_1.pdf"), "보고서_1.pdf"),
        ("istanbul_2", "İstanbul_2.pdf"),
        ("ISTANBUL 2", "İstanbul_2.pdf"),
        ("annual report 2019", "annual-report 2019.pdf"),
        ("STRASSE_2", "Straße_2.pdf"),
        ("strasse-2.pdf", "Straße_2.pdf"),
        ("写真01", "写真０１.pdf"),
        ("resume_1", "resume_1.pdf"),
        ("Résumé 1", "résumé_1.pdf"),
        ("uberblick_3", "Überblick_3.pdf"),
        (unicodedata.normalize("NFD", "überblick_3"), "Überblick_3.pdf"),
        ("100%_4", "100%_4.pdf"),
        ('"Übersicht für Jänner"', "Übersicht für Jänner.pdf"),
        ("„übersicht fur jänner“", "Übersicht für Jänner.pdf"),
        ("«not without you»", "not without you.pdf"),
        (' "🎉 party plan" ', "🎉 party plan.pdf"),
        ("my.tax.return", "my.tax.return.pdf"),
        ("“quoted” title.pdf", "“quoted” title.pdf"),
        ("“soft\u00adhyphen”", "soft\u00adhyphen.pdf"),
    ],
)
def test_a_document_is_found_by_its_name(
    library: tuple[Store, dict[int, str]], typed: str, name: str
) -> None:
    store, names = library
    everything = np.array(sorted(names), np.int64)
    found = find_by_file_name(FileNames(store.database), typed, everything)
    assert [names[item] for item in found.items.tolist()] == [name]


@pytest.mark.parametrize("typed", ["scan8", "can7", "scan7.jpg", "a sentence about scans", ""])
def test_another_name_finds_nothing(library: tuple[Store, dict[int, str]], typed: str) -> None:
    store, names = library
    assert not len(find_by_file_name(FileNames(store.database), typed, np.array(sorted(names), np.int64)))


@pytest.mark.parametrize(
    "typed",
    ["camelCaseName", "well-known", "IMG_1", "scan7", "a.pdf", "annual.report", '"a dog on the beach"'],
)
def test_what_may_be_a_name(typed: str) -> None:
    assert looks_like_file_name(typed)


@pytest.mark.parametrize(
    "typed", ["Dog", "a dog on the Beach", "NASA", "one two three four 5", 'a "dog" here', "the end."]
)
def test_what_is_no_name(typed: str) -> None:
    assert not looks_like_file_name(typed)


def test_a_name_is_found_among_many_that_begin_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine.store.files.file_names, "FEW", 2)
    store = Store(tmp_path)
    names = [f"IMG_{number}.pdf" for number in range(9)] + [
        "IMG-3.pdf",
        "my IMG_3.pdf",
        "IMG_33.pdf",
        "IMG_.pdf",
    ]
    store.scan(*((name, 10) for name in names))
    items = {}
    for file in list(store.catalogue.unread_files()):
        content = store.contents.attach(file.id, file.path.name.encode())
        store.contents.create_items(content, 1)
        items[store.embed(content, 1, "words")] = file.path.name
    found = find_by_file_name(FileNames(store.database), "img 3", np.array(sorted(items), np.int64))
    store.database.close()
    assert {items[item] for item in found.items.tolist()} == {"IMG_3.pdf", "IMG-3.pdf"}


def test_names_follow_the_files(tmp_path: Path) -> None:
    store = Store(tmp_path)
    files = FileNames(store.database)

    def found(name: str) -> int:
        return len(find_by_file_name(files, name, np.arange(100)))

    store.scan(("old_1.pdf", 10))
    (file,) = store.catalogue.unread_files()
    content = store.contents.attach(file.id, b"hash")
    store.contents.create_items(content, 1)
    assert (found("old_1"), found("new_1")) == (1, 0)
    with store.database.transaction() as db:
        db.execute("UPDATE file SET path = ?", (b"/other/caf\xe9/new_1.pdf",))
    assert (found("old_1"), found("new_1")) == (0, 1)
    with store.database.transaction() as db:
        db.execute("UPDATE file SET path = ?", (b"/other/new_\xe9_1.pdf",))
        db.execute("INSERT INTO file_search (file_search) VALUES ('integrity-check')")
    store.catalogue.remove_folder(store.catalogue.folders()[0].path)
    with store.database.read() as db:
        assert db.execute("SELECT COUNT(*) FROM file_search_docsize").fetchone()[0] == 0
    store.database.close()


def test_a_library_of_an_older_version_knows_its_names(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    with sqlite3.connect(path, isolation_level=None) as db:
        migrate(db, MIGRATIONS[:11])
        db.execute("INSERT INTO content (hash) VALUES (x'00')")
        db.execute("INSERT INTO folder (path) VALUES (x'00')")
        db.execute("INSERT INTO item (content_id, page) VALUES (1, 0)")
        db.execute(
            "INSERT INTO file (folder_id, path, size, mtime_ns, seen, content_id) VALUES (1, ?, 1, 1, 1, 1)",
            (b"/pictures/IMG_1.jpg",),
        )
    db.close()
    database = Database(path, migrate)
    assert find_by_file_name(FileNames(database), "img_1", np.array([1])).items.tolist() == [1]
    database.close()
