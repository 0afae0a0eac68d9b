"""What a library keeps at hand is made once, and holds up nobody who wants something else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.index.picture_index import PictureIndex
from engine.library.resource_cache import ResourceCache
from engine.store.database.connection import Database
from engine.store.database.schema import migrate
from engine.store.items.vector_log import DerivedFile, VectorLog
from engine.store.pages.page_vectors import PageVectorStore
from engine.store.pages.passages import PassageStore
from tests.fakes import ColourRegistry

SECONDS = 60.0


class Slow(VectorLog):
    """A large index on a slow disk."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.asked, self.go_on, self.times = threading.Event(), threading.Event(), 0

    def derived_file(self, model: int) -> DerivedFile | None:
        self.times += 1
        self.asked.set()
        assert self.go_on.wait(SECONDS)
        return super().derived_file(model)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "catalogue.sqlite", migrate)
    yield database
    database.close()


def test_who_wants_a_model_does_not_wait_for_an_index(database: Database, tmp_path: Path) -> None:
    log, registry = Slow(database), ColourRegistry(tmp_path / "models")
    loaded = ResourceCache(registry, log, PageVectorStore(database), PassageStore(database), tmp_path)
    made: list[PictureIndex] = []
    threads = [threading.Thread(target=lambda: made.append(loaded.pictures(1, 4))) for _time in range(2)]
    others = threading.Thread(target=lambda: loaded.embedder(registry.identity_of("colours")))
    for thread in threads:
        thread.start()
    assert log.asked.wait(SECONDS)
    others.start()
    others.join(SECONDS)
    still_waiting = others.is_alive()
    log.go_on.set()
    for thread in (*threads, others):
        thread.join(SECONDS)
    assert not still_waiting
    assert made[0] is made[1] is loaded.pictures(1, 4)
    assert log.times == 1


def test_what_could_not_be_made_is_made_by_who_asks_next(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = ResourceCache(
        ColourRegistry(tmp_path / "models"),
        VectorLog(database),
        PageVectorStore(database),
        PassageStore(database),
        tmp_path,
    )

    def refuse(_log: VectorLog, _model: int) -> DerivedFile | None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(VectorLog, "derived_file", refuse)
        with pytest.raises(MemoryError):
            loaded.pictures(1, 4)
    assert loaded.pictures(1, 4) is loaded.pictures(1, 4)
