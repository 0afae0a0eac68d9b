"""A catalogue with page vectors: small pages around a few subjects, as a model would make of documents."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.records import ModelIdentity, PageVectors, Vectors
from engine.store.items.vector_log import VectorLog
from engine.store.pages.page_vectors import PageVectorStore
from tests.engine.store.conftest import Store

DIMENSION = 32
IDENTITY = ModelIdentity("pages", "1", DIMENSION)


class PageLibrary:
    """One document that has as many pages as are asked for."""

    def __init__(self, folder: Path, pages: int = 100) -> None:
        self.store = Store(folder)
        self.store.scan(("a.pdf", 10))
        self.items = self.store.read("a.pdf", b"a", pages)
        self.model = self.store.contents.model_id(IDENTITY)
        self.pages = PageVectorStore(self.store.database)
        self.log = VectorLog(self.store.database)

    def keep(self, *items: int, seed: int = 0) -> dict[int, PageVectors]:
        """Give items vectors of their own; returns what was kept."""
        made = {item: page_vectors(item + 1000 * seed) for item in items}
        self.pages.save(self.model, list(made.items()))
        return made

    def remove(self, *items: int) -> None:
        with self.store.database.transaction() as db:
            db.executemany(
                "DELETE FROM vector WHERE item_id = ? AND model_id = ?",
                [(item, self.model) for item in items],
            )

    def close(self) -> None:
        self.store.database.close()


def unit(vectors: NDArray[np.float32]) -> Vectors:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True), dtype=np.float32)


def page_vectors(seed: int, count: int | None = None) -> PageVectors:
    """`count` vectors (8 to 24 unless given) near a few of 40 subjects, in a grid of 4 x 3."""
    subjects = np.random.default_rng(99).standard_normal((40, DIMENSION), dtype=np.float32)
    random = np.random.default_rng(seed)
    count = count or int(random.integers(8, 25))
    chosen = subjects[random.choice(random.permutation(40)[:6], count)]
    vectors = unit(chosen + 0.7 * random.standard_normal((count, DIMENSION), dtype=np.float32))
    return PageVectors(vectors, random.integers(0, count, (4, 3)).astype(np.uint16))


def query_for(page: PageVectors, seed: int = 0, tokens: int = 5, noise: float = 0.5) -> Vectors:
    """Tokens near some of the page's vectors."""
    random = np.random.default_rng(seed)
    chosen = page.vectors[random.integers(0, len(page.vectors), tokens)]
    strength = noise / np.sqrt(DIMENSION)
    return unit(chosen + strength * random.standard_normal(chosen.shape, dtype=np.float32))
