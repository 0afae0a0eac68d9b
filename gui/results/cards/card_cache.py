"""Cards as they were drawn: kept while they fit, and so many new ones in a frame as there is time for."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter

from PySide6.QtGui import QImage, QPixmap

from engine.records import Hit
from gui.results.cards.thumbnails import ThumbnailStore
from gui.results.hits.captions import CardOrder
from gui.results.layout.grid_layout import CardBox

DRAW_SECONDS = 0.005  # from a frame's beginning: a face that it lacks then comes with the next ones
CACHE_BYTES = 64 * 2**20  # at least
SCREENS = 2  # of faces are kept, however large a screen is

_SEEN = attrgetter(
    "path", "page", "kind", "verdict", "width", "height", "available", "copies", "snippet", "taken", "dated"
)  # of a hit


@dataclass(frozen=True, slots=True)
class Card:
    """What is to be painted. `alike`: how many stand behind it, itself included; 0 where it is alone."""

    hit: Hit
    order: CardOrder
    alike: int = 0
    shown: int = 1  # how many of these have cards of their own
    document: bool = False  # with all its words beside the page
    passage: QImage | None = None  # None while it is on its way, null where there is none

    @property
    def ranked(self) -> bool:
        return self.order is not CardOrder.MONTHS

    @property
    def is_open(self) -> bool:
        return self.shown > 1

    def looks_like(self, other: Card) -> bool:
        """Whether both are painted the same. Another answer may give a hit another rank and score."""
        if self._manner != other._manner:
            return False
        return self.hit is other.hit or _SEEN(self.hit) == _SEEN(other.hit)

    @property
    def _manner(self) -> tuple[object, ...]:
        return self.order, self.alike, self.shown, self.document, _key(self.passage)


@dataclass(slots=True)
class _CachedCard:
    card: Card
    size: tuple[int, int]  # logical pixels
    pixmap: QPixmap
    image: int | None  # the cache key of what was drawn; None while it is on its way
    finished: bool  # False while the thumbnail, or a sharper one, is on its way
    has_picture: bool  # False where there is none to be had, too


class CardCache:
    """All of a card but what depends on where the mouse, the focus and the selection are, by item."""

    def __init__(
        self,
        draw: Callable[[Card, CardBox, QImage | None, QPixmap | None], QPixmap],
        thumbnails: ThumbnailStore,
    ) -> None:
        """`draw` may get the same card with another picture, and draws the new picture on it."""
        self._draw = draw
        self._thumbnails = thumbnails
        self._faces: OrderedDict[int, _CachedCard] = OrderedDict()
        self._bytes = 0
        self._end = 0.0  # of the time that this frame has for new faces, by `perf_counter`
        self._has_drawn = False  # a frame draws one at least
        self._capacity = CACHE_BYTES

    def begin_frame(self) -> None:
        self._end = time.perf_counter() + DRAW_SECONDS
        self._has_drawn = False

    def set_viewport_size(self, pixels: int) -> None:
        """`pixels`: of the device, that are seen at once. What is dropped of them would be missing."""
        self._capacity = max(CACHE_BYTES, SCREENS * 4 * pixels)

    def card_pixmap(self, card: Card, box: CardBox) -> tuple[QPixmap | None, bool]:
        """What there is, perhaps of another size or look, and whether that will do for now. Else this frame
        has no time left, and the next one is to ask again."""
        size = (box.width, box.height)
        known = self._faces.get(card.hit.item)
        fresh = known is not None and known.size == size and known.card.looks_like(card)
        if known is not None and fresh and known.finished:
            self._faces.move_to_end(card.hit.item)
            return known.pixmap, True
        image = self._thumbnails.image(card.hit.item)
        if known is not None and fresh and (image is None or known.image == _key(image)):
            # A picture that was dropped from memory is still the one that was drawn.
            known.finished = self._is_finished(card.hit.item, image)
            self._faces.move_to_end(card.hit.item)
            return known.pixmap, True
        if known is not None and known.has_picture and image is None and known.card.looks_like(card):
            self._faces.move_to_end(card.hit.item)
            return known.pixmap, True  # of another size, which is more than a card without its picture
        if self._has_drawn and time.perf_counter() > self._end:
            return known.pixmap if known is not None else None, False
        return self._draw_card(card, box, image, known.pixmap if known is not None and fresh else None), True

    def invalidate(self, item: int) -> None:
        """A picture has come, perhaps where there was none to be had. The same one is not drawn twice."""
        known = self._faces.get(item)
        if known is not None:
            known.finished = False

    def invalidate_all(self) -> None:
        """All are to be drawn anew: in other colours, with another font."""
        for card_pixmap in self._faces.values():
            card_pixmap.size, card_pixmap.finished = (0, 0), False

    def drop_without_picture(self) -> None:
        """Their pictures are asked for again: a drive may have come back."""
        for item in [item for item, card_pixmap in self._faces.items() if not card_pixmap.has_picture]:
            self._drop(item)

    def _draw_card(self, card: Card, box: CardBox, image: QImage | None, before: QPixmap | None) -> QPixmap:
        self._has_drawn = True
        item, pixmap = card.hit.item, self._draw(card, box, image, before)
        self._drop(item)
        self._faces[item] = _CachedCard(
            card,
            (box.width, box.height),
            pixmap,
            _key(image),
            self._is_finished(item, image),
            image is not None and not image.isNull(),
        )
        self._bytes += _bytes(pixmap)
        while self._bytes > self._capacity and len(self._faces) > 1:
            self._bytes -= _bytes(self._faces.popitem(last=False)[1].pixmap)
        return pixmap

    def _is_finished(self, item: int, image: QImage | None) -> bool:
        return image is not None and self._thumbnails.is_sharp(item)

    def _drop(self, item: int) -> None:
        known = self._faces.pop(item, None)
        if known is not None:
            self._bytes -= _bytes(known.pixmap)


def _key(image: QImage | None) -> int | None:
    return image.cacheKey() if image is not None else None


def _bytes(pixmap: QPixmap) -> int:
    return pixmap.width() * pixmap.height() * 4
