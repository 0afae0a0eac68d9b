"""Late interaction over synthetic pages: python -m tests.bench.bench_late --pages 1000 10000 100000

Recall: the exact top 10 (MaxSim over all pages on the stored codes) and the query's source page, within the
candidates. Latency by stage of a whole search through the store. Then the scoring alone beside numpy in
float32, maxsim-cpu and the transformers processor, on the same pages in the same run; other ways to find
candidates on a library where they fit; and how far int8 and pooling change the order. 100,000 pages need 5 GB
of disk, and minutes to make: `--keep FOLDER` keeps the libraries for the next run. "cpu" is the time that
processors worked, which a busy machine lengthens less; trust ratios within one run.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.index.candidate_index import CandidateIndex
from engine.index.exact_scan import verify_kernels
from engine.models.late_interaction.pooling import POOL_FACTOR, pool
from engine.records import PageVectors, Vectors
from engine.search.pages.late_interaction import CANDIDATES
from engine.search.pages.maxsim import maxsim
from engine.store.pages.page_vectors import StoredPages
from engine.store.quantization import quantise
from tests.bench.bench_late_others import compare_candidates, compare_order
from tests.bench.late_library import CELLS, BenchLibrary, item_of, share
from tests.bench.synthetic_pages import VECTORS, SyntheticPages

Stages = dict[str, list[tuple[float, float]]]  # (wall, processor) milliseconds of each query


def clocks() -> tuple[float, float]:
    return time.perf_counter() * 1000, time.process_time() * 1000


def note(stages: Stages, name: str, began: tuple[float, float]) -> None:
    now = clocks()
    stages.setdefault(name, []).append((now[0] - began[0], now[1] - began[1]))


def load() -> str:
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"


def write(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def run_size(folder: Path, synthetic: SyntheticPages, count: int, queries: int) -> None:
    library = BenchLibrary(folder, synthetic, count)
    write(f"\n{count:,} pages of {VECTORS} vectors, {load()}")
    write(f"  written in {library.fill_seconds:.0f} s (generating included)")
    began = clocks()
    index = library.candidates()
    index.save()
    build = clocks()
    write(
        f"  candidate index: {(build[0] - began[0]) / 1000:.0f} s, cpu {(build[1] - began[1]) / 1000:.0f} s"
    )
    listed = sum(file.stat().st_size for file in folder.glob("index/*"))
    write(
        f"  bytes a page: {library.stored_bytes() / count:,.0f} in the catalogue, "
        f"{listed / count:,.0f} for candidates (file, and about as much memory)"
    )
    sources = np.random.default_rng(5).integers(0, count, queries).tolist()
    asked = synthetic.queries(sources)
    recall(library, index, asked, sources)
    latency(library, index, asked)
    library.close()


def recall(
    library: BenchLibrary, index: CandidateIndex, asked: Sequence[Vectors], sources: Sequence[int]
) -> None:
    truth = library.exact(asked)
    first = np.mean([best[0] == item_of(source) for best, source in zip(truth, sources, strict=True)])
    write(f"  exact MaxSim puts the source page first in {first:.3f} of {len(asked)} queries")
    for count in (100, 200, CANDIDATES, 2 * CANDIDATES):
        found = [index.search(query, count) for query in asked]
        top = np.mean([share(items, best) for items, best in zip(found, truth, strict=True)])
        source = np.mean([item_of(page) in items for items, page in zip(found, sources, strict=True)])
        write(f"  {len(found[0]):>6} candidates: exact top 10 {top:.3f}, source page {source:.3f}")


def latency(library: BenchLibrary, index: CandidateIndex, asked: Sequence[Vectors]) -> None:
    search, stages = library.search(index, CANDIDATES), Stages()
    search.search(asked[0], 10)
    for query in asked:
        began = clocks()
        items = index.search(query, CANDIDATES)
        note(stages, "candidates", began)
        began = clocks()
        pages = library.pages.load(library.model, items)
        note(stages, "load", began)
        began = clocks()
        maxsim(query, pages)
        note(stages, "MaxSim", began)
        began = clocks()
        search.search(query, 10)
        note(stages, "whole search", began)
    began = clocks()
    search.best_scores(asked[:24])
    note(stages, f"best of {len(asked[:24])} phrases", began)
    write(f"  {'ms a query':<24}{'p50':>9}{'p95':>9}{'cpu p50':>9}")
    for name, times in stages.items():
        wall, processor = np.array(times).T
        p50, p95 = np.percentile(wall, [50, 95])
        write(f"  {name:<24}{p50:9.1f}{p95:9.1f}{np.median(processor):9.1f}")


def compare_scoring(synthetic: SyntheticPages, count: int, rounds: int) -> None:
    """The same query against the same pages, in memory: thousand pages a second."""
    import torch
    from transformers import ColPaliProcessor

    maxsim_cpu = importlib.import_module("maxsim_cpu")  # has no types

    batch, query = synthetic.pages(0, count), synthetic.query(7)
    codes, scales = quantise(batch.reshape(-1, batch.shape[2]))
    pages = StoredPages(np.arange(count), codes, scales, np.arange(count + 1) * VECTORS)
    listed, tensors = list(batch), [torch.from_numpy(page) for page in batch]
    processor, asked = object.__new__(ColPaliProcessor), [torch.from_numpy(query)]
    kernels = verify_kernels()

    def by_transformers() -> NDArray[np.float32]:
        return np.asarray(processor.score_retrieval(asked, tensors)[0].numpy())

    ways: dict[str, Callable[[], NDArray[np.float32]]] = {
        "numpy float32": lambda: np.array([(query @ page.T).max(axis=1).sum() for page in listed]),
        "transformers score_retrieval": by_transformers,
        "maxsim-cpu": lambda: np.array(maxsim_cpu.maxsim_scores_variable(query, listed)),
        "maxsim int8": lambda: maxsim(query, pages, kernels) * len(query),
    }
    write(f"\nscoring {count:,} pages in memory, {load()}, medians of {rounds}")
    write(f"  {'':<30}{'pages/ms':>10}{'pages/cpu ms':>14}{'largest difference':>20}")
    exact = ways["numpy float32"]()
    for name, score in ways.items():
        times = Stages()
        for _ in range(rounds):
            began = clocks()
            found = score()
            note(times, name, began)
        wall, processor_time = np.median(np.array(times[name]), axis=0)
        difference = float(np.abs(found - exact).max() / np.abs(exact).max())
        write(f"  {name:<30}{count / wall:10.1f}{count / processor_time:14.1f}{difference:20.1e}")


def pooled(vectors: Vectors) -> PageVectors:
    return pool(PageVectors(vectors, CELLS), POOL_FACTOR)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--pages", type=int, nargs="*", default=[1_000, 10_000])
    parser.add_argument("--queries", type=int, default=40)
    parser.add_argument("--scored", type=int, default=500, help="pages in the comparison of scoring")
    parser.add_argument("--others", type=int, default=1_000, help="pages in the comparison of candidates")
    parser.add_argument("--order", type=int, default=500, help="pages in the comparison of orders")
    parser.add_argument("--keep", type=Path, help="a folder for the libraries, which are kept")
    arguments = parser.parse_args()
    synthetic = SyntheticPages()
    with tempfile.TemporaryDirectory() as temporary:
        for count in arguments.pages:
            folder = (arguments.keep or Path(temporary)) / str(count)
            run_size(folder, synthetic, count, arguments.queries)
    if arguments.scored:
        compare_scoring(synthetic, arguments.scored, 7)
    if arguments.others:
        compare_candidates(synthetic, arguments.others, arguments.queries, write)
    if arguments.order:
        compare_order(synthetic, arguments.order, arguments.queries, pooled, write)


if __name__ == "__main__":
    main()
