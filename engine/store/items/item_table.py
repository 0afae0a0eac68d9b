"""Which items are visible (at least one file contains them), and the columns that filters need."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from itertools import groupby
from pathlib import Path
from sqlite3 import Connection

import numpy as np
from numpy.typing import NDArray

from engine.file_types import filters_for
from engine.paths import path_prefix
from engine.store.database.connection import Database

# Times are local seconds: by the camera's clock, and for files by this machine's.
KNOWN = """
SELECT item.id, item.content_id, item.page, item.width, item.height,
    CAST(strftime('%s', item.taken) AS INTEGER),
    CAST(strftime('%s', MIN(mtime_ns) / 1000000000, 'unixepoch', 'localtime') AS INTEGER), content.hash
FROM item CROSS JOIN file ON file.content_id = item.content_id
CROSS JOIN content ON content.id = item.content_id
WHERE missing_since IS NULL AND {which} GROUP BY item.id
"""
ADDED = KNOWN.format(which="item.id > ?")
# Facts about an item are stored together with its vector.
LOOKED_AT = KNOWN.format(which="item.id IN (SELECT item_id FROM vector WHERE sequence > ?)")
# A content whose files came, went or moved is among the document changes, even if it is gone itself.
CHANGED = "SELECT content_id FROM document_change WHERE sequence > ?"
HELD_AGAIN = KNOWN.format(which=f"item.content_id IN ({CHANGED})")
REACHED = """
SELECT (SELECT COALESCE(MAX(sequence), 0) FROM vector),
    (SELECT COALESCE(MAX(sequence), 0) FROM document_change)
"""
# As one text, which takes a tenth of the time of fetching rows of Python numbers.
HELD = """
SELECT group_concat(content_id) FROM file {with_contents}
WHERE missing_since IS NULL AND substr(path, 1, length(?1)) = ?1
"""
WITH_CONTENTS = "JOIN content ON content.id = content_id"  # takes twice the time of the files alone
OF_FORMAT = "format IN ({places})"
ENDING = "lower(CAST(substr(path, -{length}) AS TEXT)) IN ({places})"

HELD_KEPT = 8  # cached answers for folders and types: scrolling through results repeats the same filter
SQUARE = 1.05  # the largest ratio of the sides that still counts as a square
UNDATED = np.iinfo(np.int64).min + 1  # its negative is a number too
DAY = 86_400  # seconds
SAMPLING_KEY_BYTES = 8  # of a hash

Items = NDArray[np.int64]
Mask = NDArray[np.bool_]
Row = tuple[int, int, int, int, int, int | None, int | None, bytes]


@dataclass(frozen=True, slots=True, eq=False)
class VisibleItems:
    """Item numbers by kind, sorted."""

    photos: Items
    pages: Items

    def among(self, items: Items) -> VisibleItems:
        """Only those that are in `items`."""
        return VisibleItems(self.photos[np.isin(self.photos, items)], self.pages[np.isin(self.pages, items)])

    def without(self, items: Items) -> VisibleItems:
        """Only those that are not in `items`."""
        return VisibleItems(
            self.photos[~np.isin(self.photos, items)], self.pages[~np.isin(self.pages, items)]
        )

    def all_items(self) -> Items:
        """Both kinds in one sorted array."""
        # A stable sort merges two sorted runs a hundred times as fast as `union1d`.
        return np.sort(np.concatenate([self.photos, self.pages]), kind="stable")


@dataclass(frozen=True, slots=True, eq=False)
class ItemRows:
    """All visible items, sorted by number, with one (items,) array for each fact."""

    items: Items
    contents: Items
    is_page: Mask
    width: Items  # 0 until it has been decoded
    height: Items
    taken: Items  # seconds, or UNDATED
    modified: Items  # seconds: of the oldest file that contains it
    # Pseudorandom numbers from content and page: a sample takes the items with the lowest keys, which are the
    # same in every library of the same files.
    sampling_keys: Items

    def at(self, chosen: Mask | Items) -> ItemRows:
        """The chosen rows, in the order of `chosen`, or in their own for a mask."""
        return ItemRows(*(getattr(self, field.name)[chosen] for field in fields(self)))

    @property
    def is_decoded(self) -> Mask:
        """Whether each item has been decoded, so that its size is known."""
        return np.asarray(self.width > 0)

    @property
    def is_square(self) -> Mask:
        """Whether each picture counts as square."""
        longer, shorter = np.maximum(self.width, self.height), np.minimum(self.width, self.height)
        return np.asarray(longer <= SQUARE * shorter)

    def taken_between(self, first: int, last: int) -> Mask:
        """A mask of what was taken from day `first` to `last` (days since 1970, inclusive).

        False without a date.
        """
        days = self.taken // DAY
        return np.asarray((self.taken != UNDATED) & (days >= first) & (days <= last))

    def visible(self, chosen: Mask | None = None) -> VisibleItems:
        """The chosen items (None: all) by kind."""
        kept = np.ones(len(self.items), np.bool_) if chosen is None else chosen
        return VisibleItems(self.items[kept & ~self.is_page], self.items[kept & self.is_page])

    def timestamps(self, items: Items) -> Items:
        """When each was taken, else its file was modified, in local seconds; UNDATED if unknown."""
        if not len(self.items):
            return np.full(len(items), UNDATED, np.int64)
        places = np.minimum(np.searchsorted(self.items, items), len(self.items) - 1)
        timestamps = np.where(self.taken == UNDATED, self.modified, self.taken)
        return np.where(self.items[places] == items, timestamps[places], UNDATED)


class ItemTable:
    """Caches all visible items, since reading 100,000 of them takes longer than a search. Thread-safe.

    Reads only what changed: new items, items decoded since, and items whose files came or went.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._version = 0  # changes with the cached rows
        self._last = 0  # the last item read
        self._sequence = 0  # the last vector read
        self._change = 0
        self._rows = _table(())
        self._visible = self._rows.visible()
        self._filtered: OrderedDict[tuple[object, ...], VisibleItems] = OrderedDict()

    def rows(self) -> ItemRows:
        """The current rows of all visible items. Do not modify them."""
        with self._lock:
            self._catch_up()
            return self._rows

    def visible(self) -> VisibleItems:
        """The current visible items by kind."""
        with self._lock:
            self._catch_up()
            return self._visible

    def with_files_in(self, folders: Sequence[Path], file_types: Sequence[str]) -> VisibleItems:
        """The items with a file below one of `folders` and of one of `file_types`.

        No folders: everywhere; no types (".pdf", in lower case): all. See `engine/file_types.py` for types.
        """
        with self._lock:
            self._catch_up()
            key = (self._version, tuple(folders), tuple(file_types))
            known, found = self._rows, self._filtered.pop(key, None)
        if found is None:
            found = known.visible(np.isin(known.contents, self._contents_with_files_in(folders, file_types)))
        with self._lock:
            self._filtered[key] = found
            while len(self._filtered) > HELD_KEPT:
                self._filtered.popitem(last=False)
        return found

    def _contents_with_files_in(self, folders: Sequence[Path], file_types: Sequence[str]) -> Items:
        """Unsorted, with repetitions."""
        prefixes = [path_prefix(folder) for folder in folders] or [b""]
        condition, values = _type_condition(file_types)
        held_by = HELD.format(with_contents=WITH_CONTENTS if file_types else "") + condition
        with self._database.read() as db:
            held = [db.execute(held_by, (prefix, *values)).fetchone()[0] for prefix in prefixes]
        return np.fromstring(",".join(filter(None, held)), np.int64, sep=",")

    def _catch_up(self) -> None:
        with self._database.read() as db:
            # Read the catalogue's position first: what is written meanwhile is then read again.
            sequence, change = db.execute(REACHED).fetchone()
            rows: list[Row] = db.execute(ADDED, (self._last,)).fetchall()
            last = max((row[0] for row in rows), default=self._last)
            changed = np.empty(0, np.int64)
            if self._last and sequence > self._sequence:
                rows += db.execute(LOOKED_AT, (self._sequence,)).fetchall()
            if self._last and change > self._change:
                changed = _column(db, CHANGED, self._change)
                rows += db.execute(HELD_AGAIN, (self._change,)).fetchall()
        self._last, self._sequence, self._change = last, sequence, change
        if rows or len(changed):
            kept = self._rows.at(~np.isin(self._rows.contents, changed))
            self._rows = _merge_rows(kept, _table(rows))
            self._visible = self._rows.visible()
            self._version += 1


