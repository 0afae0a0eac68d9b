"""Slips of typing."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.search.query.fuzzy_terms import LEAST_SIMILARITY, edit_distances, similar_spellings
from engine.store.database.connection import Database
from engine.store.database.schema import migrate
from engine.store.pages.page_texts import write_text

WORDS = st.text(alphabet="abc", max_size=7)


def slow_distance(one: str, other: str) -> int:
    """The definition, one pair of letters at a time."""

    @cache
    def of(a: int, b: int) -> int:
        if not a or not b:
            return a + b
        found = min(of(a - 1, b) + 1, of(a, b - 1) + 1, of(a - 1, b - 1) + (one[a - 1] != other[b - 1]))
        if a > 1 and b > 1 and one[a - 1] == other[b - 2] and one[a - 2] == other[b - 1]:
            found = min(found, of(a - 2, b - 2) + 1)
        return found

    return of(len(one), len(other))


@given(WORDS, st.lists(WORDS, max_size=5))
def test_distances_are_those_of_the_definition(word: str, others: Sequence[str]) -> None:
    assert edit_distances(word, others).tolist() == [slow_distance(word, other) for other in others]


@pytest.fixture
def library(tmp_path: Path) -> Database:
    database = Database(tmp_path / "catalogue.sqlite", migrate)
    with database.transaction() as db:
        db.execute("INSERT INTO content (hash, opened) VALUES (x'00', 1)")
        for page, text in enumerate(("netflix advertising", "netflix costs", "nectar 12345"), 1):
            db.execute("INSERT INTO item (content_id, page) VALUES (1, ?)", (page,))
            write_text(db, page, text, [])
    return database


@pytest.mark.parametrize("slip", ["neflix", "netfilx", "netflixx", "nitflix"])
def test_a_slip_leads_to_the_word(library: Database, slip: str) -> None:
    with library.read() as db:
        ((term, (similarity, pages)),) = similar_spellings(db, slip).items()
    library.close()
    assert (term, pages) == ("netflix", 2)
    assert LEAST_SIMILARITY <= similarity < 1


@pytest.mark.parametrize("other", ["net", "12346", "zzzzzzz", "\U0010ffff" * 5, "nexxxix"])
def test_what_is_no_slip_leads_nowhere(library: Database, other: str) -> None:
    with library.read() as db:
        assert similar_spellings(db, other) == {}
    library.close()


def test_a_sequence_of_letters_that_is_no_word_has_no_slips(library: Database) -> None:
    """The table of its distances would have millions of fields: genes, keys and pictures as text are such."""
    genes = "acgt" * 20
    with library.transaction() as db:
        db.execute("INSERT INTO item (content_id, page) VALUES (1, 4)")
        write_text(db, 4, genes, [])
    with library.read() as db:
        assert similar_spellings(db, genes[:-1] + "c") == {}
    library.close()
