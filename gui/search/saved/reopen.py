"""Turns a stored query back into a search, loading its pictures again."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import UserError
from engine.records import Filters, Hit, Query
from gui import strings
from gui.search import picture_query
from gui.search.picture_query import CHIP, QueryPicture
from gui.search.query_draft import DraftPart, QueryDraft, pictures_of
from gui.search.saved.saved_search import PictureNote
from gui.strings import search as words
from gui.widgets.decoding import decoded

if TYPE_CHECKING:
    from engine.library import Library


@dataclass(frozen=True, slots=True)
class ReopenedQuery:
    """A search and the pictures of it that no longer exist."""

    question: QueryDraft
    missing: tuple[str, ...]  # labels of pictures that no longer exist


def reopen_query(query: Query, notes: Sequence[PictureNote], library: Library, ratio: float) -> ReopenedQuery:
    """Load the pictures of a stored query. Slow, so not for the main thread.

    `notes` describe the pictures in the order of `pictures_of`; may be empty. `ratio`: device pixels per
    logical pixel.
    """
    pictures = pictures_of(query)
    wanted = len(query.like) + len(query.like_items)
    parts, missing = [], []
    for place, source in enumerate(pictures):
        note = notes[place] if notes else PictureNote(_label(source))
        picture = _picture(source, note, library, ratio)
        if picture is None:
            missing.append(note.label)
        else:
            parts.append(DraftPart(picture, minus=place >= wanted))
    parts += [DraftPart(text, minus=True) for text in query.not_text]
    filters = _with_theme(query.filters, library)
    has_parts = bool(query.text or pictures or query.not_text)
    everything = not has_parts and not filters.excludes_items
    question = QueryDraft(query.text, tuple(parts), query.scope, filters, everything=everything)
    return ReopenedQuery(question, tuple(missing))


def _picture(
    source: Path | bytes | int, note: PictureNote, library: Library, ratio: float
) -> QueryPicture | None:
    """None if it no longer exists."""
    try:
        if isinstance(source, Path):
            return picture_query.from_file(source, library.preview, ratio)
        if isinstance(source, bytes):
            return QueryPicture(source, note.label, decoded(library.preview(source), CHIP * ratio, ratio))
        if _is_the_same(source, note, library.hits([source])):
            return picture_query.from_item(source, note.label, library.thumbnail(source), ratio)
        if note.path is not None and note.page is None:
            return picture_query.from_file(note.path, library.preview, ratio)
    except UserError:
        return None  # all missing pictures are reported together
    return None


def _is_the_same(item: int, note: PictureNote, hits: Sequence[Hit]) -> bool:
    """Whether the item is still the same page or file; a rebuilt library numbers its items anew."""
    return any(
        hit.item == item
        and hit.page == note.page
        and (hit.path == note.path or hit.copies or not os.path.lexists(note.path))
        for hit in hits
        if note.path is not None
    ) or (note.path is None and bool(hits))


def _label(source: Path | bytes | int) -> str:
    return strings.file_name(source) if isinstance(source, Path) else words.PICTURE


def _with_theme(filters: Filters, library: Library) -> Filters:
    """Find the theme by its number, or by name if clustering has numbered it anew."""
    if not filters.theme:
        return filters
    themes = library.themes()
    found = next((theme for theme in themes if theme.number == filters.theme), None) or next(
        (theme for theme in themes if theme.name == filters.theme_name), None
    )
    return filters if found is None else replace(filters, theme=found.number, theme_name=found.name)
