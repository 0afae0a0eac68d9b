"""Stores contents, their items and their vectors: the part of the catalogue that the pipeline fills."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.errors import FileProblem
from engine.records import DecodedItem, ItemKind, ModelIdentity, PageProblem, Vectors
from engine.store.database.connection import Database
from engine.store.files.drives import AWAY
from engine.store.pages.page_texts import encodable, write_text

PAGE = 500  # rows fetched at a time, so that others can write in between
STORED_DTYPE = "float16"
LAST_ID = (1 << 63) - 1
TEXT_LAYER = "text layer"  # the reader's name for pages that need no OCR

# Page models embed pages, and pictures on which words were found.
SHOWS_TEXT = (
    "(NOT :text_only OR {item}.page > 0 OR EXISTS (SELECT 1 FROM page_text WHERE item_id = {item}.id))"
)

# An item that a model failed on is not retried by this model, only by others.
LACKED = """
NOT EXISTS (SELECT 1 FROM vector WHERE item_id = {item}.id AND model_id = :model)
AND NOT EXISTS (SELECT 1 FROM embedding_problem WHERE item_id = {item}.id AND model_id = :model)
"""

# The inner query selects the contents, the outer one their pages without a vector.
UNFINISHED = f"""
SELECT content.id, content.opened, item.page
FROM content LEFT JOIN item ON item.content_id = content.id AND item.problem_kind IS NULL
    AND {LACKED.format(item="item")}
    AND {SHOWS_TEXT.format(item="item")}
WHERE content.id IN (
    SELECT next.id FROM content AS next
    WHERE next.id BETWEEN :first AND :final AND next.problem_kind IS NULL
    AND EXISTS (SELECT 1 FROM file JOIN folder ON folder.id = folder_id WHERE content_id = next.id
        AND missing_since IS NULL AND file.problem_kind IS NULL AND {AWAY.format(file="file")} <= :away)
    AND (next.opened = 0 OR EXISTS (
        SELECT 1 FROM item AS lacking WHERE lacking.content_id = next.id AND lacking.problem_kind IS NULL
        AND {LACKED.format(item="lacking")}
        AND {SHOWS_TEXT.format(item="lacking")}))
    ORDER BY next.id LIMIT :limit)
ORDER BY content.id, item.page
"""

WANTED = f"""
FROM item JOIN content ON content.id = item.content_id
WHERE item.problem_kind IS NULL AND content.problem_kind IS NULL AND {SHOWS_TEXT.format(item="item")}
AND EXISTS (SELECT 1 FROM file WHERE content_id = content.id AND missing_since IS NULL)
"""
LACKING = f"SELECT COUNT(*) {WANTED} AND {LACKED.format(item='item')}"
SHARE = f"SELECT COUNT(*), COALESCE(SUM({LACKED.format(item='item')}), 0) {WANTED}"

DIGEST_BYTES = 20
KEPT = f"""
SELECT content.id FROM file JOIN content ON content.id = content_id
WHERE file.id = ? AND hash = substr(?, 1, {DIGEST_BYTES})
"""

PLACES = """
SELECT item.id, item.page, item.width, item.height, item.taken, file.path, file.mtime_ns
FROM json_each(?) AS wanted JOIN item ON item.id = wanted.value
JOIN file ON file.content_id = item.content_id
WHERE file.missing_since IS NULL ORDER BY file.path
"""


@dataclass(frozen=True, slots=True)
class UnfinishedContent:
    """A content that lacks something: it is not opened yet, or has pages without a vector of the model."""

    content: int
    opened: bool
    pages: tuple[int, ...]  # without a vector; 0 is a photograph; empty if not opened


@dataclass(frozen=True, slots=True)
class StoredItem:
    """An item with the files that contain it."""

    item: int
    page: int | None
    width: int
    height: int
    taken: str | None
    paths: tuple[Path, ...]  # of the present files that contain it, sorted
    modified: float  # modification time of the oldest of these files, in seconds since 1970

    @property
    def kind(self) -> ItemKind:
        """A photograph has no page number."""
        return ItemKind.PHOTO if self.page is None else ItemKind.PAGE


@dataclass(frozen=True, slots=True)
class ContentDetails:
    """What is known of an item's document."""

    title: str  # from the document itself
    pages: int  # 0 for a photograph


