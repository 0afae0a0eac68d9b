"""Brings clusters up to date: groups of pictures that look the same, and themes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import blake2b

import numpy as np

from engine.clustering.duplicates import near_duplicates
from engine.clustering.duplicates.groups import group_pairs
from engine.clustering.duplicates.near_duplicates import LoadPicture, NearDuplicateSearch
from engine.clustering.resumable_steps import Steps
from engine.clustering.themes import theme_update
from engine.clustering.themes.theme_update import ThemeUpdate
from engine.index.nearest_index import NearestIndex
from engine.models.protocols import PictureEmbedder
from engine.progress import CancelToken, Progress
from engine.store.clusters.cluster_store import FOUND_FROM, GROUPED, STAMP, ClusterStore
from engine.store.items.thumbnails import Thumbnails
from engine.store.items.vector_log import LogPosition

PHASE = "finding themes and duplicates"


def clusters_stamp(model: int, position: LogPosition) -> str:
    """The stamp of clusters computed from a model's vectors up to `position`."""
    return f"{near_duplicates.METHOD}.{theme_update.METHOD}:{model}:{position.vector}:{position.removal}"


def groups_stamp(paired: Mapping[int, bytes]) -> str:
    """The stamp of groups formed from these photographs, by the hashes of their contents."""
    return blake2b(b"".join(sorted(paired.values())), digest_size=16).hexdigest()


class ClusterUpdate:
    """Updates the clusters from the vectors of one model. Nothing else may change the library meanwhile.

    Published clusters stay until all of them can be replaced, so a model's clusters last until the next
    model's.
    """

    def __init__(
        self,
        found: ClusterStore,
        thumbnails: Thumbnails,
        look: LoadPicture,
        nearest: NearestIndex,
        embedder: PictureEmbedder,
        model: int,
        position: LogPosition,
    ) -> None:
        """`nearest`: the model's index, caught up to `position`."""
        self.stamp = clusters_stamp(model, position)
        self._found = found
        self._thumbnails = thumbnails
        self._look = look
        self._nearest = nearest
        self._embedder = embedder
        self._model = model
        self._until = position.vector
        self._steps: Steps[None] | None = None  # where it was stopped

    def run(self, progress: Progress, cancel: CancelToken, stop: Callable[[], bool]) -> bool:
        """True at the end, False if `stop` returned True before: the next call then continues.

        Raises Cancelled, ModelError; the comparisons made are kept.
        """
        compared = self._found.compared_until(self._model, near_duplicates.METHOD)
        progress.start(PHASE, "items", self._found.new_photo_count(self._model, compared))
        while not stop():
            cancel.checkpoint()
            try:
                self._steps = self._steps or self._run_steps()
                progress.add_done(next(self._steps))
            except StopIteration:
                return True
            except BaseException:
                self._steps = None  # a generator that raised cannot continue: the next call starts over
                raise
        return False

    def _run_steps(self) -> Steps[None]:
        work = NearDuplicateSearch(self._found, self._thumbnails, self._look, self._nearest, self._model)
        yield from work.compare(self._until)
        contents = self._found.photos_with_pairs(self._model)
        groups = yield from group_pairs(self._found.pairs(self._model), contents)
        yield 0
        if self._found.stamp() == self.stamp:
            self._found.publish_groups(groups, groups_stamp(contents))
            return
        photos = np.intersect1d(self._found.photos(), self._nearest.keys(), assume_unique=True)
        yield 0
        found = self._found
        update = ThemeUpdate(
            self._nearest,
            self._embedder,
            self._model,
            found.themes(),
            found.highest_theme_number(),
            found.found_from(),
        )
        shown, found_from = yield from update.run(photos)
        stamps = {STAMP: self.stamp, GROUPED: groups_stamp(contents), FOUND_FROM: found_from}
        found.publish(groups, shown, stamps)
