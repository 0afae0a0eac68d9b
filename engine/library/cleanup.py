"""Frees the space of what a library no longer needs, a little at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from engine.errors import DiskFull, LibraryInUse
from engine.library.active_model import ModelRollover
from engine.models.text.passages import PASSAGE_MODEL
from engine.store.database.connection import Database
from engine.store.database.vacuum import reclaim_space
from engine.store.items.contents import Contents
from engine.store.items.thumbnails import Thumbnails
from engine.store.items.unused_models import UnusedModels
from engine.store.pages.page_texts import PageTexts

_log = logging.getLogger(__name__)


class LibraryCleanup:
    """Cleans up one library; the caller must hold its write lock."""

    def __init__(
        self,
        database: Database,
        contents: Contents,
        thumbnails: Thumbnails,
        index_folder: Path,
        rollover: Sequence[ModelRollover],
    ) -> None:
        self._database = database
        self._contents = contents
        self._thumbnails = thumbnails
        self._index_folder = index_folder
        self._rollovers = rollover
        self._models = UnusedModels(database)
        self._texts = PageTexts(database)
        self._swept = False

    def run(self, checkpoint: Callable[[], None]) -> None:
        """Drop the vectors of unused models and orphaned thumbnails, and compact the databases.

        `checkpoint` is called between steps and may raise; the next run continues.
        """
        used = {row for each in self._rollovers for row in each.used_rows()}
        passages = self._contents.find_model(PASSAGE_MODEL)
        self._models.note_used(used if passages is None else used | {passages})
        for model in self._models.expired():
            self._models.drop(model, checkpoint)
            for file in self._index_folder.glob(f"*-{model}-*"):
                file.unlink(missing_ok=True)
            _log.info("what model %d made was dropped: it was not used for a month", model)
        if not self._swept:  # a kill between deleting an item and its thumbnail leaves an orphan
            self._thumbnails.keep_only(self._contents.item_numbers())
            self._swept = True
        try:
            self._thumbnails.reclaim_space(checkpoint)
            if reclaim_space(self._database, checkpoint):
                self._texts.merge(checkpoint)
                reclaim_space(self._database, checkpoint)
        except (DiskFull, LibraryInUse) as error:  # the rest is done, and the next run tries again
            _log.warning("the room of what is gone could not be given back: %s", error)
