"""How long the main thread is busy with a large answer: taking it, laying it out, scrolling through it.

    python -m tests.bench.bench_grid [--hits N]

A frame is one step of the scroll bar and the painting of all that is in view, offscreen. "jumps" go to places
that were not seen before, so that every card is drawn anew; "again" shows cards that were drawn already.
"""

from __future__ import annotations

import argparse
import io
import os
import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import psutil
from PIL import Image
from PySide6.QtWidgets import QApplication

from engine.errors import UserError
from engine.records import Explanation, Hit, ItemKind, Query, SearchResults, Verdict
from gui.jobs import Jobs
from gui.results.cards.passages import Box, PassageImages
from gui.results.cards.thumbnails import ThumbnailStore
from gui.results.page import ResultsPage
from gui.widgets.appearance.style import Style
from tests.bench.bench_window import look

STEPS = 500
SLICE = 1000  # hits that come at once while an answer grows
MEBIBYTE = 2**20


def made_up(count: int) -> tuple[Hit, ...]:
    """Photographs of many shapes; every tenth is one of a burst of three."""
    source = random.Random(1)
    sizes = ((4000, 3000), (3000, 4000), (1920, 1080), (2000, 2000), (5000, 2000))
    hits = []
    for item in range(1, count + 1):
        width, height = source.choice(sizes)
        hits.append(
            Hit(
                rank=item,
                item=item,
                path=Path(f"/pictures/{item // 1000}/IMG_{item:06}.jpg"),
                page=None,
                kind=ItemKind.PHOTO,
                score=1 - item / count,
                verdict=Verdict.STRONG,
                width=width,
                height=height,
                available=True,
                copies=0,
                taken=f"{2024 - item // 12_000}-{12 - item // 1000 % 12:02}-09 10:00:00",
                group=item // 30 + 1 if item % 30 < 3 else 0,
            )
        )
    return tuple(hits)


def thumbnail() -> bytes:
    stream = io.BytesIO()
    Image.effect_noise((320, 240), 60).convert("RGB").save(stream, "JPEG")
    return stream.getvalue()


def timed(act: Callable[[], object]) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    act()
    return 1000 * (time.perf_counter() - began)


def report(what: str, times: list[float]) -> None:
    print(f"{what:44}{statistics.median(times):10.2f}{max(times):10.2f}")


class Bench:
    def __init__(self, page: ResultsPage) -> None:
        self._page = page
        self._bar = page.view.verticalScrollBar()

    def take(self, hits: tuple[Hit, ...]) -> None:
        page = self._page
        whole = SearchResults(hits, Verdict.STRONG, "m")
        report("all of it at once", [timed(lambda: page.show_results(whole, True, Query(text="x")))])
        months = SearchResults(hits[:SLICE], Verdict.NONE, "m", ranked=False)
        page.show_results(months, False, Query())
        slices = [
            SearchResults(hits[first : first + SLICE], Verdict.NONE, "m", ranked=False)
            for first in range(SLICE, len(hits), SLICE)
        ]
        times = [timed(lambda more=more: page.extend_results(more, False)) for more in slices]  # type: ignore[misc]
        if times:
            report(f"a slice of {SLICE}, by months", times)

    def lay_out(self) -> None:
        view = self._page.view
        heights = [90, 120, 160, 200, 240, 320, 480, 200]
        report("another size of the pictures", [timed(lambda h=h: view.set_card_height(h)) for h in heights])  # type: ignore[misc]
        widths = [1000, 1100, 1250, 1180]
        report("another width", [timed(lambda w=w: self._page.resize(w, 860)) for w in widths])  # type: ignore[misc]

    def scroll(self) -> None:
        self._bar.setValue(0)
        report("frame, a notch further", [self._frame(self._bar.value() + 60) for _step in range(STEPS)])
        report("frame, again", [self._frame(self._bar.value() - 60) for _step in range(STEPS)])
        most = self._bar.maximum()
        report("frame, jumps", [self._frame(most * step // STEPS) for step in range(STEPS)])

    def select(self) -> None:
        view = self._page.view
        report("select everything", [timed(view.card_selection.everything)])
        report("and one alone again", [timed(lambda: view.card_selection.only(50))])

    def _frame(self, value: int) -> float:
        viewport = self._page.view.viewport()

        def show() -> None:
            self._bar.setValue(value)
            viewport.repaint()

        spent = timed(show)
        QApplication.processEvents()  # thumbnails come, as they would between frames
        return spent


class NoWords:
    """No page says where it matches."""

    def why(self, query: Query, item: int) -> Explanation:
        del query, item
        return Explanation()

    def region(self, item: int, box: Box) -> bytes:
        raise UserError(f"Nothing is to be shown of {item}: {box}.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--hits", type=int, default=100_000)
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication([])
    style = Style(application)
    style.put_on()

    def fail(error: Exception) -> None:
        raise error

    jobs = Jobs(fail)
    encoded = thumbnail()
    page = ResultsPage(ThumbnailStore(jobs, lambda _item: encoded), PassageImages(jobs, NoWords()), style)
    page.resize(1280, 860)
    page.show()
    look(0.2)
    hits = made_up(options.hits)
    process = psutil.Process()
    before = process.memory_info().rss
    print(f"{options.hits} hits{'':30}{'median ms':>14}{'worst ms':>10}")
    bench = Bench(page)
    bench.take(hits)
    look(0.5)
    hits_added = (process.memory_info().rss - before) / MEBIBYTE
    bench.lay_out()
    look(0.5)
    bench.scroll()
    bench.select()
    print(f"memory beyond the hits themselves: {hits_added:.0f} MB at rest, ", end="")
    print(f"{(process.memory_info().rss - before) / MEBIBYTE:.0f} MB after scrolling")
    page.close()
    jobs.shutdown(10)


if __name__ == "__main__":
    main()
