"""Assembles recognised lines into a page's text in reading order, and its words with their boxes.

Lines stay at their positions in the picture's own coordinates, however the text is rotated; only the order is
determined in the frame in which the text is upright.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from engine.records import Word

Point = tuple[float, float]  # x, y in pixels of the stored picture
Quad = tuple[Point, Point, Point, Point]  # clockwise from the start of the text, above its first letter

_MIN_LINES_PER_COLUMN = 3
_PROSE_CHARACTERS = 15  # a column of numbers beside their labels has shorter lines, and belongs to them
_MAX_SPANNING_SHARE = 1 / 3  # of all lines, for those that span the gap between columns, such as a title
_COLUMN_MIDDLE = (0.15, 0.85)  # of the width: where to search for a gap between columns
_SAME_ROW = 0.5  # of a line's height


@dataclass(frozen=True, slots=True)
class OcrLine:
    """A recognised line.

    `character_positions`: for each character of `text` except spaces, its centre along the line, from 0 to 1.
    """

    text: str
    confidence: float  # 0 to 1
    quad: Quad
    character_positions: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _PlacedLine:
    """A line in the frame in which the page's text is upright and level."""

    line: OcrLine
    left: float
    right: float
    middle: float  # down the page
    height: float

    @property
    def character_count(self) -> int:
        return len(self.line.text)


def assemble_text(lines: Sequence[OcrLine], width: int, height: int) -> tuple[str, tuple[Word, ...]]:
    """(text, words) of a picture of `width` x `height` pixels.

    Rows of text from the top, columns one after another, boxes in fractions of the stored picture.
    """
    text: list[str] = []
    words: list[Word] = []
    for row in _rows(_place_lines(lines)):
        found = [word for line in row for word in _split_words(line, width, height)]
        if found:
            text.append(" ".join(word.text for word in found))
            words += found
    return "\n".join(text), tuple(words)


def rotate_quad(quad: Quad, quarters: int) -> Quad:
    """The same corners for text that begins `quarters` corners further, clockwise."""
    first = quarters % 4
    return (quad[first], quad[(first + 1) % 4], quad[(first + 2) % 4], quad[(first + 3) % 4])


def quad_length(quad: Quad) -> float:
    """Its length along the text, in pixels."""
    return max(math.dist(quad[0], quad[1]), math.dist(quad[3], quad[2]))


def quad_thickness(quad: Quad) -> float:
    """Its height across the text, in pixels."""
    return max(math.dist(quad[0], quad[3]), math.dist(quad[1], quad[2]))


# ---- reading order -----------------------------------------------------------------------------------


def _place_lines(lines: Sequence[OcrLine]) -> list[_PlacedLine]:
    if not lines:
        return []
    across, down = _direction(lines)
    placed = []
    for line in lines:
        along = [across * x + down * y for x, y in line.quad]
        below = [across * y - down * x for x, y in line.quad]
        placed.append(_PlacedLine(line, min(along), max(along), sum(below) / 4, quad_thickness(line.quad)))
    return placed


def _direction(lines: Sequence[OcrLine]) -> Point:
    """The direction of the text as a unit vector: the mean of all lines, weighted by length."""
    across = sum(quad[1][0] - quad[0][0] + quad[2][0] - quad[3][0] for quad in (line.quad for line in lines))
    down = sum(quad[1][1] - quad[0][1] + quad[2][1] - quad[3][1] for quad in (line.quad for line in lines))
    size = math.hypot(across, down)
    return (across / size, down / size) if size else (1.0, 0.0)


def _rows(lines: Sequence[_PlacedLine]) -> Iterator[list[OcrLine]]:
    """Columns of prose are read one by one, between the lines that span them."""
    gap = _column_gap(lines)
    if gap is None:
        yield from _plain_rows(lines)
        return
    left: list[_PlacedLine] = []
    right: list[_PlacedLine] = []
    for line in sorted(lines, key=lambda line: line.middle):
        if line.right <= gap:
            left.append(line)
        elif line.left >= gap:
            right.append(line)
        else:
            yield from _rows(left)
            yield from _rows(right)
            left, right = [], []
            yield [line.line]
    yield from _rows(left)
    yield from _rows(right)


def _column_gap(lines: Sequence[_PlacedLine]) -> float | None:
    """The gap between two columns of prose; None if there is none."""
    if len(lines) < 2 * _MIN_LINES_PER_COLUMN:
        return None
    first, last = min(line.left for line in lines), max(line.right for line in lines)
    inner, outer = (first + share * (last - first) for share in _COLUMN_MIDDLE)
    best, fewest = None, len(lines) * _MAX_SPANNING_SHARE
    for gap in sorted({line.left for line in lines if inner <= line.left <= outer}):
        spanning = sum(line.left < gap < line.right for line in lines)
        if spanning < fewest and _are_columns(lines, gap):
            best, fewest = gap, spanning
    return best


def _are_columns(lines: Sequence[_PlacedLine], gap: float) -> bool:
    left = [line.character_count for line in lines if line.right <= gap]
    right = [line.character_count for line in lines if line.left >= gap]
    return min(len(left), len(right)) >= _MIN_LINES_PER_COLUMN and (
        min(median(left), median(right)) >= _PROSE_CHARACTERS
    )


def _plain_rows(lines: Sequence[_PlacedLine]) -> Iterator[list[OcrLine]]:
    row: list[_PlacedLine] = []
    for line in sorted(lines, key=lambda line: line.middle):
        if row and line.middle - median(other.middle for other in row) > _SAME_ROW * min(
            line.height, median(other.height for other in row)
        ):
            yield [other.line for other in sorted(row, key=lambda other: other.left)]
            row = []
        row.append(line)
    if row:
        yield [other.line for other in sorted(row, key=lambda other: other.left)]


# ---- words -------------------------------------------------------------------------------------------


def _split_words(line: OcrLine, width: int, height: int) -> Iterator[Word]:
    """Words get the positions of their letters."""
    half = _half_letter_width(line.character_positions)
    first = 0
    for letters in line.text.split():
        last = first + len(letters) - 1
        begin, end = (
            max(line.character_positions[first] - half, 0.0),
            min(line.character_positions[last] + half, 1.0),
        )
        text = unicodedata.normalize("NFKC", letters).strip()
        if text:
            yield Word(text, _enclosing_box(line.quad, begin, end, width, height))
        first = last + 1


def _half_letter_width(places: Sequence[float]) -> float:
    """Half a letter's width, from the usual step, since wider steps contain spaces."""
    steps = sorted(second - first for first, second in pairwise(places))
    return steps[len(steps) // 2] / 2 if steps else 0.5


def _enclosing_box(
    quad: Quad, begin: float, end: float, width: int, height: int
) -> tuple[float, float, float, float]:
    """The box around a part of a line, in fractions of the picture."""
    corners = [
        (first[0] + share * (second[0] - first[0]), first[1] + share * (second[1] - first[1]))
        for first, second in ((quad[0], quad[1]), (quad[3], quad[2]))
        for share in (begin, end)
    ]
    across, down = [x for x, _ in corners], [y for _, y in corners]
    return (
        _to_fraction(min(across), width),
        _to_fraction(min(down), height),
        _to_fraction(max(across), width),
        _to_fraction(max(down), height),
    )


def _to_fraction(value: float, whole: int) -> float:
    return round(min(max(value / whole, 0.0), 1.0), 5)
