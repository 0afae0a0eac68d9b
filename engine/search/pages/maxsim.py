"""MaxSim, exact on the stored codes: the sum over a query's tokens of the page's best vector for each.

Khattab and Zaharia 2020, "ColBERT: Efficient and Effective Passage Search via Contextualized Late Interaction
over BERT". Pages lie end to end without padding, and integers are summed, so a page's score is bitwise the
same whichever pages are scored with it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from engine.index.exact_scan import Kernels, verify_kernels
from engine.records import Vectors
from engine.store.pages.page_vectors import StoredPages
from engine.store.quantization import quantise

PIECE_VECTORS = 10_880  # scored at a time (32 pages of 340): with 20 tokens some 2 MB, which fit in the cache


def maxsim(query: Vectors, pages: StoredPages, kernels: Kernels | None = None) -> NDArray[np.float32]:
    """(tokens, dimension) float32 -> (pages,) float32, divided by the number of tokens: from -1 to 1.

    The query is quantised like the pages, with one scale a token; rounding changes a score by some 2e-4.
    `kernels`: by default those verified on this processor. Raises ValueError for a query without tokens, of
    another dimension or with values that are not finite.
    """
    scores = np.empty(len(pages), dtype=np.float32)
    codes, scales = quantise(_check_query(query, pages))
    kernels = kernels or verify_kernels()
    weights = scales / np.float32(len(scales))
    for first, stop in _page_runs(pages.offsets):
        begin, end = pages.offsets[first], pages.offsets[stop]
        dots = kernels.dots_many(pages.codes[begin:end], codes)
        # Tokens first: a maximum over adjacent memory is ten times as fast as one over columns.
        similarities = np.multiply(dots.T, pages.scales[begin:end], order="C")
        best = np.maximum.reduceat(similarities, pages.offsets[first:stop] - begin, axis=1)
        # One token after another: `sum` would add in another order for one page than for many.
        scores[first:stop] = np.add.accumulate(best * weights[:, None], axis=0)[-1]
    return scores


def _check_query(query: Vectors, pages: StoredPages) -> Vectors:
    query = np.asarray(query, dtype=np.float32)
    if query.ndim != 2 or not len(query) or not np.isfinite(query).all():
        raise ValueError("a query must be finite vectors, one a token")
    if len(pages) and query.shape[1] != pages.codes.shape[1]:
        raise ValueError(f"the pages' vectors have {pages.codes.shape[1]} dimensions")
    return query


def _page_runs(offsets: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Runs of whole pages with about `PIECE_VECTORS` vectors; a longer page is a run of its own."""
    first, pages = 0, len(offsets) - 1
    while first < pages:
        stop = int(np.searchsorted(offsets, offsets[first] + PIECE_VECTORS, side="right")) - 1
        stop = max(first + 1, stop)
        yield first, stop
        first = stop
