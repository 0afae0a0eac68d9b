"""How long a search takes at 100,000 items, stage by stage.

    python -m tests.bench.bench_search [--items N] [--dimension N] [--queries N]

A real library (catalogue, word index, derived index) is filled with synthetic clustered vectors and texts.
The alternative in the same run is a float32 matrix product over all vectors with numpy.
"""

from __future__ import annotations

import argparse
import resource
import sqlite3
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.library import CATALOGUE_FILE, Library
from engine.models.manifest import ModelKind
from engine.models.protocols import PictureEmbedder, TextEncoder
from engine.models.registry import ModelRegistry
from engine.models.text.passages import MAX_PASSAGES, PASSAGE_MODEL
from engine.records import (
    Filters,
    ModelIdentity,
    Order,
    Orientation,
    PictureInput,
    PixelBatch,
    Query,
    Scope,
    SearchResults,
    Vectors,
)
from engine.store.clusters.cluster_store import ClusterStore, StoredTheme
from engine.store.database.connection import Database
from engine.store.database.schema import migrate
from engine.store.items.contents import Contents
from engine.store.pages.page_texts import write_text
from engine.store.pages.passages import PassageStore

WORDS = 20_000  # in the made-up language of the pages
WORDS_A_PAGE = 120
PAGES_SHARE = 0.2  # of the items
CLUSTERS = 500
FOLDERS = 100
DATED_SHARE = 0.7
SHAPES = ((640, 480), (480, 640), (480, 480))
THEME_SHARE = 0.01
BEGINNING, SECONDS = (
    np.datetime64("2015-01-01", "s"),
    10 * 365 * 86_400,
)  # of the days that photographs were taken
DEEP = 0.6  # a rank far down, by the number of items
MEGABYTE = 1 << 20


class RandomModel:
    """A model whose sentences are random vectors, near a cluster of the library's: encoding takes no time."""

    def __init__(self, dimension: int, centres: Vectors) -> None:
        self.identity = ModelIdentity("random", "1", dimension)
        self.picture_input = PictureInput(16)
        self.batch_size = 8
        self._centres = centres
        self._chance = np.random.default_rng(3)

    def embed_pictures(self, pictures: PixelBatch) -> Vectors:
        return _near(self._chance, self._centres, len(pictures))

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        return _near(self._chance, self._centres, len(texts))


class RandomTexts:
    """Encoding takes no time."""

    def __init__(self) -> None:
        self._centres = random_centres(PASSAGE_MODEL.dimension)
        self._chance = np.random.default_rng(13)

    def encode(self, texts: Sequence[str]) -> Vectors:
        return _near(self._chance, self._centres, len(texts))


class RandomRegistry(ModelRegistry):
    def __init__(self, directory: Path, model: RandomModel) -> None:
        super().__init__(directory)
        self._model = model
        self._texts = RandomTexts()

    def model_names(self) -> tuple[str, ...]:
        return (self._model.identity.name,)

    def kind_of(self, name: str) -> ModelKind:
        return "pictures" if name == self._model.identity.name else super().kind_of(name)

    def is_installed(self, name: str) -> bool:
        return name == self._model.identity.name or super().is_installed(name)

    def identity_of(self, name: str) -> ModelIdentity:
        return self._model.identity if name == self._model.identity.name else super().identity_of(name)

    def picture_input_of(self, identity: ModelIdentity) -> PictureInput:  # noqa: ARG002
        return self._model.picture_input

    def load_picture_model(self, identity: ModelIdentity) -> PictureEmbedder:  # noqa: ARG002
        return self._model

    def load_text_encoder(self) -> TextEncoder:
        return self._texts


def _near(chance: np.random.Generator, centres: Vectors, count: int) -> Vectors:
    spread = chance.standard_normal((count, centres.shape[1])) / np.sqrt(centres.shape[1])
    vectors = centres[chance.integers(len(centres), size=count)] + spread
    unit: Vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return unit


def random_centres(dimension: int) -> Vectors:
    centres = np.random.default_rng(1).standard_normal((CLUSTERS, dimension)).astype(np.float32)
    unit: Vectors = centres / np.linalg.norm(centres, axis=1, keepdims=True)
    return unit


def random_vectors(count: int, centres: Vectors) -> Vectors:
    """(count, dimension): what a library of pictures in clusters may look like to a model."""
    return _near(np.random.default_rng(2), centres, count)


