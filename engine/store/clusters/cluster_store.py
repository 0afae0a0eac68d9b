"""Stores what clustering finds: pairs and groups of pictures that look the same, and themes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.records import Vector
from engine.store.database.connection import Database
from engine.store.database.repair import PRINTS, THEMES, UNREADABLE_ERRORS, delete_damaged

SimilarityKind: TypeAlias = Literal["alike", "burst"]
Items: TypeAlias = NDArray[np.int64]

STAMP = "discovered"  # key: stamp of the data that groups and themes were computed from
GROUPED = "grouped"  # key: stamp of the photographs that the groups were formed from
FOUND_FROM = "themes_found_from"  # key: stamp of the data that the theme centres were computed from
NUMBERED = "themes_numbered"  # key: the highest number that a theme ever had
PRINT_BYTES = 64  # of an average hash
ORDER = "themes_in_order"  # key: the numbers of the themes in display order


PRESENT = "EXISTS (SELECT 1 FROM file WHERE content_id = {item}.content_id AND missing_since IS NULL)"
PAIRS = f"""
SELECT item_id, other_id, kind FROM alike_pair
JOIN item ON item.id = item_id JOIN item AS other ON other.id = other_id
WHERE model_id = ? AND {PRESENT.format(item="item")} AND {PRESENT.format(item="other")}
ORDER BY item_id, other_id
"""
PAIRED = f"""
SELECT item.id, hash FROM ({PAIRS}) JOIN item ON item.id IN (item_id, other_id)
JOIN content ON content.id = item.content_id GROUP BY item.id
"""


@dataclass(frozen=True, slots=True)
class SimilarPair:
    """Two photographs that look the same; `item` is the smaller number."""

    item: int
    other: int
    kind: SimilarityKind


@dataclass(frozen=True, slots=True)
class SimilarGroup:
    """Photographs that look the same."""

    items: tuple[int, ...]  # ascending
    kind: SimilarityKind

    @property
    def number(self) -> int:
        """The group's number: the smallest of its items."""
        return self.items[0]


@dataclass(frozen=True, slots=True, eq=False)
class StoredTheme:
    """A theme with its items; `covers` are the items that represent it best, the best first.

    A vector belongs to the theme with the largest `vector @ centre - offset`, if that is at least `least`.
    """

    number: int
    name: str
    centre: Vector
    items: Items  # sorted
    covers: Items
    offset: float = 0.0
    least: float = 0.0


@dataclass(frozen=True, slots=True)
class PhotoFacts:
    """What comparing needs to know of a photograph besides its pixels."""

    taken: str | None  # "YYYY-MM-DD HH:MM:SS", the camera's own clock
    width: int  # pixels
    height: int


