"""A page of results that stands alone, with thumbnails that come from nowhere but are real."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator

import pytest
from PIL import Image
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from engine.records import Explanation, MatchedWord, Query
from gui.jobs import Jobs
from gui.results.cards.passages import Box, PassageImages
from gui.results.cards.thumbnails import ThumbnailStore
from gui.results.page import ResultsPage
from gui.widgets.appearance.style import Style

BOX = QSize(200, 152)


def jpeg(width: int = 320, height: int = 240, colour: str = "teal") -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(stream, "JPEG")
    return stream.getvalue()


class Fetcher:
    """Stands where the library gives its stored thumbnails, and writes down what was asked."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.threads: set[threading.Thread] = set()
        self.picture: bytes | None = jpeg()
        self.open = threading.Event()
        self.open.set()

    def __call__(self, item: int) -> bytes | None:
        self.open.wait()
        self.asked.append(item)
        self.threads.add(threading.current_thread())
        return self.picture


@pytest.fixture
def fetcher() -> Fetcher:
    return Fetcher()


@pytest.fixture
def jobs(qapp: QApplication, fetcher: Fetcher) -> Iterator[Jobs]:
    del qapp  # named, since jobs need one

    def fail(error: Exception) -> None:
        raise error

    jobs = Jobs(fail)
    yield jobs
    fetcher.open.set()
    assert jobs.shutdown(60)


@pytest.fixture
def thumbnails(jobs: Jobs, fetcher: Fetcher) -> ThumbnailStore:
    return ThumbnailStore(jobs, fetcher, BOX, cache_bytes=200 * 152 * 4 * 50)


class EmptyPages:
    """Stands where the library tells why a page matches: by one word in the middle of its upper half."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.boxes: list[Box] = []
        self.words: tuple[MatchedWord, ...] = (MatchedWord("word", (0.45, 0.24, 0.55, 0.26), "word", 1.0),)

    def why(self, query: Query, item: int) -> Explanation:
        self.asked.append(item)
        return Explanation(self.words if query.text else ())

    def region(self, item: int, box: Box) -> bytes:
        assert item in self.asked
        self.boxes.append(box)
        return jpeg(800, 400, "white")


@pytest.fixture
def page_source() -> EmptyPages:
    return EmptyPages()


@pytest.fixture
def passages(jobs: Jobs, page_source: EmptyPages) -> PassageImages:
    return PassageImages(jobs, page_source)


@pytest.fixture
def style(qapp: QApplication) -> Iterator[Style]:
    style = Style(qapp)
    style.put_on()
    yield style
    style.deleteLater()


@pytest.fixture
def page(
    qapp: QApplication, thumbnails: ThumbnailStore, passages: PassageImages, style: Style
) -> Iterator[ResultsPage]:
    page = ResultsPage(thumbnails, passages, style)
    page.resize(1000, 700)
    page.show()
    page.activateWindow()
    yield page
    page.close()
    page.deleteLater()
    qapp.processEvents()
