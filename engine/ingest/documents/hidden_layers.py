"""Finds text in layers of a PDF page that are switched off: PDFium reads it, but does not draw it.

PDFium does not report which layers are off, nor whether a form is in one. So the page is rendered without
each layer, and each layer without the page: a layer that changes nothing and draws nothing is invisible.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing

import pypdfium2 as pdfium  # type: ignore[import-untyped]  # it ships no types
import pypdfium2.raw as pdfium_raw  # type: ignore[import-untyped]

_MAX_OBJECTS = 20_000  # examined in one place
_MAX_FORM_DEPTH = 4
_MAX_LAYERS = 12  # tried on one page; if there are more, all count as visible
_DRAWN_SIDE = 600  # pixels of the renderings that are compared
_WHITE, _GREY = 255, 128  # the background: letters of any colour show on grey
_MAX_NAME_BYTES = 512  # bytes
_OPTIONAL_CONTENT_MARK = "OC"  # optional content, ISO 32000-1, 8.11.3.2

_Layer = str | int  # its name, or the address of a form
_Get = Callable[[int], object]
_Read = Callable[[object, int, object], int]


def find_hidden_texts(page: pdfium.PdfPage) -> frozenset[int]:
    """The addresses of text objects in layers that are switched off.

    Invisible text, which OCR programs lay over a scan, changes no rendering and is never included; nor is
    text that a picture covers.
    """
    count = pdfium_raw.FPDFPage_CountObjects(page)
    placed = list(_walk_objects(lambda index: pdfium_raw.FPDFPage_GetObject(page, index), count))
    layers: dict[_Layer, list[object]] = {}
    for its_layers, page_object in placed:
        for layer in its_layers:
            layers.setdefault(layer, []).append(page_object)
    with_text = {layer: objects for layer, objects in layers.items() if any(map(_shows_text, objects))}
    if not 0 < len(with_text) <= _MAX_LAYERS:
        return frozenset()
    whole = _draw(page, _WHITE)
    leaves = [(its_layers, page_object) for its_layers, page_object in placed if not _is_form(page_object)]
    hidden: set[int] = set()
    for layer, objects in with_text.items():
        if _draw_without(page, objects, _WHITE) != whole:
            continue
        others = [page_object for its_layers, page_object in leaves if layer not in its_layers]
        nothing = _draw_without(page, [page_object for _, page_object in leaves], _GREY)
        if _draw_without(page, others, _GREY) == nothing:
            hidden.update(object_address(page_object) for page_object in objects if _shows_text(page_object))
    return frozenset(hidden)


def object_address(page_object: object) -> int:
    """The same for all pointers to one object; 0 for none."""
    return ctypes.cast(page_object, ctypes.c_void_p).value or 0  # type: ignore[arg-type]  # a pointer


def _walk_objects(
    get: _Get, count: int, outer: frozenset[_Layer] = frozenset(), depth: int = 0
) -> Iterator[tuple[frozenset[_Layer], object]]:
    """(the layers that an object is in, the object), including forms and their content."""
    for index in range(min(count, _MAX_OBJECTS)):
        page_object = get(index)
        layers = outer | _marked_layers(page_object)
        if _is_form(page_object) and depth < _MAX_FORM_DEPTH:
            layers |= {object_address(page_object)}
            inner = pdfium_raw.FPDFFormObj_CountObjects(page_object)
            yield from _walk_objects(_getter(page_object), inner, layers, depth + 1)
        yield layers, page_object


def _is_form(page_object: object) -> bool:
    return bool(pdfium_raw.FPDFPageObj_GetType(page_object) == pdfium_raw.FPDF_PAGEOBJ_FORM)


def _getter(form: object) -> _Get:
    return lambda index: pdfium_raw.FPDFFormObj_GetObject(form, index)


def _marked_layers(page_object: object) -> frozenset[_Layer]:
    """The names of the layers that an object's own marks name."""
    marks = (
        pdfium_raw.FPDFPageObj_GetMark(page_object, index)
        for index in range(max(pdfium_raw.FPDFPageObj_CountMarks(page_object), 0))
    )
    return frozenset(
        _read_utf16(_read_name_parameter, mark)
        for mark in marks
        if _read_utf16(pdfium_raw.FPDFPageObjMark_GetName, mark) == _OPTIONAL_CONTENT_MARK
    )


def _read_name_parameter(mark: object, buffer: object, size: int, length: object) -> int:
    filled: int = pdfium_raw.FPDFPageObjMark_GetParamStringValue(mark, b"Name", buffer, size, length)
    return filled


def _read_utf16(read: Callable[..., int], mark: object) -> str:
    """PDFium's zero-terminated UTF-16; "" if there is none."""
    buffer, length = ctypes.create_string_buffer(_MAX_NAME_BYTES), ctypes.c_ulong()
    letters = ctypes.cast(buffer, ctypes.POINTER(pdfium_raw.FPDF_WCHAR))
    if not read(mark, letters, _MAX_NAME_BYTES, length) or not 2 <= length.value <= _MAX_NAME_BYTES:
        return ""
    return buffer.raw[: length.value - 2].decode("utf-16-le", "replace")


def _shows_text(page_object: object) -> bool:
    if pdfium_raw.FPDFPageObj_GetType(page_object) != pdfium_raw.FPDF_PAGEOBJ_TEXT:
        return False
    mode = pdfium_raw.FPDFTextObj_GetTextRenderMode(page_object)
    return bool(mode != pdfium_raw.FPDF_TEXTRENDERMODE_INVISIBLE)


def _draw_without(page: pdfium.PdfPage, objects: Sequence[object], paper: int) -> bytes:
    for page_object in objects:
        pdfium_raw.FPDFPageObj_SetIsActive(page_object, False)
    try:
        return _draw(page, paper)
    finally:
        for page_object in objects:
            pdfium_raw.FPDFPageObj_SetIsActive(page_object, True)


def _draw(page: pdfium.PdfPage, paper: int) -> bytes:
    """Grey levels, on a background of this level."""
    width, height = page.get_size()
    scale = _DRAWN_SIDE / max(width, height, 1)
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    with closing(pdfium.PdfBitmap.new_native(*size, pdfium_raw.FPDFBitmap_Gray)) as bitmap:
        bitmap.fill_rect((paper, paper, paper, 255), 0, 0, *size)
        pdfium_raw.FPDF_RenderPageBitmap(bitmap, page, 0, 0, *size, 0, 0)
        return bytes(bitmap.buffer)
