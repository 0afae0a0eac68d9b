"""A catalogue on disk, and a short way to fill it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from engine.records import DecodedItem, FoundFile, ModelIdentity, Word
from engine.store.database.connection import Database
from engine.store.database.schema import migrate
from engine.store.files.catalogue import Catalogue
from engine.store.files.scan_marks import ScanMarks
from engine.store.items.contents import Contents

MODEL = ModelIdentity("model", "1", 4)


class Store:
    """The parts of a store over one database, with what tests do again and again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = Database(folder / "catalogue.sqlite", migrate)
        self.catalogue = Catalogue(self.database)
        self.contents = Contents(self.database)
        self.model = self.contents.model_id(MODEL)

    def scan(self, *files: tuple[str, int], missing_ok: bool = True) -> int:
        """A completed scan of /pictures that saw (name, size) and nothing else. Returns the newly missing."""
        if not self.catalogue.folders():
            self.catalogue.add_folder(Path("/pictures"), ())
        (folder,) = self.catalogue.folders()
        seen = ScanMarks()
        found = [FoundFile(Path("/pictures") / name, size, 1) for name, size in files]
        self.catalogue.record_found(folder, seen, found)
        return self.catalogue.end_scan(folder, seen, 7, (), lambda _: False) if missing_ok else 0

    def read(self, name: str, content: bytes, pages: int | None = None) -> tuple[int, ...]:
        """Say what a scanned file holds, embed all of it; returns its items."""
        file = next(f for f in self.catalogue.unread_files() if f.path.name == name)
        number = self.contents.attach(file.id, content)
        if self.contents.unfinished_parts(number, self.model) is None:
            return self.contents.items_of_hash(content)
        self.contents.create_items(number, pages)
        for page in [None] if pages is None else range(1, pages + 1):
            self.embed(number, page)
        return self.contents.items_of_hash(content)

    def embed(self, content: int, page: int | None, text: str = "") -> int:
        item = self.contents.item_id(content, page)
        words = (Word("word", (0.1, 0.2, 0.3, 0.4)),) if text else ()
        decoded = DecodedItem(page, np.zeros((2, 2, 3), np.uint8), 20, 10, b"jpeg", None, text, words)
        vector = np.zeros((1, 4), np.float32)
        vector[0, item % 4] = 1.0
        self.contents.save(self.model, [(item, decoded)], vector)
        return item

    def empty_log(self) -> None:
        """Move what the write-ahead log holds into the database, so that it holds what is written since."""
        with closing(sqlite3.connect(self.folder / "catalogue.sqlite")) as db:
            assert db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone() == (0, 0, 0)

    def log_bytes(self) -> int:
        return (self.folder / "catalogue.sqlite-wal").stat().st_size

    def count(self, table: str) -> int:
        with self.database.read() as db:
            return int(db.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path)
    yield store
    store.database.close()
