"""The remembered searches as a file: JSON with a version, written whole or not at all."""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeAlias, TypeVar

from engine.records import Order, Orientation, Query, Scope
from engine.settings import write_whole
from gui.search.filters import Filters
from gui.search.question import pictures_of
from gui.search.remembered import PictureNote, Remembered

VERSION = 1
MEMORY_FILE = "searches.json"
_UNREADABLE = (ValueError, KeyError, TypeError, AttributeError)  # what a damaged file ends in

Source: TypeAlias = Path | bytes | int
Json: TypeAlias = dict[str, object]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Searches:
    recent: tuple[Remembered, ...] = ()  # newest first
    saved: tuple[Remembered, ...] = ()  # in the order in which they were saved


class Damaged(Exception):
    """The file cannot be understood; it has been set aside under this name."""


def load(path: Path) -> Searches:
    """What is remembered; nothing where there is no file. Raises Damaged, OSError."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return Searches()
    try:
        return _searches(json.loads(content))
    except _UNREADABLE as error:
        aside = path.with_suffix(".damaged.json")
        os.replace(path, aside)  # noqa: PTH105  # named as the system call it is
        raise Damaged(aside.name) from error


def store(path: Path, searches: Searches) -> None:
    """Raises OSError; then the file is as it was."""
    content = {
        "version": VERSION,
        "recent": [_entry(search) for search in searches.recent],
        "saved": [_entry(search) for search in searches.saved],
    }
    write_whole(path, json.dumps(content))  # names that are no UTF-8 become escapes


def _entry(search: Remembered) -> Json:
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
        "folders": [str(folder) for folder in query.folders],
        "file_types": list(query.file_types),
        "taken_from": query.taken_from,
        "taken_to": query.taken_to,
        "orientation": query.orientation.value if query.orientation else "",
        "theme": query.theme,
        "theme_name": search.theme_name,
        "order": query.order.value,
    }


def _picture(source: Source, note: PictureNote) -> Json:
    if isinstance(source, Path):
        return {"label": note.label, "file": str(source)}
    if isinstance(source, bytes):
        return {"label": note.label, "jpeg": base64.b64encode(source).decode("ascii")}
    path = str(note.path) if note.path is not None else ""
    return {"label": note.label, "item": source, "path": path, "page": note.page or 0}


def _searches(content: Json) -> Searches:
    if content["version"] != VERSION:
        raise ValueError(f"Version {content['version']!r} is not known")
    recent, saved = _list(content, "recent", dict), _list(content, "saved", dict)
    return Searches(tuple(map(_search, recent)), tuple(map(_search, saved)))


def _search(entry: Json) -> Remembered:
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
        scope=Scope(_text(entry, "scope")),
    )
    theme_name = _text(entry, "theme_name")
    query = _filters(entry, theme_name).narrowing(query)
    return Remembered(query, _text(entry, "label"), _text(entry, "name"), (*notes, *not_notes), theme_name)


def _filters(entry: Json, theme_name: str) -> Filters:
    orientation = _text(entry, "orientation")
    return Filters(
        folders=tuple(Path(folder) for folder in _list(entry, "folders", str)),
        file_types=tuple(_list(entry, "file_types", str)),
        taken_from=_day(entry, "taken_from"),
        taken_to=_day(entry, "taken_to"),
        orientation=Orientation(orientation) if orientation else None,
        theme=_number(entry, "theme"),
        theme_name=theme_name,
        order=Order(_text(entry, "order")),
    )


def _source(picture: Json) -> tuple[Source, PictureNote]:
    label = _text(picture, "label")
    if "file" in picture:
        return Path(_text(picture, "file")), PictureNote(label)
    if "jpeg" in picture:
        return base64.b64decode(_text(picture, "jpeg"), validate=True), PictureNote(label)
    path = _text(picture, "path")
    note = PictureNote(label, Path(path) if path else None, _number(picture, "page") or None)
    return _number(picture, "item"), note


def _sorted_out(
    pictures: list[tuple[Source, PictureNote]],
) -> tuple[tuple[Path | bytes, ...], tuple[int, ...], tuple[PictureNote, ...]]:
    """Files and bytes, items, and the notes in that order."""
    files = [(source, note) for source, note in pictures if not isinstance(source, int)]
    items = [(source, note) for source, note in pictures if isinstance(source, int)]
    notes = (note for _source, note in (*files, *items))
    return tuple(source for source, _note in files), tuple(source for source, _note in items), tuple(notes)


def _list(entry: Json, name: str, kind: type[T]) -> list[T]:
    values = entry[name]
    if not isinstance(values, list):
        raise TypeError(f"{name} is no list")
    return [_checked(value, name, kind) for value in values]


def _text(entry: Json, name: str) -> str:
    return _checked(entry[name], name, str)


def _number(entry: Json, name: str) -> int:
    return _checked(entry[name], name, int)


def _day(entry: Json, name: str) -> str:
    text = _text(entry, name)
    return date.fromisoformat(text).isoformat() if text else ""


def _checked(value: object, name: str, kind: type[T]) -> T:
    if not isinstance(value, kind):
        raise TypeError(f"{name} is no {kind.__name__}")
    return value
