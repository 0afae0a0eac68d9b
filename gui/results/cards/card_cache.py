"""Caches drawn cards, and limits how long each frame spends on drawing new ones."""

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

DRAW_SECONDS = 0.005  # per frame; cards that are not drawn by then follow in the next frames
CACHE_BYTES = 64 * 2**20  # at least
SCREENS = 2  # screens full of cards that fit the cache, whatever the size of the screen

_SEEN = attrgetter(
    "path", "page", "kind", "verdict", "width", "height", "available", "copies", "snippet", "taken", "dated"
)  # the fields of a hit that its card shows


@dataclass(frozen=True, slots=True)
class Card:
    """What is painted for a hit. `alike`: the hits in its stack, including itself; 0 if it is alone."""

    hit: Hit
    order: CardOrder
    alike: int = 0
    shown: int = 1  # how many of these have their own cards
    document: bool = False  # drawn as a document, with text beside the page
    passage: QImage | None = None  # None while it is loading, null if there is none

    @property
    def ranked(self) -> bool:
        """Whether the card belongs to the results of a query, not to browsing by month."""
        return self.order is not CardOrder.MONTHS

    @property
    def is_open(self) -> bool:
        """Whether other hits of its stack have cards too."""
        return self.shown > 1

    def looks_like(self, other: Card) -> bool:
        """Whether both are drawn the same. A hit may have another rank and score in other results."""
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
    image: int | None  # the cache key of the thumbnail; None while it is loading
    finished: bool  # False while the thumbnail, or a sharper one, is loading
    has_picture: bool  # also False if there is no thumbnail


class CardCache:
    """Drawn cards by item, without what depends on hover, focus and selection."""

    def __init__(
        self,
        draw: Callable[[Card, CardBox, QImage | None, QPixmap | None], QPixmap],
        thumbnails: ThumbnailStore,
    ) -> None:
        """`draw` gets the pixmap of the same card to draw only a new picture on it, or None."""
        self._draw = draw
        self._thumbnails = thumbnails
        self._faces: OrderedDict[int, _CachedCard] = OrderedDict()
        self._bytes = 0
        self._end = 0.0  # when this frame stops drawing new cards, in `perf_counter` time
        self._has_drawn = False  # every frame draws at least one
        self._capacity = CACHE_BYTES

    def begin_frame(self) -> None:
        """Start the time that this frame may spend on drawing new cards."""
        self._end = time.perf_counter() + DRAW_SECONDS
        self._has_drawn = False

    def set_viewport_size(self, pixels: int) -> None:
        """Set the capacity. `pixels`: device pixels of the viewport, all of which must fit."""
        self._capacity = max(CACHE_BYTES, SCREENS * 4 * pixels)

    def card_pixmap(self, card: Card, box: CardBox) -> tuple[QPixmap | None, bool]:
        """The pixmap of a card, and whether it will do for this frame.

        The pixmap may be of another size or look, or None. If it will not do, the frame has run out of time,
        and the next frame should ask again.
        """
        size = (box.width, box.height)
        known = self._faces.get(card.hit.item)
        fresh = known is not None and known.size == size and known.card.looks_like(card)
        if known is not None and fresh and known.finished:
            self._faces.move_to_end(card.hit.item)
            return known.pixmap, True
        image = self._thumbnails.image(card.hit.item)
        if known is not None and fresh and (image is None or known.image == _key(image)):
            # The thumbnail may have left its cache, but it is the one that was drawn.
            known.finished = self._is_finished(card.hit.item, image)
            self._faces.move_to_end(card.hit.item)
            return known.pixmap, True
        if known is not None and known.has_picture and image is None and known.card.looks_like(card):
            self._faces.move_to_end(card.hit.item)
            return known.pixmap, True  # of another size, which is better than a card without its picture
        if self._has_drawn and time.perf_counter() > self._end:
            return known.pixmap if known is not None else None, False
        return self._draw_card(card, box, image, known.pixmap if known is not None and fresh else None), True

    def invalidate(self, item: int) -> None:
        """Draw a card again because its picture may be new. An unchanged picture is not drawn twice."""
        known = self._faces.get(item)
        if known is not None:
            known.finished = False

    def invalidate_all(self) -> None:
        """Draw all cards again, in other colours or another font."""
        for card_pixmap in self._faces.values():
            card_pixmap.size, card_pixmap.finished = (0, 0), False

    def drop_without_picture(self) -> None:
        """Drop cards without a picture; a drive may be connected again."""
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
