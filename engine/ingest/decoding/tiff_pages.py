"""Reads TIFF files of several pages: scans and faxes."""

from __future__ import annotations

from dataclasses import replace
from numbers import Real
from typing import BinaryIO

from PIL import Image, TiffImagePlugin

from engine.errors import FileProblem
from engine.ingest.decoding import picture_reader
from engine.ingest.scanning.file_formats import FileFormat
from engine.ingest.workers.limits import MemoryAllowance
from engine.records import DecodedItem, PageProblem, PictureInput

MAX_PAGES = 20_000

_NEW_SUBFILE_TYPE = 254
_SUBFILE_TYPE = 255
_SUB_IFDS = 330
_MAKE = 271
_DNG_VERSION = 50706
_BIG = 43  # instead of 42, in the header of a BigTIFF
_REDUCED_OR_MASK = 1 | 4
_OLD_REDUCED = 2
_POINTS_AN_INCH = 72
_SANE_DENSITY = (36.0, 4800.0)  # dots an inch


def may_be_camera_raw(image: Image.Image) -> bool:
    """Whether the first frame of a TIFF is only a preview, or it identifies itself as DNG."""
    return _tag(image, _DNG_VERSION) is not None or (
        _is_reduced(image) and _tag(image, _SUB_IFDS) is not None
    )


def has_camera_tags(stream: BinaryIO) -> bool:
    """Whether a TIFF unknown to Pillow has camera tags. LibRaw would accept any numbers as sensor data."""
    stream.seek(0)
    try:
        header = stream.read(8)
        header += stream.read(8) if header[2] == _BIG else b""
        tags = TiffImagePlugin.ImageFileDirectory_v2(header)
        stream.seek(tags.next)
        tags.load(stream)
    except picture_reader.PARSER_ERRORS:
        return False
    return _MAKE in tags or _DNG_VERSION in tags


def find_page_frames(image: Image.Image) -> list[int]:
    """The frames that are pages, without thumbnails, pyramid levels and masks. Never empty."""
    frames: list[int] = []
    for frame in range(MAX_PAGES):
        try:
            image.seek(frame)
        except picture_reader.PARSER_ERRORS:
            break  # the end, or a broken chain of frames
        if not _is_reduced(image):
            frames.append(frame)
    return frames or [0]


def read_pages(
    image: Image.Image,
    frames: list[int],
    picture_input: PictureInput,
    first_page: int,
    page_limit: int,
    allowance: MemoryAllowance,
) -> tuple[tuple[DecodedItem, ...], tuple[PageProblem, ...]]:
    """Decode some pages, counted from 1. A page that fails does not stop the others."""
    items: list[DecodedItem] = []
    problems: list[PageProblem] = []
    for page in range(first_page, min(first_page + page_limit, len(frames) + 1)):
        try:
            items.append(_read_page(image, frames[page - 1], page, picture_input, allowance))
        except FileProblem as problem:
            problems.append(PageProblem(page, problem.kind.value, problem.message))
    return tuple(items), tuple(problems)


def _read_page(
    image: Image.Image, frame: int, page: int, picture_input: PictureInput, allowance: MemoryAllowance
) -> DecodedItem:
    with picture_reader.parser_errors_as_problems(FileFormat.TIFF):
        image.seek(frame)
    picture = picture_reader.load_picture(image, FileFormat.TIFF, picture_input, allowance)
    return picture_reader.make_decoded_item(
        _scale_to_points(picture, image.info.get("dpi")), picture_input, page
    )


def _scale_to_points(
    picture: picture_reader.DecodedPicture, density: object
) -> picture_reader.DecodedPicture:
    """Pages are measured in points; without a plausible density a pixel counts as a point."""
    match density:
        case (Real() as across, Real() as down):
            least, most = _SANE_DENSITY
            if least <= float(across) <= most and least <= float(down) <= most:
                width = max(round(picture.width * _POINTS_AN_INCH / float(across)), 1)
                height = max(round(picture.height * _POINTS_AN_INCH / float(down)), 1)
                return replace(picture, width=width, height=height)
    return picture


def _is_reduced(image: Image.Image) -> bool:
    kind = _tag(image, _NEW_SUBFILE_TYPE)
    if isinstance(kind, int) and kind & _REDUCED_OR_MASK:
        return True
    return _tag(image, _SUBFILE_TYPE) == _OLD_REDUCED


def _tag(image: Image.Image, tag: int) -> object:
    tags = getattr(image, "tag_v2", None)
    if tags is None:
        return None
    try:
        return tags.get(tag)
    except picture_reader.PARSER_ERRORS:
        return None
