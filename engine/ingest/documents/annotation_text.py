"""Text that was typed on a PDF page: form values, free text, and notes on marked passages.

PDFium keeps them separate from the page's text.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pypdfium2 as pdfium  # type: ignore[import-untyped]  # it ships no types
import pypdfium2.raw as pdfium_raw  # type: ignore[import-untyped]

from engine.ingest.documents.reading_order import Box

_MAX_ANNOTATIONS = 5_000  # examined on one page
_MAX_TEXT_BYTES = 20_000  # bytes
_HIDDEN_FLAGS = pdfium_raw.FPDF_ANNOT_FLAG_HIDDEN | pdfium_raw.FPDF_ANNOT_FLAG_NOVIEW
# ISO 32000-1, 12.5.6.2: markup annotations, which may have a text.
_NOTE_SUBTYPES = frozenset({
    pdfium_raw.FPDF_ANNOT_FREETEXT, pdfium_raw.FPDF_ANNOT_TEXT, pdfium_raw.FPDF_ANNOT_STAMP,
    pdfium_raw.FPDF_ANNOT_HIGHLIGHT, pdfium_raw.FPDF_ANNOT_UNDERLINE, pdfium_raw.FPDF_ANNOT_SQUIGGLY,
    pdfium_raw.FPDF_ANNOT_STRIKEOUT, pdfium_raw.FPDF_ANNOT_CARET, pdfium_raw.FPDF_ANNOT_INK,
    pdfium_raw.FPDF_ANNOT_SQUARE, pdfium_raw.FPDF_ANNOT_CIRCLE, pdfium_raw.FPDF_ANNOT_LINE,
    pdfium_raw.FPDF_ANNOT_POLYGON, pdfium_raw.FPDF_ANNOT_POLYLINE,
})  # fmt: skip
_CHOICE_FIELDS = (pdfium_raw.FPDF_FORMFIELD_COMBOBOX, pdfium_raw.FPDF_FORMFIELD_LISTBOX)
_CHECK_FIELDS = (pdfium_raw.FPDF_FORMFIELD_CHECKBOX, pdfium_raw.FPDF_FORMFIELD_RADIOBUTTON)
_PASSWORD_FLAG = 1 << 13  # a flag of text fields, ISO 32000-1, 12.7.4.3
_MEANINGLESS_VALUES = frozenset({"yes", "on", "off", "true", "1"})  # values of checked boxes

AnnotationText = tuple[str, Box]  # a text and its box in the page's own units
_FillBuffer = Callable[[object, int], int]  # fills a buffer of so many bytes; returns how many there are


def read_annotation_texts(page: pdfium.PdfPage) -> Iterator[AnnotationText]:
    """The visible texts in the order of the page's annotations; passwords are left out."""
    count = min(pdfium_raw.FPDFPage_GetAnnotCount(page), _MAX_ANNOTATIONS)
    for index in range(count):
        with _open_annotation(page, index) as annotation:
            if annotation is None or pdfium_raw.FPDFAnnot_GetFlags(annotation) & _HIDDEN_FLAGS:
                continue
            text = _annotation_text(annotation, page.formenv)
            box = _annotation_box(annotation) if text else None
            if box is not None:
                yield text, box


@contextmanager
def _open_annotation(page: pdfium.PdfPage, index: int) -> Iterator[object]:
    annotation = pdfium_raw.FPDFPage_GetAnnot(page, index)
    try:
        yield annotation or None
    finally:
        if annotation:
            pdfium_raw.FPDFPage_CloseAnnot(annotation)


def _annotation_text(annotation: object, form: object) -> str:
    kind = pdfium_raw.FPDFAnnot_GetSubtype(annotation)
    if kind in _NOTE_SUBTYPES:
        return _read_utf16(
            lambda buffer, size: pdfium_raw.FPDFAnnot_GetStringValue(annotation, b"Contents", buffer, size)
        )
    if kind == pdfium_raw.FPDF_ANNOT_WIDGET and form is not None:
        return _widget_text(annotation, form)
    return ""


def _widget_text(annotation: object, form: object) -> str:
    kind = pdfium_raw.FPDFAnnot_GetFormFieldType(form, annotation)
    if kind == pdfium_raw.FPDF_FORMFIELD_TEXTFIELD:
        secret = pdfium_raw.FPDFAnnot_GetFormFieldFlags(form, annotation) & _PASSWORD_FLAG
        return "" if secret else _field_value(annotation, form)
    if kind in _CHOICE_FIELDS:
        return _chosen_options(annotation, form) or _field_value(annotation, form)
    if kind in _CHECK_FIELDS and pdfium_raw.FPDFAnnot_IsChecked(form, annotation):
        value = _read_utf16(
            lambda buffer, size: pdfium_raw.FPDFAnnot_GetFormFieldExportValue(form, annotation, buffer, size)
        )
        return "" if value.casefold() in _MEANINGLESS_VALUES else value
    return ""


def _field_value(annotation: object, form: object) -> str:
    return _read_utf16(
        lambda buffer, size: pdfium_raw.FPDFAnnot_GetFormFieldValue(form, annotation, buffer, size)
    )


def _chosen_options(annotation: object, form: object) -> str:
    def label(index: int) -> str:
        return _read_utf16(
            lambda buffer, size: pdfium_raw.FPDFAnnot_GetOptionLabel(form, annotation, index, buffer, size)
        )

    options = range(min(pdfium_raw.FPDFAnnot_GetOptionCount(form, annotation), _MAX_ANNOTATIONS))
    return " ".join(
        label(index) for index in options if pdfium_raw.FPDFAnnot_IsOptionSelected(form, annotation, index)
    )


def _read_utf16(fill: _FillBuffer) -> str:
    """PDFium's zero-terminated UTF-16."""
    size = fill(None, 0)
    if not 2 < size <= _MAX_TEXT_BYTES:
        return ""
    buffer = ctypes.create_string_buffer(size)
    fill(ctypes.cast(buffer, ctypes.POINTER(pdfium_raw.FPDF_WCHAR)), size)
    return buffer.raw[: size - 2].decode("utf-16-le", "replace").strip()


def _annotation_box(annotation: object) -> Box | None:
    rectangle = pdfium_raw.FS_RECTF()
    if not pdfium_raw.FPDFAnnot_GetRect(annotation, rectangle):
        return None
    across, down = sorted((rectangle.left, rectangle.right)), sorted((rectangle.bottom, rectangle.top))
    return across[0], down[0], across[1], down[1]