class ClusterStore:
    """The tables `grey_print`, `comparison`, `alike_pair`, `alike_group` and `theme`. Thread-safe."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # ---- for searches

    def theme_items(self, number: int) -> Items:
        """The items of a theme, sorted; empty if there is no such theme. Some may have been deleted since."""
        with self._database.read() as db:
            row = db.execute("SELECT items FROM theme WHERE number = ?", (number,)).fetchone()
        try:
            return _numbers(row[0] if row else b"")
        except UNREADABLE_ERRORS:
            delete_damaged(self._database, THEMES, [(number,)])
            return _numbers(b"")

    def groups_of(self, items: Iterable[int]) -> dict[int, int]:
        """The group number of each item that has one; other items are left out."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT item_id, number FROM json_each(?) AS wanted "
                "JOIN alike_group ON item_id = wanted.value",
                (json.dumps([int(item) for item in items]),),
            ).fetchall()
        return dict(rows)

    def themes(self) -> tuple[StoredTheme, ...]:
        """All themes in display order.

        If one is damaged it is deleted, and the next update finds all themes again.
        """
        with self._database.read() as db:
            order = db.execute("SELECT value FROM meta WHERE key = ?", (ORDER,)).fetchone()
            rows = db.execute(
                "SELECT number, name, centre, items, covers, centre_offset, least FROM theme "
                "LEFT JOIN json_each(CASE WHEN json_valid(?1) THEN ?1 ELSE '[]' END) AS place "
                "ON place.value = number ORDER BY place.key, number",
                (order[0] if order else "[]",),
            ).fetchall()
        whole: list[StoredTheme] = []
        damaged: list[tuple[int]] = []
        for row in rows:
            try:
                whole.append(_theme(*row))
            except UNREADABLE_ERRORS:
                damaged.append((row[0],))
        delete_damaged(self._database, THEMES, damaged)
        return tuple(whole)

    # ---- comparing

    def compared_until(self, model: int, method: int) -> int:
        """The last vector up to which all pairs are known by this method; 0 if none."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT vector_sequence FROM comparison WHERE model_id = ? AND method = ?", (model, method)
            ).fetchone()
        return int(row[0]) if row else 0

    def begin_comparing(self, model: int, method: int) -> None:
        """Forget the pairs of the model, which another method found."""
        with self._database.transaction() as db:
            db.execute("DELETE FROM alike_pair WHERE model_id = ?", (model,))
            db.execute("INSERT OR REPLACE INTO comparison VALUES (?, ?, 0)", (model, method))

    def new_photos(self, model: int, since: int, until: int, limit: int) -> list[tuple[int, int]]:
        """The first `limit` (vector number, item) of photographs after `since`, up to `until`, in order."""
        with self._database.read() as db:
            return db.execute(
                "SELECT sequence, item_id FROM vector JOIN item ON item.id = item_id "
                "WHERE model_id = ? AND sequence > ? AND sequence <= ? AND page = 0 "
                "ORDER BY sequence LIMIT ?",
                (model, since, until, limit),
            ).fetchall()

    def new_photo_count(self, model: int, since: int) -> int:
        """The number of photographs whose vectors come after `since`."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT COUNT(*) FROM vector JOIN item ON item.id = item_id "
                "WHERE model_id = ? AND sequence > ? AND page = 0",
                (model, since),
            ).fetchone()
        return int(row[0])

    def photos(self) -> Items:
        """All photographs, sorted, including those whose files are missing."""
        with self._database.read() as db:
            rows = db.execute("SELECT id FROM item WHERE page = 0 ORDER BY id").fetchall()
        return np.fromiter((row[0] for row in rows), np.int64, len(rows))

    def facts(self, items: Iterable[int]) -> dict[int, PhotoFacts]:
        """The facts of each of these items that exists."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT item.id, taken, width, height FROM json_each(?) AS wanted "
                "JOIN item ON item.id = wanted.value",
                (json.dumps([int(item) for item in items]),),
            ).fetchall()
        return {item: PhotoFacts(*facts) for item, *facts in rows}

    def average_hashes(self) -> list[tuple[int, bytes]]:
        """The average hash (64 grey levels) of every item, sorted by item.

        If any is damaged it is deleted, and the next update compares all photographs again.
        """
        with self._database.read() as db:
            rows = db.execute("SELECT item_id, levels FROM grey_print ORDER BY item_id").fetchall()
        damaged = [
            (item,) for item, levels in rows if not isinstance(levels, bytes) or len(levels) != PRINT_BYTES
        ]
        delete_damaged(self._database, PRINTS, damaged)
        gone = {item for (item,) in damaged}
        return [row for row in rows if row[0] not in gone]

    def save_pairs(
        self, model: int, pairs: Iterable[SimilarPair], prints: Iterable[tuple[int, bytes]], vector: int
    ) -> None:
        """Store pairs and average hashes, and that all pairs up to `vector` are known.

        Skips deleted items.
        """
        with self._database.transaction() as db:
            db.executemany(
                "INSERT OR REPLACE INTO grey_print SELECT id, ? FROM item WHERE id = ?",
                ((levels, item) for item, levels in prints),
            )
            db.executemany(
                "INSERT OR REPLACE INTO alike_pair SELECT first.id, second.id, ?, ? "
                "FROM item AS first, item AS second WHERE first.id = ? AND second.id = ?",
                ((model, pair.kind, pair.item, pair.other) for pair in pairs),
            )
            db.execute("UPDATE comparison SET vector_sequence = ? WHERE model_id = ?", (vector, model))

    def pairs(self, model: int) -> list[SimilarPair]:
        """The pairs of visible photographs, in order."""
        with self._database.read() as db:
            rows = db.execute(PAIRS, (model,)).fetchall()
        return [SimilarPair(*row) for row in rows]

    def photos_with_pairs(self, model: int) -> dict[int, bytes]:
        """The photographs in `pairs`, with the hashes of their contents."""
        with self._database.read() as db:
            return dict(db.execute(PAIRED, (model,)).fetchall())

    # ---- published clusters

    def stamp(self) -> str:
        """The stamp of the data that the published clusters were computed from; "" before the first."""
        return self._meta(STAMP)

    def grouped(self) -> str:
        """The stamp of the photographs that the published groups were formed from; "" before the first."""
        return self._meta(GROUPED)

    def found_from(self) -> str:
        """The stamp of the data that the theme centres were computed from; "" before the first."""
        return self._meta(FOUND_FROM)

    def highest_theme_number(self) -> int:
        """The highest number that a theme ever had; 0 before the first."""
        told = self._meta(NUMBERED)
        return int(told) if told.isdecimal() else max((theme.number for theme in self.themes()), default=0)

    def publish_groups(self, groups: Iterable[SimilarGroup], grouped: str) -> None:
        """Replace all groups in one transaction. `grouped`: what `grouped` returns from then on."""
        with self._database.transaction() as db:
            db.execute("DELETE FROM alike_group")
            db.executemany(
                "INSERT INTO alike_group SELECT id, ?, ? FROM item WHERE id = ?",
                ((group.number, group.kind, item) for group in groups for item in group.items),
            )
            db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (GROUPED, grouped))

    def publish(
        self, groups: Iterable[SimilarGroup], themes: Iterable[StoredTheme], stamps: Mapping[str, str]
    ) -> None:
        """Replace all groups and themes in one transaction.

        `stamps`: values for the keys STAMP, GROUPED and FOUND_FROM. A theme's number is never reused, since
        saved searches refer to it.
        """
        shown, used = list(themes), self.highest_theme_number()
        with self._database.transaction() as db:
            self.publish_groups(groups, stamps.get(GROUPED, ""))
            db.execute("DELETE FROM theme")
            db.executemany(
                "INSERT INTO theme VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    (
                        theme.number,
                        theme.name,
                        theme.centre.astype(np.float32).tobytes(),
                        theme.items.astype(np.int64).tobytes(),
                        theme.covers.astype(np.int64).tobytes(),
                        theme.offset,
                        theme.least,
                    )
                    for theme in shown
                ),
            )
            numbers = [theme.number for theme in shown]
            kept = {NUMBERED: str(max([used, *numbers])), ORDER: json.dumps(numbers), **stamps}
            db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", kept.items())

    def _meta(self, key: str) -> str:
        with self._database.read() as db:
            row = db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else ""


def _theme(
    number: int, name: str, centre: bytes, items: bytes, covers: bytes, offset: float, least: float
) -> StoredTheme:
    """Raises one of UNREADABLE_ERRORS."""
    vector = np.frombuffer(centre, np.float32)
    if not len(vector) or not np.isfinite([*vector, float(offset), float(least)]).all():
        raise ValueError("it holds a value that is not finite")
    return StoredTheme(number, name, vector, _numbers(items), _numbers(covers), offset, least)


def _numbers(stored: bytes) -> Items:
    return np.frombuffer(stored, np.int64)
