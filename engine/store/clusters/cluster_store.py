"""What the library found by itself: pairs and groups of pictures that look the same, and themes."""

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

STAMP = "discovered"  # key of what the groups and themes were made from
GROUPED = "grouped"  # key of the photographs of which the groups were made
FOUND_FROM = "themes_found_from"  # key of what the themes' centres were found from
NUMBERED = "themes_numbered"  # key of the highest number that a theme ever had
PRINT_BYTES = 64  # of a grey print
ORDER = "themes_in_order"  # key of the numbers of the themes, in the order in which they are shown


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
    """Photographs that look the same. Its number is the smallest of its items."""

    items: tuple[int, ...]  # ascending
    kind: SimilarityKind

    @property
    def number(self) -> int:
        return self.items[0]


@dataclass(frozen=True, slots=True, eq=False)
class StoredTheme:
    """`covers`: those of `items` that stand for it best, the best first.

    A vector belongs to the theme whose `vector @ centre - offset` is largest, if that is `least` or more.
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
    taken: str | None  # "YYYY-MM-DD HH:MM:SS", the camera's own clock
    width: int  # pixels
    height: int


class ClusterStore:
    """The tables `grey_print`, `comparison`, `alike_pair`, `alike_group` and `theme`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # ---- asked by searches

    def theme_items(self, number: int) -> Items:
        """Sorted; empty for a number that is no theme. Some may be gone since the theme was made."""
        with self._database.read() as db:
            row = db.execute("SELECT items FROM theme WHERE number = ?", (number,)).fetchone()
        try:
            return _numbers(row[0] if row else b"")
        except UNREADABLE_ERRORS:
            delete_damaged(self._database, THEMES, [(number,)])
            return _numbers(b"")

    def groups_of(self, items: Iterable[int]) -> dict[int, int]:
        """The group of each item that looks like another; the rest is left out."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT item_id, number FROM json_each(?) AS wanted "
                "JOIN alike_group ON item_id = wanted.value",
                (json.dumps([int(item) for item in items]),),
            ).fetchall()
        return dict(rows)

    def themes(self) -> tuple[StoredTheme, ...]:
        """In the order in which they were given to be shown. Where one is damaged, all are found anew."""
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
        """Up to which of the model's vectors all pairs are known, by this method; 0: none."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT vector_sequence FROM comparison WHERE model_id = ? AND method = ?", (model, method)
            ).fetchone()
        return int(row[0]) if row else 0

    def begin_comparing(self, model: int, method: int) -> None:
        """Forget the pairs of the model: they were found by another method."""
        with self._database.transaction() as db:
            db.execute("DELETE FROM alike_pair WHERE model_id = ?", (model,))
            db.execute("INSERT OR REPLACE INTO comparison VALUES (?, ?, 0)", (model, method))

    def new_photos(self, model: int, since: int, until: int, limit: int) -> list[tuple[int, int]]:
        """Vectors' numbers and items, in that order: the first `limit` after `since`, up to `until`."""
        with self._database.read() as db:
            return db.execute(
                "SELECT sequence, item_id FROM vector JOIN item ON item.id = item_id "
                "WHERE model_id = ? AND sequence > ? AND sequence <= ? AND page = 0 "
                "ORDER BY sequence LIMIT ?",
                (model, since, until, limit),
            ).fetchall()

    def new_photo_count(self, model: int, since: int) -> int:
        with self._database.read() as db:
            row = db.execute(
                "SELECT COUNT(*) FROM vector JOIN item ON item.id = item_id "
                "WHERE model_id = ? AND sequence > ? AND page = 0",
                (model, since),
            ).fetchone()
        return int(row[0])

    def photos(self) -> Items:
        """All photographs, sorted, whether a file holds them at present or not."""
        with self._database.read() as db:
            rows = db.execute("SELECT id FROM item WHERE page = 0 ORDER BY id").fetchall()
        return np.fromiter((row[0] for row in rows), np.int64, len(rows))

    def facts(self, items: Iterable[int]) -> dict[int, PhotoFacts]:
        with self._database.read() as db:
            rows = db.execute(
                "SELECT item.id, taken, width, height FROM json_each(?) AS wanted "
                "JOIN item ON item.id = wanted.value",
                (json.dumps([int(item) for item in items]),),
            ).fetchall()
        return {item: PhotoFacts(*facts) for item, *facts in rows}

    def average_hashes(self) -> list[tuple[int, bytes]]:
        """Every item's grey print, by item. Where one is damaged, all are compared anew."""
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
        """Write down pairs and grey prints, and that all pairs up to `vector` are known.

        Items that are gone are passed over.
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
        """Of photographs that files hold at present."""
        with self._database.read() as db:
            rows = db.execute(PAIRS, (model,)).fetchall()
        return [SimilarPair(*row) for row in rows]

    def photos_with_pairs(self, model: int) -> dict[int, bytes]:
        """The photographs of `pairs`, with the hashes of their contents."""
        with self._database.read() as db:
            return dict(db.execute(PAIRED, (model,)).fetchall())

    # ---- what is shown

    def stamp(self) -> str:
        """What the groups and themes that are shown were made from."""
        return self._meta(STAMP)

    def grouped(self) -> str:
        """The photographs that the groups that are shown were made of."""
        return self._meta(GROUPED)

    def found_from(self) -> str:
        """What the centres of the themes were found from."""
        return self._meta(FOUND_FROM)

    def highest_theme_number(self) -> int:
        """The highest number that a theme ever had; 0 before there were any."""
        told = self._meta(NUMBERED)
        return int(told) if told.isdecimal() else max((theme.number for theme in self.themes()), default=0)

    def publish_groups(self, groups: Iterable[SimilarGroup], grouped: str) -> None:
        """In the place of those that were shown before. `grouped`: as it tells it from then on."""
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
        """All of it takes the place of what was shown before, or nothing does.

        `stamps`: under STAMP, GROUPED and FOUND_FROM. No number is ever given to another theme: searches keep
        them.
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
    """Raises one of UNREADABLE."""
    vector = np.frombuffer(centre, np.float32)
    if not len(vector) or not np.isfinite([*vector, float(offset), float(least)]).all():
        raise ValueError("it holds a value that is not finite")
    return StoredTheme(number, name, vector, _numbers(items), _numbers(covers), offset, least)


def _numbers(stored: bytes) -> Items:
    return np.frombuffer(stored, np.int64)
