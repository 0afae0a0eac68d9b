"""What a library discovers takes its time: it stops at once when asked to, and goes on where it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import count, pairwise
from pathlib import Path

import pytest

from engine.clustering.cluster_update import PHASE, ClusterUpdate
from engine.clustering.themes.label_scores import TEXTS_AT_A_TIME
from engine.clustering.themes.label_vocabulary import vocabulary
from engine.errors import Cancelled
from engine.index.picture_index import PictureIndex
from engine.library import CATALOGUE_FILE
from engine.progress import CancelToken, Progress
from engine.records import Vectors
from engine.store.clusters.cluster_store import ClusterStore
from engine.store.database.connection import Database
from engine.store.database.schema import migrate
from engine.store.items.thumbnails import Thumbnails
from engine.store.items.vector_log import VectorLog
from tests.engine.clustering.sample_library import Album, KnowingModel, Phases, paint, scene

ALIKE = 9  # versions of one picture


def never() -> bool:
    return False


class CountingModel(KnowingModel):
    """Remembers how many sentences it was given at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[int] = []

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        self.asked.append(len(texts))
        return super().embed_texts(texts)


class CountingThumbnails(Thumbnails):
    """Remembers what was looked at."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, 0)
        self.looked_at: list[int] = []

    def get(self, item: int) -> bytes | None:
        self.looked_at.append(item)
        return super().get(item)


class Bench:
    """What there is to be discovered in an album, and who does it."""

    def __init__(self, album: Album, folder: Path) -> None:
        self.database = Database(album.location / CATALOGUE_FILE, migrate)
        self.found = ClusterStore(self.database)
        self.thumbnails = CountingThumbnails(folder / "thumbnails.sqlite")
        self.thumbnails.put(
            (int(item), album.library.thumbnail(int(item)) or b"") for item in self.found.photos()
        )
        self.model = CountingModel()
        self.cancel = CancelToken()
        self._log = VectorLog(self.database)
        self._index = PictureIndex(self._log, 1, self.model.identity.dimension, folder)

    def begin(self) -> ClusterUpdate:
        return ClusterUpdate(
            self.found,
            self.thumbnails,
            lambda *_: None,
            self._index.nearest,
            self.model,
            1,
            self._log.newest_position(1),
        )

    def run(self, work: ClusterUpdate, stop: Callable[[], bool] = never) -> bool:
        return work.run(Progress(), self.cancel, stop)

    def shown(self) -> tuple[dict[int, int], list[tuple[str, int]]]:
        groups = self.found.groups_of(self.found.photos().tolist())
        return groups, [(theme.name, len(theme.items)) for theme in self.found.themes()]

    def close(self) -> None:
        self.thumbnails.close()
        self.database.close()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Photographs that are alike, and enough of them for themes; none is discovered yet."""
    album = Album(tmp_path)
    for number in range(ALIKE):
        album.save(f"version {number}.jpg", scene(1), quality=60 + 4 * number)
    for colour in ("green", "blue", "red"):
        paint(album, colour, 9)
    cancel = CancelToken()
    with pytest.raises(Cancelled):
        album.library.index(Phases(cancel, PHASE), cancel)
    bench = Bench(album, tmp_path)
    yield bench
    bench.close()
    album.library.close()


def test_whether_to_stop_is_asked_for_each_photograph_and_each_pair(bench: Bench) -> None:
    asked = count()
    assert bench.run(bench.begin(), lambda: next(asked) < 0)
    assert next(asked) > len(bench.found.photos()) + ALIKE * (ALIKE - 1) // 2


def test_whether_to_stop_is_asked_before_each_few_words(bench: Bench) -> None:
    calls = [0]

    def stop() -> bool:
        calls.append(len(bench.model.asked))
        return False

    assert bench.run(bench.begin(), stop)
    assert sum(bench.model.asked) > len(vocabulary())
    assert max(after - before for before, after in pairwise(calls)) == 1
    assert max(bench.model.asked) <= TEXTS_AT_A_TIME


def test_what_is_stopped_after_every_step_is_done_all_the_same_and_nothing_twice(bench: Bench) -> None:
    asked = count()
    work = bench.begin()
    slices = 1
    while not bench.run(work, lambda: next(asked) % 2 == 1):
        slices += 1
    assert slices > len(bench.found.photos())
    assert len(bench.thumbnails.looked_at) == len(set(bench.thumbnails.looked_at))
    words = sum(bench.model.asked)
    in_steps = bench.shown()
    assert len(in_steps[0]) >= ALIKE
    assert {"Grass", "The sea", "Roses"} <= {name for name, _ in in_steps[1]}
    with bench.database.transaction() as db:
        for table in ("comparison", "alike_group", "alike_pair", "theme", "meta"):
            db.execute(f"DELETE FROM {table}")
    bench.model.asked.clear()
    assert bench.run(bench.begin())
    assert (bench.shown(), sum(bench.model.asked)) == (in_steps, words)


def test_no_more_words_are_asked_once_it_is_cancelled(bench: Bench) -> None:
    class Cancelling(CountingModel):
        def embed_texts(self, texts: Sequence[str]) -> Vectors:
            bench.cancel.cancel()
            return super().embed_texts(texts)

    bench.model = Cancelling()
    with pytest.raises(Cancelled):
        bench.run(bench.begin())
    assert len(bench.model.asked) == 1


def test_what_failed_begins_anew(bench: Bench) -> None:
    class Failing(CountingModel):
        def embed_texts(self, texts: Sequence[str]) -> Vectors:
            if not self.asked:
                self.asked.append(len(texts))
                raise OSError("for once")
            return super().embed_texts(texts)

    bench.model = Failing()
    work = bench.begin()
    with pytest.raises(OSError, match="for once"):
        bench.run(work)
    assert bench.found.themes() == ()
    assert bench.run(work)
    assert bench.found.themes()


def test_a_run_that_looks_at_the_files_in_between_goes_on_with_its_themes(tmp_path: Path) -> None:
    class Interrupting(CountingModel):
        def embed_texts(self, texts: Sequence[str]) -> Vectors:
            if len(self.asked) < 5:
                album.library.on_settings_changed()  # makes a run look at the files first
            return super().embed_texts(texts)

    asked, begun = [], []
    for name, model in (("undisturbed", CountingModel()), ("disturbed", Interrupting())):
        (tmp_path / name).mkdir()
        album = Album(tmp_path / name, model)
        for colour in ("green", "blue", "red"):
            paint(album, colour, 9)
        begun.append(album.index().count(PHASE))
        asked.append(model.asked)
        album.library.close()
    assert begun == [1, 6]
    assert asked[0] == asked[1]
