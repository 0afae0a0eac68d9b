"""Files are found first by their very names."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import numpy as np
import pytest

from engine.search.file_names import called, may_be_a_name
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
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, dict[int, str]]]:
    store = Store(tmp_path_factory.mktemp("names"))
    store.scan(*((name, 10) for name in DOCUMENTS))
    names = {}
    for file in list(store.catalogue.unread_files()):
        content = store.contents.attach(file.id, file.path.name.encode())
        store.contents.open(content, 2)
        names[store.embed(content, 1, "words")] = unicodedata.normalize("NFC", file.path.name)
        store.embed(content, 2, "words")
    yield store, names
    store.database.close()


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("scan7.pdf", "scan7.pdf"),
        ("scan7", "scan7.pdf"),
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
    found = called(store.contents, typed, everything)
    assert [names[item] for item in found.items.tolist()] == [name]


@pytest.mark.parametrize("typed", ["scan8", "can7", "scan7.jpg", "a sentence about scans", ""])
def test_another_name_finds_nothing(library: tuple[Store, dict[int, str]], typed: str) -> None:
    store, names = library
    assert not len(called(store.contents, typed, np.array(sorted(names), np.int64)))


@pytest.mark.parametrize(
    "typed",
    ["camelCaseName", "well-known", "IMG_1", "scan7", "a.pdf", "annual.report", '"a dog on the beach"'],
)
def test_what_may_be_a_name(typed: str) -> None:
    assert may_be_a_name(typed)


@pytest.mark.parametrize(
    "typed", ["Dog", "a dog on the Beach", "NASA", "one two three four 5", 'a "dog" here', "the end."]
)
def test_what_is_no_name(typed: str) -> None:
    assert not may_be_a_name(typed)
