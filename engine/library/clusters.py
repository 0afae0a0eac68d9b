"""Themes and duplicates of a library: kept up to date with what is indexed, and answered on request."""

from __future__ import annotations

import numpy as np

from engine.clustering.cluster_update import ClusterUpdate, clusters_stamp, groups_stamp
from engine.clustering.duplicates.near_duplicates import LoadPicture
from engine.library.active_model import ModelRollover
from engine.library.resource_cache import ResourceCache
from engine.records import DuplicateGroup, Theme
from engine.store.clusters.cluster_store import ClusterStore, Items
from engine.store.clusters.duplicates import DuplicateFiles
from engine.store.items.item_table import ItemTable
from engine.store.items.thumbnails import Thumbnails
from engine.store.items.vector_log import VectorLog


class ClusterService:
    """The themes and duplicates of a library. Thread-safe, except `next_update`."""

    def __init__(
        self,
        found: ClusterStore,
        duplicates: DuplicateFiles,
        item_table: ItemTable,
        thumbnails: Thumbnails,
        log: VectorLog,
        resources: ResourceCache,
        pictures: ModelRollover,
        look: LoadPicture,
    ) -> None:
        self._found = found
        self._duplicates = duplicates
        self._item_table = item_table
        self._thumbnails = thumbnails
        self._log = log
        self._resources = resources
        self._pictures = pictures
        self._look = look

    def next_update(self, begun: ClusterUpdate | None) -> ClusterUpdate | None:
        """The update that brings clusters up to date with the answering model; None if they are.

        Returns `begun` itself if it is still valid. Only for the holder of the write lock. Raises ModelError.
        """
        serving = self._pictures.serving()
        if serving.row is None:
            return None
        position = self._log.newest_position(serving.row)
        stamp = clusters_stamp(serving.row, position)
        grouping = groups_stamp(self._found.photos_with_pairs(serving.row))
        if self._found.stamp() == stamp and self._found.grouped() == grouping:
            return None
        if begun is not None and begun.stamp == stamp:
            return begun
        index = self._resources.pictures(serving.row, serving.identity.dimension)
        index.catch_up()
        embedder = self._resources.embedder(serving.identity)
        return ClusterUpdate(
            self._found,
            self._thumbnails,
            self._look,
            index.nearest,
            embedder,
            serving.row,
            position,
        )

    def themes(self) -> tuple[Theme, ...]:
        """The themes in their stored order, counting visible items only; those without any are left out."""
        photos = self._item_table.visible().photos
        themes: list[Theme] = []
        for theme in self._found.themes():
            there = theme.items[_is_among(theme.items, photos)]
            if len(there):
                covers = theme.covers[_is_among(theme.covers, photos)]
                cover = int(covers[0] if len(covers) else there[0])
                themes.append(Theme(theme.number, theme.name, cover, len(there)))
        return tuple(themes)

    def duplicates(self) -> tuple[DuplicateGroup, ...]:
        """Copies and pictures that look the same.

        First the group that frees most if only the best file stays.
        """
        return self._duplicates.groups()


def _is_among(items: Items, photos: Items) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """A mask of which `items` are in `photos`, which is sorted."""
    places = np.searchsorted(photos, items)
    inside = places < len(photos)
    inside[inside] = photos[places[inside]] == items[inside]
    return inside
