"""Finds candidates for MaxSim: the pages whose vectors are near the same centroids as the query's.

As in PLAID (Santhanam et al. 2022, "PLAID: An Efficient Engine for Late Interaction Retrieval") and WARP
(Scheerer et al. 2025, "WARP: An Efficient Engine for Multi-Vector Retrieval"): a page is the set of centroids
nearest to its vectors; for each token of the query the lists of the nearest centroids are read, and a page
gets its best centroid's score. If it is in none of these lists, it gets the score of the last list read (Lee
et al. 2023, "Rethinking the Role of Token Retrieval in Multi-Vector Retrieval"). The index is derived from
the catalogue, stored on disk, and catches up by itself. tests/bench/bench_late.py measures it.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine import permissions
from engine.index import candidate_file, checksummed_file
from engine.index.candidate_file import CandidateState
from engine.index.centroids import Centroids, no_centroids, train
from engine.index.checksummed_file import IndexDamaged
from engine.index.exact_scan import Kernels, verify_kernels
from engine.index.inverted_lists import (
    CENTROIDS_MOST,
    InvertedLists,
    Items,
    Mask,
    Probes,
    append_lists,
    build_lists,
    without_centroids,
)
from engine.index.row_scores import permitted
from engine.records import Vectors
from engine.store.items.vector_log import DerivedFile, LogPosition, VectorLog
from engine.store.pages.page_vectors import PageVectorStore, StoredPages

EXHAUSTIVE = 600  # up to so many pages all are candidates, since a search scores as many exactly anyway
PROBES = 32  # lists read for each token, at least
BLOCK = 64  # centroids whose best score is compared first
GROWTH = 3  # centroids are trained again when the library has grown by this factor
CENTROIDS_A_ROOT = 16  # times the square root of the number of vectors, as in PLAID
SAMPLE_A_CENTROID = 16  # vectors
SAMPLE_A_PAGE = 64
SAMPLE_PAGES = 256  # read at a time
SAVE_SHARE = 0.05  # the file is rewritten once this share of the pages is not in it
STAMP_BITS = 62

Checkpoint = Callable[[], None]


class CandidateIndex:
    """The candidates of one page model. Thread-safe.

    A search works on the state at its beginning and takes no lock. Until `save` has trained centroids, all
    pages are candidates: slow but correct. So call `save` while a large library grows, whenever
    `needs_training` is True, and not only when the library is complete.
    """

    def __init__(
        self,
        pages: PageVectorStore,
        log: VectorLog,
        model: int,
        dimension: int,
        folder: Path,
        kernels: Callable[[], Kernels] = verify_kernels,
        exhaustive: int = EXHAUSTIVE,
    ) -> None:
        """`folder`: of the index files. `exhaustive`: up to so many pages all are candidates."""
        self._pages = pages
        self._log = log
        self._model = model
        self._folder = folder
        self._kernels = kernels
        self._exhaustive = exhaustive
        self._writing = threading.Lock()  # guards the fields below
        self._saving = threading.Lock()
        self._position = LogPosition()
        self._unsaved = 0
        self._state = self._load(dimension)
        self.catch_up()

    def __len__(self) -> int:
        """The number of pages that can be found."""
        return self._state.live

    @property
    def needs_training(self) -> bool:
        """Whether `save` would train centroids, which takes minutes in a large library."""
        pages, trained_for = self._state.live, self._state.trained_for
        return pages > self._exhaustive and pages >= GROWTH * trained_for

    # ---- writing

    def catch_up(self, checkpoint: Checkpoint | None = None) -> None:
        """Read what this or another process has written to the catalogue since.

        Returns at once if another thread is doing so. Searches see each batch as it is added; `checkpoint` is
        called between batches and may raise, and added batches stay.
        """
        if self._writing.acquire(blocking=False):
            try:
                self._catch_up(checkpoint)
            finally:
                self._writing.release()

    def save(self, checkpoint: Checkpoint | None = None) -> None:
        """Rewrite the file if enough has changed, with new centroids if `needs_training`. Raises OSError.

        Searches continue meanwhile. `checkpoint` is called between steps and may raise; the old file then
        stays.
        """
        with self._saving:
            if self.needs_training:
                self._rebuild(checkpoint)
            with self._writing:
                state, position, unsaved = self._state, self._position, self._unsaved
            if not len(state.centroids) or unsaved < max(1, int(SAVE_SHARE * state.live)):
                return
            generation = secrets.randbits(STAMP_BITS)
            name = f"candidates-{self._model}-{generation:016x}.lists"
            permissions.make_inner_folder(self._folder)
            candidate_file.write(self._folder / name, state, generation, checkpoint)
            self._log.set_derived_file(self._model, DerivedFile(name, position, generation))
            with self._writing:
                self._unsaved -= unsaved
            checksummed_file.remove_others(self._folder, f"candidates-{self._model}-*", name)

    # ---- searching

    def search(self, query: Vectors, count: int, allowed: Items | None = None) -> Items:
        """About the `count` (at least 1) best pages for a (tokens, dimension) float32 query, best first.

        `allowed` (sorted, unique): only these items; None: all. If no more than `count` pages qualify, or few
        enough for exact MaxSim, all of them are returned, unsorted. Raises ValueError if the query is not
        finite or has another dimension.
        """
        state, query = self._state, np.asarray(query, dtype=np.float32)
        if query.shape[1:] != state.centroids.codes.shape[1:] or not (
            len(query) and np.isfinite(query).all()
        ):
            raise ValueError("a query must be finite vectors of the model's dimension, one a token")
        masks = [_searchable_mask(segment, allowed) for segment in state.segments]
        items = np.concatenate([segment.items for segment in state.segments] or [np.empty(0, np.int64)])
        kept = np.concatenate(masks) if masks else np.empty(0, dtype=np.bool_)
        if not len(state.centroids) or np.count_nonzero(kept) <= max(count, self._exhaustive):
            return items[kept]
        probes = _probes(state.centroids.scores(query, self._kernels()))
        totals = np.concatenate([segment.page_scores(probes) for segment in state.segments])
        totals[~kept] = -1.0  # below every total
        least = float(-np.partition(-totals, count - 1)[count - 1])
        # Ties at the cut go to the lowest item numbers; otherwise a filter could change which ones remain.
        above, equal = np.flatnonzero(totals > least), np.flatnonzero(totals == least)
        best = np.concatenate([above, equal[np.argsort(items[equal])][: count - len(above)]])
        found: Items = items[best[np.lexsort((items[best], -totals[best]))]]
        return found

    # ---- parts of writing

    def _catch_up(self, checkpoint: Checkpoint | None) -> None:
        end = self._log.newest_position(self._model)
        if end == self._position:
            return
        if len(self._state.centroids):
            for position, pages in self._pages.added(self._model, self._position, end):
                if checkpoint is not None:
                    checkpoint()
                self._state = _add_pages(self._state, pages, self._kernels())
                self._unsaved += len(pages)
                self._position = position
        else:
            items = self._pages.items_added(self._model, self._position, end)
            self._state = _add_items(self._state, items)
            self._unsaved += len(items)
        removed = self._log.removed(self._model, self._position, end)
        if len(removed):
            self._state = _remove_items(self._state, removed)
            self._unsaved += len(removed)
        self._position = end

    def _rebuild(self, checkpoint: Checkpoint | None) -> None:
        """Train centroids on the current library and assign every page's vectors to them."""
        end = self._log.newest_position(self._model)
        pages = self._state.live
        state = CandidateState(self._new_centroids(checkpoint), (), pages)
        for _, batch in self._pages.added(self._model, LogPosition(), end):
            if checkpoint is not None:
                checkpoint()
            state = _add_pages(state, batch, self._kernels())
        with self._writing:
            self._state, self._position, self._unsaved = state, end, state.live
            self._catch_up(None)

    def _new_centroids(self, checkpoint: Checkpoint | None) -> Centroids:
        random = np.random.default_rng(5)
        items = np.concatenate([part.items[_searchable_mask(part, None)] for part in self._state.segments])
        few = self._pages.load(self._model, np.sort(random.permutation(items)[:SAMPLE_PAGES]))
        vectors = len(few.scales) / max(1, len(few)) * len(items)
        count = min(CENTROIDS_MOST, 1 << round(float(np.log2(CENTROIDS_A_ROOT * vectors**0.5))))
        wanted = np.sort(random.permutation(items)[: 1 + SAMPLE_A_CENTROID * count // SAMPLE_A_PAGE])
        codes, scales = [], []
        for start in range(0, len(wanted), SAMPLE_PAGES):
            if checkpoint is not None:
                checkpoint()
            batch = self._pages.load(self._model, wanted[start : start + SAMPLE_PAGES])
            rows = random.permutation(len(batch.scales))[: SAMPLE_A_PAGE * len(batch)]
            codes.append(batch.codes[rows])
            scales.append(batch.scales[rows])
        return train(np.concatenate(codes), np.concatenate(scales), count, self._kernels(), checkpoint)

    def _load(self, dimension: int) -> CandidateState:
        derived = self._log.derived_file(self._model)
        nothing = CandidateState(no_centroids(dimension))
        if derived is None:
            return nothing
        try:
            state = candidate_file.read(self._folder / derived.name, dimension, derived.generation)
        except IndexDamaged:
            return nothing
        self._position = derived.position
        return state


def _add_pages(state: CandidateState, pages: StoredPages, kernels: Kernels) -> CandidateState:
    centroids = state.centroids
    new = build_lists(
        pages.items, centroids.nearest_centroids(pages.codes, kernels), pages.offsets, len(centroids)
    )
    return CandidateState(centroids, append_lists(state.segments, new), state.trained_for)


def _add_items(state: CandidateState, items: Items) -> CandidateState:
    segments = state.segments
    for part in without_centroids(items):
        segments = append_lists(segments, part)
    return CandidateState(state.centroids, segments, state.trained_for)


def _remove_items(state: CandidateState, items: Items) -> CandidateState:
    left = (segment.without(items) for segment in state.segments)
    return CandidateState(state.centroids, tuple(part for part in left if part.live), state.trained_for)


def _searchable_mask(segment: InvertedLists, allowed: Items | None) -> Mask:
    """(pages,): those that are not deleted and allowed."""
    alive = np.ones(len(segment), dtype=np.bool_) if segment.alive is None else segment.alive
    inside = None if allowed is None else permitted(segment.items, allowed)
    return alive if inside is None else alive & inside


def _probes(scores: NDArray[np.float32]) -> Probes:
    """For each token of (tokens, centroids) scores at least the `PROBES` nearest, including all ties."""
    tokens, count = scores.shape
    if count <= PROBES * BLOCK:
        bounds = np.partition(scores, max(0, count - PROBES), axis=1)[:, max(0, count - PROBES)]
    else:
        # The best scores of PROBES blocks belong to PROBES centroids, so they bound the last probe's score.
        whole = scores[:, : count - count % BLOCK].reshape(tokens, -1, BLOCK).max(axis=2)
        bounds = np.partition(whole, whole.shape[1] - PROBES, axis=1)[:, whole.shape[1] - PROBES]
    near = [np.flatnonzero(row >= bound) for row, bound in zip(scores, bounds, strict=True)]
    gains = [row[chosen] - bound for row, chosen, bound in zip(scores, near, bounds, strict=True)]
    return Probes(tuple(near), tuple(gains))
