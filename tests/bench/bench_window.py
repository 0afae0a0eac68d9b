"""How long the window keeps a person waiting: while it indexes, and with 100,000 pictures.

    python -m tests.bench.bench_window [--pictures N] [--items N]

First the program as it is (the starter model, in its own process) indexes pictures while somebody scrolls and
searches: every gap of the main thread's event loop above 50 ms is printed, with the share of it that was the
main thread's own work. Beside it, in the same run, stands a window that does nothing: what the machine alone
adds. The same is done, for comparison, with the model in the window's own process.

Then a catalogue of random vectors: from Enter to the painted answer, with a model that takes no time; and the
memory after a thousand searches and a scroll through everything.

Offscreen, so what a graphics card would do is done by the processor.
"""

from __future__ import annotations

import argparse
import io
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the program does, before NumPy is imported

import numpy as np
import psutil
from PIL import Image
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from engine.library import CATALOGUE_FILE, THUMBNAILS_FILE, Library
from engine.models.registry import ModelRegistry
from engine.records import Query
from engine.store.items.thumbnails import Thumbnails
from gui.app import SWITCH_SECONDS, build_window, collect_garbage_when_idle
from gui.gc_control import GarbageControl
from gui.main_window import MainWindow
from gui.results.cards.thumbnails import ThumbnailStore
from tests.bench.bench_search import RandomModel, RandomRegistry, fill, random_centres, random_vectors
from tests.bench.simulated_user import Gap, LoopWatch, Person

BUDGET = 50.0  # milliseconds
LOOK_SECONDS = 2.0  # at the window that has just opened, before anything is done
CHECKED_HITS = 1000  # pictures: more than the caches keep
QUESTIONS = ("dog", "red house", "the sea", "people at a table", "night", "snow", "green field", "a car")
KINDS = (  # of questions, of the language of `bench_search`: the lower the number, the more pages say it
    ("words of most pages", 5, "w{} w{} w{} w{}"),
    ("words of some pages", 1000, "w{} w{} w{} w{}"),
    ("the name of a file", 1000, "{}.jpg"),
)
ASKED = 60  # of each kind
LOOK_AT_ANSWER = 0.3  # seconds
MEGABYTE = 2**20
SIZE = (1280, 860)


def paint_pictures(folder: Path, count: int) -> None:
    """Each its own: six by six random colours, blurred, of the shapes that photographs have."""
    chance = np.random.default_rng(1)
    for number in range(count):
        colours = chance.integers(0, 256, (6, 6, 3), np.uint8)
        size = (int(chance.integers(160, 640)), int(chance.integers(160, 640)))
        place = folder / f"{number // 1000:03}" / f"{number:06}.jpg"
        place.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(colours).resize(size, Image.Resampling.BICUBIC).save(place, quality=80)


def wait_until(met: Callable[[], bool], seconds: float) -> None:
    """Run the event loop until then. Raises TimeoutError."""
    end = time.monotonic() + seconds
    loop = QEventLoop()
    timer = QTimer()
    timer.setInterval(2)
    timer.timeout.connect(lambda: loop.quit() if met() or time.monotonic() > end else None)
    timer.start()
    loop.exec()
    timer.stop()
    if not met():
        raise TimeoutError


def look(seconds: float) -> None:
    """At the window, without doing anything."""
    end = time.monotonic() + seconds
    wait_until(lambda: time.monotonic() > end, seconds + 60)


def shown(place: Path, opener: Callable[[Path], Library]) -> MainWindow:
    place.mkdir(exist_ok=True)
    window = build_window(place, opener)
    collect_garbage_when_idle(window)
    window.resize(*SIZE)
    window.show()
    wait_until(lambda: window.session.status is not None, 60)
    return window


def closed(window: MainWindow) -> None:
    window.findChildren(GarbageControl)[0].end()
    window.close()
    wait_until(lambda: not window.isVisible(), 60)
    window.deleteLater()
    QApplication.processEvents()


# ---- while it indexes --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Run:
    gaps: list[Gap]
    took: float  # seconds
    idle: tuple[int, float] | None = None  # gaps of a window that did nothing meanwhile, and the worst in ms


def gaps_while_indexing(folder: Path, count: int, place: Path, apart: bool) -> Run:
    """Until all pictures can be found."""
    window = shown(place, lambda location: Library.open(location, models_apart=apart))
    idle = Idle()
    look(LOOK_SECONDS)
    watch = LoopWatch(BUDGET, window)
    person = Person(window, QUESTIONS)
    began = time.monotonic()
    window.session.add_folders([folder])
    wait_until(lambda: window.session.status is not None and window.session.status.items >= count, 3600)
    took = time.monotonic() - began
    person.stop()
    watch.stop()
    run = Run(watch.gaps, took, idle.end())
    closed(window)
    return run


