"""Late interaction: finds pages by candidates and exact MaxSim, and shows where they match."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.index.candidate_index import CandidateIndex
from engine.records import HeatMap, PageVectors, QueryVectors, Vectors
from engine.search.pages.maxsim import maxsim
from engine.store.pages.page_vectors import PageVectorStore

CANDIDATES = 600  # pages scored exactly, at least
CANDIDATES_A_RESULT = 4
REFERENCE_CANDIDATES = 32  # for a phrase of which only the best score is needed
LOADED = 128  # pages in memory at a time, for each thread: some 6 MB
THREADS = 2  # one reads pages while the other computes
LEAST_SCORE = -1.0
LEAST_CONTRAST = 0.1  # a smaller rise in similarity is not shown as a match

Items = NDArray[np.int64]
Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ScoredPage:
    """A page and its score for a query."""

    item: int
    score: float  # MaxSim divided by the number of tokens: between -1 and 1


class LateInteractionSearch:
    """Searches the pages of one page model. Thread-safe."""

    def __init__(
        self, pages: PageVectorStore, candidates: CandidateIndex, model: int, count: int = CANDIDATES
    ) -> None:
        """`model`: its row in the catalogue. `count`: the least number of pages to score exactly."""
        self._pages = pages
        self._candidates = candidates
        self._model = model
        self._count = count

    def __len__(self) -> int:
        """The number of pages that can be found."""
        return len(self._candidates)

    def catch_up(self) -> None:
        """Read what was written to the catalogue since."""
        self._candidates.catch_up()

    def page_vectors(self, item: int) -> PageVectors | None:
        """The stored vectors of a page; None if there are none."""
        return self._pages.page(self._model, item)

    def search(self, query: Vectors, limit: int, allowed: Items | None = None) -> tuple[ScoredPage, ...]:
        """The `limit` best pages for (tokens, dimension) float32 without padding, best first.

        `allowed` (sorted, unique): only these items; None: all. Ties are sorted by item. Raises ValueError if
        the query is not finite or has another dimension.
        """
        wanted = max(self._count, CANDIDATES_A_RESULT * limit)
        items, scores = self.score(query, self._candidates.search(query, wanted, allowed))
        order = np.lexsort((items, -scores))[:limit]
        return tuple(ScoredPage(int(items[row]), float(scores[row])) for row in order)

    def score(self, query: Vectors, items: Items) -> tuple[Items, Scores]:
        """The exact scores of those items that have vectors, and the items they belong to."""
        batches = [items[start : start + LOADED] for start in range(0, len(items), LOADED)]

        def scored(batch: Items) -> tuple[Items, Scores]:
            pages = self._pages.load(self._model, batch)
            return pages.items, maxsim(query, pages)

        if len(batches) < THREADS:
            found = [scored(batch) for batch in batches]
        else:
            with ThreadPoolExecutor(THREADS, "maxsim") as pool:
                found = list(pool.map(scored, batches))
        none = (np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32))
        return np.concatenate([none[0], *(i for i, _ in found)]), np.concatenate(
            [none[1], *(s for _, s in found)]
        )

    def best_scores(self, queries: Sequence[Vectors], allowed: Items | None = None) -> Scores:
        """(queries,): the best score of each, for calibration; -1 if there are no pages.

        `allowed` (sorted, unique): only these items; None: all. Each query is compared with a few candidates
        of its own and with those of all others, which are read once: one second for some dozen phrases in a
        large library.
        """
        best = np.full(len(queries), LEAST_SCORE, dtype=np.float32)
        found = [self._candidates.search(query, REFERENCE_CANDIDATES, allowed) for query in queries]
        items = np.unique(np.concatenate([np.empty(0, dtype=np.int64), *found]))
        for start in range(0, len(items), LOADED):
            pages = self._pages.load(self._model, items[start : start + LOADED])
            for number, query in enumerate(queries):
                best[number] = maxsim(query, pages).max(initial=best[number])
        return best

    def heat_maps(self, query: QueryVectors, item: int) -> tuple[HeatMap, ...]:
        """Where on the page the words of the query are: first all words together (""), then each of them.

        The tokens of a word are averaged; tokens of no word are left out. Empty if the page has no vectors,
        they have no places, or the query has no word. A cell is 0 where its similarity is at most the page's
        median for that word, and rises from there in proportion. The value 1 is the best rise of any word of
        this query on this page, but at least `LEAST_CONTRAST`: a word that the page does not show stays dim
        beside one that it does, and a page that shows none of them stays dim everywhere. The map of all words
        together is scaled by its own best rise, with the same minimum.
        """
        page = self.page_vectors(item)
        words = tuple(dict.fromkeys(word for word in query.words if word))
        if page is None or not page.cells.size or not words:
            return ()
        owners = np.array(query.words)
        tokens = query.vectors @ page.vectors.T
        by_word = np.stack([tokens[owners == word].mean(axis=0) for word in words])[:, page.cells]
        rises = _above_median(by_word)
        together = _above_median(by_word.mean(axis=0, keepdims=True))
        return (
            HeatMap("", _scale_heat(together[0], float(together.max()))),
            *(
                HeatMap(word, _scale_heat(rise, float(rises.max())))
                for word, rise in zip(words, rises, strict=True)
            ),
        )


def _above_median(similarities: NDArray[np.float32]) -> NDArray[np.float32]:
    """(maps, rows, columns) -> the same minus each map's median."""
    return similarities - np.median(similarities, axis=(1, 2), keepdims=True)


def _scale_heat(rise: NDArray[np.float32], best: float) -> tuple[tuple[float, ...], ...]:
    shades = np.clip(rise / max(best, LEAST_CONTRAST), 0.0, 1.0)
    return tuple(tuple(float(shade) for shade in row) for row in shades)
