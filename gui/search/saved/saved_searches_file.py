"""The file of recent and saved searches: JSON with a version, written atomically.

Another version may have written it. Missing fields get defaults; unknown fields, and searches of a newer
version that cannot be read, are preserved when the file is written.
"""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeAlias, TypeVar

from engine.records import Filters, Order, Orientation, Query, Scope
from engine.settings import write_whole
from gui.search.query_draft import pictures_of
from gui.search.saved.saved_search import PictureNote, SavedSearch, query_label

VERSION = 1
MEMORY_FILE = "searches.json"
_UNREADABLE = (
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    RecursionError,
)  # of a damaged file

_KNOWN = frozenset(
    {
        *("name", "label", "text", "not_text", "pictures", "not_pictures", "scope", "folders", "file_types"),
        *("taken_from", "taken_to", "orientation", "theme", "theme_name", "order"),
    }
)

Source: TypeAlias = Path | bytes | int
Json: TypeAlias = dict[str, object]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StoredSearches:
    """The contents of the file."""

    recent: tuple[SavedSearch, ...] = ()  # newest first
    saved: tuple[SavedSearch, ...] = ()  # in the order in which they were saved


class Damaged(Exception):
    """The file, or part of it, cannot be read; it was renamed to the name in the message."""

    def __init__(self, aside: str, rest: StoredSearches) -> None:
        """`aside`: the new name of the damaged file. `rest`: what could be read."""
        super().__init__(aside)
        self.rest = rest


@dataclass(frozen=True, slots=True)
class _Unread:
    """Searches in the file that this version cannot read."""

    recent: tuple[object, ...]
    saved: tuple[object, ...]


def load(path: Path) -> StoredSearches:
    """Read the file; empty if there is none. Raises Damaged, OSError."""
    try:
        content = _content(path)
        searches, unread = _searches(content)
    except FileNotFoundError:
        return StoredSearches()
    except _UNREADABLE as error:
        raise Damaged(_set_aside(path), StoredSearches()) from error
    if (unread.recent or unread.saved) and _version(content) <= VERSION:
        aside = _set_aside(path)
        if searches.recent or searches.saved:
            store(path, searches)
        raise Damaged(aside, searches)
    return searches


def store(path: Path, searches: StoredSearches) -> None:
    """Write the file atomically. Raises OSError; the old file then remains."""
    try:
        before = _content(path)
        unread = _searches(before)[1]
    except FileNotFoundError:
        before, unread = {}, _Unread((), ())
    except _UNREADABLE:
        _set_aside(path)
        before, unread = {}, _Unread((), ())
    older = unread.recent if searches.recent else ()  # otherwise the user cleared them
    content = {
        **before,
        "version": max(_version(before), VERSION),
        "recent": [*map(_entry, searches.recent), *older],
        "saved": [*map(_entry, searches.saved), *unread.saved],
    }
    write_whole(path, json.dumps(content))  # file names that are not valid UTF-8 become escapes


def _content(path: Path) -> Json:
    """The parsed file. Raises OSError and the errors in `_UNREADABLE`."""
    content = json.loads(path.read_bytes())
    if not isinstance(content, dict):
        raise TypeError("it holds no object")
    return content


def _set_aside(path: Path) -> str:
    """Rename the file and return its new name. Raises OSError."""
    aside = path.with_suffix(".damaged.json")
    os.replace(path, aside)  # noqa: PTH105  # named as the system call it is
    return aside.name


def _version(content: Json) -> int:
    version = content.get("version")
    return version if type(version) is int else 1


def _entry(search: SavedSearch) -> Json:
    query = search.query
    pictures = [_picture(*both) for both in zip(pictures_of(query), search.notes, strict=True)]
    wanted = len(query.like) + len(query.like_items)
    return {
        "name": search.name,
        "label": search.label,
        "text": query.text,
        "not_text": list(query.not_text),
        "pictures": pictures[:wanted],
        "not_pictures": pictures[wanted:],
        "scope": query.scope.value,
        "folders": [str(folder) for folder in query.filters.folders],
        "file_types": list(query.filters.file_types),
        "taken_from": query.filters.taken_from,
        "taken_to": query.filters.taken_to,
        "orientation": query.filters.orientation.value if query.filters.orientation else "",
        "theme": query.filters.theme,
        "theme_name": query.filters.theme_name,
        "order": query.filters.order.value,
        **search.unknown,
    }


