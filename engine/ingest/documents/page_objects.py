"""Lists what a PDF page is made of, and judges whether its text layer has all visible text."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pypdfium2 as pdfium  # type: ignore[import-untyped]  # it ships no types
import pypdfium2.raw as pdfium_raw  # type: ignore[import-untyped]

from engine.ingest.documents.page_text import PageFrame
from engine.ingest.documents.reading_order import Box
from engine.records import Word

_MAX_OBJECTS = 20_000  # examined on one page
_MAX_FORM_DEPTH = 4
_GRID = 16  # across and down the page
_WORDS_PER_PAGE = 400  # on a page full of text; a picture may contain as many for its share of the page
_FEW_WORDS = 40  # a page with fewer has its text elsewhere, if it draws anything that could be text
_MIN_PICTURE_SHARE = 0.02  # of the page
_SEGMENTS_PER_LETTER = 15  # of an outlined letter
_OUTLINED_LETTERS_PER_WORD = 30  # for each word of the layer: the lines of a chart stay below
_MIN_OUTLINED_LETTERS = 4

Matrix = tuple[float, float, float, float, float, float]
_IDENTITY_MATRIX: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class PageObjects:
    """Counts of a page's objects.

    `pictures`: boxes as in `Word`. `segment_count`: of lines and curves. `text_count`: objects that show
    text. `invisible_text_count`: those in the invisible mode that OCR programs use.
    """

    pictures: tuple[Box, ...]
    segment_count: int
    text_count: int
    invisible_text_count: int


def inspect_page(page: pdfium.PdfPage) -> PageObjects:
    """Examine the page's objects without rendering, in a fraction of the time."""
    frame = PageFrame.of_page(page)
    pictures: list[Box] = []
    segments = texts = hidden = 0
    objects = _ObjectWalker().walk(
        lambda index: pdfium_raw.FPDFPage_GetObject(page, index), pdfium_raw.FPDFPage_CountObjects(page)
    )
    for found, matrix in objects:
        kind = pdfium_raw.FPDFPageObj_GetType(found)
        if kind == pdfium_raw.FPDF_PAGEOBJ_IMAGE:
            box = _bounding_box(found, matrix)
            if box is not None:
                pictures.append(frame.to_fractions(box))
        elif kind == pdfium_raw.FPDF_PAGEOBJ_PATH:
            segments += max(pdfium_raw.FPDFPath_CountSegments(found), 0)
        elif kind == pdfium_raw.FPDF_PAGEOBJ_TEXT:
            texts += 1
            mode = pdfium_raw.FPDFTextObj_GetTextRenderMode(found)
            hidden += mode == pdfium_raw.FPDF_TEXTRENDERMODE_INVISIBLE
    return PageObjects(tuple(pictures), segments, texts, hidden)


def shows_no_other_text(found: PageObjects, words: Sequence[Word]) -> bool:
    """Whether the page draws nothing besides its words that could be text."""
    if 2 * found.invisible_text_count > found.text_count:
        return True  # words laid over a scan by an OCR program
    letters = found.segment_count / _SEGMENTS_PER_LETTER
    if letters >= max(_OUTLINED_LETTERS_PER_WORD * len(words), _MIN_OUTLINED_LETTERS):
        return False
    pictured, bare = _picture_shares(found.pictures, words)
    if pictured >= _MIN_PICTURE_SHARE and len(words) < _FEW_WORDS:
        return False
    return len(words) >= _WORDS_PER_PAGE * bare


def _picture_shares(pictures: Sequence[Box], words: Sequence[Word]) -> tuple[float, float]:
    """The shares (0 to 1) of the page under pictures, and under pictures with no words on or beside them."""
    covered = np.zeros((_GRID, _GRID), dtype=bool)
    for left, top, right, bottom in pictures:
        rows, columns = _cell_slice(top, bottom), _cell_slice(left, right)
        covered[rows, columns] = True
    bare = covered.copy()
    for word in words:
        left, top, right, bottom = word.box
        row, first, last = int((top + bottom) / 2 * _GRID), int(left * _GRID), int(right * _GRID)
        bare[max(row - 1, 0) : row + 2, max(first - 1, 0) : last + 2] = False
    return float(covered.mean()), float(bare.mean())


def _cell_slice(first: float, last: float) -> slice:
    return slice(round(first * _GRID), round(last * _GRID))


class _ObjectWalker:
    """Walks the objects of a page, including those within forms."""

    def __init__(self) -> None:
        self._objects_left = _MAX_OBJECTS

    def walk(
        self, get: Callable[[int], object], count: int, matrix: Matrix = _IDENTITY_MATRIX, depth: int = 0
    ) -> Iterator[tuple[object, Matrix]]:
        """Yields (object, matrix from its coordinates to the page's)."""
        for index in range(count):
            if self._objects_left <= 0:
                return
            self._objects_left -= 1
            found = get(index)
            if pdfium_raw.FPDFPageObj_GetType(found) != pdfium_raw.FPDF_PAGEOBJ_FORM:
                yield found, matrix
            elif depth < _MAX_FORM_DEPTH:
                yield from self._walk_form(found, matrix, depth)

    def _walk_form(self, form: object, matrix: Matrix, depth: int) -> Iterator[tuple[object, Matrix]]:
        own = pdfium_raw.FS_MATRIX()
        inner = matrix
        if pdfium_raw.FPDFPageObj_GetMatrix(form, own):
            inner = _multiply((own.a, own.b, own.c, own.d, own.e, own.f), matrix)
        yield from self.walk(
            lambda index: pdfium_raw.FPDFFormObj_GetObject(form, index),
            pdfium_raw.FPDFFormObj_CountObjects(form),
            inner,
            depth + 1,
        )


def _multiply(first: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    g, h, i, j, k, m = then
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def _bounding_box(found: object, matrix: Matrix) -> Box | None:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not pdfium_raw.FPDFPageObj_GetBounds(found, left, bottom, right, top):
        return None
    a, b, c, d, e, f = matrix
    corners = [(x.value, y.value) for x in (left, right) for y in (bottom, top)]
    across = [a * x + c * y + e for x, y in corners]
    down = [b * x + d * y + f for x, y in corners]
    return min(across), min(down), max(across), max(down)
