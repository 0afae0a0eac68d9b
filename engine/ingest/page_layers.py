"""Text in layers of a PDF page that are switched off: PDFium reads it, and does not draw it.

It does not say which layers are off. So the page is drawn without each of them, and a layer without which
it looks the same is one that is not seen.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager

import pypdfium2 as pdfium  # type: ignore[import-untyped]  # it ships no types
import pypdfium2.raw as pdfium_raw  # type: ignore[import-untyped]

_MOST_OBJECTS = 20_000  # looked at in one place
_DEEPEST_FORM = 4
_MOST_LAYERS = 12  # tried on one page; of more, all count as seen
_SIDE = 600  # pixels of a drawing that is compared
_LONGEST_NAME = 512  # bytes
_MARK = "OC"  # optional content, ISO 32000-1, 8.11.3.2

_Get = Callable[[int], object]
_Read = Callable[[object, int, object], int]


def unseen_texts(page: pdfium.PdfPage) -> frozenset[int]:
    """Addresses of the text objects in layers that are switched off. Invisible text, which OCR programs lay
    over a scan, changes no drawing and is never among them."""
    layers: dict[str, list[object]] = {}
    count = pdfium_raw.FPDFPage_CountObjects(page)
    for layer, found in _in_layers(lambda index: pdfium_raw.FPDFPage_GetObject(page, index), count):
        layers.setdefault(layer, []).append(found)
    with_text = [objects for objects in layers.values() if any(map(_shows_text, objects))]
    if not 0 < len(with_text) <= _MOST_LAYERS:
        return frozenset()
    whole = _drawn(page)
    unseen: set[int] = set()
    for objects in with_text:
        with _left_out(objects):
            same = _drawn(page) == whole
        if same:
            unseen.update(address(found) for found in objects if _shows_text(found))
    return frozenset(unseen)


def address(page_object: object) -> int:
    """Of one object, however it was come by; 0 for none."""
    return ctypes.cast(page_object, ctypes.c_void_p).value or 0  # type: ignore[arg-type]  # it is a pointer


def _in_layers(
    get: _Get, count: int, outer: str | None = None, depth: int = 0
) -> Iterator[tuple[str, object]]:
    """(a layer's name, an object in it), forms and what is within them too."""
    for index in range(min(count, _MOST_OBJECTS)):
        found = get(index)
        layer = _layer(found, outer)
        if layer is not None:
            yield layer, found
        if pdfium_raw.FPDFPageObj_GetType(found) == pdfium_raw.FPDF_PAGEOBJ_FORM and depth < _DEEPEST_FORM:
            inner = pdfium_raw.FPDFFormObj_CountObjects(found)
            yield from _in_layers(_getter(found), inner, layer, depth + 1)


def _getter(form: object) -> _Get:
    return lambda index: pdfium_raw.FPDFFormObj_GetObject(form, index)


def _layer(found: object, outer: str | None) -> str | None:
    for index in range(max(pdfium_raw.FPDFPageObj_CountMarks(found), 0)):
        mark = pdfium_raw.FPDFPageObj_GetMark(found, index)
        if _string(pdfium_raw.FPDFPageObjMark_GetName, mark) == _MARK:
            return _string(_named, mark)
    return outer


def _named(mark: object, buffer: object, size: int, length: object) -> int:
    filled: int = pdfium_raw.FPDFPageObjMark_GetParamStringValue(mark, b"Name", buffer, size, length)
    return filled


def _string(read: Callable[..., int], mark: object) -> str:
    """PDFium's UTF-16, which ends with a zero; "" where there is none."""
    buffer, length = ctypes.create_string_buffer(_LONGEST_NAME), ctypes.c_ulong()
    letters = ctypes.cast(buffer, ctypes.POINTER(pdfium_raw.FPDF_WCHAR))
    if not read(mark, letters, _LONGEST_NAME, length) or not 2 <= length.value <= _LONGEST_NAME:
        return ""
    return buffer.raw[: length.value - 2].decode("utf-16-le", "replace")


def _shows_text(found: object) -> bool:
    if pdfium_raw.FPDFPageObj_GetType(found) != pdfium_raw.FPDF_PAGEOBJ_TEXT:
        return False
    mode = pdfium_raw.FPDFTextObj_GetTextRenderMode(found)
    return bool(mode != pdfium_raw.FPDF_TEXTRENDERMODE_INVISIBLE)


@contextmanager
def _left_out(objects: Sequence[object]) -> Iterator[None]:
    for found in objects:
        pdfium_raw.FPDFPageObj_SetIsActive(found, False)
    try:
        yield
    finally:
        for found in objects:
            pdfium_raw.FPDFPageObj_SetIsActive(found, True)


def _drawn(page: pdfium.PdfPage) -> bytes:
    width, height = page.get_size()
    scale = _SIDE / max(width, height, 1)
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    with closing(pdfium.PdfBitmap.new_native(*size, pdfium_raw.FPDFBitmap_Gray)) as bitmap:
        bitmap.fill_rect((255, 255, 255, 255), 0, 0, *size)
        pdfium_raw.FPDF_RenderPageBitmap(bitmap, page, 0, 0, *size, 0, 0)
        return bytes(bitmap.buffer)
