"""What most pages of a document carry, it is about."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.search.text.word_scores import FeatureWeights
from engine.search.text.word_search import WordSearch
from tests.engine.store.conftest import Store

COMPANIES, YEARS, PAGES = ("Marlow", "Tandem"), (2019, 2020, 2021), 12
SPENT = 7  # the page that says what is asked


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path)
    yield store
    store.database.close()


class ReportLibrary:
    """Reports of two companies. Each page names company and year, some the year before, but the page that is
    asked for says the same in all of them."""

    def __init__(self, store: Store) -> None:
        self.store = store
        reports = [(company, year) for company in COMPANIES for year in YEARS]
        store.scan(*((f"scan{number}.pdf", 10) for number in range(len(reports))))
        self.places: dict[int, tuple[str, int, int]] = {}
        for file, (company, year) in zip(store.catalogue.unread_files(), reports, strict=True):
            content = store.contents.attach(file.id, f"{company}{year}".encode())
            store.contents.create_items(content, PAGES)
            for page in range(1, PAGES + 1):
                before = f"Compared with {year - 1}." if page % 3 == 0 else ""
                text = f"{company} annual report {year}. {before} Other matters."
                text = text if page != SPENT else f"Capital expenditure of {YEARS}."
                self.places[store.embed(content, page, text)] = company, year, page

    def first(self, text: str, weights: FeatureWeights | None = None) -> tuple[str, int, int]:
        found = WordSearch(self.store.database, weights=weights).search(text, (), 50)
        return self.places[found[0].item]


@pytest.fixture
def report_library(store: Store) -> ReportLibrary:
    return ReportLibrary(store)


@pytest.mark.parametrize("company", COMPANIES)
@pytest.mark.parametrize("year", YEARS)
def test_the_report_that_is_about_company_and_year_comes_first(
    report_library: ReportLibrary, company: str, year: int
) -> None:
    asked = f"capital expenditure of {company} in FY{year}"
    assert report_library.first(asked) == (company, year, SPENT)


def test_pages_alone_do_not_tell_the_reports_apart(report_library: ReportLibrary) -> None:
    """So that the test before means something."""
    asked = [(company, year) for company in COMPANIES for year in YEARS]
    found = [
        report_library.first(f"capital expenditure of {company} in FY{year}", FeatureWeights(coverage=0))[:2]
        for company, year in asked
    ]
    assert found != asked


def test_a_document_of_one_page_gains_nothing_from_itself(store: Store) -> None:
    store.scan(("letter.pdf", 10), ("book.pdf", 10))
    letter, book = (
        store.contents.attach(file.id, file.path.name.encode()) for file in store.catalogue.unread_files()
    )
    store.contents.create_items(letter, 1)
    store.contents.create_items(book, 9)
    alone = store.embed(letter, 1, "a lighthouse keeper")
    pages = [store.embed(book, page, "a lighthouse keeper") for page in range(1, 10)]
    found = WordSearch(store.database).search("lighthouse", (), 50)
    assert {hit.item for hit in found} == {alone, *pages}
    assert found[-1].item == alone


def test_pages_of_files_that_are_gone_count_no_longer(report_library: ReportLibrary) -> None:
    report_library.store.scan(("scan1.pdf", 10))
    found = WordSearch(report_library.store.database).search("Tandem Marlow 2020", (), 50)
    assert {report_library.places[hit.item][:2] for hit in found} == {("Marlow", 2020)}
    assert np.isfinite([hit.score for hit in found]).all()
