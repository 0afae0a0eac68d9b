"""Builds a query from the options of a search and checks it against the library."""

from __future__ import annotations

import argparse
from pathlib import Path

from engine import paths
from engine.errors import FolderError
from engine.library import Library
from engine.records import FileSituation, Filters, Order, Orientation, Query, Scope


def build_query(options: argparse.Namespace, library: Library) -> Query:
    """The query for the parsed options.

    Raises FolderError if a `--below` folder can never contain results.
    """
    return Query(
        text=options.text,
        like=tuple(picture.absolute() for picture in options.like),
        not_text=tuple(options.exclude_text),
        scope=Scope(options.scope),
        limit=options.limit,
        filters=Filters(
            folders=tuple(_resolve_searched_folder(folder, library) for folder in options.below),
            file_types=tuple(options.file_types),
            taken_from=options.taken_from or "",
            taken_to=options.taken_to or "",
            orientation=Orientation(options.shape) if options.shape else None,
            order=Order(options.sort),
        ),
        by_document=not options.flat,
    )


def _resolve_searched_folder(folder: Path, library: Library) -> Path:
    """The folder with its links resolved, as stored in the library."""
    resolved, known = paths.resolve_leniently(folder), library.folders()
    unplugged = [drive for other in known for drive in other.unplugged]
    unplugged += [other.path for other in known if not other.available]
    away = any(resolved.is_relative_to(drive) or folder.is_relative_to(drive) for drive in unplugged)
    if away or not known or any(other.path.is_relative_to(resolved) for other in known):
        return resolved
    paths.readable_folder(folder)
    diagnosis = library.diagnose(resolved)
    if diagnosis.situation is FileSituation.OUTSIDE:
        raise FolderError(f"{folder} lies in no folder of the library, so nothing of it can be found.")
    if diagnosis.situation is not FileSituation.FOLDER:
        raise FolderError(f"{folder} is not searched.", diagnosis.message)
    return resolved