class Contents:
    """The tables `content`, `item`, `model`, `vector` and `page_text`. Thread-safe."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # ---- from files to contents

    def attach(self, file_id: int, content_hash: bytes) -> int:
        """Record the content of a file and return its id; a new content is inserted.

        `content_hash`: from `hashing.content_hash`. Earlier versions knew a content by the digest alone: a
        file they read keeps its content as long as it keeps its name.
        """
        with self._database.transaction() as db:
            kept = db.execute(KEPT, (file_id, content_hash)).fetchone()
            if kept is not None:
                db.execute("UPDATE file SET doubtful = 0 WHERE id = ?", (file_id,))
                return int(kept[0])
            db.execute("INSERT OR IGNORE INTO content (hash) VALUES (?)", (content_hash,))
            content = int(db.execute("SELECT id FROM content WHERE hash = ?", (content_hash,)).fetchone()[0])
            db.execute("UPDATE file SET content_id = ?, doubtful = 0 WHERE id = ?", (content, file_id))
        return content

    def present_file(self, content: int) -> tuple[Path, int, int] | None:
        """A connected file with this content: path, size in bytes, mtime_ns. None if there is none."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT file.path, size, mtime_ns FROM file JOIN folder ON folder.id = folder_id "
                "WHERE content_id = ? AND missing_since IS NULL AND problem_kind IS NULL "
                f"AND {AWAY.format(file='file')} = 0 "
                "ORDER BY file.path LIMIT 1",
                (content,),
            ).fetchone()
        return None if row is None else (Path(os.fsdecode(row[0])), row[1], row[2])

    # ---- unfinished work

    def unfinished(self, model: int, text_only: bool = False) -> Iterator[UnfinishedContent]:
        """Connected contents without a problem that are not opened yet, or lack vectors of `model`.

        `text_only`: consider only pages, and pictures that show words.
        """
        first = 0
        while batch := self._unfinished_between(model, first, LAST_ID, text_only=text_only):
            yield from batch
            first = batch[-1].content + 1

    def unfinished_parts(self, content: int, model: int) -> UnfinishedContent | None:
        """What one content lacks; None if nothing, or if it is known to be bad."""
        return next(iter(self._unfinished_between(model, content, content)), None)

    def is_complete(self, model: int, text_only: bool = False) -> bool:
        """Whether no content lacks vectors of `model`, including those on unplugged drives."""
        return not self._unfinished_between(model, 0, LAST_ID, limit=1, with_away=True, text_only=text_only)

    def pages_without_vectors(self, model: int) -> int:
        """How many pages, and pictures that show words, lack vectors of `model`."""
        with self._database.read() as db:
            return int(db.execute(LACKING, {"model": model, "text_only": True}).fetchone()[0])

    def embedded_share(self, model: int | None, text_only: bool = False) -> float:
        """The share of items that have vectors of `model`, from 0 to 1.

        None: a model that no run has used.
        """
        with self._database.read() as db:
            wanted, lacking = db.execute(SHARE, {"model": model, "text_only": text_only}).fetchone()
        return (wanted - lacking) / wanted if wanted else 0.0

    def _unfinished_between(
        self,
        model: int,
        first: int,
        final: int,
        limit: int = PAGE,
        with_away: bool = False,
        text_only: bool = False,
    ) -> list[UnfinishedContent]:
        with self._database.read() as db:
            rows = db.execute(
                UNFINISHED,
                {
                    "first": first,
                    "final": final,
                    "model": model,
                    "limit": limit,
                    "away": with_away,
                    "text_only": text_only,
                },
            ).fetchall()
        pages: dict[int, list[int]] = {}
        opened: dict[int, bool] = {}
        for content, is_open, page in rows:
            opened[content] = bool(is_open)
            pages.setdefault(content, [])
            if page is not None:
                pages[content].append(page)
        return [UnfinishedContent(c, opened[c], tuple(pages[c]) if opened[c] else ()) for c in pages]

    def create_items(self, content: int, pages: int | None, title: str = "", file_format: str = "") -> int:
        """Insert the items of an opened content: pages 1 to `pages`, or one photograph if None.

        Returns how many. `title`: from the document itself. `file_format`: determined by the first bytes.
        """
        numbers = (0,) if pages is None else range(1, pages + 1)
        with self._database.transaction() as db:
            db.execute(
                "UPDATE content SET opened = 1, title = ?, format = ? WHERE id = ?",
                (encodable(title), file_format, content),
            )
            db.executemany(
                "INSERT OR IGNORE INTO item (content_id, page) VALUES (?, ?)", ((content, n) for n in numbers)
            )
        return len(numbers)

    def fail_content(self, content: int, problem: FileProblem) -> None:
        """Record that the whole content cannot be indexed."""
        with self._database.transaction() as db:
            db.execute(
                "UPDATE content SET problem_kind = ?, problem_message = ? WHERE id = ?",
                (problem.kind.value, problem.message, content),
            )

    def fail_page(self, content: int, problem: PageProblem) -> None:
        """Record that a page (0: the photograph) is bad for every model."""
        with self._database.transaction() as db:
            db.execute(
                "UPDATE item SET problem_kind = ?, problem_message = ? WHERE content_id = ? AND page = ?",
                (problem.kind, problem.message, content, problem.page),
            )

    def fail_page_for(self, model: int, content: int, problem: PageProblem) -> None:
        """Record that a page (0: the photograph) failed for one model; others may still try."""
        with self._database.transaction() as db:
            db.execute(
                "INSERT OR REPLACE INTO embedding_problem (item_id, model_id, kind, message) "
                "SELECT id, ?, ?, ? FROM item WHERE content_id = ? AND page = ?",
                (model, problem.kind, problem.message, content, problem.page),
            )

    def was_embedded(self, content: int, page: int) -> bool:
        """Whether any model has a vector of that page (0: of the photograph)."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT EXISTS (SELECT 1 FROM item JOIN vector ON item_id = item.id "
                "WHERE content_id = ? AND page = ?)",
                (content, page),
            ).fetchone()
        return bool(row[0])

    def fail_embedding(self, item: int, model: int, problem: FileProblem) -> None:
        """Record that a model failed on an item. No effect if the item is gone."""
        with self._database.transaction() as db:
            db.execute(
                "INSERT OR REPLACE INTO embedding_problem (item_id, model_id, kind, message) "
                "SELECT id, ?, ?, ? FROM item WHERE id = ?",
                (model, problem.kind.value, problem.message, item),
            )

    def delete_items(self, content: int) -> set[int]:
        """Delete and return the items of a content, which a decoder now reads as something else."""
        with self._database.transaction() as db:
            gone = {row[0] for row in db.execute("SELECT id FROM item WHERE content_id = ?", (content,))}
            db.execute("DELETE FROM item WHERE content_id = ?", (content,))
            db.execute("UPDATE content SET opened = 0 WHERE id = ?", (content,))
            db.execute("DELETE FROM document_change WHERE content_id = ?", (content,))
            db.execute("INSERT INTO document_change (content_id) VALUES (?)", (content,))
        return gone

    def pages(self, content: int) -> int | None:
        """How many pages an opened content has; None for a photograph."""
        with self._database.read() as db:
            last = db.execute("SELECT MAX(page) FROM item WHERE content_id = ?", (content,)).fetchone()[0]
        return int(last) if last else None

    def item_numbers(self) -> frozenset[int]:
        """The numbers of all items, including those without a present file."""
        with self._database.read() as db:
            return frozenset(row[0] for row in db.execute("SELECT id FROM item"))

    def item_id(self, content: int, page: int | None) -> int:
        """The item of a page (None: of the photograph). Raises TypeError if there is none."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT id FROM item WHERE content_id = ? AND page = ?", (content, page or 0)
            ).fetchone()
        return int(row[0])

    def save(self, model: int, embedded: Sequence[tuple[int, DecodedItem]], vectors: Vectors) -> None:
        """Store embedded items with their (count, dimension) vectors, in one transaction."""
        with self._database.transaction() as db:
            for item, decoded in embedded:
                _describe(db, item, decoded)
            # float16: cosines stay within 5e-4 of float32, at half the size
            rows = vectors.astype(STORED_DTYPE)
            shape = json.dumps(list(rows.shape[1:]))
            db.executemany(
                "INSERT OR REPLACE INTO vector (item_id, model_id, dtype, shape, bytes) "
                "VALUES (?, ?, ?, ?, ?)",
                (
                    (item, model, STORED_DTYPE, shape, row.tobytes())
                    for (item, _), row in zip(embedded, rows, strict=True)
                ),
            )

    # ---- models

    def model_id(self, identity: ModelIdentity) -> int:
        """The row of a model, inserted if it is new."""
        key = (identity.name, identity.revision, identity.dimension)
        with self._database.transaction() as db:
            db.execute(
                "INSERT OR IGNORE INTO model (name, revision, dimension, used_day) "
                "VALUES (?, ?, ?, CAST(strftime('%s', 'now') AS INTEGER) / 86400)",
                key,
            )
            row = db.execute(
                "SELECT id FROM model WHERE name = ? AND revision = ? AND dimension = ?", key
            ).fetchone()
        return int(row[0])

    def find_model(self, identity: ModelIdentity) -> int | None:
        """The row of a model; None if no run has used it."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT id FROM model WHERE name = ? AND revision = ? AND dimension = ?",
                (identity.name, identity.revision, identity.dimension),
            ).fetchone()
        return None if row is None else int(row[0])

    def model_identity(self, model: int) -> ModelIdentity | None:
        """The model of a row; None if there is no such row."""
        with self._database.read() as db:
            row = db.execute("SELECT name, revision, dimension FROM model WHERE id = ?", (model,)).fetchone()
        return None if row is None else ModelIdentity(*row)

    # ---- look-up

    def stored_items(self, items: Sequence[int]) -> dict[int, StoredItem]:
        """The items that have a present file, with the paths of these files."""
        with self._database.read() as db:
            rows = db.execute(PLACES, (json.dumps(list(items)),)).fetchall()
        facts = {row[0]: row[1:5] for row in rows}
        files: dict[int, list[tuple[Path, int]]] = {}
        for item, *_, path, mtime_ns in rows:
            files.setdefault(item, []).append((Path(os.fsdecode(path)), mtime_ns))
        return {
            item: StoredItem(
                item,
                page or None,
                width,
                height,
                taken,
                paths=tuple(path for path, _ in files[item]),
                modified=min(mtime_ns for _, mtime_ns in files[item]) / 1e9,
            )
            for item, (page, width, height, taken) in facts.items()
        }

    def document_of(self, item: int) -> tuple[int, ...]:
        """All pages of the item's document, in order; for a photograph only itself."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT id FROM item WHERE content_id = (SELECT content_id FROM item WHERE id = ?) "
                "ORDER BY page",
                (item,),
            ).fetchall()
        return tuple(row[0] for row in rows)

    def details(self, item: int) -> ContentDetails | None:
        """What is known of the item's document; None if there is no such item."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT title, (SELECT MAX(page) FROM item WHERE content_id = content.id) "
                "FROM item JOIN content ON content.id = item.content_id WHERE item.id = ?",
                (item,),
            ).fetchone()
        return None if row is None else ContentDetails(*row)

    def items_of_hash(self, content_hash: bytes) -> tuple[int, ...]:
        """The items of the content with this hash, in page order; empty if it is unknown."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT item.id FROM item JOIN content ON content.id = item.content_id WHERE hash = ? "
                "ORDER BY page",
                (content_hash,),
            ).fetchall()
        return tuple(row[0] for row in rows)


def _describe(db: sqlite3.Connection, item: int, decoded: DecodedItem) -> None:
    db.execute(
        "UPDATE item SET width = ?, height = ?, taken = ? WHERE id = ?",
        (decoded.width, decoded.height, decoded.taken, item),
    )
    if decoded.read:
        db.execute("INSERT OR REPLACE INTO reading (item_id, reader) VALUES (?, ?)", (item, TEXT_LAYER))
    if decoded.text:
        write_text(db, item, decoded.text, decoded.words)
