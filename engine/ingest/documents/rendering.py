"""Renders pages: with PDFium, which needs no process of its own, or with Poppler where PDFium fails.

Measured on 10 real documents, 640 pixels long: PDFium took 7 to 44 ms a page, Poppler 28 to 415 when it was
started for four pages at a time, and 20 to 186 for twelve.
"""

from __future__ import annotations

import logging
import math
import shutil
import time
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pypdfium2 as pdfium  # type: ignore[import-untyped]  # it ships no types
import pypdfium2.internal as pdfium_internal  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium_raw  # type: ignore[import-untyped]
from PIL import Image

from engine.errors import ProblemKind
from engine.ingest.decoding.picture_reader import PARSER_ERRORS
from engine.records import PageProblem

_log = logging.getLogger(__name__)
_MAX_PAGE_SECONDS = 15
_WHITE = (255, 255, 255, 255)
UNDRAWABLE = PageProblem(0, ProblemKind.DAMAGED.value, "The page is damaged and cannot be drawn.")
_TOO_SLOW = PageProblem(0, ProblemKind.TIMEOUT.value, "Drawing the page took longer than allowed.")


def poppler_installed() -> bool:
    """Whether both of Poppler's programs are on the PATH."""
    return shutil.which("pdftoppm") is not None and shutil.which("pdfinfo") is not None


@dataclass(frozen=True, slots=True)
class EnabledRenderers:
    """Which of the two may render; Poppler can only render files."""

    pdfium: bool = True
    poppler: bool = True


BOTH_RENDERERS = EnabledRenderers()


class PageRenderer:
    """Renders pages within a total time, with two renderers: where one fails, the other may succeed."""

    def __init__(
        self,
        document: pdfium.PdfDocument | None,
        source: Path | bytes,
        seconds: float,
        renderers: EnabledRenderers,
    ) -> None:
        """`document`: None if PDFium cannot open it. `seconds`: for all pages together."""
        self._document = document if renderers.pdfium else None
        self._poppler_source = source if renderers.poppler and isinstance(source, Path) else None
        self._deadline = time.monotonic() + seconds

    def draw(self, number: int, size: tuple[int, int]) -> Image.Image | PageProblem:
        """Page `number`, counted from 1, upright, of about `size` (width, height) pixels, RGB."""
        drawn: Image.Image | PageProblem = UNDRAWABLE
        if self._document is not None:
            drawn = self._draw_with_pdfium(self._document, number, size)
        if drawn is UNDRAWABLE and self._poppler_source is not None and poppler_installed():
            drawn = self._draw_with_poppler(self._poppler_source, number, size)
        return replace(drawn, page=number) if isinstance(drawn, PageProblem) else drawn

    def _draw_with_pdfium(
        self, document: pdfium.PdfDocument, number: int, size: tuple[int, int]
    ) -> Image.Image | PageProblem:
        until = min(self._deadline, time.monotonic() + _MAX_PAGE_SECONDS)
        if time.monotonic() > until:
            return _TOO_SLOW
        try:
            with closing(document[number - 1]) as page:
                bitmap = pdfium.PdfBitmap.new_native(*size, pdfium_raw.FPDFBitmap_BGR, rev_byteorder=True)
                with closing(bitmap):
                    bitmap.fill_rect(_WHITE, 0, 0, *size)
                    status = _paint(page, bitmap, size, until)
                    if status == pdfium_raw.FPDF_RENDER_TOBECONTINUED:
                        return _TOO_SLOW
                    if status != pdfium_raw.FPDF_RENDER_DONE:
                        return UNDRAWABLE
                    image: Image.Image = bitmap.to_pil()
                    return image.copy()
        except (pdfium.PdfiumError, ValueError):
            return UNDRAWABLE

    def _draw_with_poppler(
        self, source: Path, number: int, size: tuple[int, int]
    ) -> Image.Image | PageProblem:
        import pdf2image
        from pdf2image import exceptions

        left = self._deadline - time.monotonic()
        if left <= 0:
            return _TOO_SLOW
        try:
            images = pdf2image.convert_from_path(
                source,
                first_page=number,
                last_page=number,
                size=max(size),  # the longer side: given both, Poppler distorts rotated pages
                use_cropbox=True,
                timeout=min(max(math.ceil(left), 1), _MAX_PAGE_SECONDS),
            )
            for image in images:
                image.load()
        except exceptions.PDFPopplerTimeoutError:
            return _TOO_SLOW
        except (exceptions.PopplerNotInstalledError, exceptions.PDFPageCountError, *PARSER_ERRORS) as error:
            _log.debug("Poppler could not draw page %d: %s", number, error)
            return UNDRAWABLE
        return images[0] if len(images) == 1 else UNDRAWABLE


def _paint(page: pdfium.PdfPage, bitmap: pdfium.PdfBitmap, size: tuple[int, int], until: float) -> int:
    """PDFium's own status; FPDF_RENDER_TOBECONTINUED: not done by `until`, on time.monotonic's clock."""
    flags = pdfium_raw.FPDF_ANNOT | pdfium_raw.FPDF_REVERSE_BYTE_ORDER
    where = (bitmap, page, 0, 0, *size, 0, flags)
    pause = pdfium_raw.IFSDK_PAUSE(version=1)
    pdfium_internal.set_callback(pause, "NeedToPauseNow", lambda _: time.monotonic() > until)
    status: int = pdfium_raw.FPDF_RenderPageBitmap_Start(*where, pause)
    pdfium_raw.FPDF_RenderPage_Close(page)
    if status == pdfium_raw.FPDF_RENDER_DONE and page.formenv:
        pdfium_raw.FPDF_FFLDraw(page.formenv, *where)
    return status
