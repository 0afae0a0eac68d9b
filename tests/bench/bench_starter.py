"""The starter: pictures a second beside its bare backbone, a query's encoding, loading and memory.

python -m tests.bench.bench_starter [--rounds N]
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the program does, before NumPy is imported

import numpy as np
import torch

from engine.models.starter.adapter import StarterModel
from engine.models.starter.backbone import EfficientNetLite, _convolve
from engine.records import PixelBatch

PICTURES = 64
QUERIES = (
    "a dog running through the snow",
    "pizza",
    "two children playing football in the park on a sunny day",
    "a man in a red jacket climbing a rock",
    "boat",
)
BUSY = 2  # processes that never rest, beside a sentence
LOAD = (
    "import time; began = time.perf_counter();"
    "from engine.models.starter.adapter import StarterModel;"
    "model = StarterModel.load(); model.embed_texts(['a dog']);"
    "print(time.perf_counter() - began)"
)
MEMORY = (
    "import numpy as np, psutil; held = lambda: psutil.Process().memory_info().rss / 1e6;"
    "from engine.models.starter.adapter import StarterModel;"
    "model = StarterModel.load(); model.embed_texts(['a dog']); loaded = held();"
    "model.embed_pictures(np.zeros((16, 260, 260, 3), np.uint8));"
    "print(f'{loaded:.0f} for sentences, {held():.0f} once pictures too (torch included)')"
)


def last_activations(network: EfficientNetLite, pictures: PixelBatch) -> None:
    """The network alone, up to the features that a classifier needs, four pictures at once."""
    with torch.inference_mode():
        for start in range(0, len(pictures), 4):
            part = torch.from_numpy((pictures[start : start + 4].astype(np.float32) - 127) / 128)
            x = _convolve(part.permute(0, 3, 1, 2), network._stem, 2).clamp_(0, 6)
            for expand, depthwise, project, stride in network._blocks:
                y = x if expand is None else _convolve(x, expand).clamp_(0, 6)
                y = _convolve(y, depthwise, stride, groups=depthwise[0].shape[0]).clamp_(0, 6)
                y = _convolve(y, project)
                x = y.add_(x) if stride == 1 and y.shape == x.shape else y
            _convolve(x, network._head).clamp_(0, 6).mean((2, 3))


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def milliseconds(model: StarterModel, query: str) -> list[float]:
    return [1e3 * seconds(lambda: model.embed_texts([query])) for _ in range(200)]


@contextmanager
def busy_machine(processes: int) -> Iterator[None]:
    running = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(processes)]
    try:
        yield
    finally:
        for process in running:
            process.kill()
            process.wait()


def tell_queries(model: StarterModel, when: str) -> None:
    for query in QUERIES:
        p50, p95 = np.quantile(milliseconds(model, query), [0.5, 0.95])
        print(f"a query, {when}, ms: {p50:.2f} p50, {p95:.2f} p95: {query}")


def in_a_new_process(program: str) -> str:
    """What it prints."""
    command = [sys.executable, "-c", program]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout.strip()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds

    pictures = np.random.default_rng(0).integers(0, 256, (PICTURES, 260, 260, 3), np.uint8)
    model, network = StarterModel.load(), EfficientNetLite.load()
    model.embed_pictures(pictures)
    last_activations(network, pictures)
    pairs = [
        (
            seconds(lambda: model.embed_pictures(pictures)),
            seconds(lambda: last_activations(network, pictures)),
        )
        for _ in range(rounds)
    ]
    whole, bare = (PICTURES / statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = statistics.median(b / w for w, b in pairs)
    print(f"pictures a second: {whole:.1f}, the bare backbone {bare:.1f}: {ratio:.2f} of it")

    tell_queries(model, "nothing beside it")
    with busy_machine(BUSY):
        tell_queries(model, f"{BUSY} busy processes beside it")

    loads = [float(in_a_new_process(LOAD)) for _ in range(rounds)]
    print(f"first sentence of a new process after, s: {statistics.median(loads):.2f}, worst {max(loads):.2f}")
    print(f"memory of a new process, MB: {in_a_new_process(MEMORY)}")


if __name__ == "__main__":
    main()
