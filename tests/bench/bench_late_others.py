"""Parts of `bench_late`: other ways to find candidates, and what int8 and pooling do to the order."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from engine.index.candidate_index import _probes
from engine.index.centroids import train
from engine.index.exact_scan import verify_kernels
from engine.index.inverted_lists import build_lists
from engine.records import PageVectors, Vectors
from engine.search.pages.maxsim import maxsim
from engine.store.pages.page_vectors import StoredPages
from engine.store.quantization import quantise
from tests.bench.synthetic_pages import DIMENSION, VECTORS, SyntheticPages

Write = Callable[[str], None]
Rank = Callable[[Vectors], NDArray[np.float32]]  # a query -> a score for every page
CUT = 0.02  # of all pages: as many are candidates in the comparison
CENTROIDS = 8_192


def laid_out(pages: Sequence[Vectors]) -> StoredPages:
    codes, scales = quantise(np.concatenate(pages))
    offsets = np.cumsum([0, *(len(page) for page in pages)])
    return StoredPages(np.arange(len(pages)), codes, scales, offsets)


def compare_candidates(synthetic: SyntheticPages, count: int, queries: int, write: Write) -> None:
    """Recall within the same number of candidates, processor time a query, bytes a page in memory."""
    pages = [synthetic.page(number) for number in range(count)]
    sources = np.random.default_rng(6).integers(0, count, queries)
    asked, stored = synthetic.queries(sources.tolist()), laid_out(pages)
    truth = [np.argsort(-maxsim(query, stored))[:10] for query in asked]
    cut = max(10, round(CUT * count))
    write(f"\nother candidates: the exact top 10 and the source page within {cut} of {count:,} pages")
    write(f"  {'':<34}{'top 10':>8}{'source':>8}{'cpu ms':>9}{'bytes a page':>14}{'build cpu s':>13}")
    for name, build in ways(pages, stored).items():
        began = time.process_time()
        rank, size = build()
        took = time.process_time() - began
        top, source, spent = [], [], []
        for query, best, page in zip(asked, truth, sources, strict=True):
            began = time.process_time()
            scores = rank(query)
            spent.append(time.process_time() - began)
            found = np.argpartition(-scores, cut)[:cut]
            top.append(np.isin(best, found).mean())
            source.append(page in found)
        write(
            f"  {name:<34}{np.mean(top):8.3f}{np.mean(source):8.3f}{1000 * np.median(spent):9.1f}"
            f"{size / count:14,.0f}{took:13.1f}"
        )


def ways(pages: Sequence[Vectors], stored: StoredPages) -> dict[str, Callable[[], tuple[Rank, int]]]:
    found: dict[str, Callable[[], tuple[Rank, int]]] = {}
    for number in (16, 32, 64):
        found[f"int8 scan, {number} means a page"] = functools.partial(scan, pages, number)
    found["USearch multi, 32 means a page"] = lambda: graph(pages, 32)
    found["centroid lists"] = lambda: lists(stored)
    return found


def means(page: Vectors, number: int) -> Vectors:
    """k-means of one page: (number, DIMENSION), of unit length."""
    codes, scales = quantise(page)
    tree = train(codes, scales, number, verify_kernels())
    rows = tree.codes * tree.scales[:, None]
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def scan(pages: Sequence[Vectors], number: int) -> tuple[Rank, int]:
    kept = laid_out([means(page, number) for page in pages])
    return lambda query: maxsim(query, kept), kept.codes.nbytes + kept.scales.nbytes


def graph(pages: Sequence[Vectors], number: int) -> tuple[Rank, int]:
    """The nearest vectors of each token; what they miss counts as the last one found."""
    from usearch.index import Index

    kept = [means(page, number) for page in pages]
    index = Index(ndim=DIMENSION, metric="ip", dtype="i8", multi=True, expansion_search=256)
    keys = np.repeat(np.arange(len(kept), dtype=np.uint64), [len(rows) for rows in kept])
    index.add(keys, np.concatenate(kept))

    def rank(query: Vectors) -> NDArray[np.float32]:
        totals = np.zeros(len(kept), dtype=np.float32)
        for token in query:
            near = index.search(token, 256)
            gains = np.zeros(len(kept), dtype=np.float32)
            distances = np.asarray(near.distances, dtype=np.float32)
            np.maximum.at(gains, np.asarray(near.keys).astype(np.intp), distances.max() - distances)
            totals += gains
        return totals

    return rank, int(index.memory_usage)


def lists(stored: StoredPages) -> tuple[Rank, int]:
    kernels, random = verify_kernels(), np.random.default_rng(0)
    rows = np.sort(random.permutation(len(stored.codes))[: 16 * CENTROIDS])
    centroids = train(stored.codes[rows], stored.scales[rows], CENTROIDS, kernels)
    held = build_lists(
        stored.items, centroids.nearest_centroids(stored.codes, kernels), stored.offsets, len(centroids)
    )
    size = held.rows.nbytes + held.starts.nbytes + held.items.nbytes + centroids.codes.nbytes
    return lambda query: held.page_scores(_probes(centroids.scores(query, kernels))), size


def compare_order(
    synthetic: SyntheticPages,
    count: int,
    queries: int,
    pool: Callable[[Vectors], PageVectors],
    write: Write,
) -> None:
    """Overlap with the order by float32 vectors, all pages scored."""
    pages = [synthetic.page(number) for number in range(count)]
    asked = synthetic.queries(np.random.default_rng(8).integers(0, count, queries).tolist())
    exact = [np.array([(query @ page.T).max(axis=1).sum() for page in pages]) for query in asked]
    began = time.process_time()
    pooled = [pool(page).vectors for page in pages]
    each = 1000 * (time.process_time() - began) / count
    write(f"\norder of {count:,} pages beside float32, {queries} queries")
    write(f"  {'':<34}{'top 1':>8}{'top 10':>8}{'bytes a page':>14}")
    for name, kept in (
        ("int8, one scale a vector", laid_out(pages)),
        (f"pooled to {len(pooled[0])}, int8", laid_out(pooled)),
    ):
        first, ten = agreement(exact, [maxsim(query, kept) for query in asked])
        write(f"  {name:<34}{first:8.3f}{ten:8.3f}{(kept.codes.nbytes + kept.scales.nbytes) / count:14,.0f}")
    write(f"  pooling {VECTORS} vectors took {each:.1f} cpu ms a page")


def agreement(
    exact: Sequence[NDArray[np.float32]], found: Sequence[NDArray[np.float32]]
) -> tuple[float, float]:
    """(same page first, share of the ten best in common)."""
    first = np.mean([a.argmax() == b.argmax() for a, b in zip(exact, found, strict=True)])
    ten = np.mean(
        [np.isin(np.argsort(-a)[:10], np.argsort(-b)[:10]).mean() for a, b in zip(exact, found, strict=True)]
    )
    return float(first), float(ten)
