"""How fast text is read from pictures, what a worker holds, and what a search beside it pays.

    python -m tests.bench.bench_ocr [--pages N] [--pictures N] [--long N] [--searches N]

Pages: receipts as they are, and pages of the shared documents drawn as pictures, read one after the other
by one worker process, here at full priority. Pictures: photographs, of which some show text. Memory: of the
same worker over `--long` of all these, never recycled. Overlap: a picture search in a library of photographs,
alone and beside the text recognition at work, in turn. Rates are also given by the worker's processor time,
whatever else runs.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import psutil
import pypdfium2 as pdfium  # type: ignore[import-untyped]  # it ships no types
from PIL import Image

from engine.ingest.ocr.recognition import OcrJob, OcrResult, load_models, recognise_text
from engine.ingest.pools import OcrPool
from engine.ingest.workers.limits import DecodeLimits
from engine.ingest.workers.worker_pool import PoolRole, WorkerPool
from engine.library import Library
from engine.progress import CancelToken, Progress
from engine.records import Query

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
MEGABYTE = 1 << 20
DRAWN_SIDE = 2000  # pixels of a page's longer side, as a scanner at 170 dots an inch would give
REPORT_EVERY = 100  # pages
AT_FULL_PRIORITY = PoolRole(
    load_models, niceness=0, worker_name="The text recognition", work_name="Looking for text"
)
WITHOUT_END = 1 << 30  # jobs a process: what it holds on to is what is measured
SENTENCES = ("a dog on a beach", "people at a table", "a red bus", "snow on mountains", "a cat asleep")

ReadingPool: TypeAlias = WorkerPool[OcrJob, OcrResult]


@dataclass(frozen=True, slots=True)
class Cost:
    pages: int
    seconds: float
    cpu_seconds: float
    words: int
    with_words: int

    def row(self, name: str) -> str:
        by_clock, by_processor = (60 * self.pages / max(s, 1e-9) for s in (self.seconds, self.cpu_seconds))
        return (
            f"{name:34}{self.pages:7}{by_clock:12.0f}{by_processor:14.0f}{self.with_words:11}{self.words:9}"
        )


def draw_pages(folder: Path, count: int) -> list[Path]:
    """Pages of all shared documents in turn, as PNG pictures: text there is only what is drawn."""
    made: list[Path] = []
    documents = [pdfium.PdfDocument(str(path)) for path in sorted((SHARED / "pages").glob("*.pdf"))]
    for number in itertools.count():
        for index, document in enumerate(documents):
            if len(made) == count:
                return made
            if number < len(document):
                page = document[(7 * number + 2) % len(document)]
                scale = DRAWN_SIDE / max(page.get_size())
                made.append(folder / f"{index:02}-{number:04}.png")
                page.render(scale=scale).to_pil().convert("RGB").save(made[-1], compress_level=1)
    return made


def worker() -> psutil.Process:
    (found,) = [
        child
        for child in psutil.Process().children()
        if any("spawn_main" in argument for argument in child.cmdline())
    ]
    return found


def processor_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system + times.children_user + times.children_system)


def cost_of(pool: ReadingPool, paths: Sequence[Path]) -> Cost:
    pool.submit(OcrJob(paths[0])).result()  # the process is there and its models are loaded
    process = worker()
    began, used = time.perf_counter(), processor_seconds(process)
    results = [pool.submit(OcrJob(path)).result() for path in paths]
    return Cost(
        len(paths),
        time.perf_counter() - began,
        processor_seconds(process) - used,
        sum(len(result.words) for result in results),
        sum(bool(result.words) for result in results),
    )


def report_memory(pool: ReadingPool, paths: Sequence[Path], count: int) -> None:
    """Resident memory of the one worker at the start and after every hundred pages."""
    print(f"\n{'memory of a worker after pages':34}{'MB':>7}")
    for number, path in enumerate(itertools.islice(itertools.cycle(paths), count)):
        if number % REPORT_EVERY == 0:
            print(f"{number:<34}{worker().memory_info().rss / MEGABYTE:7.0f}", flush=True)
        pool.submit(OcrJob(path)).result()
    print(f"{count:<34}{worker().memory_info().rss / MEGABYTE:7.0f}")


@contextmanager
def reading_beside(paths: Sequence[Path], workers: int) -> Iterator[None]:
    """Text recognition at work all the while in so many processes."""
    stopping = threading.Event()
    begun = threading.Event()

    def feed() -> None:
        jobs = itertools.cycle(paths)
        with OcrPool(DecodeLimits.for_this_machine(workers).for_ocr(), workers) as pool:
            in_flight: list[Future[OcrResult]] = [pool.submit(OcrJob(next(jobs))) for _ in range(workers + 1)]
            while not stopping.is_set():
                in_flight.pop(0).result()
                begun.set()
                in_flight.append(pool.submit(OcrJob(next(jobs))))
            for flight in in_flight:
                flight.cancel()

    thread = threading.Thread(target=feed)
    thread.start()
    begun.wait()
    try:
        yield
    finally:
        stopping.set()
        thread.join()


def latencies(library: Library, count: int) -> list[float]:
    """Milliseconds of each search, with the query's encoding."""
    taken = []
    for sentence in itertools.islice(itertools.cycle(SENTENCES), count):
        began = time.perf_counter()
        library.search(Query(text=sentence))
        taken.append(1000 * (time.perf_counter() - began))
    return taken


