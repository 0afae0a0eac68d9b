"""What the tokens of a page and of a query stand for: a place on the page, a word of the query."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Tokens = NDArray[np.int64]  # (count,), token ids
Cells = NDArray[np.uint16]  # (rows, columns), which token stands for that part of the page

_TILE_TAG = re.compile(r"<row_(\d+)_col_(\d+)>")
_WORD = re.compile(r"\w+(?:[-'\u2019.,]\w+)*")


def grid_cells(tokens: Tokens, image_token: int, rows: int, columns: int) -> Cells:
    """The cells of a page whose picture tokens run row by row; (0, 0) if there are not rows x columns."""
    positions = np.flatnonzero(tokens == image_token)
    if len(positions) != rows * columns:
        return _no_cells()
    return positions.reshape(rows, columns).astype(np.uint16)


def square_cells(tokens: Tokens, image_token: int) -> Cells:
    """The cells of a page whose picture tokens are the rows of a square."""
    side = math.isqrt(int((tokens == image_token).sum()))
    return grid_cells(tokens, image_token, side, side)


def find_tile_tags(vocabulary: Mapping[str, int]) -> dict[int, tuple[int, int]]:
    """The tokens that precede a tile of a page, as Idefics3 numbers them: row and column, from 0."""
    matches = ((_TILE_TAG.fullmatch(token), number) for token, number in vocabulary.items())
    return {number: (int(match[1]) - 1, int(match[2]) - 1) for match, number in matches if match}


def tiled_cells(
    tokens: Tokens, image_token: int, tags: Mapping[int, tuple[int, int]], tile_tokens: int
) -> Cells:
    """The cells of a page cut into tiles, each a square of `tile_tokens` tokens after its tag.

    The whole page at small size, which comes last, has no place of its own unless it is the only tile.
    """
    positions = np.flatnonzero(tokens == image_token)
    side = math.isqrt(tile_tokens)
    if side * side != tile_tokens or len(positions) == 0 or len(positions) % tile_tokens:
        return _no_cells()
    tiles = positions.reshape(-1, side, side)
    if len(tiles) == 1:
        return np.asarray(tiles[0], np.uint16)
    places = {tags[tag]: tile for tile in tiles if (tag := int(tokens[tile[0, 0] - 1])) in tags}
    if not places:
        return _no_cells()
    rows, columns = (1 + max(place[axis] for place in places) for axis in (0, 1))
    if len(places) != rows * columns:
        return _no_cells()
    whole = np.block([[places[row, column] for column in range(columns)] for row in range(rows)])
    return np.asarray(whole, np.uint16)


def words_at_spans(text: str, spans: Sequence[tuple[int, int]]) -> tuple[str, ...]:
    """The word of `text` that each token belongs to, by the characters it spans; "" if it is in none."""
    words = list(_WORD.finditer(text))

    def word_at(start: int, end: int) -> str:
        inside = (word[0] for word in words if word.start() < end and start < word.end())
        return next(inside, "")

    return tuple(word_at(start, end) for start, end in spans)


def has_word(text: str) -> bool:
    """Whether the text has at least one letter, digit or underscore."""
    return _WORD.search(text) is not None


def break_special_tokens(text: str, marks: Iterable[str]) -> str:
    """The text, of the same length, with the model's special tokens made ineffective."""
    for mark in marks:
        text = text.replace(mark, " " + mark[1:])
    return text


def _no_cells() -> Cells:
    return np.empty((0, 0), np.uint16)
