"""Brings a preview its pictures and reasons, in the background. Only what is looked at now is waited for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import QByteArray, QObject, Signal
from PySide6.QtGui import QImage

from engine.errors import UserError
from engine.records import Query, Why
from gui import strings
from gui.jobs import Job, Jobs, Lane

SIDES = (1024, 2048, 4096)  # longer sides that pictures are asked for in, in pixels
CACHE_BYTES = 96 * 2**20
MOST_WHYS = 64


class Source(Protocol):
    """The part of the library that a preview looks at; called in threads."""

    def picture(self, item: int, side: int) -> bytes: ...

    def why(self, query: Query, item: int) -> Why: ...


class PreviewLoader(QObject):
    picture_came = Signal(int)  # item
    picture_failed = Signal(int, object)  # item, Exception
    why_came = Signal(int)  # item
    why_failed = Signal(int, object)  # item, Exception

    def __init__(self, jobs: Jobs, source: Callable[[], Source], cache_bytes: int = CACHE_BYTES) -> None:
        super().__init__(jobs)
        self._jobs = jobs
        self._source = source
        self._capacity = cache_bytes
        self._pictures: OrderedDict[int, tuple[int, QImage]] = OrderedDict()  # item: side asked for, picture
        self._whys: OrderedDict[int, Why] = OrderedDict()
        self._query: Query | None = None
        self._picture_job: Job[QImage] | None = None
        self._picture_asked: tuple[int, int] | None = None  # item, side
        self._why_job: Job[Why] | None = None
        self._why_asked: int | None = None  # item

    @property
    def held_bytes(self) -> int:
        return sum(image.sizeInBytes() for _side, image in self._pictures.values())

    @property
    def waiting(self) -> bool:
        return self._picture_job is not None or self._why_job is not None

    def picture(self, item: int) -> QImage | None:
        """The best that is here."""
        held = self._pictures.get(item)
        return held[1] if held is not None else None

    def why(self, item: int) -> Why | None:
        return self._whys.get(item)

    def ask_picture(self, item: int, wanted: int) -> None:
        """`wanted`: pixels of the longer side. Drops what was asked for before."""
        side = next((side for side in SIDES if side >= wanted), SIDES[-1])
        if self._picture_asked == (item, side):
            return
        self._drop_picture()
        held = self._pictures.get(item)
        if held is not None and held[0] >= side:
            self._pictures.move_to_end(item)
            return
        source = self._source()
        self._picture_asked = (item, side)
        self._picture_job = self._jobs.run(
            Lane.PICTURES,
            lambda: decoded(source.picture(item, side)),
            lambda image: self._keep(item, side, image),
            lambda error: self._picture_failed(item, error),
        )

    def ask_why(self, query: Query, item: int) -> None:
        """What was asked for before is dropped; reasons that are here answer the same question."""
        asked = replace(query, limit=0)  # a ranking that grows is still the same
        if asked != self._query:
            self._drop_why()
            self._query = asked
            self._whys.clear()
        if self._why_asked == item:
            return
        self._drop_why()
        if item in self._whys:
            return
        source = self._source()
        self._why_asked = item
        self._why_job = self._jobs.run(
            Lane.PICTURES,
            lambda: source.why(query, item),
            lambda why: self._keep_why(item, why),
            lambda error: self._why_failed(item, error),
        )

    def stop(self) -> None:
        """Nothing is looked at any more. Reasons go too: a page may be read anew before the next look."""
        self._drop_picture()
        self._drop_why()
        self._pictures.clear()
        self._whys.clear()

    def _drop_picture(self) -> None:
        if self._picture_job is not None:
            self._picture_job.cancel()
            self._picture_job = self._picture_asked = None

    def _drop_why(self) -> None:
        if self._why_job is not None:
            self._why_job.cancel()
            self._why_job = self._why_asked = None

    def _keep(self, item: int, side: int, image: QImage) -> None:
        self._picture_job = self._picture_asked = None
        self._pictures[item] = (side, image)
        self._pictures.move_to_end(item)
        while self.held_bytes > self._capacity and len(self._pictures) > 1:
            self._pictures.popitem(last=False)
        self.picture_came.emit(item)

    def _keep_why(self, item: int, why: Why) -> None:
        self._why_job = self._why_asked = None
        self._whys[item] = why
        while len(self._whys) > MOST_WHYS:
            self._whys.popitem(last=False)
        self.why_came.emit(item)

    def _picture_failed(self, item: int, error: Exception) -> None:
        self._picture_job = self._picture_asked = None
        self.picture_failed.emit(item, error)

    def _why_failed(self, item: int, error: Exception) -> None:
        self._why_job = self._why_asked = None
        self.why_failed.emit(item, error)


def decoded(encoded: bytes) -> QImage:
    """In a thread: a picture that paints fast. Raises UserError when it is none."""
    # Not a QImageReader on a QBuffer: see `thumbnails.scaled`.
    image = QImage.fromData(QByteArray(encoded), "JPEG")  # type: ignore[arg-type]  # the stub wants bytes, Qt text
    if image.isNull():
        raise UserError(strings.PREVIEW_NOT_SHOWN)
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
