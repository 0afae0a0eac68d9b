"""The part of a page around the matching words, with these highlighted, for the card of a document."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QObject, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QImage, QPainter

from engine.records import Explanation, Hit, MatchedWord, Query
from gui.jobs import Job, Jobs, Lane
from gui.widgets.appearance.style import HIGHLIGHT
from gui.widgets.decoding import decoded

PAGE_SIDE = 842  # points of the longer side; pages of other sizes are scaled to it
SCALE = 1.2  # logical pixels per point: text of 10 points is readable
MOST_WORDS = 200  # of a page that are considered
MOST_KEPT = 200
INK = 0.75

Box = tuple[float, float, float, float]


class PageSource(Protocol):
    """What is needed of the library; called in background threads."""

    def why(self, query: Query, item: int) -> Explanation:
        """The words of an item that match the query. Raises UserError, ModelError."""

    def region(self, item: int, box: Box) -> bytes:
        """A part of an item as JPEG. `box`: left, top, right, bottom as fractions."""


@dataclass(slots=True)
class _KeptPassage:
    size: QSize
    image: QImage | None  # None while the first is loading
    job: Job[QImage] | None


class PassageImages(QObject):
    """The passages of the current query by item. `image` never waits; main thread only."""

    arrived = Signal(int)  # item

    def __init__(self, jobs: Jobs, source: PageSource) -> None:
        super().__init__(jobs)
        self._jobs = jobs
        self._source = source
        self._query: Query | None = None
        self._ratio = 1.0
        self._kept: OrderedDict[int, _KeptPassage] = OrderedDict()

    @property
    def waiting(self) -> bool:
        """Whether some are loading."""
        return any(kept.job is not None for kept in self._kept.values())

    def begin(self, query: Query | None) -> None:
        """Start with `query`, dropping the passages of another. None: there is no query, and no passages."""
        query = query if query is not None and query.text.strip() else None
        if query != self._query:
            self._clear()
            self._query = query

    def _clear(self) -> None:
        for kept in self._kept.values():
            if kept.job is not None:
                kept.job.cancel()
        self._kept.clear()

    def set_ratio(self, ratio: float) -> None:
        """Set the device pixels per logical pixel."""
        if ratio != self._ratio:
            self._ratio = ratio
            self._clear()

    def image(self, hit: Hit, size: QSize) -> QImage | None:
        """The passage for a place of `size` logical pixels, perhaps still one made for another size.

        Null if there is none, None while it is loading.
        """
        if self._query is None or not hit.available:
            return QImage()
        kept = self._kept.get(hit.item)
        if kept is None or kept.size != size:
            kept = self._ask(self._query, hit, size, kept)
        self._kept.move_to_end(hit.item)
        return kept.image

    def _ask(self, query: Query, hit: Hit, size: QSize, before: _KeptPassage | None) -> _KeptPassage:
        if before is not None and before.job is not None:
            before.job.cancel()
        job = self._jobs.run(
            Lane.PASSAGES,
            lambda: passage(self._source, query, hit, size, self._ratio),
            lambda image: self._keep(hit.item, image),
            # Logged by the job. A card without its passage shows the snippet as text.
            lambda _error: self._keep(hit.item, QImage()),
        )
        kept = self._kept[hit.item] = _KeptPassage(size, before.image if before is not None else None, job)
        while len(self._kept) > MOST_KEPT:
            oldest = self._kept.popitem(last=False)[1]
            if oldest.job is not None:
                oldest.job.cancel()
        return kept

    def _keep(self, item: int, image: QImage) -> None:
        kept = self._kept[item]
        kept.image, kept.job = image, None
        self.arrived.emit(item)


def passage(source: PageSource, query: Query, hit: Hit, size: QSize, ratio: float) -> QImage:
    """Make the passage of a page. Null if no word matches. Slow. Raises UserError, ModelError."""
    words = source.why(query, hit.item).words
    box = window(words, hit.width, hit.height, size)
    if box is None:
        return QImage()
    image = decoded(source.region(hit.item, box), size * ratio)
    _mark(image, words, box)
    image.setDevicePixelRatio(ratio)
    return image


def window(words: Sequence[MatchedWord], width: int, height: int, size: QSize) -> Box | None:
    """Choose the part of a page, as fractions, to show in `size` at a readable scale.

    It has as many of the words of the query as possible. `width` and `height`: of the page. None without
    words.
    """
    if not words or min(width, height, size.width(), size.height()) <= 0:
        return None
    scale = SCALE * PAGE_SIDE / max(width, height)
    wide, high = min(size.width() / (width * scale), 1.0), min(size.height() / (height * scale), 1.0)
    best = max(words[:MOST_WORDS], key=lambda word: _worth(_around(word, wide, high), words[:MOST_WORDS]))
    return _around(best, wide, high)


def _around(word: MatchedWord, wide: float, high: float) -> Box:
    left, top, right, bottom = word.box
    x = min(max((left + right - wide) / 2, 0.0), 1.0 - wide)
    y = min(max((top + bottom - high) / 2, 0.0), 1.0 - high)
    return x, y, min(x + wide, 1.0), min(y + high, 1.0)


def _worth(box: Box, words: Sequence[MatchedWord]) -> tuple[float, float]:
    """How many words of the query a part has, each counted once, then how many matches."""
    inside = [word for word in words if _holds(box, word)]
    best: dict[str, float] = {}
    for word in inside:
        best[word.query_word] = max(word.score, best.get(word.query_word, 0.0))
    return sum(best.values()), sum(word.score for word in inside)


def _holds(box: Box, word: MatchedWord) -> bool:
    left, top, right, bottom = word.box
    return box[0] <= left and box[1] <= top and right <= box[2] and bottom <= box[3]


def _mark(image: QImage, words: Sequence[MatchedWord], box: Box) -> None:
    """Highlight the words as a marker does: black text stays black."""
    if image.isNull():
        return
    image.setDevicePixelRatio(1.0)
    wide, high = image.width() / (box[2] - box[0]), image.height() / (box[3] - box[1])
    ink = HIGHLIGHT.toRgb()
    ink.setAlphaF(INK)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Multiply)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    for word in words:
        left, top, right, bottom = word.box
        corner = QPointF((left - box[0]) * wide, (top - box[1]) * high)
        place = QRectF(corner, QSizeF((right - left) * wide, (bottom - top) * high))
        air = place.height() * 0.1
        painter.drawRoundedRect(place.adjusted(-air, -air, air, air), 2, 2)
    painter.end()
