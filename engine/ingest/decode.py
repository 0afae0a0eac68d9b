"""Decodes one file into pictures ready for a model. Runs in a decoding process: see `engine.ingest.pools`."""

from __future__ import annotations

import io
import os
import stat
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from engine.errors import FileProblem, ProblemKind
from engine.file_types import RAW_SUFFIXES
from engine.ingest.decoding import (
    camera_metadata,
    camera_raw,
    memory_estimate,
    picture_reader,
    tiff_pages,
    truncated_jpeg,
)
from engine.ingest.decoding.camera_metadata import CameraMetadata
from engine.ingest.scanning import file_formats
from engine.ingest.scanning.file_formats import FileFormat
from engine.ingest.workers.limits import DEFAULT_ALLOWANCE, MemoryAllowance
from engine.paths import mtime_ns_of
from engine.records import DecodedItem, PageProblem, PictureInput


@dataclass(frozen=True, slots=True)
class DecodeJob:
    """What to decode, and how.

    `source` is a file, or the bytes of one (a pasted picture). `size` (bytes) and `mtime_ns` are what the
    scan saw; None: not checked. `allowance`: of memory. `seconds` limits the rendering of a document's pages
    in total; keep it well below the pool's own limit. `metadata_only`: read the camera's metadata and decode
    nothing.
    """

    source: Path | bytes
    picture_input: PictureInput
    first_page: int = 1
    page_limit: int = 4
    size: int | None = None
    mtime_ns: int | None = None
    allowance: MemoryAllowance = DEFAULT_ALLOWANCE
    seconds: float = 40.0
    metadata_only: bool = False

    def with_allowance(self, allowance: MemoryAllowance) -> DecodeJob:
        """The same job with another memory allowance."""
        return replace(self, allowance=allowance)


@dataclass(frozen=True, slots=True)
class DecodedFile:
    """The decoded items of a file.

    `pages` is None for a photograph, else the number of pages of the whole document, of which `items` and
    `problems` cover `first_page` to `first_page + page_limit - 1`.
    """

    pages: int | None
    items: tuple[DecodedItem, ...]
    problems: tuple[PageProblem, ...] = ()
    title: str = ""  # from the document itself
    format: str = ""  # a FileFormat's value: what the file is, whatever its name
    metadata: CameraMetadata | None = None  # only for a job with `metadata_only`


def decode(job: DecodeJob) -> DecodedFile:
    """Decode a file.

    Raises FileProblem, whatever it contains, and MoreMemoryNeeded if the allowance permits more.
    """
    try:
        with picture_reader.tolerant_pillow():
            if isinstance(job.source, bytes):
                return _decode_stream(io.BytesIO(job.source), "", job)
            return _decode_file(job.source, job)
    except MemoryError:
        raise FileProblem(
            ProblemKind.MEMORY, "Decoding the file takes more memory than is allowed."
        ) from None


def import_decoders() -> None:
    """Import what almost every job needs, in a worker whose memory is not limited yet."""
    from PIL import AvifImagePlugin, Image

    from engine.ingest.documents import pdf  # noqa: F401

    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    Image.init()


def _decode_file(path: Path, job: DecodeJob) -> DecodedFile:
    with _open_regular_file(path) as stream:
        before = os.fstat(stream.fileno())
        _check_unchanged(before, job.size, job.mtime_ns)
        try:
            return _decode_stream(stream, path.suffix, job)
        finally:
            # Also after a failure: a file that is still being copied only looks damaged.
            _check_unchanged(_stat(path), before.st_size, mtime_ns_of(before))


def _decode_stream(stream: BinaryIO, suffix: str, job: DecodeJob) -> DecodedFile:
    if job.metadata_only:
        return DecodedFile(None, (), metadata=camera_metadata.read_metadata(stream, suffix, job.allowance))
    header = stream.read(file_formats.HEADER_BYTES)
    stream.seek(0)
    if not header:
        raise FileProblem(ProblemKind.EMPTY, "The file is empty.")
    content = file_formats.identify_format(header, suffix)
    if content is FileFormat.UNKNOWN:
        raise FileProblem(
            ProblemKind.UNRECOGNISED, "The content of the file is no picture or document that can be read."
        )
    if content is FileFormat.PDF:
        return _decode_pdf(job)
    if content is FileFormat.TIFF:
        return _decode_tiff(stream, suffix, job)
    if content is FileFormat.RAW:
        return _make_photo(camera_raw.read_camera_raw(stream, job.picture_input, job.allowance), content, job)
    if content is FileFormat.WEBP:
        memory_estimate.check_webp(header, job.allowance)
    return _make_photo(_read_picture(stream, content, job), content, job)