class Idle:
    """A window that does nothing, in a process of its own."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.bench.idle_window", str(BUDGET)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def end(self) -> tuple[int, float]:
        """How many gaps it had, and the worst in milliseconds."""
        said, _ = self._process.communicate()
        gaps, worst = said.split()
        return int(gaps), float(worst)


def print_gaps(label: str, run: Run) -> None:
    worst = max((gap.wall for gap in run.gaps), default=0.0)
    own = max((gap.processor for gap in run.gaps), default=0.0)
    idle = f"{run.idle[0]:12}{run.idle[1]:12.0f}" if run.idle is not None else ""
    print(f"{label:28}{len(run.gaps):6}{worst:12.0f}{own:12.0f}{run.took:10.0f}{idle}")


def indexing(count: int, place: Path) -> None:
    paint_pictures(place / "pictures", count)
    print(f"{count} pictures; gaps above {BUDGET:.0f} ms")
    print(
        f"{'':28}{'gaps':>6}{'worst ms':>12}{'own work':>12}{'seconds':>10}{'idle: gaps':>12}{'worst ms':>12}"
    )
    for label, apart in (("model in its own process", True), ("model in the window's", False)):
        print_gaps(label, gaps_while_indexing(place / "pictures", count, place / f"library {apart}", apart))


# ---- with a large library ----------------------------------------------------------------------------


def fill_thumbnails(location: Path, count: int) -> None:
    """Each item has one, of a few: a library that was indexed has them all."""
    chance = np.random.default_rng(2)
    encoded: list[bytes] = []
    for _ in range(50):
        buffer = io.BytesIO()
        colours = chance.integers(0, 256, (6, 6, 3), np.uint8)
        Image.fromarray(colours).resize((320, 240), Image.Resampling.BICUBIC).save(buffer, "JPEG", quality=80)
        encoded.append(buffer.getvalue())
    with closing(sqlite3.connect(location / CATALOGUE_FILE)) as db:
        (token,) = db.execute("SELECT value FROM meta WHERE key = 'token'").fetchone()
    thumbnails = Thumbnails(location / THUMBNAILS_FILE, int(token))
    for start in range(1, count + 1, 1000):
        thumbnails.put([(item, encoded[item % 50]) for item in range(start, min(start + 1000, count + 1))])
    thumbnails.close()


def enter_to_paint(window: MainWindow, text: str) -> tuple[float, float]:
    """Milliseconds from the question to the first frame of its answer, and until all cards have words."""
    answered: list[bool] = []

    def note(*_answer: object) -> None:
        answered.append(True)

    window.search_runner.found.connect(note)
    began = time.perf_counter()
    window.search_bar.set_text(text)
    wait_until(lambda: bool(answered), 60)
    window.search_runner.found.disconnect(note)
    view = window.results.view
    view.viewport().repaint()
    first = time.perf_counter()
    wait_until(lambda: view.is_painted, 60)
    return (first - began) * 1000, (time.perf_counter() - began) * 1000


def ask_each(window: MainWindow) -> None:
    """Each kind of question, by somebody who looks at the answer before asking on."""
    print(f"{'Enter to painted answer, ms':28}{'first: p50':>12}{'p95':>8}{'whole: p50':>12}{'p95':>8}")
    for kind, begin, form in KINDS:
        times = []
        for number in range(begin, begin + ASKED):
            times.append(enter_to_paint(window, form.format(number, number + 2, number + 4, number + 6)))
            look(LOOK_AT_ANSWER)
        (p50, p50_whole), (p95, p95_whole) = np.percentile(times, [50, 95], axis=0)
        print(f"{kind:28}{p50:12.0f}{p95:8.0f}{p50_whole:12.0f}{p95_whole:8.0f}")


def scroll_through(window: MainWindow) -> int:
    """Everything, by date, to the end; returns how many items were passed."""
    window.search_bar.browse()
    wait_until(lambda: bool(window.results.model.hits), 60)
    bar = window.results.view.verticalScrollBar()
    while not (window.search_runner.complete and bar.value() >= bar.maximum()):
        bar.setValue(bar.value() + 3 * bar.pageStep())
        QApplication.processEvents()
    return len(window.results.model.hits)


def _is_there(thumbnails: ThumbnailStore, item: int) -> bool:
    return thumbnails.image(item) is not None  # and is asked for otherwise


def look_at(window: MainWindow, count: int) -> None:
    """So many of what is shown, each until its picture is there: more than are kept, so that no later look
    takes memory that was free until then."""
    view, model = window.results.view, window.results.model
    for row in range(count):
        if not view.isIndexHidden(model.index(row)):
            view.scrollTo(model.index(row))
            wait_until(partial(_is_there, window.thumbnails, model.hits[row].item), 60)


def large(items: int, place: Path) -> None:
    (place / "library").mkdir(parents=True)
    (place / "pictures").mkdir()
    centres = random_centres(512)
    registry: ModelRegistry = RandomRegistry(place / "models", RandomModel(512, centres))

    def opener(location: Path) -> Library:
        return Library(location, registry, "random", read_text=False)

    with opener(place / "library") as library:
        fill(place / "library", library, place / "pictures", random_vectors(items, centres))
        library.search(Query("w5 w6"))
    fill_thumbnails(place / "library", items)
    (place / "pictures").rmdir()  # as if unplugged: the files of the catalogue were never on this disk
    window = shown(place / "library", opener)
    window.indexing.stop()
    memory = psutil.Process().memory_info
    enter_to_paint(window, "w1 w2")
    watch = LoopWatch(BUDGET, window)
    print(f"{items} items")
    ask_each(window)
    passed = scroll_through(window)
    look_at(window, CHECKED_HITS)
    first = memory().rss / MEGABYTE
    for number in range(1000):
        enter_to_paint(window, f"w{5 + number} w{9 + number}")
    scroll_through(window)
    second = memory().rss / MEGABYTE
    watch.stop()
    print(f"scrolled through {passed}; memory {first:.0f} MB, after 1,000 searches and once more "
          f"{second:.0f} MB")  # fmt: skip
    print_gaps("gaps meanwhile", Run(watch.gaps, 0.0))
    closed(window)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--pictures", type=int, default=10_000)
    parser.add_argument("--items", type=int, default=100_000)
    options = parser.parse_args()
    application = QApplication([])
    sys.setswitchinterval(SWITCH_SECONDS)
    with tempfile.TemporaryDirectory() as temporary:
        if options.pictures:
            indexing(options.pictures, Path(temporary) / "indexing")
        if options.items:
            large(options.items, Path(temporary) / "large")
    application.quit()


if __name__ == "__main__":
    main()
