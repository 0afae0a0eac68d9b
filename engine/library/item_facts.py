"""Gathers the details of one item from its file on disk, from the catalogue, and from the camera."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

from engine.errors import FileProblem, UserError
from engine.ingest.decoding.camera_metadata import CameraMetadata
from engine.paths import first_reachable
from engine.records import ItemFacts
from engine.search.results.hit_builder import format_time
from engine.store.items.contents import Contents

NOT_IN_LIBRARY = "It is no longer in the library."


def item_facts(item: int, contents: Contents, camera: Callable[[Path], CameraMetadata]) -> ItemFacts:
    """The details of an item. Raises UserError if its file or the item is gone.

    `camera` reads the metadata of a photograph; if it raises FileProblem, those fields stay empty.
    """
    stored, details = contents.stored_items([item]).get(item), contents.details(item)
    if stored is None or details is None:
        raise UserError(NOT_IN_LIBRARY)
    path = first_reachable(stored.paths)
    try:
        found = path.stat()
    except OSError as error:
        raise UserError(
            f"{path.name} is not where it was: {error.strerror}.",
            "It may have been moved or deleted, or its drive is not connected.",
        ) from error
    facts = CameraMetadata()
    if stored.page is None and stat.S_ISREG(found.st_mode):
        try:
            facts = camera(path)
        except FileProblem:
            facts = CameraMetadata()  # damaged since it was indexed; the other details still hold
    return ItemFacts(
        item=item,
        paths=(path, *(other for other in stored.paths if other != path)),
        page=stored.page,
        pages=details.pages or None,
        bytes=found.st_size,
        modified=format_time(found.st_mtime),
        width=stored.width,
        height=stored.height,
        taken=stored.taken,
        camera=facts.camera,
        lens=facts.lens,
        exposure=facts.exposure,
        latitude=facts.latitude,
        longitude=facts.longitude,
        title=details.title,
    )
