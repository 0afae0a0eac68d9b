"""Opens documents that PDFium cannot, with Poppler; their words are left to OCR."""

from __future__ import annotations

import logging
import math
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.ingest.decoding.picture_reader import PARSER_ERRORS

_log = logging.getLogger(__name__)
_SIZE = re.compile(r"([\d.]+) x ([\d.]+) pts")


@dataclass(frozen=True, slots=True)
class PopplerDocument:
    """`pages` that it claims to have; `sizes` (width, height) of the requested ones, upright, in points."""

    pages: int
    sizes: Mapping[int, tuple[float, float]]


def open_document(source: Path, first_page: int, page_limit: int, deadline: float) -> PopplerDocument | None:
    """None if Poppler cannot open it either. `deadline`: on time.monotonic's clock."""
    import pdf2image
    from pdf2image import exceptions

    try:
        info = pdf2image.pdfinfo_from_path(
            str(source),
            first_page=first_page,
            last_page=first_page + page_limit - 1,
            timeout=max(math.ceil(deadline - time.monotonic()), 1),
        )
    except (exceptions.PDFPopplerTimeoutError, exceptions.PDFPageCountError, *PARSER_ERRORS) as error:
        _log.debug("Poppler could not open the document: %s", error)
        return None
    last = min(first_page + page_limit - 1, info["Pages"])
    sizes = {number: _upright_size(info, number) for number in range(first_page, last + 1)}
    return PopplerDocument(
        info["Pages"], {number: size for number, size in sizes.items() if size is not None}
    )


def _upright_size(info: Mapping[str, object], number: int) -> tuple[float, float] | None:
    """Poppler pads the page number, and reports how a page is rotated."""
    values = {" ".join(key.split()): str(value) for key, value in info.items()}
    found = _SIZE.search(values.get(f"Page {number} size", ""))
    if found is None:
        return None
    width, height = float(found[1]), float(found[2])
    if not (width > 0 and height > 0):
        return None
    return (height, width) if values.get(f"Page {number} rot") in ("90", "270") else (width, height)
