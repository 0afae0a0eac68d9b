"""Makes a question of a query that was asked at another time: its pictures are looked up and drawn again."""

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
    question: QueryDraft
    missing: tuple[str, ...]  # labels of pictures that are gone


def reopen_query(query: Query, notes: Sequence[PictureNote], library: Library, ratio: float) -> ReopenedQuery:
    """Not for the main thread. `notes`: of the pictures in the order of `pictures_of`; may be empty."""
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
    everything = not has_parts and not filters.exclude_items
    question = QueryDraft(query.text, tuple(parts), query.scope, filters, everything=everything)
    return ReopenedQuery(question, tuple(missing))


def _picture(
    source: Path | bytes | int, note: PictureNote, library: Library, ratio: float
) -> QueryPicture | None:
    """None when it is gone."""
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
        return None  # the reason is said with all that are missing
    return None


def _is_the_same(item: int, note: PictureNote, hits: Sequence[Hit]) -> bool:
    """A library that was made anew gives its numbers to other items; a file that was moved keeps its own."""
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
    """The theme by its number; where it was found anew under another one, by its name."""
    if not filters.theme:
        return filters
    themes = library.themes()
    found = next((theme for theme in themes if theme.number == filters.theme), None) or next(
        (theme for theme in themes if theme.name == filters.theme_name), None
    )
    return filters if found is None else replace(filters, theme=found.number, theme_name=found.name)
