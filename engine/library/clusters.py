"""What the library discovers by itself: kept up to date with what is indexed, and told to those who ask."""

from __future__ import annotations

import numpy as np

from engine.clustering.duplicates.near_duplicates import Look
from engine.clustering.run import (
    Discovering,
    grouping_of,
    stamp_of,
)
from engine.library.active_model import Generations
from engine.library.resource_cache import Loaded
from engine.records import DuplicateGroup, Theme
from engine.store.clusters.cluster_store import (
    Discoveries,
    Items,
)
from engine.store.clusters.duplicates import Duplicates
from engine.store.items.item_table import Presence
from engine.store.items.thumbnails import Thumbnails
from engine.store.items.vector_log import VectorLog


class Discovered:
    """Themes and duplicates of a library. They may be asked for from any thread, at any time."""

    def __init__(
        self,
        found: Discoveries,
        duplicates: Duplicates,
        presence: Presence,
        thumbnails: Thumbnails,
        log: VectorLog,
        loaded: Loaded,
        pictures: Generations,
        look: Look,
    ) -> None:
        self._found = found
        self._duplicates = duplicates
        self._presence = presence
        self._thumbnails = thumbnails
        self._log = log
        self._loaded = loaded
        self._pictures = pictures
        self._look = look

    def due(self, begun: Discovering | None) -> Discovering | None:
        """What brings it up to date with the vectors of the model that answers: `begun` itself where it still
        does, None where nothing is left to do. Raises ModelError.

        For the process whose turn it is to change the library.
        """
        answering = self._pictures.answering()
        if answering.row is None:
            return None
        position = self._log.end(answering.row)
        stamp = stamp_of(answering.row, position)
        grouping = grouping_of(self._found.paired(answering.row))
        if self._found.stamp() == stamp and self._found.grouped() == grouping:
            return None
        if begun is not None and begun.stamp == stamp:
            return begun
        index = self._loaded.pictures(answering.row, answering.identity.dimension)
        index.catch_up()
        embedder = self._loaded.embedder(answering.identity)
        return Discovering(
            self._found,
            self._thumbnails,
            self._look,
            index.nearest,
            embedder,
            answering.row,
            position,
        )

    def themes(self) -> tuple[Theme, ...]:
        """In the order in which they were found to stand; what is not there at present does not count."""
        photos = self._presence.everywhere().photos
        themes: list[Theme] = []
        for theme in self._found.themes():
            there = theme.items[_among(theme.items, photos)]
            if len(there):
                covers = theme.covers[_among(theme.covers, photos)]
                cover = int(covers[0] if len(covers) else there[0])
                themes.append(Theme(theme.number, theme.name, cover, len(there)))
        return tuple(themes)

    def duplicates(self) -> tuple[DuplicateGroup, ...]:
        """Copies and pictures that look the same; first what frees most when all but the best go."""
        return self._duplicates.groups()


def _among(items: Items, photos: Items) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which of `items` are among `photos`, which are sorted."""
    places = np.searchsorted(photos, items)
    inside = places < len(photos)
    inside[inside] = photos[places[inside]] == items[inside]
    return inside
