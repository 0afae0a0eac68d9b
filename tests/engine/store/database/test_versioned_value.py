"""Counts are kept until somebody writes, and never longer."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

from engine.paths import ConnectedFolders
from engine.store.database.connection import Database
from engine.store.database.schema import migrate
from engine.store.database.versioned_value import VersionedValue
from engine.store.files.catalogue import Catalogue
from engine.store.files.library_counts import LibraryCounts
from tests.engine.store.conftest import Store


def test_a_value_is_read_again_after_a_write_and_only_then(store: Store) -> None:
    read: list[str] = []

    def value(key: str) -> str:
        read.append(key)
        return store.catalogue.meta(key)

    kept = VersionedValue(store.database, value)
    assert [kept.get("colour"), kept.get("colour")] == ["", ""]
    assert read == ["colour"]
    store.catalogue.set_meta("colour", "red")
    assert [kept.get("colour"), kept.get("colour"), kept.get("shape")] == ["red", "red", ""]
    assert read == ["colour", "colour", "shape"]


def test_what_another_process_writes_is_read(store: Store) -> None:
    kept = VersionedValue(store.database, store.catalogue.meta)
    assert kept.get("colour") == ""
    other = sqlite3.connect(store.folder / "catalogue.sqlite")
    with other:
        other.execute("INSERT INTO meta (key, value) VALUES ('colour', 'blue')")
    other.close()
    assert kept.get("colour") == "blue"


def test_a_transaction_that_is_rolled_back_is_not_told(store: Store) -> None:
    told: list[str] = []
    store.database.on_commit = lambda: told.append("commit")
    try:
        with store.database.transaction() as db:
            db.execute("INSERT INTO meta (key, value) VALUES ('colour', 'red')")
            raise KeyError
    except KeyError:
        pass
    assert told == []
    store.catalogue.set_meta("colour", "red")
    assert told == ["commit"]


def test_counts_that_are_kept_are_those_of_a_library_that_is_opened_now(store: Store) -> None:
    chance = random.Random(3)
    counts = LibraryCounts(store.database, store.catalogue)
    everywhere = ConnectedFolders((Path("/pictures"),), ())
    names = [f"{number}.jpg" for number in range(12)]
    for _ in range(60):
        store.scan(*((name, chance.randint(1, 3)) for name in chance.sample(names, chance.randint(0, 12))))
        with store.database.transaction() as db:
            db.execute(
                "UPDATE file SET problem_kind = 'damaged', problem_message = 'No.' WHERE path = ?",
                (f"/pictures/{chance.choice(names)}".encode(),),
            )
        if chance.random() < 0.2:
            store.catalogue.forget_failures()
        kept = counts.counts(store.model), counts.folders(everywhere)
        assert kept == fresh(store.folder, store.model, everywhere)


def fresh(folder: Path, model: int, reach: ConnectedFolders) -> tuple[object, object]:
    database = Database(folder / "catalogue.sqlite", migrate)
    counts = LibraryCounts(database, Catalogue(database))
    found = counts.counts(model), counts.folders(reach)
    database.close()
    return found
