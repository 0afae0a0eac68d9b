"""Temporary libraries of synthetic pages, and the exact answers to compare with."""

from __future__ import annotations

import heapq
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.index.candidate_index import CandidateIndex
from engine.records import ModelIdentity, PageVectors, Vectors
from engine.search.pages.late_interaction import LateInteractionSearch
from engine.search.pages.maxsim import maxsim
from engine.store.database.connection import Database
from engine.store.database.schema import migrate
from engine.store.items.contents import Contents
from engine.store.items.vector_log import LogPosition, VectorLog
from engine.store.pages.page_vectors import PageVectorStore
from tests.bench.synthetic_pages import DIMENSION, VECTORS, SyntheticPages

CELLS = (np.arange(32 * 32, dtype=np.uint16) % VECTORS).reshape(32, 32)
BATCH = 256
TOP = 10


class BenchLibrary:
    """The catalogue of a library that holds pages 0 to `count`; page n is item n + 1.

    A folder that holds one already is used as it is, and completed.
    """

    def __init__(self, folder: Path, synthetic: SyntheticPages, count: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.count = folder, count
        self.database = Database(folder / "catalogue.sqlite", migrate)
        self.model = Contents(self.database).model_id(ModelIdentity("synthetic", "1", DIMENSION))
        self.pages, self.log = PageVectorStore(self.database), VectorLog(self.database)
        start = time.perf_counter()
        self._fill(synthetic)
        self.fill_seconds = time.perf_counter() - start

    def stored_bytes(self) -> int:
        with self.database.read() as db:
            (pages,) = db.execute("PRAGMA page_count").fetchone()
            (size,) = db.execute("PRAGMA page_size").fetchone()
        return int(pages) * int(size)

    def candidates(self) -> CandidateIndex:
        return CandidateIndex(self.pages, self.log, self.model, DIMENSION, self.folder / "index")

    def search(self, candidates: CandidateIndex, count: int) -> LateInteractionSearch:
        return LateInteractionSearch(self.pages, candidates, self.model, count)

    def exact(self, queries: Sequence[Vectors]) -> list[list[int]]:
        """For each query the items of its `TOP` best pages among all, by MaxSim on the stored codes."""
        best: list[list[tuple[float, int]]] = [[] for _ in queries]
        for _, pages in self.pages.added(self.model, LogPosition(), self.log.newest_position(self.model)):
            for held, query in zip(best, queries, strict=True):
                scored = zip(maxsim(query, pages).tolist(), pages.items.tolist(), strict=True)
                held[:] = heapq.nlargest(TOP, [*held, *scored])
        return [[item for _, item in held] for held in best]

    def close(self) -> None:
        self.database.close()

    def _fill(self, synthetic: SyntheticPages) -> None:
        there = self.log.newest_position(self.model).vector
        with self.database.transaction() as db:
            db.execute("INSERT OR IGNORE INTO content (id, hash, opened) VALUES (1, x'01', 1)")
            db.executemany(
                "INSERT OR IGNORE INTO item (id, content_id, page) VALUES (?, 1, ?)",
                ((number + 1, number + 1) for number in range(self.count)),
            )
        for first in range(there, self.count, BATCH):
            batch = synthetic.pages(first, min(BATCH, self.count - first))
            pages = [(first + row + 1, PageVectors(page, CELLS)) for row, page in enumerate(batch)]
            self.pages.save(self.model, pages)


def item_of(page: int) -> int:
    return page + 1


def share(found: NDArray[np.int64], wanted: Sequence[int]) -> float:
    """How many of `wanted` were found."""
    return float(np.isin(wanted, found).mean())
