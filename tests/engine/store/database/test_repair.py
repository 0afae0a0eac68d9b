"""Rows that are not what was written are passed over wherever they are read, and made anew."""

from __future__ import annotations

import numpy as np
import pytest

from engine.store.clusters.cluster_store import ClusterStore, StoredTheme
from engine.store.items.vector_log import LogPosition, VectorLog
from engine.store.pages.page_texts import PageTexts
from engine.store.pages.terms import digests
from tests.engine.store.conftest import Store


def change(store: Store, statement: str) -> None:
    with store.database.transaction() as db:
        assert db.execute(statement).rowcount


def photos(store: Store, count: int) -> list[int]:
    store.scan(*((f"{number}.jpg", 10) for number in range(count)))
    return [store.read(f"{number}.jpg", str(number).encode())[0] for number in range(count)]


def a_page(store: Store, text: str) -> int:
    store.scan(("a.pdf", 10))
    (file,) = store.catalogue.unread_files()
    content = store.contents.attach(file.id, b"hash")
    store.contents.create_items(content, 1)
    return store.embed(content, 1, text)


@pytest.mark.parametrize(
    "stored",
    [
        "x''",
        "x'00'",
        "'text'",
        "5",
        "substr(bytes, 2)",
        "CAST(bytes || x'0000' AS BLOB)",
        "CAST(x'007e' || substr(bytes, 3) AS BLOB)",  # no number
        "CAST(substr(bytes, 3) || x'007c' AS BLOB)",  # infinite
        "CAST(x'00fc' || substr(bytes, 3) AS BLOB)",
    ],
)
def test_a_vector_that_cannot_be_is_left_out_and_lacking(store: Store, stored: str) -> None:
    items = photos(store, 3)
    change(store, f"UPDATE vector SET bytes = {stored} WHERE item_id = {items[1]}")
    log = VectorLog(store.database)
    ((found, vectors),) = log.added(store.model, LogPosition(), log.newest_position(store.model))
    assert (found.tolist(), vectors.shape) == ([items[0], items[2]], (2, 4))
    assert len(list(store.contents.unfinished(store.model))) == 1
    change(store, f"UPDATE vector SET bytes = {stored}")
    assert list(log.added(store.model, LogPosition(), log.newest_position(store.model))) == []


@pytest.mark.parametrize(
    "stored",
    ["x'00ff'", "''", "'text'", "substr(words, 3)", "5"],
)
def test_words_that_cannot_be_unpacked_are_read_again(store: Store, stored: str) -> None:
    item = a_page(store, "The invoices of March")
    change(store, f"UPDATE page_text SET words = {stored}")
    texts = PageTexts(store.database)
    assert texts.words(item) == ()
    assert texts.texts([item]) == {}
    assert store.count("reading") == 0
    (lacking,) = store.contents.unfinished(store.model)
    store.embed(lacking.content, 1, "The invoices of March")
    assert len(texts.words(item)) == 1


@pytest.mark.parametrize("stored", ["x'00ff00'", "'word'", "5"])
def test_terms_that_cannot_be_are_made_anew(store: Store, stored: str) -> None:
    item = a_page(store, "The invoices")
    change(store, f"UPDATE page_terms SET terms = {stored}")
    texts = PageTexts(store.database)
    for _ in range(2):
        assert texts.terms([item])[item].stems.tolist() == digests(["the", "invoic"]).tolist()
        texts.catch_up()
    assert store.count("page_terms") == 1


def theme(number: int, *items: int) -> StoredTheme:
    return StoredTheme(number, "cats", np.ones(4, np.float32), np.array(items), np.array(items[:1]))


@pytest.mark.parametrize(
    "harm",
    [
        "centre = x'00'",
        "centre = x''",
        "centre = x'0000c07f'",
        "items = x'00'",
        "items = 'text'",
        "covers = x'00'",
        "least = 'word'",
    ],
)
def test_a_damaged_theme_is_left_out_and_all_are_found_anew(store: Store, harm: str) -> None:
    items = photos(store, 2)
    found = ClusterStore(store.database)
    found.publish([], [theme(1, *items), theme(2, *items)], {"discovered": "now"})
    assert found.stamp() == "now"
    change(store, f"UPDATE theme SET {harm} WHERE number = 2")
    assert [each.number for each in found.themes()] == [1]
    assert (found.stamp(), found.highest_theme_number()) == ("", 2)


def test_a_damaged_order_of_themes_is_that_of_their_numbers(store: Store) -> None:
    found = ClusterStore(store.database)
    found.publish([], [theme(2), theme(1)], {})
    change(store, "UPDATE meta SET value = '[' WHERE key = 'themes_in_order'")
    change(store, "UPDATE meta SET value = 'word' WHERE key = 'themes_numbered'")
    assert [each.number for each in found.themes()] == [1, 2]
    assert found.highest_theme_number() == 2


@pytest.mark.parametrize("levels", ["x'00'", "'text'", "5"])
def test_where_a_print_is_damaged_all_photographs_are_compared_anew(store: Store, levels: str) -> None:
    first, second = photos(store, 2)
    found = ClusterStore(store.database)
    found.begin_comparing(store.model, 1)
    found.save_pairs(store.model, [], [(first, bytes(64)), (second, bytes(64))], 5)
    assert found.compared_until(store.model, 1) == 5
    change(store, f"UPDATE grey_print SET levels = {levels} WHERE item_id = {second}")
    assert found.average_hashes() == [(first, bytes(64))]
    assert found.compared_until(store.model, 1) == 0