def _picture(source: Source, note: PictureNote) -> Json:
    if isinstance(source, Path):
        return {"label": note.label, "file": str(source)}
    if isinstance(source, bytes):
        return {"label": note.label, "jpeg": base64.b64encode(source).decode("ascii")}
    path = str(note.path) if note.path is not None else ""
    return {"label": note.label, "item": source, "path": path, "page": note.page or 0}


def _searches(content: Json) -> tuple[StoredSearches, _Unread]:
    """The searches that can be read, and the other entries."""
    (recent, other_recent), (saved, other_saved) = (
        _sorted_by_sense(_list(content, name, object)) for name in ("recent", "saved")
    )
    return StoredSearches(recent, saved), _Unread(other_recent, other_saved)


def _sorted_by_sense(entries: list[object]) -> tuple[tuple[SavedSearch, ...], tuple[object, ...]]:
    understood: list[SavedSearch] = []
    others: list[object] = []
    for entry in entries:
        try:
            understood.append(_search(_checked(entry, "a search", dict)))
        except _UNREADABLE:
            others.append(entry)
    return tuple(understood), tuple(others)


def _search(entry: Json) -> SavedSearch:
    wanted = [_source(picture) for picture in _list(entry, "pictures", dict)]
    unwanted = [_source(picture) for picture in _list(entry, "not_pictures", dict)]
    like, like_items, notes = _sorted_out(wanted)
    not_like, not_like_items, not_notes = _sorted_out(unwanted)
    query = Query(
        text=_text(entry, "text"),
        like=like,
        like_items=like_items,
        not_text=tuple(_list(entry, "not_text", str)),
        not_like=not_like,
        not_like_items=not_like_items,
        scope=Scope(_text(entry, "scope", Scope.ALL.value)),
        filters=_filters(entry),
    )
    both = (*notes, *not_notes)
    label = _text(entry, "label") or query_label(query, [note.label for note in both])
    unknown = {name: value for name, value in entry.items() if name not in _KNOWN}
    return SavedSearch(query, label, _text(entry, "name"), both, unknown=unknown)


def _filters(entry: Json) -> Filters:
    orientation = _text(entry, "orientation")
    return Filters(
        folders=tuple(Path(folder) for folder in _list(entry, "folders", str)),
        file_types=tuple(_list(entry, "file_types", str)),
        taken_from=_day(entry, "taken_from"),
        taken_to=_day(entry, "taken_to"),
        orientation=Orientation(orientation) if orientation else None,
        theme=_number(entry, "theme"),
        theme_name=_text(entry, "theme_name"),
        order=Order(_text(entry, "order", Order.RELEVANCE.value)),
    )


def _source(picture: Json) -> tuple[Source, PictureNote]:
    label = _text(picture, "label")
    if "file" in picture:
        return Path(_text(picture, "file")), PictureNote(label)
    if "jpeg" in picture:
        return base64.b64decode(_text(picture, "jpeg"), validate=True), PictureNote(label)
    if "item" not in picture:
        raise KeyError("item")
    path = _text(picture, "path")
    note = PictureNote(label, Path(path) if path else None, _number(picture, "page") or None)
    return _number(picture, "item"), note


def _sorted_out(
    pictures: list[tuple[Source, PictureNote]],
) -> tuple[tuple[Path | bytes, ...], tuple[int, ...], tuple[PictureNote, ...]]:
    """The files and bytes, the items, and their notes in that order."""
    files = [(source, note) for source, note in pictures if not isinstance(source, int)]
    items = [(source, note) for source, note in pictures if isinstance(source, int)]
    notes = (note for _source, note in (*files, *items))
    return tuple(source for source, _note in files), tuple(source for source, _note in items), tuple(notes)


def _list(entry: Json, name: str, kind: type[T]) -> list[T]:
    values = entry.get(name, [])
    if not isinstance(values, list):
        raise TypeError(f"{name} is no list")
    return [_checked(value, name, kind) for value in values]


def _text(entry: Json, name: str, default: str = "") -> str:
    return _checked(entry.get(name, default), name, str)


def _number(entry: Json, name: str) -> int:
    return _checked(entry.get(name, 0), name, int)


def _day(entry: Json, name: str) -> str:
    text = _text(entry, name)
    return date.fromisoformat(text).isoformat() if text else ""


def _checked(value: object, name: str, kind: type[T]) -> T:
    if not isinstance(value, kind):
        raise TypeError(f"{name} is no {kind.__name__}")
    return value
