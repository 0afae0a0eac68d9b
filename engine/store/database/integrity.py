"""Checks that the catalogue's columns hold values of their types.

Used after an unexpected error: SQLite accepts any value in any column, and a damaged file may contain any.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from engine.errors import LibraryDamaged
from engine.store.database.read_only import connect
from engine.store.database.schema import REMEDY, SEARCH_PARTS

SECONDS = 5.0  # how long to wait for a writer
KINDS = {"INTEGER": "'integer'", "TEXT": "'text'", "BLOB": "'blob'", "REAL": "'real', 'integer'"}
PATH = "path"  # must not contain a zero byte

COLUMNS = f"""
SELECT made.name, told.name, told.type, told."notnull" OR told.pk FROM sqlite_master AS made
JOIN pragma_table_info(made.name) AS told
WHERE made.type = 'table' AND made.name NOT LIKE 'sqlite%' AND made.name NOT LIKE '{SEARCH_PARTS}' ESCAPE '!'
"""


def find_damage(path: Path) -> LibraryDamaged | None:
    """The error to report if the catalogue at `path` is damaged; None if no damage shows.

    Reads all rows and changes nothing.
    """
    if not path.is_file():
        return None
    try:
        with closing(connect(path, SECONDS)) as db:
            columns = db.execute(COLUMNS).fetchall()
            wrong = next(
                (f"{table}.{column}" for table, column, *of in columns if _is_wrong(db, table, column, *of)),
                "",
            )
    except sqlite3.DatabaseError:
        return None  # whoever reads the file gets that error anyway
    if not wrong:
        return None
    return LibraryDamaged(f"The library's file {path} is damaged: a value of {wrong} cannot be.", REMEDY)


def _is_wrong(db: sqlite3.Connection, table: str, column: str, declared: str, needed: int) -> bool:
    if declared not in KINDS:
        return False
    kinds = KINDS[declared] + ("" if needed else ", 'null'")
    wrong = f"typeof({column}) NOT IN ({kinds})"
    if column == PATH:
        wrong += f" OR instr({column}, x'00')"
    return db.execute(f"SELECT 1 FROM {table} WHERE {wrong} LIMIT 1").fetchone() is not None
