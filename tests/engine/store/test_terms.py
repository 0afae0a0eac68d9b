"""A text's terms are what the full-text index holds."""

from __future__ import annotations

import sqlite3

import pytest

from engine.store.terms import cut, digest, digests, joined, terms_of


@pytest.mark.parametrize(
    "text", ["plain words", "東京タワーへ行く", "abc東京def", "ภาษาไทย", "RM8.50 and A4", "", "a\u200bb"]
)
def test_cutting_twice_is_cutting_once_and_can_be_undone(text: str) -> None:
    assert cut(cut(text)) == cut(text)
    assert joined(cut(text)) == joined(text)


def test_scripts_without_spaces_fall_into_letters() -> None:
    with sqlite3.connect(":memory:") as db:
        assert terms_of(db, ["東京 tower", "ไทย"]) == [["東", "京", "tower"], ["ไ", "ท", "ย"]]


def test_an_amount_is_parted_from_its_currency() -> None:
    with sqlite3.connect(":memory:") as db:
        assert terms_of(db, ["RM8.50", "A4 B52"]) == [["rm", "8", "50"], ["a4", "b52"]]


def test_terms_are_those_of_the_index() -> None:
    texts = ["Cafés, RUNNING late!", "", "running\x00 on"]
    with sqlite3.connect(":memory:") as db:
        found = terms_of(db, texts)
        db.execute("CREATE VIRTUAL TABLE t USING fts5 (x, tokenize='porter unicode61 remove_diacritics 2')")
        db.executemany("INSERT INTO t (rowid, x) VALUES (?, ?)", enumerate(texts))
        db.execute("CREATE VIRTUAL TABLE v USING fts5vocab (t, instance)")
        rows = db.execute("SELECT doc, offset, term FROM v ORDER BY doc, offset").fetchall()
    assert [[term for doc, _, term in rows if doc == number] for number in range(3)] == found
    assert found[0] == ["cafe", "run", "late"]
    assert found[1] == []


def test_nothing_of_one_call_is_left_for_the_next() -> None:
    with sqlite3.connect(":memory:") as db:
        terms_of(db, ["one two", "three"])
        assert terms_of(db, ["four"]) == [["four"]]
        assert terms_of(db, []) == []


def test_digests_tell_terms_apart() -> None:
    terms = [f"term{number}" for number in range(1000)]
    assert len(set(digests(terms).tolist())) == 1000
    assert digests(["a"])[0] == digest("a")
