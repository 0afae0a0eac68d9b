"""The catalogue's tables, and the migrations from older versions.

A `folder` has `file`s; a file has a `content`, known by its hash, so that copies and moved files share it; a
content has one `item` (a photograph, page 0) or one for each page; an item has one `vector` for each model,
and its text. Paths are bytes: a name need not be valid Unicode.
"""

from __future__ import annotations

import logging
import os
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import TypeAlias

from engine.errors import LibraryDamaged, LibraryTooNew

_log = logging.getLogger(__name__)

Shape: TypeAlias = frozenset[tuple[str, str | None]]

APPLICATION_ID = 0x46494E44  # "FIND": distinguishes our databases from others
CHANGED_TABLE = re.compile(
    r"CREATE (?:VIRTUAL )?TABLE (\w+)|DROP TABLE (?:IF EXISTS )?(\w+)|ALTER TABLE (\w+) RENAME TO (\w+)"
)
SEARCH_PARTS = "%!_search!_%"  # tables that FTS5 creates for itself
REMEDY = (
    "Restore it from a backup, or move it away: then a new one is made, with the folders that are kept beside"
    " it. Your own files are not affected."
)

VERSION_1 = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE folder (
    id INTEGER PRIMARY KEY,
    path BLOB NOT NULL UNIQUE,
    excludes TEXT NOT NULL DEFAULT '[]',
    device INTEGER,
    away INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE content (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    hash BLOB NOT NULL UNIQUE,
    opened INTEGER NOT NULL DEFAULT 0,
    problem_kind TEXT,
    problem_message TEXT
);

CREATE TABLE file (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    folder_id INTEGER NOT NULL REFERENCES folder ON DELETE CASCADE,
    path BLOB NOT NULL UNIQUE,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    seen INTEGER NOT NULL,
    missing_since INTEGER,
    content_id INTEGER REFERENCES content,
    problem_kind TEXT,
    problem_message TEXT
);
CREATE INDEX file_of_content ON file (content_id);
CREATE INDEX file_of_folder ON file (folder_id, seen);
CREATE INDEX file_unread ON file (id) WHERE content_id IS NULL AND missing_since IS NULL;
CREATE INDEX file_missing ON file (missing_since) WHERE missing_since IS NOT NULL;

CREATE TABLE item (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    content_id INTEGER NOT NULL REFERENCES content ON DELETE CASCADE,
    page INTEGER NOT NULL,
    width INTEGER NOT NULL DEFAULT 0,
    height INTEGER NOT NULL DEFAULT 0,
    taken TEXT,
    problem_kind TEXT,
    problem_message TEXT,
    UNIQUE (content_id, page)
);

CREATE TABLE model (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    revision TEXT NOT NULL,
    dimension INTEGER NOT NULL,
    UNIQUE (name, revision, dimension)
);

CREATE TABLE vector (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    item_id INTEGER NOT NULL REFERENCES item ON DELETE CASCADE,
    model_id INTEGER NOT NULL REFERENCES model ON DELETE CASCADE,
    dtype TEXT NOT NULL,
    shape TEXT NOT NULL,
    bytes BLOB NOT NULL,
    UNIQUE (item_id, model_id)
);
CREATE INDEX vector_of_model ON vector (model_id, sequence);

CREATE TABLE vector_removal (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    item_id INTEGER NOT NULL,
    model_id INTEGER NOT NULL
);
CREATE INDEX vector_removal_of_model ON vector_removal (model_id, sequence);
CREATE TRIGGER vector_removed AFTER DELETE ON vector BEGIN
    INSERT INTO vector_removal (item_id, model_id) VALUES (old.item_id, old.model_id);
END;

CREATE TABLE derived_index (
    model_id INTEGER PRIMARY KEY REFERENCES model ON DELETE CASCADE,
    file_name TEXT NOT NULL,
    vector_sequence INTEGER NOT NULL,
    removal_sequence INTEGER NOT NULL,
    generation INTEGER NOT NULL
);

CREATE TABLE page_text (
    item_id INTEGER PRIMARY KEY REFERENCES item ON DELETE CASCADE,
    text TEXT NOT NULL,
    words BLOB NOT NULL
);
CREATE VIRTUAL TABLE page_search USING fts5 (
    text, content='page_text', content_rowid='item_id', tokenize='porter unicode61 remove_diacritics 2'
);
CREATE TRIGGER page_text_added AFTER INSERT ON page_text BEGIN
    INSERT INTO page_search (rowid, text) VALUES (new.item_id, new.text);
END;
CREATE TRIGGER page_text_removed AFTER DELETE ON page_text BEGIN
    INSERT INTO page_search (page_search, rowid, text) VALUES ('delete', old.item_id, old.text);
END;
CREATE TRIGGER page_text_changed AFTER UPDATE ON page_text BEGIN
    INSERT INTO page_search (page_search, rowid, text) VALUES ('delete', old.item_id, old.text);
    INSERT INTO page_search (rowid, text) VALUES (new.item_id, new.text);
END;
"""

# A reading records who read an item's text: its text layer, or OCR. Items without one still have to be read.
# The terms of a page are what the index holds of it, in order, so that a found page can be examined.
# A document change records that the files of a content may have changed, for caches in memory.
VERSION_2 = """
ALTER TABLE content ADD COLUMN title TEXT NOT NULL DEFAULT '';

CREATE TABLE reading (
    item_id INTEGER PRIMARY KEY REFERENCES item ON DELETE CASCADE,
    reader TEXT NOT NULL,
    problem_kind TEXT,
    problem_message TEXT
);
INSERT INTO reading (item_id, reader) SELECT item_id, 'text layer' FROM page_text;

CREATE TABLE page_terms (
    item_id INTEGER PRIMARY KEY REFERENCES page_text ON DELETE CASCADE,
    terms BLOB NOT NULL
);
CREATE TRIGGER page_terms_outdated AFTER UPDATE OF text ON page_text BEGIN
    DELETE FROM page_terms WHERE item_id = new.item_id;
END;
CREATE VIRTUAL TABLE page_vocabulary USING fts5vocab (page_search, row);

CREATE TABLE document_change (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    content_id INTEGER NOT NULL UNIQUE
);
CREATE TRIGGER document_got_text AFTER INSERT ON page_text BEGIN
    DELETE FROM document_change WHERE content_id IN (SELECT content_id FROM item WHERE id = new.item_id);
    INSERT INTO document_change (content_id) SELECT content_id FROM item WHERE id = new.item_id;
END;
CREATE TRIGGER document_titled AFTER UPDATE OF title ON content WHEN old.title <> new.title BEGIN
    DELETE FROM document_change WHERE content_id = new.id;
    INSERT INTO document_change (content_id) VALUES (new.id);
END;
CREATE TRIGGER document_file_added AFTER INSERT ON file BEGIN
    DELETE FROM document_change WHERE content_id = new.content_id;
    INSERT INTO document_change (content_id) SELECT id FROM content WHERE id = new.content_id;
END;
CREATE TRIGGER document_file_changed AFTER UPDATE OF path, content_id, missing_since ON file
WHEN (old.path, old.content_id, old.missing_since) IS NOT (new.path, new.content_id, new.missing_since) BEGIN
    DELETE FROM document_change WHERE content_id IN (old.content_id, new.content_id);
    INSERT INTO document_change (content_id)
    SELECT id FROM content WHERE id IN (old.content_id, new.content_id);
END;
CREATE TRIGGER document_file_removed AFTER DELETE ON file BEGIN
    DELETE FROM document_change WHERE content_id = old.content_id;
    INSERT INTO document_change (content_id) SELECT id FROM content WHERE id = old.content_id;
END;
"""

# Clusters. A grey print is an average hash: a photograph in 8 x 8 grey levels. A pair is two photographs that
# look the same, to one model and pixel by pixel, and a comparison records up to which vector of a model all
# pairs are known. A group is formed from pairs and numbered by its smallest item. The photographs of a theme
# are one blob of sorted int64, since a theme is always read as a whole.
VERSION_3 = """
CREATE TABLE grey_print (
    item_id INTEGER PRIMARY KEY REFERENCES item ON DELETE CASCADE,
    levels BLOB NOT NULL
);
CREATE TABLE comparison (
    model_id INTEGER PRIMARY KEY REFERENCES model ON DELETE CASCADE,
    method INTEGER NOT NULL,
    vector_sequence INTEGER NOT NULL
);
CREATE TABLE alike_pair (
    item_id INTEGER NOT NULL REFERENCES item ON DELETE CASCADE,
    other_id INTEGER NOT NULL REFERENCES item ON DELETE CASCADE,
    model_id INTEGER NOT NULL REFERENCES model ON DELETE CASCADE,
    kind TEXT NOT NULL,
    PRIMARY KEY (item_id, other_id, model_id)
) WITHOUT ROWID;
CREATE INDEX alike_pair_of_other ON alike_pair (other_id);

CREATE TABLE alike_group (
    item_id INTEGER PRIMARY KEY REFERENCES item ON DELETE CASCADE,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL
);
CREATE INDEX alike_group_of_number ON alike_group (number);
CREATE INDEX file_present ON file (content_id, missing_since) WHERE missing_since IS NULL;

CREATE TABLE theme (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    centre BLOB NOT NULL,
    items BLOB NOT NULL,
    covers BLOB NOT NULL,
    centre_offset REAL NOT NULL,
    least REAL NOT NULL
);
"""

# A drive is another file system mounted or linked below a folder; "away" while it is unplugged.
VERSION_4 = """
CREATE TABLE drive (
    id INTEGER PRIMARY KEY,
    folder_id INTEGER NOT NULL REFERENCES folder ON DELETE CASCADE,
    path BLOB NOT NULL,
    device INTEGER,
    linked INTEGER NOT NULL DEFAULT 0,
    away INTEGER NOT NULL DEFAULT 0,
    UNIQUE (folder_id, path)
);
ALTER TABLE file ADD COLUMN drive_id INTEGER REFERENCES drive ON DELETE SET NULL;
CREATE INDEX file_of_drive ON file (drive_id) WHERE drive_id NOTNULL;
"""

# A file whose stamp changed but not its size and date is doubtful: it is read again, and found until then.
VERSION_5 = """
ALTER TABLE file ADD COLUMN stamp INTEGER;
ALTER TABLE file ADD COLUMN doubtful INTEGER NOT NULL DEFAULT 0;
CREATE INDEX file_doubtful ON file (id) WHERE doubtful;
"""

# Subfolders that the last scan of a folder could not open.
VERSION_6 = """
CREATE TABLE closed_folder (
    folder_id INTEGER NOT NULL REFERENCES folder ON DELETE CASCADE,
    path BLOB NOT NULL,
    message TEXT NOT NULL,
    PRIMARY KEY (folder_id, path)
) WITHOUT ROWID;
"""

# The format of a content, by its first bytes; "" if an earlier version opened it.
VERSION_7 = """
ALTER TABLE content ADD COLUMN format TEXT NOT NULL DEFAULT '';
"""

# Better readers: dates of photographs are read again, and failed files are tried once more.
VERSION_8 = """
CREATE TABLE date_wanted (
    item_id INTEGER PRIMARY KEY REFERENCES item ON DELETE CASCADE
);
INSERT INTO date_wanted SELECT id FROM item WHERE page = 0 AND width > 0;
UPDATE content SET problem_kind = NULL, problem_message = NULL
WHERE problem_kind IN ('damaged', 'too large', 'memory');
UPDATE item SET problem_kind = NULL, problem_message = NULL
WHERE problem_kind IN ('damaged', 'too large', 'memory');
DELETE FROM reading WHERE problem_kind IN ('damaged', 'too large', 'memory');
"""

# The full-text index now holds the terms of a text instead of the text itself. Older texts stay in it as they
# are until their terms are computed, a few at a time.
VERSION_9 = """
DROP TRIGGER page_text_added;
DROP TRIGGER page_text_removed;
DROP TRIGGER page_text_changed;
DROP TRIGGER page_terms_outdated;
DROP TABLE page_vocabulary;
DROP TABLE page_search;
DROP TABLE page_terms;
CREATE VIRTUAL TABLE page_search USING fts5 (
    text, tokenize='porter unicode61 remove_diacritics 2 categories ''L* M* N*'''
);
INSERT INTO page_search (rowid, text) SELECT item_id, text FROM page_text;
CREATE VIRTUAL TABLE page_vocabulary USING fts5vocab (page_search, row);
CREATE TRIGGER page_text_removed AFTER DELETE ON page_text BEGIN
    DELETE FROM page_search WHERE rowid = old.item_id;
END;
CREATE TABLE page_terms (
    item_id INTEGER PRIMARY KEY REFERENCES page_text ON DELETE CASCADE,
    rules INTEGER NOT NULL,
    terms BLOB NOT NULL,
    marks BLOB NOT NULL
);
CREATE TRIGGER page_terms_outdated AFTER UPDATE OF text ON page_text BEGIN
    DELETE FROM page_terms WHERE item_id = new.item_id;
    DELETE FROM page_search WHERE rowid = new.item_id;
END;
"""

# Problems are now per model. An older version stored a page model's failure as the item's own; an item that
# has a vector was decoded and embedded at least once, so such a problem is not its own.
VERSION_10 = """
CREATE TABLE embedding_problem (
    item_id INTEGER NOT NULL REFERENCES item ON DELETE CASCADE,
    model_id INTEGER NOT NULL REFERENCES model ON DELETE CASCADE,
    kind TEXT NOT NULL,
    message TEXT NOT NULL,
    PRIMARY KEY (item_id, model_id)
) WITHOUT ROWID;
UPDATE item SET problem_kind = NULL, problem_message = NULL
WHERE problem_kind NOTNULL AND EXISTS (SELECT 1 FROM vector WHERE item_id = item.id);
"""

# The day, counted from 1970, on which a model was last chosen or answered a search.
VERSION_11 = """
ALTER TABLE model ADD COLUMN used_day INTEGER;
UPDATE model SET used_day = CAST(strftime('%s', 'now') AS INTEGER) / 86400;
"""

# The passages of a page come from its text and its document's title, and are deleted when either changes.
VERSION_12 = """
CREATE TRIGGER passages_outdated AFTER UPDATE OF text ON page_text WHEN old.text <> new.text BEGIN
    DELETE FROM vector WHERE item_id = new.item_id AND dtype = 'int8-passages';
END;
CREATE TRIGGER passages_removed AFTER DELETE ON page_text BEGIN
    DELETE FROM vector WHERE item_id = old.item_id AND dtype = 'int8-passages';
END;
CREATE TRIGGER passages_retitled AFTER UPDATE OF title ON content WHEN old.title <> new.title BEGIN
    DELETE FROM vector WHERE dtype = 'int8-passages'
    AND item_id IN (SELECT id FROM item WHERE content_id = new.id);
END;
"""

# Terms of spelling variants. Pages without them get them a few at a time.
VERSION_13 = """
ALTER TABLE page_terms ADD COLUMN writings BLOB NOT NULL DEFAULT x'';
"""

# All file names by their trigrams, with a separator on either side, and two more after a name with non-ASCII
# letters. The index does not store the names themselves.
_NAMED = f"""
SELECT '/' || name || '/' || CASE WHEN name GLOB '*[^ -~]*' THEN '//' ELSE '' END FROM (
    SELECT substr(path, length(rtrim(path, replace(path, '{os.sep}', ''))) + 1) AS name
    FROM (SELECT CAST({{file}}.path AS TEXT) AS path)
)
"""
_NAME, _NEW_NAME, _OLD_NAME = (_NAMED.format(file=file) for file in ("file", "new", "old"))
VERSION_14 = f"""
CREATE VIRTUAL TABLE file_search USING fts5 (name, content='', detail=none, tokenize='trigram');
INSERT INTO file_search (rowid, name) SELECT id, ({_NAME}) FROM file;
CREATE TRIGGER file_named AFTER INSERT ON file BEGIN
    INSERT INTO file_search (rowid, name) VALUES (new.id, ({_NEW_NAME}));
END;
CREATE TRIGGER file_renamed AFTER UPDATE OF path ON file WHEN old.path <> new.path BEGIN
    INSERT INTO file_search (file_search, rowid, name) VALUES ('delete', old.id, ({_OLD_NAME}));
    INSERT INTO file_search (rowid, name) VALUES (new.id, ({_NEW_NAME}));
END;
CREATE TRIGGER file_unnamed AFTER DELETE ON file BEGIN
    INSERT INTO file_search (file_search, rowid, name) VALUES ('delete', old.id, ({_OLD_NAME}));
END;
"""

# Indexes for failures, which are few among many rows.
VERSION_15 = """
CREATE INDEX file_failed ON file (path) WHERE problem_kind NOTNULL;
CREATE INDEX content_failed ON content (id) WHERE problem_kind NOTNULL;
CREATE INDEX item_failed ON item (content_id) WHERE problem_kind NOTNULL;
CREATE INDEX reading_failed ON reading (item_id) WHERE problem_kind NOTNULL;
"""

# Entry n migrates a catalogue from version n to n + 1.
MIGRATIONS: tuple[str, ...] = (
    VERSION_1,
    VERSION_2,
    VERSION_3,
    VERSION_4,
    VERSION_5,
    VERSION_6,
    VERSION_7,
    VERSION_8,
    VERSION_9,
    VERSION_10,
    VERSION_11,
    VERSION_12,
    VERSION_13,
    VERSION_14,
    VERSION_15,
)


def migrate(connection: sqlite3.Connection, migrations: Sequence[str] = MIGRATIONS) -> None:
    """Migrate the database to version `len(migrations)`, one transaction for each version.

    Raises LibraryTooNew if it is already newer, LibraryDamaged if it is not a catalogue of ours.
    """
    for number in range(_version(connection, migrations), len(migrations)):
        connection.execute("BEGIN IMMEDIATE")
        try:
            if _pragma(connection, "user_version") == number:  # else another process was faster
                for statement in _statements(migrations[number]):
                    connection.execute(statement)
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version = {number + 1}")
            connection.execute("COMMIT")
        except BaseException:
            _roll_back(connection)
            raise


def _version(connection: sqlite3.Connection, migrations: Sequence[str]) -> int:
    """The version of its tables; 0 if there are none. Raises like `migrate`."""
    version = _pragma(connection, "user_version")
    if version > len(migrations):
        raise LibraryTooNew(
            f"This library was made by a newer Findling (format {version}, we know {len(migrations)}).",
            "Update Findling to open it.",
        )
    there = _shape(connection)
    if (there or version) and _pragma(connection, "application_id") != APPLICATION_ID:
        raise LibraryDamaged("The library's catalogue is a database of another program.")
    if there and version != len(migrations):  # only then would a wrong number do harm
        return _mend_version(connection, migrations)
    if version and not _tables(migrations) <= {name for name, _ in there}:
        raise _lacking_tables()
    return version


def _lacking_tables() -> LibraryDamaged:
    return LibraryDamaged("The library's catalogue is damaged: it lacks tables.", REMEDY)


def _tables(migrations: Sequence[str]) -> set[str]:
    """The names of the tables that exist after all of them."""
    names: set[str] = set()
    for migration in migrations:
        for made, dropped, old, new in CHANGED_TABLE.findall(migration):
            names -= {dropped, old}
            names |= {made, new} - {""}
    return names


def _shape(connection: sqlite3.Connection) -> Shape:
    """The names of all tables, columns, indexes and triggers.

    Their SQL text depends on the SQLite version.
    """
    rows = connection.execute(
        "SELECT made.name, told.name FROM sqlite_master AS made "
        "LEFT JOIN pragma_table_info(made.name) AS told "
        f"WHERE made.name NOT LIKE 'sqlite%' AND made.name NOT LIKE '{SEARCH_PARTS}' ESCAPE '!'"
    )
    return frozenset(rows)


def _mend_version(connection: sqlite3.Connection, migrations: Sequence[str]) -> int:
    """The version of the tables, whatever number the file has: it is only four bytes of the first page.

    Stores the right number. Raises LibraryDamaged if the tables match no version.
    """
    shapes = _shapes(migrations)
    connection.execute("BEGIN IMMEDIATE")  # another process may be changing them
    try:
        told, known = _pragma(connection, "user_version"), _shape(connection)
        version = max((number for number, shape in shapes.items() if shape <= known), default=0)
        if not version:
            raise _lacking_tables()
        if shapes.get(told) == shapes[version]:  # no table changed between the two
            version = told
        elif told != version:
            _log.warning("the catalogue said it was of version %d, and is of %d", told, version)
            connection.execute(f"PRAGMA user_version = {version}")
        connection.execute("COMMIT")
    except BaseException:
        _roll_back(connection)
        raise
    return version


def _shapes(migrations: Sequence[str]) -> dict[int, Shape]:
    """The shape of each version."""
    shapes: dict[int, Shape] = {}
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as empty:
        for number, migration in enumerate(migrations, 1):
            for statement in _statements(migration):
                empty.execute(statement)
            shapes[number] = _shape(empty)
    return shapes


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:  # a full disk rolls back by itself
        connection.execute("ROLLBACK")


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


def _statements(script: str) -> Iterator[str]:
    """Single statements; `executescript` would commit the transaction."""
    statement = ""
    for part in script.split(";")[:-1]:
        statement += part + ";"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
