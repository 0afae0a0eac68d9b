"""A text's terms are what the full-text index holds."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from engine.store.database.schema import migrate
from engine.store.pages.terms import TOKENIZER, digest, digests, page_terms, stems_of


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    yield connection
    connection.close()


def test_scripts_without_spaces_fall_into_letters(db: sqlite3.Connection) -> None:
    assert stems_of(db, ["東京 tower", "ไทย"]) == [["東", "京", "tower"], ["ไ", "ท", "ย"]]


def test_an_amount_is_parted_from_its_currency(db: sqlite3.Connection) -> None:
    assert stems_of(db, ["RM8.50", "A4 B52"]) == [["rm", "8", "50"], ["a4", "b52"]]


def test_terms_are_those_of_the_index(db: sqlite3.Connection) -> None:
    texts = ["Cafés, RUNNING late!", "", "running\x00 on", "दिल टी ꙮ"]
    made = page_terms(db, texts)
    db.execute(f"CREATE VIRTUAL TABLE t USING fts5 (x, tokenize='{TOKENIZER}')")
    db.executemany("INSERT INTO t (rowid, x) VALUES (?, ?)", enumerate(indexed for _, indexed in made))
    db.execute("CREATE VIRTUAL TABLE v USING fts5vocab (t, instance)")
    rows = db.execute("SELECT doc, offset, term FROM v ORDER BY doc, offset").fetchall()
    found = stems_of(db, texts)
    for number, (its, (terms, _)) in enumerate(zip(found, made, strict=True)):
        assert [term for doc, _, term in rows if doc == number][: len(its)] == its
        assert terms.stems.tolist() == digests(its).tolist()
        assert len(terms.marks) == len(its)
    assert found[0] == ["cafe", "run", "late"]
    assert found[1] == []


def test_the_catalogue_parts_words_as_the_terms_do(db: sqlite3.Connection) -> None:
    db.isolation_level = None
    migrate(db)
    (statement,) = db.execute("SELECT sql FROM sqlite_master WHERE name = 'page_search'").fetchone()
    assert f"tokenize='{TOKENIZER}'" in statement


def test_only_what_differs_from_the_plain_word_is_marked(db: sqlite3.Connection) -> None:
    ((plain, indexed), (accented, marked)) = page_terms(db, ["cafe au lait", "café au lait"])
    assert plain.stems.tolist() == accented.stems.tolist()
    assert not plain.marks.any()
    assert accented.marks.astype(bool).tolist() == [True, False, False]
    assert indexed == "cafe au lait"
    assert marked.startswith("cafe au lait ꙮ")


def test_nothing_of_one_call_is_left_for_the_next(db: sqlite3.Connection) -> None:
    stems_of(db, ["one two", "three"])
    assert stems_of(db, ["four"]) == [["four"]]
    assert stems_of(db, []) == []


def test_digests_tell_terms_apart() -> None:
    terms = [f"term{number}" for number in range(1000)]
    assert len(set(digests(terms).tolist())) == 1000
    assert digests(["a"])[0] == digest("a")