def _read_picture(stream: BinaryIO, content: FileFormat, job: DecodeJob) -> picture_reader.DecodedPicture:
    def read(stream: BinaryIO) -> picture_reader.DecodedPicture:
        image = picture_reader.open_picture(stream, content)
        return picture_reader.load_picture(image, content, job.picture_input, job.allowance)

    try:
        return read(stream)
    except FileProblem as problem:
        if content is not FileFormat.JPEG or problem.kind is not ProblemKind.DAMAGED:
            raise
        whole = truncated_jpeg.read_without_end_marker(stream, read)
        if whole is None:
            raise
        return whole


def _decode_pdf(job: DecodeJob) -> DecodedFile:
    from engine.ingest.documents import pdf  # here, since the main process does not need the PDF library

    document = pdf.read_pdf(job.source, job.picture_input, job.first_page, job.page_limit, job.seconds)
    return DecodedFile(
        document.pages, document.items, document.problems, document.title, FileFormat.PDF.value
    )


def _decode_tiff(stream: BinaryIO, suffix: str, job: DecodeJob) -> DecodedFile:
    """A photograph, a scan of several pages, or a camera RAW format that identifies itself as TIFF."""
    problem, image = None, None
    try:
        image = picture_reader.open_picture(stream, FileFormat.TIFF)
    except FileProblem as error:
        problem = error
    hint = tiff_pages.has_camera_tags(stream) if image is None else tiff_pages.may_be_camera_raw(image)
    if (hint or suffix.casefold() in RAW_SUFFIXES) and camera_raw.is_camera_raw(stream):
        return _make_photo(
            camera_raw.read_camera_raw(stream, job.picture_input, job.allowance), FileFormat.RAW, job
        )
    if image is None:
        raise problem or FileProblem(ProblemKind.DAMAGED, "The TIFF picture is damaged.")
    frames = tiff_pages.find_page_frames(image)
    if len(frames) == 1:
        image.seek(frames[0])
        picture = picture_reader.load_picture(image, FileFormat.TIFF, job.picture_input, job.allowance)
        return _make_photo(picture, FileFormat.TIFF, job)
    items, problems = tiff_pages.read_pages(
        image, frames, job.picture_input, job.first_page, job.page_limit, job.allowance
    )
    return DecodedFile(len(frames), items, problems, format=FileFormat.TIFF.value)


def _make_photo(picture: picture_reader.DecodedPicture, content: FileFormat, job: DecodeJob) -> DecodedFile:
    return DecodedFile(
        None, (picture_reader.make_decoded_item(picture, job.picture_input),), format=content.value
    )


def _open_regular_file(path: Path) -> BinaryIO:
    """Open for reading without blocking, so that a pipe with a picture's name cannot hang us."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FileProblem(ProblemKind.VANISHED, "The file is gone.") from error
    except PermissionError as error:
        raise FileProblem(ProblemKind.UNREADABLE, "Reading the file is not permitted.") from error
    except OSError as error:
        raise FileProblem(ProblemKind.UNREADABLE, f"The file cannot be opened: {error.strerror}.") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise FileProblem(ProblemKind.UNREADABLE, "This is not a regular file.")
    return os.fdopen(descriptor, "rb")


def _stat(path: Path) -> os.stat_result:
    try:
        return path.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FileProblem(ProblemKind.VANISHED, "The file went away while it was being read.") from error
    except OSError as error:
        raise FileProblem(ProblemKind.UNREADABLE, f"The file cannot be read: {error.strerror}.") from error


def _check_unchanged(found: os.stat_result, size: int | None, mtime_ns: int | None) -> None:
    same_size = size is None or found.st_size == size
    if not same_size or (mtime_ns is not None and mtime_ns_of(found) != mtime_ns):
        raise FileProblem(
            ProblemKind.UNREADABLE, "The file changed while it was being read; it is read again next time."
        )
