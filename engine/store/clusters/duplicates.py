"""Finds files with the same content, and photographs that look the same."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal, TypeAlias

from engine import paths
from engine.records import DuplicateFile, DuplicateGroup
from engine.store.database.connection import Database

# The first item of a content represents it: the photograph, or the document's first page.
FILE = "item.id, item.content_id, file.path, file.size, item.width, item.height, item.taken"
ALIKE = f"""
SELECT alike_group.number, alike_group.kind, {FILE}
FROM alike_group JOIN item ON item.id = alike_group.item_id JOIN file ON file.content_id = item.content_id
WHERE file.missing_since IS NULL ORDER BY alike_group.number, file.mtime_ns, file.path
"""
COPIES = f"""
SELECT item.content_id, 'copies', {FILE}
FROM (SELECT content_id FROM file WHERE missing_since IS NULL AND content_id NOTNULL
    GROUP BY content_id HAVING COUNT(*) > 1) AS copied
JOIN item ON item.content_id = copied.content_id AND item.page IN (0, 1)
JOIN file ON file.content_id = copied.content_id
WHERE file.missing_since IS NULL AND NOT EXISTS (SELECT 1 FROM alike_group WHERE item_id = item.id)
ORDER BY item.content_id, file.mtime_ns, file.path
"""

DuplicateKind: TypeAlias = Literal["copies", "alike", "burst"]
Row: TypeAlias = tuple[int, DuplicateKind, int, int, bytes, int, int, int, str | None]


class DuplicateFiles:
    """Reads the tables `file`, `item` and `alike_group`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def groups(self) -> tuple[DuplicateGroup, ...]:
        """Groups of at least two existing files; first the group that frees most if only the best stays.

        Looks at the disk: several names of one file, through links or linked folders, are not copies.
        """
        with self._database.read() as db:
            alike: list[Row] = db.execute(ALIKE).fetchall()
            copies: list[Row] = db.execute(COPIES).fetchall()
        groups = [*_groups(alike), *_groups(copies)]
        groups.sort(key=lambda group: (-_reclaimable_bytes(group), group.files[0].path))
        return tuple(groups)


def _groups(rows: Iterable[Row]) -> Iterator[DuplicateGroup]:
    number = -1
    kind: DuplicateKind = "copies"
    files: list[tuple[int, DuplicateFile]] = []
    for next_number, next_kind, item, content, path, size, width, height, taken in rows:
        if next_number != number:
            yield from _group(kind, files)
            number, kind, files = next_number, next_kind, []
        file = DuplicateFile(item, Path(os.fsdecode(path)), size, width, height, taken)
        files.append((content, file))
    yield from _group(kind, files)


def _group(kind: DuplicateKind, files: list[tuple[int, DuplicateFile]]) -> Iterator[DuplicateGroup]:
    """Yields nothing for a single file, whose group has lost its other files."""
    files = _without_links(files) if len(files) > 1 else files
    if len(files) < 2:
        return
    one_content = len({content for content, _ in files}) == 1
    best_first = sorted((file for _, file in files), key=_preference)
    yield DuplicateGroup("copies" if one_content else kind, tuple(best_first))


def _without_links(files: list[tuple[int, DuplicateFile]]) -> list[tuple[int, DuplicateFile]]:
    """Of several names of one file keep only the direct one, or the first by path.

    Otherwise somebody who deletes all copies but one would delete the only one.
    """
    names: dict[object, tuple[int, DuplicateFile]] = {}
    for entry in files:
        path = entry[1].path
        identity = paths.file_identity(path) or path
        if identity not in names or _directness(path) < _directness(names[identity][1].path):
            names[identity] = entry
    return list(names.values())


def _directness(path: Path) -> tuple[bool, Path]:
    return paths.resolve_leniently(path) != path, path


def _preference(file: DuplicateFile) -> tuple[int, int]:
    """Most pixels, then most bytes; equal files are already sorted oldest first, since a copy is younger."""
    return -file.width * file.height, -file.bytes


def _reclaimable_bytes(group: DuplicateGroup) -> int:
    return sum(file.bytes for file in group.files[1:])
