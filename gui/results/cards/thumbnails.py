"""Small pictures for the grid: decoded in threads, kept while they fit, the visible ones first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QImage

from gui.jobs import Job, Jobs, Lane
from gui.widgets.decoding import decoded

STORED = QSize(320, 320)  # what the library keeps fits into it, pixels
CACHE_BYTES = 96 * 2**20
WAITING_LIMIT = 160  # about three screens of cards; what was asked for before that has been scrolled away


@dataclass(frozen=True, slots=True)
class _KeptThumbnail:
    image: QImage
    box: QSize  # that it was fitted into, device pixels

    def is_sharp(self, box: QSize) -> bool:
        """Whether decoding again for `box` would bring no more pixels."""
        image = self.image
        whole = image.width() < self.box.width() and image.height() < self.box.height()
        return whole or (self.box.width() >= box.width() and self.box.height() >= box.height())


class ThumbnailStore(QObject):
    """Hands out images by item. `image` never waits: it answers from memory or asks for the picture."""

    arrived = Signal(int)  # item
    dropped = Signal(int)  # item: so much was asked for since then that it is not on its way any more

    def __init__(
        self,
        jobs: Jobs,
        fetch: Callable[[int], bytes | None],
        box: QSize = STORED,
        cache_bytes: int = CACHE_BYTES,
    ) -> None:
        """`fetch` gives a stored JPEG and is called in threads; `box` is in logical pixels."""
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
        return self._box

    def set_box(self, box: QSize) -> None:
        """Another size. Smaller pictures are shown until larger ones have come."""
        if box != self._box:
            self._box = box
            self._abandon()

    def expect(self, count: int) -> None:
        """So many pictures are on the screen at once."""
        self._limit = max(WAITING_LIMIT, 3 * count)

    def set_ratio(self, ratio: float) -> None:
        """Device pixels to a logical one, of the screen that the window is on."""
        if ratio != self._ratio:
            self._ratio = ratio
            self.clear()

    def image(self, item: int) -> QImage | None:
        """The picture, null when there is none to be had; None while it is on its way."""
        kept = self._images.get(item)
        if kept is not None:
            self._images.move_to_end(item)
        if item not in self._waiting and not self.is_sharp(item):
            self._ask(item)
        return kept.image if kept is not None else None

    def is_sharp(self, item: int) -> bool:
        """Whether what `image` has is as good as it gets."""
        kept = self._images.get(item)
        return kept is not None and kept.is_sharp(self._box * self._ratio)

    def forget_failures(self) -> None:
        """Ask again for what could not be had: a drive may have come back."""
        for item in [item for item, kept in self._images.items() if kept.image.isNull()]:
            del self._images[item]

    def clear(self) -> None:
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
        # The job has logged it. A card without its picture says enough; fifty messages would not help.
        self._keep(item, QImage(), self._box * self._ratio)
