"""A page of results that stands alone, with thumbnails that come from nowhere but are real."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator

import pytest
from PIL import Image
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from gui.jobs import Jobs
from gui.parts.style import Style
from gui.results.page import ResultsPage
from gui.results.thumbnails import ThumbnailStore

BOX = QSize(200, 152)


def jpeg(width: int = 320, height: int = 240) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(stream, "JPEG")
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
def thumbnails(fetcher: Fetcher) -> Iterator[ThumbnailStore]:
    def fail(error: Exception) -> None:
        raise error

    jobs = Jobs(fail)
    yield ThumbnailStore(jobs, fetcher, BOX, cache_bytes=200 * 152 * 4 * 50)
    fetcher.open.set()
    assert jobs.shutdown(60)


@pytest.fixture
def style(qapp: QApplication) -> Iterator[Style]:
    style = Style(qapp)
    style.put_on()
    yield style
    style.deleteLater()


@pytest.fixture
def page(qapp: QApplication, thumbnails: ThumbnailStore, style: Style) -> Iterator[ResultsPage]:
    page = ResultsPage(thumbnails, style)
    page.resize(1000, 700)
    page.show()
    page.activateWindow()
    yield page
    page.close()
    page.deleteLater()
    qapp.processEvents()
