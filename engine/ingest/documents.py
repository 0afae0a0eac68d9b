"""PDF documents: pages drawn by Poppler, or by PDFium where it is missing or fails, with their words."""

from __future__ import annotations

import logging
import math
import shutil
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

import pypdfium2 as pdfium  # type: ignore[import-untyped]  # it ships no types
import pypdfium2.raw as pdfium_raw  # type: ignore[import-untyped]
from PIL import Image

from engine.errors import FileProblem, ProblemKind
from engine.ingest import geometry, page_text
from engine.ingest.pictures import PARSER_ERRORS, Picture, make_item
from engine.records import DecodedItem, PageProblem, PictureInput, Word

MOST_PAGES = 20_000

_log = logging.getLogger(__name__)
_DRAWN_PIXELS = 16_000_000  # of one page; enough for any screen
_LONGEST_DRAWN_SIDE = 16_000  # pixels
_LONGEST_PAGE_SECONDS = 15
_FEWEST_BYTES_A_PAGE = 32  # a document that claims more pages than that is not believed
_UNDRAWABLE = PageProblem(0, ProblemKind.DAMAGED.value, "The page is damaged and cannot be drawn.")


@dataclass(frozen=True, slots=True)
class Document:
    """`pages` of the whole document; `items` and `problems` of those asked for."""

    pages: int
    items: tuple[DecodedItem, ...]
    problems: tuple[PageProblem, ...]


@dataclass(frozen=True, slots=True)
class _Page:
    number: int
    width: float  # points, upright
    height: float
    drawn: tuple[int, int]  # pixels
    text: str
    words: tuple[Word, ...]


def poppler_installed() -> bool:
    return shutil.which("pdftoppm") is not None and shutil.which("pdfinfo") is not None


def read_pdf(
    source: Path | bytes,
    wanted: PictureInput,
    first_page: int,
    page_limit: int,
    pixel_cap: int,
    seconds: float,
    poppler: bool | None = None,
) -> Document:
    """Read up to `page_limit` pages from `first_page` on, counted from 1.

    `seconds` bounds the drawing. `poppler`: whether to draw with Poppler; None: if it is installed. Raises
    FileProblem when the document as a whole cannot be read; a page that cannot becomes a PageProblem.
    """
    use_poppler = poppler_installed() if poppler is None else poppler
    with _opened(source) as document:
        pages = _count_pages(document, _length(source))
        last_page = min(first_page + page_limit - 1, pages)
        drawing = _Drawing(document, source if use_poppler and isinstance(source, Path) else None, seconds)
        readable: list[_Page] = []
        problems: list[PageProblem] = []
        for number in range(first_page, last_page + 1):
            page = _read_page(document, number, wanted, pixel_cap)
            readable.append(page) if isinstance(page, _Page) else problems.append(page)
        items: list[DecodedItem] = []
        for page, image in drawing.draw(readable):
            if isinstance(image, PageProblem):
                problems.append(replace(image, page=page.number))
            else:
                items.append(_item(page, image, wanted))
    return Document(pages, tuple(items), tuple(sorted(problems, key=lambda problem: problem.page)))


@contextmanager
def _opened(source: Path | bytes) -> Iterator[pdfium.PdfDocument]:
    # By the raw call, because PDFium's last error is only true right after a failure, and the wrapper also
    # reads it for a document without pages.
    if isinstance(source, bytes):
        handle = pdfium_raw.FPDF_LoadMemDocument64(source, len(source), None)
    else:
        handle = pdfium_raw.FPDF_LoadDocument(str(source).encode("utf-8", "surrogateescape"), None)
    if not handle:
        raise _document_problem(pdfium_raw.FPDF_GetLastError())
    with closing(pdfium.PdfDocument(handle)) as document:
        if len(document) < 1:
            raise FileProblem(ProblemKind.NO_PAGES, "The document has no pages.")
        document.init_forms()
        yield document


def _document_problem(code: int) -> FileProblem:
    if code == pdfium_raw.FPDF_ERR_PASSWORD:
        return FileProblem(ProblemKind.ENCRYPTED, "The document asks for a password.")
    if code == pdfium_raw.FPDF_ERR_SECURITY:
        return FileProblem(ProblemKind.ENCRYPTED, "The document is encrypted in a way that cannot be read.")
    return FileProblem(ProblemKind.DAMAGED, "The PDF is damaged: its structure cannot be read.")


def _length(source: Path | bytes) -> int:
    return len(source) if isinstance(source, bytes) else source.stat().st_size


