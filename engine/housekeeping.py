"""Gives back the room of what a library no longer needs, a little at a time."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from engine.generations import Generations
from engine.store.contents import Contents
from engine.store.database import Database
from engine.store.thumbnails import Thumbnails
from engine.store.unused_models import UnusedModels

_log = logging.getLogger(__name__)


class Housekeeping:
    """Of one library, by whoever has the turn to change it."""

    def __init__(
        self,
        database: Database,
        contents: Contents,
        thumbnails: Thumbnails,
        index_folder: Path,
        generations: Sequence[Generations],
    ) -> None:
        self._database = database
        self._contents = contents
        self._thumbnails = thumbnails
        self._index_folder = index_folder
        self._generations = generations
        self._models = UnusedModels(database)
        self._swept = False

    def run(self, checkpoint: Callable[[], None]) -> None:
        """`checkpoint` is called between pieces of the work and may raise; the next run goes on."""
        self._models.note_used({row for each in self._generations for row in each.used_rows()})
        for model in self._models.given_up():
            self._models.drop(model, checkpoint)
            for file in self._index_folder.glob(f"*-{model}-*"):
                file.unlink(missing_ok=True)
            _log.info("what model %d made was dropped: it was not used for a month", model)
        if not self._swept:  # a kill may have come between an item's end and its thumbnail's
            self._thumbnails.keep_only(self._contents.item_numbers())
            self._swept = True
        self._thumbnails.give_back(checkpoint)
        self._give_back(checkpoint)

    def _give_back(self, checkpoint: Callable[[], None]) -> None:
        """A library of an older version is written anew once, where there is room for it."""
        if self._database.gives_back():
            self._database.give_back(checkpoint)
        elif self._database.is_worth_rewriting():
            path = self._database.path
            if shutil.disk_usage(path.parent).free > 2 * path.stat().st_size:
                self._database.rewrite()