def fill(location: Path, library: Library, folder: Path, vectors: Vectors) -> None:
    """Write items straight into the tables: what an index run of days would leave behind."""
    chance = np.random.default_rng(5)
    vocabulary = [f"w{number}" for number in range(WORDS)]
    library.add_folder(folder)
    pages = int(len(vectors) * PAGES_SHARE)
    with sqlite3.connect(location / CATALOGUE_FILE) as db:
        model = db.execute("INSERT INTO model (name, revision, dimension) VALUES ('random', '1', ?)",
                           (vectors.shape[1],)).lastrowid  # fmt: skip
        for number, vector in enumerate(vectors.astype(np.float16), 1):
            db.execute("INSERT INTO content (hash, opened) VALUES (?, 1)", (number.to_bytes(20, "big"),))
            db.execute(
                "INSERT INTO file (folder_id, path, size, mtime_ns, seen, content_id) "
                "VALUES (1, ?, 1, 1, 1, ?)",
                (
                    f"{folder}/{number % FOLDERS}/{number}{'.pdf' if number <= pages else '.jpg'}".encode(),
                    number,
                ),
            )
            moment = BEGINNING + chance.integers(SECONDS)
            db.execute(
                "INSERT INTO item (content_id, page, width, height, taken) VALUES (?, ?, ?, ?, ?)",
                (number, int(number <= pages), *SHAPES[number % len(SHAPES)],
                 str(moment).replace("T", " ") if chance.random() < DATED_SHARE else None),
            )  # fmt: skip
            db.execute(
                "INSERT INTO vector (item_id, model_id, dtype, shape, bytes) VALUES (?, ?, 'float16', '', ?)",
                (number, model, vector.tobytes()),
            )
            if number <= pages:
                # Word frequencies fall off as in a language (Zipf).
                drawn = np.minimum(chance.zipf(1.3, WORDS_A_PAGE), WORDS) - 1
                text = " ".join(vocabulary[word] for word in drawn)
                write_text(db, number, text, ())
    db.close()
    with closing(Database(location / CATALOGUE_FILE, migrate)) as database:
        add_passages(database)
    members = np.flatnonzero(chance.random(len(vectors)) < THEME_SHARE) + 1
    theme = StoredTheme(1, "theme", vectors[0], members, members[:1])
    with closing(Database(location / CATALOGUE_FILE, migrate)) as database:
        ClusterStore(database).publish([], [theme], {})


def add_passages(database: Database) -> None:
    """To every text as many as it may have."""
    store = PassageStore(database)
    row = Contents(database).model_id(PASSAGE_MODEL)
    texts = list(store.unembedded(row))
    vectors = random_vectors(len(texts) * MAX_PASSAGES, random_centres(PASSAGE_MODEL.dimension))
    for start in range(0, len(texts), 1000):
        some = texts[start : start + 1000]
        its = vectors[MAX_PASSAGES * start :][: MAX_PASSAGES * len(some)]
        store.save(row, list(zip(some, its.reshape(len(some), MAX_PASSAGES, -1), strict=True)))


def filter_by_phrases(folder: Path, items: int) -> dict[str, Query]:
    """Queries of photographs alone: words are measured above."""
    photos = Query(scope=Scope.PHOTOS)
    year = Filters(taken_from="2019-01-01", taken_to="2019-12-31")
    every = Filters((folder,), (".jpg",), "2019-01-01", orientation=Orientation.PORTRAIT, theme=1)
    filters = {
        "one folder of 100": Filters(folders=(folder / "7",)),
        "everything, as a folder": Filters(folders=(folder,)),
        "type": Filters(file_types=(".jpg", ".png", ".jpeg")),
        "a year": year,
        "orientation": Filters(orientation=Orientation.PORTRAIT),
        "theme": Filters(theme=1),
        "all of these": every,
        "newest first": Filters(order=Order.NEWEST),
    }
    return {
        "no filter": photos,
        **{name: replace(photos, filters=each) for name, each in filters.items()},
        "not like a picture": replace(photos, not_like_items=(items,)),
        "like two, not like one": replace(photos, like_items=(items - 1, items - 2), not_like_items=(items,)),
        "newest first, pages too": Query(filters=Filters(order=Order.NEWEST)),
    }


def timed(ask: Callable[[Query], SearchResults], query: Query) -> tuple[float, SearchResults]:
    began = time.perf_counter()
    results = ask(query)
    return (time.perf_counter() - began) * 1000, results


