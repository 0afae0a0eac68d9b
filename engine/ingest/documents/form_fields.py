"""What was typed on a PDF page: values of form fields, free text, and notes on what was marked. PDFium keeps
them apart from the page's text."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pypdfium2 as pdfium  # type: ignore[import-untyped]  # it ships no types
import pypdfium2.raw as pdfium_raw  # type: ignore[import-untyped]

from engine.ingest.documents.reading_order import Box

_MOST_ANNOTATIONS = 5_000  # looked at on one page
_LONGEST_TEXT = 20_000  # bytes
_UNSEEN = pdfium_raw.FPDF_ANNOT_FLAG_HIDDEN | pdfium_raw.FPDF_ANNOT_FLAG_NOVIEW
# ISO 32000-1, 12.5.6.2: what a person marks a page with, which may say something besides.
_NOTES = frozenset({
    pdfium_raw.FPDF_ANNOT_FREETEXT, pdfium_raw.FPDF_ANNOT_TEXT, pdfium_raw.FPDF_ANNOT_STAMP,
    pdfium_raw.FPDF_ANNOT_HIGHLIGHT, pdfium_raw.FPDF_ANNOT_UNDERLINE, pdfium_raw.FPDF_ANNOT_SQUIGGLY,
    pdfium_raw.FPDF_ANNOT_STRIKEOUT, pdfium_raw.FPDF_ANNOT_CARET, pdfium_raw.FPDF_ANNOT_INK,
    pdfium_raw.FPDF_ANNOT_SQUARE, pdfium_raw.FPDF_ANNOT_CIRCLE, pdfium_raw.FPDF_ANNOT_LINE,
    pdfium_raw.FPDF_ANNOT_POLYGON, pdfium_raw.FPDF_ANNOT_POLYLINE,
})  # fmt: skip
_CHOICES = (pdfium_raw.FPDF_FORMFIELD_COMBOBOX, pdfium_raw.FPDF_FORMFIELD_LISTBOX)
_BOXES = (pdfium_raw.FPDF_FORMFIELD_CHECKBOX, pdfium_raw.FPDF_FORMFIELD_RADIOBUTTON)
_PASSWORD = 1 << 13  # a flag of text fields, ISO 32000-1, 12.7.4.3
_SAYS_NOTHING = frozenset({"yes", "on", "off", "true", "1"})  # what programs call a box that is checked

Typed = tuple[str, Box]  # a text, and where it stands in the page's own units
_Fill = Callable[[object, int], int]  # of a buffer of so many bytes; the answer is how many there are


def read_typed(page: pdfium.PdfPage) -> Iterator[Typed]:
    """In the order of the page's list, what a reader sees of it alone; a password is not among it."""
    count = min(pdfium_raw.FPDFPage_GetAnnotCount(page), _MOST_ANNOTATIONS)
    for index in range(count):
        with _annotation(page, index) as annotation:
            if annotation is None or pdfium_raw.FPDFAnnot_GetFlags(annotation) & _UNSEEN:
                continue
            text = _text(annotation, page.formenv)
            box = _box(annotation) if text else None
            if box is not None:
                yield text, box


@contextmanager
def _annotation(page: pdfium.PdfPage, index: int) -> Iterator[object]:
    annotation = pdfium_raw.FPDFPage_GetAnnot(page, index)
    try:
        yield annotation or None
    finally:
        if annotation:
            pdfium_raw.FPDFPage_CloseAnnot(annotation)


def _text(annotation: object, form: object) -> str:
    kind = pdfium_raw.FPDFAnnot_GetSubtype(annotation)
    if kind in _NOTES:
        return _string(
            lambda buffer, size: pdfium_raw.FPDFAnnot_GetStringValue(annotation, b"Contents", buffer, size)
        )
    if kind == pdfium_raw.FPDF_ANNOT_WIDGET and form is not None:
        return _value(annotation, form)
    return ""


def _value(annotation: object, form: object) -> str:
    kind = pdfium_raw.FPDFAnnot_GetFormFieldType(form, annotation)
    if kind == pdfium_raw.FPDF_FORMFIELD_TEXTFIELD:
        secret = pdfium_raw.FPDFAnnot_GetFormFieldFlags(form, annotation) & _PASSWORD
        return "" if secret else _field_value(annotation, form)
    if kind in _CHOICES:
        return _chosen(annotation, form) or _field_value(annotation, form)
    if kind in _BOXES and pdfium_raw.FPDFAnnot_IsChecked(form, annotation):
        value = _string(
            lambda buffer, size: pdfium_raw.FPDFAnnot_GetFormFieldExportValue(form, annotation, buffer, size)
        )
        return "" if value.casefold() in _SAYS_NOTHING else value
    return ""


def _field_value(annotation: object, form: object) -> str:
    return _string(
        lambda buffer, size: pdfium_raw.FPDFAnnot_GetFormFieldValue(form, annotation, buffer, size)
    )


def _chosen(annotation: object, form: object) -> str:
    def label(index: int) -> str:
        return _string(
            lambda buffer, size: pdfium_raw.FPDFAnnot_GetOptionLabel(form, annotation, index, buffer, size)
        )

    options = range(min(pdfium_raw.FPDFAnnot_GetOptionCount(form, annotation), _MOST_ANNOTATIONS))
    return " ".join(
        label(index) for index in options if pdfium_raw.FPDFAnnot_IsOptionSelected(form, annotation, index)
    )


def _string(fill: _Fill) -> str:
    """PDFium's UTF-16, which ends with a zero."""
    size = fill(None, 0)
    if not 2 < size <= _LONGEST_TEXT:
        return ""
    buffer = ctypes.create_string_buffer(size)
    fill(ctypes.cast(buffer, ctypes.POINTER(pdfium_raw.FPDF_WCHAR)), size)
    return buffer.raw[: size - 2].decode("utf-16-le", "replace").strip()


def _box(annotation: object) -> Box | None:
    rectangle = pdfium_raw.FS_RECTF()
    if not pdfium_raw.FPDFAnnot_GetRect(annotation, rectangle):
        return None
    across, down = sorted((rectangle.left, rectangle.right)), sorted((rectangle.bottom, rectangle.top))
    return across[0], down[0], across[1], down[1]