def _count_pages(document: pdfium.PdfDocument, length: int) -> int:
    """How many pages there are. A claim that the file is too small for is tested, by halving."""
    claimed = min(len(document), MOST_PAGES)
    if claimed <= max(length // _FEWEST_BYTES_A_PAGE, 1) or _exists(document, claimed):
        return claimed
    present, absent = 0, claimed
    while absent - present > 1:
        middle = (present + absent) // 2
        if _exists(document, middle):
            present = middle
        else:
            absent = middle
    return max(present, 1)


def _exists(document: pdfium.PdfDocument, number: int) -> bool:
    try:
        document[number - 1].close()
    except pdfium.PdfiumError:
        return False
    return True


def _read_page(
    document: pdfium.PdfDocument, number: int, wanted: PictureInput, pixel_cap: int
) -> _Page | PageProblem:
    """Everything but the drawing."""
    try:
        page = document[number - 1]
    except pdfium.PdfiumError:
        return replace(_UNDRAWABLE, page=number)
    with closing(page):
        width, height = page.get_size()
        if not (width > 0 and height > 0):
            return PageProblem(number, ProblemKind.DAMAGED.value, "The page has no area.")
        scale = geometry.useful_scale(width, height, wanted)
        scale = geometry.cap_pixels(width, height, scale, min(pixel_cap, _DRAWN_PIXELS), _LONGEST_DRAWN_SIDE)
        drawn = max(round(width * scale), 1), max(round(height * scale), 1)
        try:
            text, words = page_text.read_words(page)
        except pdfium.PdfiumError:
            text, words = "", ()  # a page without readable words is still found by its looks
        return _Page(number, width, height, drawn, text, words)


def _item(page: _Page, image: Image.Image, wanted: PictureInput) -> DecodedItem:
    picture = Picture(image, max(round(page.width), 1), max(round(page.height), 1))
    return make_item(picture, wanted, page.number, page.text, page.words)


class _Drawing:
    """Draws pages within one allowance of time, by two renderers: where one fails, the other may not."""

    def __init__(self, document: pdfium.PdfDocument, poppler_source: Path | None, seconds: float) -> None:
        self._document = document
        self._poppler_source = poppler_source
        self._deadline = time.monotonic() + seconds

    def draw(self, pages: list[_Page]) -> Iterator[tuple[_Page, Image.Image | PageProblem]]:
        # Starting Poppler costs more than drawing a page, so pages of one size go in one call.
        numbered = enumerate(pages)
        for _, group in groupby(numbered, key=lambda entry: (entry[1].drawn, entry[1].number - entry[0])):
            yield from self._draw_group([page for _, page in group])

    def _draw_group(self, pages: list[_Page]) -> Iterator[tuple[_Page, Image.Image | PageProblem]]:
        if self._poppler_source is not None and len(pages) > 1:
            images = self._by_poppler(self._poppler_source, pages)
            if isinstance(images, list):
                yield from zip(pages, images, strict=True)
                return
        for page in pages:
            yield page, self._draw_one(page)

    def _draw_one(self, page: _Page) -> Image.Image | PageProblem:
        if time.monotonic() > self._deadline:
            return _too_slow()
        if self._poppler_source is not None:
            images = self._by_poppler(self._poppler_source, [page])
            if isinstance(images, list):
                return images[0]
            if images.kind == ProblemKind.TIMEOUT:
                return images
        return self._by_pdfium(page)

    def _by_poppler(self, source: Path, pages: list[_Page]) -> list[Image.Image] | PageProblem:
        """All of `pages`, which follow one another and are of one size, or why not."""
        import pdf2image
        from pdf2image import exceptions

        try:
            images = pdf2image.convert_from_path(
                source,
                first_page=pages[0].number,
                last_page=pages[-1].number,
                size=max(pages[0].drawn),  # by the longer side: given both, Poppler distorts turned pages
                use_cropbox=True,
                timeout=min(max(math.ceil(self._deadline - time.monotonic()), 1), _LONGEST_PAGE_SECONDS),
            )
            for image in images:
                image.load()
        except exceptions.PDFPopplerTimeoutError:
            return _too_slow()
        except (exceptions.PopplerNotInstalledError, exceptions.PDFPageCountError, *PARSER_ERRORS) as error:
            _log.debug("Poppler could not draw page %d: %s", pages[0].number, error)
            return _UNDRAWABLE
        return images if len(images) == len(pages) else _UNDRAWABLE

    def _by_pdfium(self, page: _Page) -> Image.Image | PageProblem:
        try:
            with closing(self._document[page.number - 1]) as opened:
                bitmap = opened.render(scale=page.drawn[0] / page.width)
                with closing(bitmap):
                    image: Image.Image = bitmap.to_pil()
                    return image.convert("RGB") if image.mode != "RGB" else image.copy()
        except (pdfium.PdfiumError, ValueError):
            return _UNDRAWABLE


def _too_slow() -> PageProblem:
    return PageProblem(0, ProblemKind.TIMEOUT.value, "Drawing the page took longer than allowed.")
