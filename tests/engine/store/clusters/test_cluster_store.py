"""What was discovered, as the catalogue keeps it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pytest

from engine.store.clusters.cluster_store import (
    FOUND_FROM,
    STAMP,
    ClusterStore,
    SimilarGroup,
    SimilarPair,
    StoredTheme,
)
from engine.store.clusters.duplicates import DuplicateFiles
from engine.store.database.connection import Database
from engine.store.database.schema import MIGRATIONS, migrate
from tests.engine.store.conftest import Store

CENTRE = np.array([0.0, 1.0, 0.0, 0.0], np.float32)


def three_photos(store: Store) -> list[int]:
    store.scan(("a.jpg", 10), ("b.jpg", 20), ("c.jpg", 30))
    return [store.read(f"{name}.jpg", name.encode())[0] for name in "abc"]


def theme(name: str, *items: int, number: int = 1) -> StoredTheme:
    numbers = np.array(items, np.int64)
    return StoredTheme(number, name, CENTRE, numbers, numbers[:1], 0.25, 0.5)


def test_a_library_of_the_second_version_has_all_it_held_and_nothing_discovered(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    with sqlite3.connect(path, isolation_level=None) as db:
        migrate(db, MIGRATIONS[:2])
        db.execute("INSERT INTO folder (path) VALUES (x'2f70')")
        db.execute("INSERT INTO content (hash, opened) VALUES (x'00', 1)")
        db.execute("INSERT INTO item (content_id, page) VALUES (1, 0)")
        for name in ("x'2f702f61'", "x'2f702f62'"):
            db.execute(
                f"INSERT INTO file (folder_id, path, size, mtime_ns, seen, content_id) "
                f"VALUES (1, {name}, 5, 1, 1, 1)"
            )
    db.close()
    database = Database(path, migrate)
    found = ClusterStore(database)
    assert (found.stamp(), found.themes(), found.groups_of([1])) == ("", (), {})
    (group,) = DuplicateFiles(database).groups()
    assert (group.kind, [file.path for file in group.files]) == ("copies", [Path("/p/a"), Path("/p/b")])
    database.close()


def test_what_is_shown_takes_the_place_of_all_that_was_shown_or_of_nothing(store: Store) -> None:
    first, second, third = three_photos(store)
    found = ClusterStore(store.database)
    found.publish([SimilarGroup((first, second), "alike")], [theme("Dogs", first, second)], {STAMP: "1"})
    assert found.groups_of([third, second, first]) == {first: first, second: first}
    assert found.theme_items(1).tolist() == [first, second]
    (kept,) = found.themes()
    assert (kept.name, kept.offset, kept.least, kept.centre.tolist()) == ("Dogs", 0.25, 0.5, CENTRE.tolist())

    clash = [theme("Cats", third), theme("Cats", third)]  # two of one number
    with pytest.raises(sqlite3.IntegrityError):
        found.publish([SimilarGroup((second, third), "burst")], clash, {STAMP: "2"})
    assert (found.stamp(), found.groups_of([third]), found.themes()[0].name) == ("1", {}, "Dogs")

    found.publish([SimilarGroup((second, third), "burst")], [], {STAMP: "3", FOUND_FROM: "x"})
    assert (found.stamp(), found.found_from(), found.themes()) == ("3", "x", ())
    assert found.groups_of([first, second, third]) == {second: second, third: second}
    assert found.theme_items(1).tolist() == []


def test_themes_stand_in_the_order_in_which_they_were_shown(store: Store) -> None:
    first, second, third = three_photos(store)
    found = ClusterStore(store.database)
    shown = [theme("Dogs", first, number=12), theme("Cats", second, number=3), theme("Sea", third, number=7)]
    found.publish([], shown, {STAMP: "1"})
    assert [stored.number for stored in found.themes()] == [12, 3, 7]
    found.publish([], [shown[2], shown[0]], {STAMP: "2"})
    assert [(stored.number, stored.name) for stored in found.themes()] == [(7, "Sea"), (12, "Dogs")]
    assert found.highest_theme_number() == 12


def test_pairs_go_with_their_items_and_with_a_new_method(store: Store) -> None:
    first, second, third = three_photos(store)
    found = ClusterStore(store.database)
    found.begin_comparing(store.model, 1)
    pairs = [
        SimilarPair(first, second, "alike"),
        SimilarPair(second, third, "burst"),
        SimilarPair(first, 99, "alike"),
    ]
    found.save_pairs(store.model, pairs, [(first, bytes(64)), (99, bytes(64))], 3)
    assert found.pairs(store.model) == pairs[:2]  # 99 is no item
    assert found.average_hashes() == [(first, bytes(64))]
    assert (found.compared_until(store.model, 1), found.compared_until(store.model, 2)) == (3, 0)
    store.scan(("b.jpg", 20), ("c.jpg", 30))
    with store.database.transaction() as db:
        db.execute("DELETE FROM file WHERE missing_since NOTNULL")
    store.catalogue.tidy()
    assert found.pairs(store.model) == pairs[1:2]
    assert found.average_hashes() == []
    found.begin_comparing(store.model, 2)
    assert found.pairs(store.model) == []