def report_overlap(place: Path, pages: Sequence[Path], pictures: int, searches: int, workers: int) -> None:
    (place / "pictures").mkdir()
    sources = sorted((SHARED / "photos").glob("*.jpg"))
    for number in range(pictures):
        with Image.open(sources[number % len(sources)]) as image:
            turn = number // len(sources)
            image.crop((turn, turn, image.width, image.height)).save(place / "pictures" / f"{number:05}.jpg")
    with Library.open(place / "library") as library:
        library.add_folder(place / "pictures")
        library.index(Progress(), CancelToken())
        library.warm_up()
        latencies(library, len(SENTENCES))
        alone: list[float] = []
        beside: list[float] = []
        for _ in range(3):
            alone += latencies(library, searches // 3)
            with reading_beside(pages, workers):
                beside += latencies(library, searches // 3)
    print(f"\n{'picture search, ms':34}{'p50':>8}{'p95':>8}")
    for name, taken in (("alone", alone), (f"beside {workers} reading processes", beside)):
        cuts = statistics.quantiles(taken, n=20)
        print(f"{name:34}{cuts[9]:8.1f}{cuts[18]:8.1f}")


def run(pages: int, pictures: int, long: int, searches: int) -> None:
    receipts = sorted((SHARED / "receipts").glob("*.jpg"))
    photographs = sorted((SHARED / "photos").glob("*.jpg"))
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        drawn = draw_pages(place, pages)
        with WorkerPool(
            DecodeLimits.for_this_machine(1).for_ocr(),
            1,
            recognise_text,
            AT_FULL_PRIORITY,
            jobs_per_process=WITHOUT_END,
        ) as pool:
            titles = f"{'a minute':>12}{'a CPU minute':>14}{'with words':>11}{'words':>9}"
            print(f"{'one worker':34}{'pages':>7}{titles}")
            print(cost_of(pool, receipts[:pages]).row("receipts"), flush=True)
            print(cost_of(pool, drawn).row("pages of documents, drawn"), flush=True)
            print(cost_of(pool, photographs[:pictures]).row("photographs"), flush=True)
            if long:
                report_memory(pool, [*receipts, *drawn, *photographs], long)
        if searches:
            for workers in sorted({1, psutil.cpu_count() or 1}):
                overlap = place / f"overlap-{workers}"
                overlap.mkdir()
                report_overlap(overlap, receipts, 3 * pictures, searches, workers)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--pages", type=int, default=24)
    parser.add_argument("--pictures", type=int, default=100)
    parser.add_argument("--long", type=int, default=500)
    parser.add_argument("--searches", type=int, default=90)
    options = parser.parse_args()
    run(options.pages, options.pictures, options.long, options.searches)


if __name__ == "__main__":
    main()
