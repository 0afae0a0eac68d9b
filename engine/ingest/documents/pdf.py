"""Reads PDF documents: pages with words and pixels, and the title."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pypdfium2 as pdfium  # type: ignore[import-untyped]  # it ships no types
import pypdfium2.raw as pdfium_raw  # type: ignore[import-untyped]
from PIL import Image

from engine.errors import FileProblem, ProblemKind
from engine.ingest.decoding import resizing
from engine.ingest.decoding.picture_reader import DecodedPicture, make_decoded_item
from engine.ingest.documents import document_title, page_objects, page_text, poppler
from engine.ingest.documents.page_text import PageText
from engine.ingest.documents.rendering import (
    BOTH_RENDERERS,
    UNDRAWABLE,
    EnabledRenderers,
    PageRenderer,
    poppler_installed,
)
from engine.ingest.documents.text_quality import is_garbage
from engine.records import DecodedItem, PageProblem, PictureInput

MAX_PAGES = 20_000
_MAX_DRAWN_PIXELS = 16_000_000  # of one rendered page; enough for any screen
_MAX_DRAWN_SIDE = 16_000  # pixels
_MIN_BYTES_PER_PAGE = 32  # a claim of more pages than the file has room for is not trusted
# The text of Adobe's programs in English, and their address in every language.
_PLACEHOLDER_PHRASES = (
    "please wait", "to view the full contents of this document", "requires adobe reader", "adobe.com/go/",
)  # fmt: skip
_PLACEHOLDER_LETTERS = 1_000
_DYNAMIC_FORM = PageProblem(
    0, ProblemKind.UNRECOGNISED.value, "This is an XFA form, whose content only Adobe's reader shows."
)
_MAX_BROKEN_SHARE = 0.1  # of a page's characters: with more of them the layer lacks words


@dataclass(frozen=True, slots=True)
class PdfContent:
    """`pages` of the whole document; `items` and `problems` of the requested ones.

    `title` only with page 1.
    """

    pages: int
    items: tuple[DecodedItem, ...]
    problems: tuple[PageProblem, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class _PageContent:
    number: int
    width: float  # points, upright
    height: float
    drawing_size: tuple[int, int]  # pixels
    text: PageText
    read: bool  # the text layer has all visible text


def read_pdf(
    source: Path | bytes,
    picture_input: PictureInput,
    first_page: int,
    page_limit: int,
    seconds: float,
    renderers: EnabledRenderers = BOTH_RENDERERS,
) -> PdfContent:
    """Read up to `page_limit` pages from `first_page`, counted from 1.

    `seconds` limits the rendering. Raises FileProblem if the document as a whole cannot be read; a page that
    cannot becomes a PageProblem.
    """
    try:
        return _read_by_pdfium(
            source, picture_input, range(first_page, first_page + page_limit), seconds, renderers
        )
    except FileProblem as problem:
        document = None
        openable = problem.kind is not ProblemKind.ENCRYPTED  # Poppler would render what it cannot decrypt
        if openable and isinstance(source, Path) and renderers.poppler and poppler_installed():
            document = _read_by_poppler(
                source, picture_input, range(first_page, first_page + page_limit), seconds, renderers
            )
        if document is None:
            raise
        return document


def _read_by_pdfium(
    source: Path | bytes,
    picture_input: PictureInput,
    numbers: range,
    seconds: float,
    renderers: EnabledRenderers,
) -> PdfContent:
    with _open_document(source) as document:
        pages = _count_pages(document, _byte_length(source))
        renderer = PageRenderer(document, source, seconds, renderers)
        items: list[DecodedItem] = []
        problems: list[PageProblem] = []
        title = ""
        for number in range(numbers.start, min(numbers.stop, pages + 1)):
            page = _read_page(document, number, picture_input)
            if number == 1:
                title = _choose_title(document, source, page)
            drawn = renderer.draw(number, page.drawing_size) if isinstance(page, _PageContent) else page
            if isinstance(page, _PageContent) and isinstance(drawn, Image.Image):
                items.append(_make_item(page, drawn, picture_input))
            elif isinstance(drawn, PageProblem):
                problems.append(drawn)
    return PdfContent(pages, tuple(items), tuple(problems), title)


def _read_by_poppler(
    source: Path, picture_input: PictureInput, numbers: range, seconds: float, renderers: EnabledRenderers
) -> PdfContent | None:
    """None if Poppler cannot open it, or it claims more pages than the file has room for."""
    deadline = time.monotonic() + seconds
    document = poppler.open_document(source, numbers.start, len(numbers), deadline)
    if document is None or not 0 < document.pages <= max(_byte_length(source) // _MIN_BYTES_PER_PAGE, 1):
        return None
    renderer = PageRenderer(None, source, seconds, renderers)
    items: list[DecodedItem] = []
    problems: list[PageProblem] = []
    for number in range(numbers.start, min(numbers.stop, document.pages + 1)):
        size = document.sizes.get(number)
        drawn = (
            replace(UNDRAWABLE, page=number)
            if size is None
            else renderer.draw(number, _drawing_size(size, picture_input))
        )
        if size is not None and isinstance(drawn, Image.Image):
            page = _PageContent(number, *size, drawn.size, PageText(), read=False)
            items.append(_make_item(page, drawn, picture_input))
        elif isinstance(drawn, PageProblem):
            problems.append(drawn)
    if not items and numbers.start == 1:
        return None
    return PdfContent(min(document.pages, MAX_PAGES), tuple(items), tuple(problems))


@contextmanager
def _open_document(source: Path | bytes) -> Iterator[pdfium.PdfDocument]:
    # By the raw call, because PDFium's last error is valid only right after a failure, and the wrapper also
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


def _byte_length(source: Path | bytes) -> int:
    return len(source) if isinstance(source, bytes) else source.stat().st_size


def _count_pages(document: pdfium.PdfDocument, length: int) -> int:
    """The number of pages. If the file is too small for it, the true number is found by bisection."""
    claimed = min(len(document), MAX_PAGES)
    if claimed <= max(length // _MIN_BYTES_PER_PAGE, 1) or _has_page(document, claimed):
        return claimed
    present, absent = 0, claimed
    while absent - present > 1:
        middle = (present + absent) // 2
        if _has_page(document, middle):
            present = middle
        else:
            absent = middle
    return max(present, 1)


def _has_page(document: pdfium.PdfDocument, number: int) -> bool:
    try:
        document[number - 1].close()
    except pdfium.PdfiumError:
        return False
    return True


def _read_page(
    document: pdfium.PdfDocument, number: int, picture_input: PictureInput
) -> _PageContent | PageProblem:
    """Everything except the rendering."""
    try:
        page = document[number - 1]
    except pdfium.PdfiumError:
        return replace(UNDRAWABLE, page=number)
    with closing(page):
        _repair_crop_box(page)
        if _is_placeholder(document, page):
            return replace(_DYNAMIC_FORM, page=number)
        width, height = page.get_size()
        if not (width > 0 and height > 0):
            return PageProblem(number, ProblemKind.DAMAGED.value, "The page has no area.")
        drawn = _drawing_size((width, height), picture_input)
        text, read = _read_text(page)
        return _PageContent(number, width, height, drawn, page_text.add_annotation_text(page, text), read)


def _drawing_size(size: tuple[float, float], picture_input: PictureInput) -> tuple[int, int]:
    """In pixels, for a page of this size in points."""
    scale = resizing.cap_pixels(
        *size, resizing.useful_scale(*size, picture_input), _MAX_DRAWN_PIXELS, _MAX_DRAWN_SIDE
    )
    return max(round(size[0] * scale), 1), max(round(size[1] * scale), 1)


def _repair_crop_box(page: pdfium.PdfPage) -> None:
    """Show a page with an empty crop box whole, as other readers do. The file is not changed."""
    left, bottom, right, top = page.get_bbox()
    if not (right > left and top > bottom):
        page.set_cropbox(*page.get_mediabox())


def _is_placeholder(document: pdfium.PdfDocument, page: pdfium.PdfPage) -> bool:
    """Whether a page of an XFA form shows only the request to wait, or to get another program.

    The content of such a form is not in pages, and only Adobe's reader can render it.
    """
    kind = document.get_formtype()
    if kind not in (pdfium_raw.FORMTYPE_XFA_FULL, pdfium_raw.FORMTYPE_XFA_FOREGROUND):
        return False
    if kind == pdfium_raw.FORMTYPE_XFA_FULL and pdfium_raw.FPDFPage_GetAnnotCount(page) < 1:
        return True
    with closing(page.get_textpage()) as textpage:
        shown = textpage.get_text_bounded().casefold()
    return any(phrase in shown[:_PLACEHOLDER_LETTERS] for phrase in _PLACEHOLDER_PHRASES)


def _read_text(page: pdfium.PdfPage) -> tuple[PageText, bool]:
    """The text layer if it is usable, and whether it has all visible text."""
    try:
        text = page_text.read_page_text(page)
    except pdfium.PdfiumError:
        return PageText(), False  # a page without readable words is still found by its look
    if is_garbage(text.text, text.unmapped_share, text.broken_share):
        return PageText(), False
    found = page_objects.inspect_page(page)
    return text, text.broken_share <= _MAX_BROKEN_SHARE and page_objects.shows_no_other_text(
        found, text.words
    )


def _choose_title(
    document: pdfium.PdfDocument, source: Path | bytes, page: _PageContent | PageProblem
) -> str:
    try:
        said = document.get_metadata_value("Title")
    except UnicodeDecodeError:  # a lone surrogate
        said = ""
    words = page.text.words if isinstance(page, _PageContent) else ()
    return document_title.choose_title(said, source.stem if isinstance(source, Path) else "", words)


def _make_item(page: _PageContent, image: Image.Image, picture_input: PictureInput) -> DecodedItem:
    picture = DecodedPicture(image, max(round(page.width), 1), max(round(page.height), 1))
    item = make_decoded_item(picture, picture_input, page.number, page.text.text, page.text.words)
    return replace(item, read=page.read)