def _table(rows: Iterable[Row]) -> ItemRows:
    """From rows of `KNOWN`; if an item occurs twice, the later row counts."""
    by_item = {row[0]: row for row in rows}
    numbers = [[UNDATED if value is None else value for value in row[:-1]] for row in by_item.values()]
    columns = np.array(numbers, np.int64).reshape(len(by_item), len(fields(ItemRows)) - 1).T
    hashes = np.frombuffer(
        b"".join(row[-1][:SAMPLING_KEY_BYTES].ljust(SAMPLING_KEY_BYTES) for row in by_item.values()), "<u8"
    )
    order = np.argsort(columns[0], kind="stable")
    items, contents, page, *others = columns[:, order]
    width, height, taken, modified = others
    sampling_keys = _draw_sampling_keys(hashes[order], page)
    return ItemRows(items, contents, page > 0, width, height, taken, modified, sampling_keys)


def _draw_sampling_keys(hashes: NDArray[np.uint64], page: Items) -> Items:
    """SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators").

    Without its mixing steps, the pages of a document would get neighbouring keys.
    """
    mixed = hashes + page.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(1), np.int64)


def _merge_rows(older: ItemRows, newer: ItemRows) -> ItemRows:
    kept = older.at(~np.isin(older.items, newer.items))
    both = ItemRows(
        *(
            np.concatenate([getattr(kept, field.name), getattr(newer, field.name)])
            for field in fields(ItemRows)
        )
    )
    return both.at(np.argsort(both.items, kind="stable"))


def _column(db: Connection, statement: str, *arguments: int) -> Items:
    return np.fromiter((row[0] for row in db.execute(statement, arguments)), np.int64)


def _type_condition(file_types: Sequence[str]) -> tuple[str, list[str]]:
    """An SQL condition on the names and formats of files, and its parameters."""
    conditions: list[str] = []
    values: list[str] = []
    for wanted in filters_for(file_types):
        parts: list[str] = []
        if wanted.formats:
            parts.append(OF_FORMAT.format(places=", ".join("?" * len(wanted.formats))))
            values += wanted.formats
        if wanted.endings:
            ending, endings = _ending_condition(wanted.endings)
            parts.append(ending)
            values += endings
        conditions.append(" AND ".join(parts))
    return (f" AND ({' OR '.join(conditions)})" if conditions else ""), values


def _ending_condition(endings: Sequence[str]) -> tuple[str, list[str]]:
    """An SQL condition on the ends of file names, and its parameters."""
    by_length = groupby(sorted(endings, key=_bytes), _bytes)
    groups = [(length, list(types)) for length, types in by_length]
    conditions = [
        ENDING.format(length=length, places=", ".join("?" * len(types))) for length, types in groups
    ]
    return f"({' OR '.join(conditions)})", [ending for _, types in groups for ending in types]


def _bytes(text: str) -> int:
    return len(os.fsencode(text))
