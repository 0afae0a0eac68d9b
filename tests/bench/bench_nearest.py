"""Recall and latency: python -m tests.bench.bench_nearest --count 100000 --dimension 512

Queries come in two kinds. A picture-like query is drawn as the library's rows are. A text-like query is not:
CLIP's texts and pictures fill two narrow cones apart from each other (Liang et al., "Mind the Gap", 2022), so
it is the row's subject, weaker, plus an offset common to all texts. Its cosines lie close together and its
neighbours are not neighbours of one another, which is what a graph walk needs.

The truth is numpy's exact float32 answer, which is also the alternative that ratios refer to. The scan keeps
float16, which swaps a near tie now and then; the rest of the distance to 1 would be the scan's own. Times are
of one query at a time; on a shared machine trust the ratios.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.index.graph import Graph
from engine.index.nearest_index import NearestIndex
from engine.records import Vector, Vectors

K = 10
Search = Callable[[Vector], NDArray[np.int64]]


@dataclass(frozen=True, slots=True)
class Timing:
    recall: float
    p50_ms: float
    p95_ms: float


def unit(vectors: NDArray[np.float32]) -> Vectors:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True), dtype=np.float32)


def cloud(count: int, dimension: int, queries: int) -> tuple[Vectors, Vectors, Vectors]:
    """Library, picture-like and text-like queries."""
    random = np.random.default_rng(5)
    # A falling spectrum, as embeddings have: most of the variance in a few dozen directions.
    spread = (1.0 / np.sqrt(1.0 + np.arange(dimension) / 16.0)).astype(np.float32)
    subjects = random.standard_normal((2000, dimension), dtype=np.float32) * spread
    gap_picture, gap_text = random.standard_normal((2, dimension), dtype=np.float32)

    def draw(number: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        subject = subjects[random.integers(0, len(subjects), number)]
        noise = random.standard_normal((number, dimension), dtype=np.float32) * spread
        return subject + 0.8 * noise, subject

    rows, _ = draw(count)
    rows += gap_picture
    pictures, _ = draw(queries)
    _, subject = draw(queries)
    other = random.standard_normal((queries, dimension), dtype=np.float32) * spread
    return unit(rows), unit(pictures + gap_picture), unit(0.6 * subject + 0.8 * other + 1.5 * gap_text)


def measure(search: Search, queries: Vectors, truth: list[set[int]]) -> Timing:
    search(queries[0])
    seconds, hits = [], 0
    for query, right in zip(queries, truth, strict=True):
        start = time.perf_counter()
        found = search(query)
        seconds.append(time.perf_counter() - start)
        hits += len(right & set(found.tolist()))
    p50, p95 = np.percentile(np.array(seconds) * 1000, [50, 95])
    return Timing(hits / (K * len(queries)), float(p50), float(p95))


def top(scores: NDArray[np.float32]) -> NDArray[np.int64]:
    rows = np.argpartition(scores, -K)[-K:]
    return rows[np.argsort(-scores[rows])]


def timed(name: str, work: Callable[[], None]) -> None:
    start = time.perf_counter()
    work()
    sys.stdout.write(f"  {name:<44}{time.perf_counter() - start:9.2f} s\n")


def run(count: int, dimension: int, queries: int, graph_count: int) -> None:
    rows, pictures, texts = cloud(count, dimension, queries)
    asked = {"text-like": texts, "picture-like": pictures}
    index = NearestIndex(dimension)
    sys.stdout.write(f"{count:,} vectors of {dimension} dimensions\n")
    timed("add, in batches of 64", lambda: add_in_batches(index, np.arange(count), rows))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vectors.usearch"
        timed("save (USearch file, no graph)", lambda: index.save(path))
        timed("load", lambda: check_load(path, dimension, count))
        file_bytes, memory_bytes = path.stat().st_size, loaded_bytes(path, dimension)
    sys.stdout.write(
        f"  bytes a vector: {memory_bytes / count:.0f} in memory, {file_bytes / count:.0f} on disk\n"
    )
    timed(
        f"best score of {len(texts[:64])} reference queries", lambda: discard(index.best_scores(texts[:64]))
    )
    compare(rows, asked, {"int8 scan, exact rerank": scan_search(index)})
    if graph_count:
        run_graph(rows[:graph_count], asked)


def run_graph(rows: Vectors, asked: dict[str, Vectors]) -> None:
    """The graph beside the scan, on a library small enough that building it does not take the whole time."""
    count, dimension = rows.shape
    index, graph = NearestIndex(dimension), Graph(dimension, threads=os.cpu_count() or 1)
    sys.stdout.write(f"\n{count:,} vectors of {dimension} dimensions, with a graph\n")
    add_in_batches(index, np.arange(count), rows)
    timed("build the graph (M 32), all processors", lambda: build(graph, rows.astype(np.float16)))
    dump = graph.dump()
    sys.stdout.write(f"  bytes a vector with the graph, on disk: {len(dump) / count:.0f}\n")
    ways = {"int8 scan, exact rerank": scan_search(index)}
    for expansion in (64, 256):
        ways[f"USearch HNSW, ef {expansion}"] = graph_search(Graph.restore(dump, dimension, expansion))
    compare(rows, asked, ways)


def compare(rows: Vectors, asked: dict[str, Vectors], ways: dict[str, Search]) -> None:
    every = {"numpy float32, exact": lambda query: top(rows @ query), **ways}
    for kind, queries in asked.items():
        truth = [set(top(rows @ query).tolist()) for query in queries]
        report(kind, {name: measure(search, queries, truth) for name, search in every.items()})


def add_in_batches(index: NearestIndex, keys: NDArray[np.int64], rows: Vectors) -> None:
    for start in range(0, len(keys), 64):
        index.add(keys[start : start + 64], rows[start : start + 64])


def build(graph: Graph, halves: NDArray[np.float16]) -> None:
    for start in range(0, len(halves), 4096):
        piece = halves[start : start + 4096]
        graph.add(np.arange(start, start + len(piece)), piece)


def scan_search(index: NearestIndex) -> Search:
    return lambda query: index.search(query, K).keys


def graph_search(graph: Graph) -> Search:
    return lambda query: graph.search(query, K)


def check_load(path: Path, dimension: int, count: int) -> None:
    if len(NearestIndex.load(path, dimension)) != count:
        raise ValueError("the file lost vectors")


def loaded_bytes(path: Path, dimension: int) -> int:
    """What the index takes in memory, not counting what loading it took for a while."""
    tracemalloc.start()
    try:
        index = NearestIndex.load(path, dimension)
        held, _ = tracemalloc.get_traced_memory()
        return held if len(index) else 0
    finally:
        tracemalloc.stop()


def discard(_result: NDArray[np.float32]) -> None:
    """Only the time it took is wanted."""


def report(kind: str, timings: dict[str, Timing]) -> None:
    base = timings["numpy float32, exact"].p50_ms
    sys.stdout.write(f"\n{kind} queries{'':<19}recall@{K}   p50 ms   p95 ms   numpy's time / its time\n")
    for name, timing in timings.items():
        sys.stdout.write(
            f"  {name:<30}{timing.recall:9.3f}{timing.p50_ms:9.2f}{timing.p95_ms:9.2f}"
            f"{base / timing.p50_ms:14.1f}\n"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--dimension", type=int, default=512)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--graph-count", type=int, default=30_000, help="vectors in the graph; 0: no graph")
    arguments = parser.parse_args()
    run(arguments.count, arguments.dimension, arguments.queries, arguments.graph_count)


if __name__ == "__main__":
    main()
