"""Which words of a query are taken for slips."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.models.text.dictionary import load_english_words
from engine.models.text.word_vectors import WordVectors
from engine.records import Verdict
from engine.search.confidence.thresholds import word_verdict
from engine.search.text.word_search import WordSearch
from tests.engine.store.conftest import Store

PAGES = {
    "gross": "The gross margin grew, said the dogs of war, and nobody could grasp it.",
    "sure": "We are sure that the survey of seniors was made with care.",
    "winter": "Sales of the winter months",
    "aero": "Aeronautical engineering and its history",
    "united": "The United States of America",
    "heating": "Heating for people at home",
    "typo": "we recieve letters of complaint",
    "right": "We receive parcels and receive invoices",
    "too": "They receive nothing",
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mended]:
    store = Store(tmp_path_factory.mktemp("mending"))
    yield Mended(store)
    store.database.close()


class Mended:
    def __init__(self, store: Store) -> None:
        store.scan(*((f"{name}.pdf", 10) for name in PAGES))
        self.items: dict[int, str] = {}
        for file in list(store.catalogue.unread_files()):
            content = store.contents.attach(file.id, file.path.name.encode())
            store.contents.create_items(content, 1)
            self.items[store.embed(content, 1, PAGES[file.path.stem])] = file.path.stem
        english, vectors = load_english_words(), WordVectors.load()
        self.words = WordSearch(store.database, lambda: vectors, lambda: english)

    def matching(self, text: str) -> list[str]:
        """What is at least a weak match."""
        hits = self.words.search(text, (), 10)
        return [self.items[hit.item] for hit in hits if word_verdict(hit.matched_share) is not Verdict.NONE]


@pytest.mark.parametrize(
    "asked", ["grass", "surfing", "snow", "astronaut", "a dog on grass", "people eating"]
)
def test_a_word_that_is_on_no_page_is_not_taken_for_another_word(library: Mended, asked: str) -> None:
    assert library.matching(asked) == []


@pytest.mark.parametrize(
    ("asked", "found"),
    [("untied states", "united"), ("grass margin", "gross"), ("aeronatical", "aero"), ("surveey", "sure")],
)
def test_a_slip_is_mended(library: Mended, asked: str, found: str) -> None:
    assert library.matching(asked)[0] == found


def test_a_slip_that_stands_on_a_page_is_mended_where_the_other_words_agree(library: Mended) -> None:
    assert library.matching("recieve") == ["typo"]
    assert library.matching("recieve parcels")[0] == "right"
    assert library.matching("recieve letters")[0] == "typo"