def measure_narrowed(library: Library, folder: Path, items: int, queries: int) -> dict[str, list[float]]:
    """Whole searches with filters and by date, slices further down, and browsing."""
    chance = np.random.default_rng(11)
    times: dict[str, list[float]] = defaultdict(list)
    deep = int(DEEP * items)
    slices = (("1 to 200", 0, 200), ("then 201 to 1,200", 200, 1200), ("deep, 1,000 more", deep, deep + 1000))
    for label, query in filter_by_phrases(folder, items).items():
        for number in range(queries):
            words = " ".join(f"w{int(word)}" for word in chance.integers(5, 2000, 3))
            spent, _ = timed(library.search, replace(query, text=words))
            times[f"{label}, the first time" if number == 0 else label].append(spent)
    for number in range(queries):
        for label, asked in {
            "photos": Query(f"w{number}", scope=Scope.PHOTOS),
            "both": Query(f"w{number} w{number + 1}"),
            "like": Query(like_items=(int(chance.integers(1, items + 1)),)),
        }.items():
            for place, offset, limit in slices:
                spent, _ = timed(library.search, replace(asked, offset=offset, limit=limit))
                times[f"scroll {label}: {place}"].append(spent)
        for label, query in {
            "browse 1 to 200": Query(limit=200),
            "browse deep, 1,000 more": Query(offset=deep, limit=deep + 1000),
            "browse a year": Query(
                limit=200, filters=Filters(taken_from="2019-01-01", taken_to="2019-12-31")
            ),
            "browse a folder": Query(limit=200, filters=Filters(folders=(folder / "7",))),
        }.items():
            times[label].append(timed(library.browse, query)[0])
    return times


def measure(library: Library, queries: int, scope: Scope) -> dict[str, list[float]]:
    chance = np.random.default_rng(9)
    stages: dict[str, list[float]] = defaultdict(list)
    for _ in range(queries):
        words = " ".join(f"w{int(word)}" for word in chance.integers(5, 2000, 3))
        began = time.perf_counter()
        results = library.search(Query(words, scope=scope))
        stages["whole search"].append((time.perf_counter() - began) * 1000)
        for stage, milliseconds in results.milliseconds.items():
            stages[stage].append(milliseconds)
    return stages


def numpy_milliseconds(vectors: Vectors, queries: Vectors) -> list[float]:
    times: list[float] = []
    for query in queries:
        began = time.perf_counter()
        scores: NDArray[np.float32] = vectors @ query
        np.argpartition(scores, -50)[-50:]
        times.append((time.perf_counter() - began) * 1000)
    return times


def row(label: str, times: Sequence[float], reference: float) -> str:
    p50, p95 = np.percentile(times, [50, 95])
    return f"{label:36}{p50:10.2f}{p95:10.2f}{p50 / reference:10.2f}"


def run(items: int, dimension: int, queries: int) -> None:
    centres = random_centres(dimension)
    vectors = random_vectors(items, centres)
    model = RandomModel(dimension, centres)
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        (place / "library").mkdir()
        (place / "pictures").mkdir()
        registry = RandomRegistry(place / "models", model)
        library = Library(place / "library", registry, "random")
        fill(place / "library", library, place / "pictures", vectors)
        began = time.perf_counter()
        library.warm_up()
        print(f"{items} items, {dimension} dimensions; first load from the catalogue "
              f"{time.perf_counter() - began:.2f} s")  # fmt: skip
        alone = numpy_milliseconds(vectors, model.embed_texts(["x"] * queries))
        reference = float(np.median(alone))
        print(f"{'milliseconds':36}{'p50':>10}{'p95':>10}{'ratio':>10}")
        print(row("numpy float32, vectors alone", alone, reference))
        for scope in Scope:
            for stage, times in measure(library, queries, scope).items():
                print(row(f"{scope.value}: {stage}", times, reference))
        for label, times in measure_narrowed(library, place / "pictures", items, queries).items():
            print(row(label, times, reference))
        library.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MEGABYTE
    print(f"peak memory {peak:.0f} MB, {vectors.nbytes / MEGABYTE:.0f} of them the comparison's vectors")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--dimension", type=int, default=512)
    parser.add_argument("--queries", type=int, default=100)
    options = parser.parse_args()
    run(options.items, options.dimension, options.queries)


if __name__ == "__main__":
    main()
