"""The picture index of one model: derived from the catalogue, stored on disk, caught up by itself."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from pathlib import Path

from engine import permissions
from engine.index import checksummed_file
from engine.index.nearest_index import IndexDamaged, NearestIndex
from engine.store.items.vector_log import DerivedFile, LogPosition, VectorLog

SAVE_SHARE = 0.05  # the file is rewritten once this share of the vectors is not in it
SAVE_LEAST = 1
STAMP_BITS = 62


class PictureIndex:
    """A `NearestIndex` with its file and its position in the catalogue's log. Thread-safe.

    The file, plus what the catalogue has beyond it, must equal the catalogue: a file that is missing, damaged
    or of another generation is ignored and everything is read from the catalogue.
    """

    def __init__(self, log: VectorLog, model: int, dimension: int, folder: Path) -> None:
        self._log = log
        self._model = model
        self._folder = folder
        self._lock = threading.Lock()  # guards the fields below; never held for long, since searches take it
        self._saving = threading.Lock()
        self._position = LogPosition()
        self._unsaved = 0
        self.nearest = self._load(dimension)
        self.catch_up()

    def catch_up(self) -> None:
        """Read what this or another process has written to the catalogue since."""
        if self._log.newest_position(self._model) == self._position:
            return
        with self._lock:
            end = self._log.newest_position(self._model)
            for items, vectors in self._log.added(self._model, self._position, end):
                self.nearest.add(items, vectors)
                self._unsaved += len(items)
            removed = self._log.removed(self._model, self._position, end)
            self.nearest.remove(removed)
            self._unsaved += len(removed)
            self._position = end

    def save(self, checkpoint: Callable[[], None] | None = None) -> None:
        """Rewrite the file if enough has changed; searches continue meanwhile. Raises OSError.

        `checkpoint` is called between steps and may raise; the old file then stays.
        """
        with self._saving:
            with self._lock:
                position, unsaved = self._position, self._unsaved
            if unsaved < self._worth_saving():
                return
            generation = secrets.randbits(STAMP_BITS)
            name = f"pictures-{self._model}-{generation:016x}.usearch"
            permissions.make_inner_folder(self._folder)
            # The file may have more than `position` says: applying a change twice does no harm.
            self.nearest.save(self._folder / name, generation, checkpoint)
            self._log.set_derived_file(self._model, DerivedFile(name, position, generation))
            with self._lock:
                self._unsaved -= unsaved
            checksummed_file.remove_others(self._folder, f"pictures-{self._model}-*", name)

    def _worth_saving(self) -> int:
        return max(SAVE_LEAST, int(SAVE_SHARE * len(self.nearest)))

    def _load(self, dimension: int) -> NearestIndex:
        derived = self._log.derived_file(self._model)
        if derived is None:
            return NearestIndex(dimension)
        try:
            nearest = NearestIndex.load(self._folder / derived.name, dimension)
        except IndexDamaged:
            return NearestIndex(dimension)  # `catch_up` reads everything
        if nearest.generation != derived.generation:
            return NearestIndex(dimension)
        self._position = derived.position
        return nearest
