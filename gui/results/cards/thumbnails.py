"""Thumbnails for the grid: decoded in threads and cached, visible ones first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QImage

from gui.jobs import Job, Jobs, Lane
from gui.widgets.decoding import decoded

STORED = QSize(320, 320)  # the size that the library stores, in pixels
CACHE_BYTES = 96 * 2**20
WAITING_LIMIT = 160  # about three screens of cards; older requests have scrolled out of view


@dataclass(frozen=True, slots=True)
class _KeptThumbnail:
    image: QImage
    box: QSize  # the box it was decoded for, in device pixels

    def is_sharp(self, box: QSize) -> bool:
        """Whether decoding again for `box` would not yield more pixels."""
        image = self.image
        whole = image.width() < self.box.width() and image.height() < self.box.height()
        return whole or (self.box.width() >= box.width() and self.box.height() >= box.height())


class ThumbnailStore(QObject):
    """Thumbnails by item. `image` never waits: it returns what is cached, or requests it."""

    arrived = Signal(int)  # item
    dropped = Signal(int)  # item whose request was dropped in favour of newer ones

    def __init__(
        self,
        jobs: Jobs,
        fetch: Callable[[int], bytes | None],
        box: QSize = STORED,
        cache_bytes: int = CACHE_BYTES,
    ) -> None:
        """`fetch` returns the stored JPEG of an item and is called in threads.

        `box`: the largest size, in logical pixels. `cache_bytes`: of decoded pictures.
        """
        super().__init__(jobs)
        self._jobs = jobs
        self._fetch = fetch
        self._box = box
        self._ratio = 1.0
        self._capacity = cache_bytes
        self._size = 0
        self._limit = WAITING_LIMIT
        self._images: OrderedDict[int, _KeptThumbnail] = OrderedDict()
        self._waiting: OrderedDict[int, Job[QImage]] = OrderedDict()

    @property
    def box(self) -> QSize:
        """The size that thumbnails are decoded for, in logical pixels."""
        return self._box

    def set_box(self, box: QSize) -> None:
        """Decode for another size; smaller pictures are shown until larger ones are ready."""
        if box != self._box:
            self._box = box
            self._abandon()

    def expect(self, count: int) -> None:
        """Set how many pictures are visible at once. Requests for three times as many are remembered."""
        self._limit = max(WAITING_LIMIT, 3 * count)

    def set_ratio(self, ratio: float) -> None:
        """Set the device pixels per logical pixel of the window's screen."""
        if ratio != self._ratio:
            self._ratio = ratio
            self.clear()

    def image(self, item: int) -> QImage | None:
        """The thumbnail; null if there is none, None while it is loading."""
        kept = self._images.get(item)
        if kept is not None:
            self._images.move_to_end(item)
        if item not in self._waiting and not self.is_sharp(item):
            self._ask(item)
        return kept.image if kept is not None else None

    def is_sharp(self, item: int) -> bool:
        """Whether `image` returns the best picture there is."""
        kept = self._images.get(item)
        return kept is not None and kept.is_sharp(self._box * self._ratio)

    def forget_failures(self) -> None:
        """Request missing thumbnails again at the next use; a drive may be connected again."""
        for item in [item for item, kept in self._images.items() if kept.image.isNull()]:
            del self._images[item]

    def clear(self) -> None:
        """Drop all thumbnails and requests."""
        self._abandon()
        self._images.clear()
        self._size = 0

    def _abandon(self) -> None:
        for job in self._waiting.values():
            job.cancel()
        self._waiting.clear()

    def _ask(self, item: int) -> None:
        box = self._box * self._ratio
        ratio = self._ratio
        self._waiting[item] = self._jobs.run(
            Lane.PICTURES,
            lambda: decoded(self._fetch(item), box, ratio),
            lambda image: self._keep(item, image, box),
            lambda error: self._give_up(item, error),
        )
        while len(self._waiting) > self._limit:
            oldest, job = self._waiting.popitem(last=False)
            job.cancel()
            self.dropped.emit(oldest)

    def _keep(self, item: int, image: QImage, box: QSize) -> None:
        self._waiting.pop(item, None)
        before = self._images.pop(item, None)
        if before is not None:
            self._size -= before.image.sizeInBytes()
        self._images[item] = _KeptThumbnail(image, box)
        self._size += image.sizeInBytes()
        while self._size > self._capacity and len(self._images) > 1:
            _item, dropped = self._images.popitem(last=False)
            self._size -= dropped.image.sizeInBytes()
        self.arrived.emit(item)

    def _give_up(self, item: int, _error: Exception) -> None:
        # Logged by the job. The card shows that it has no picture; a message for each would not help.
        self._keep(item, QImage(), self._box * self._ratio)
