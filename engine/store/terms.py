"""What SQLite's full-text index makes of a text: its terms, in order.

FTS5 itself is asked, so that no second tokenizer can disagree with it about accents, stems or punctuation.
"""

from __future__ import annotations

import re
import sqlite3
import zlib
from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Digests: TypeAlias = NDArray[np.uint32]  # (count,): a term each, in the order of the text

JOINT = "\u200b"  # a space without width: FTS5 parts words there, and nobody sees it
SORTED_OUT = """
CREATE VIRTUAL TABLE IF NOT EXISTS temp.sorted_out USING fts5 (
    text, content='', tokenize='porter unicode61 remove_diacritics 2'
)
"""
ITS_TERMS = """
CREATE VIRTUAL TABLE IF NOT EXISTS temp.sorted_out_terms USING fts5vocab (temp, sorted_out, instance)
"""

# Scripts that put no spaces between words: Thai, Lao, Burmese, Khmer, kana, bopomofo, Han.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3100-\u312f\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
_UNSPACED_LETTER = re.compile(f"[{_UNSPACED}]")
_JOINTS = re.compile(rf"(?<=[{_UNSPACED}])(?=\w)|(?<=\w)(?=[{_UNSPACED}])")
_AMOUNTS = re.compile(r"(?<=[^\W\d_])(?=\d+[.,]\d)")


def cut(text: str) -> str:
    """The text with a joint on either side of every letter of a script without spaces, and in "RM8.50".

    FTS5 takes a run of such letters for one word, of which no part could be found, and the amount's first
    digits for a part of the word before them. Cutting twice is the same as once; `joined` takes the joints
    away.
    """
    text = _AMOUNTS.sub(JOINT, joined(text))
    return _JOINTS.sub(JOINT, text) if _UNSPACED_LETTER.search(text) else text


def joined(text: str) -> str:
    return text.replace(JOINT, "")


def is_unspaced(letter: str) -> bool:
    return _UNSPACED_LETTER.match(letter) is not None


def terms_of(db: sqlite3.Connection, texts: Sequence[str]) -> list[list[str]]:
    """Per text its terms in order. Uses temporary tables of the connection, nothing of the library."""
    db.execute(SORTED_OUT)
    db.execute(ITS_TERMS)
    db.execute("INSERT INTO temp.sorted_out (sorted_out) VALUES ('delete-all')")
    db.executemany(
        "INSERT INTO temp.sorted_out (rowid, text) VALUES (?, ?)", enumerate(cut(text) for text in texts)
    )
    rows = db.execute("SELECT doc, offset, term FROM temp.sorted_out_terms").fetchall()
    found: list[list[str]] = [[] for _ in texts]
    for number, _, term in sorted(rows):
        found[number].append(term)
    return found


def digest(term: str) -> int:
    """32 bits that stand for a term. Two of a page's few hundred terms share them once in 10,000 pages."""
    return zlib.crc32(term.encode("utf-8", "replace"))


def digests(terms: Iterable[str]) -> Digests:
    return np.array([digest(term) for term in terms], np.uint32)
