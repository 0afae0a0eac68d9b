"""Recognises words on pictures and scanned pages, with RapidOCR and the PP-OCR models in its package.

Runs in a worker process of its own: see `engine.ingest.pools`. Nothing is ever downloaded: the models are
specified by file, and a missing one is an error.

The rotation of the text is determined for each page. Detection finds boxes in any rotation. Boxes that are
mostly taller than wide show that the text runs up or down; of the two remaining ways, the one in which a few
lines are recognised with more confidence is right.
"""

from __future__ import annotations

import importlib.util
import math
import os
import socket
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from engine.errors import FileProblem, ModelError, ProblemKind
from engine.ingest.decode import DecodeJob, decode, import_decoders
from engine.ingest.decoding import resizing
from engine.ingest.ocr.layout import OcrLine, Quad, assemble_text, quad_length, quad_thickness, rotate_quad
from engine.ingest.workers.limits import DEFAULT_ALLOWANCE, MemoryAllowance
from engine.records import PictureInput, Pixels, Word

if TYPE_CHECKING:
    from rapidocr.ch_ppocr_rec.typings import WordInfo

READER_VERSION = "rapidocr-3.10/1"  # the package, and the version of our use of it

PAGE_SIDE = 1600  # pixels of the longer side for recognition on a page
PICTURE_SIDE = 2400  # the same on a picture: it may show small writing on a large screen
_DETECTION_SIDE = 1280  # pixels of the longer side for detection
_PREVIEW_SIDE = 800  # pixels of a first look, to see whether a picture shows any text
_MIN_CONFIDENCE = 0.8  # of a line; below it few are right, and other scripts look like nonsense
_MIN_LETTERS = 2  # on a picture: the rim of a cup looks like a zero
_PROBES = 6  # lines that are recognised both ways to determine a page's rotation
_PROBE_ASPECT_RATIO = 6.0  # length to thickness of the lines that show it well and fast
_TALL_RATIO = 1.5  # thickness to length of a box whose text runs across the others
_MIN_THICKNESS = 4.0  # pixels
_MAX_ASPECT_RATIO = 120.0  # length to thickness: the recogniser's memory grows with it
_MODELS = {
    "Det.model_path": "PP-OCRv6_det_small.onnx",
    "Rec.model_path": "PP-OCRv6_rec_small.onnx",
}
# onnxruntime's wheels (such as 1.32) send telemetry and keep a device number in the user's cache unless these
# are set before it loads. Other versions use the second name.
_NO_TELEMETRY = {"ORT_DISABLE_TELEMETRY": "1", "ORT_TELEMETRY_DISABLED": "1"}
# The recogniser's alphabet is in its model file; otherwise RapidOCR would download one.
_ALPHABET_KEY = b"character"


@dataclass(frozen=True, slots=True)
class OcrJob:
    """A photograph (`page` None) or one page of a document to recognise text on.

    `size` (bytes) and `mtime_ns` are the catalogue's values for the file; None: not checked. `allowance`: of
    memory.
    """

    source: Path
    page: int | None = None
    size: int | None = None
    mtime_ns: int | None = None
    allowance: MemoryAllowance = DEFAULT_ALLOWANCE

    def with_allowance(self, allowance: MemoryAllowance) -> OcrJob:
        """The same job with another memory allowance."""
        return replace(self, allowance=allowance)


@dataclass(frozen=True, slots=True)
class OcrResult:
    """Text in reading order, and its words. `confidence`: mean over the lines kept, 0 without any."""

    text: str
    words: tuple[Word, ...]
    confidence: float


def check_models() -> None:
    """Raises ModelError if the package or one of its models is missing. Imports nothing of it."""
    _model_files()


def load_models() -> None:
    """Load the decoders and the models before the first job. A failure is reported by the jobs."""
    import_decoders()
    with suppress(ModelError):
        _shared_recogniser()


def recognise_text(job: OcrJob) -> OcrResult:
    """Raises FileProblem for the file or page, ModelError if the models cannot be loaded."""
    recogniser = _shared_recogniser()
    pixels = _decode_pixels(job)
    try:
        lines = recogniser.recognise(pixels, preview_first=job.page is None)
    except Exception as error:  # the packages' own errors, including failed allocations
        raise _to_file_problem(error) from error
    height, width = pixels.shape[:2]
    text, words = assemble_text(lines, width, height)
    confidence = sum(line.confidence for line in lines) / len(lines) if lines else 0.0
    return OcrResult(text, words, confidence)


def _decode_pixels(job: OcrJob) -> Pixels:
    decoded = decode(
        DecodeJob(
            job.source,
            PictureInput(PICTURE_SIDE if job.page is None else PAGE_SIDE, "fit"),
            first_page=job.page or 1,
            page_limit=1,
            size=job.size,
            mtime_ns=job.mtime_ns,
            allowance=job.allowance,
        )
    )
    if decoded.problems:
        raise FileProblem(ProblemKind(decoded.problems[0].kind), decoded.problems[0].message)
    if not decoded.items:
        raise FileProblem(ProblemKind.NO_PAGES, "The document no longer has that page.")
    return decoded.items[0].pixels


@cache
def _shared_recogniser() -> TextRecogniser:
    """One for the life of a worker process: loading takes longer than reading a page."""
    return TextRecogniser()


def _model_files() -> dict[str, Path]:
    """RapidOCR's setting -> file."""
    found = importlib.util.find_spec("rapidocr")
    if found is None or not found.submodule_search_locations:
        raise _installation_error("The text recognition (the package rapidocr) is not installed.")
    folder = Path(found.submodule_search_locations[0]) / "models"
    files = {setting: folder / name for setting, name in _MODELS.items()}
    for file in files.values():
        if not file.is_file():
            raise _installation_error(f"The text recognition lacks its model {file.name}.")
    return files


def _installation_error(message: str) -> ModelError:
    return ModelError(message, "Install Findling again.")


@contextmanager
def _without_socket_probe() -> Iterator[None]:
    """RapidOCR imports its download library, which opens a test socket when it loads."""
    there = socket.has_ipv6
    socket.has_ipv6 = False
    try:
        yield
    finally:
        socket.has_ipv6 = there


class TextRecogniser:
    """The models in memory. Use it on one thread only."""

    def __init__(self) -> None:
        """Load the models. Raises ModelError."""
        files = _model_files()
        if _ALPHABET_KEY not in files["Rec.model_path"].read_bytes():
            raise _installation_error("The text recognition's model is damaged.")
        os.environ.update(_NO_TELEMETRY)
        with _without_socket_probe():
            import cv2
            import onnxruntime  # type: ignore[import-untyped]  # ships no types
            from rapidocr import RapidOCR
        onnxruntime.disable_telemetry_events()
        cv2.setNumThreads(1)
        settings: dict[str, Any] = {
            **{setting: str(file) for setting, file in files.items()},
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            "Global.log_level": "critical",
            "Global.use_preprocess_img": False,
            "Global.return_word_box": True,
            "Det.limit_type": "max",
            "Det.limit_side_len": _DETECTION_SIDE,
            "Rec.rec_batch_num": 1,  # as fast as larger batches, and no line is padded to another's length
        }
        try:
            self._engine = RapidOCR(params=settings)
            blank: Pixels = np.full((64, 64, 3), 255, np.uint8)
            self._detect_lines(blank, _PREVIEW_SIDE)  # the models load on first use
            self._engine.recognize_txt([blank])
        except Exception as error:  # the packages' own errors, of which there are many
            raise _installation_error("The text recognition's models cannot be loaded.") from error

    def recognise(self, pixels: Pixels, preview_first: bool) -> list[OcrLine]:
        """The lines of text on an RGB picture, unsorted.

        `preview_first`: try a small version first, since most photographs show no text.
        """
        if (
            preview_first
            and max(pixels.shape) > _PREVIEW_SIDE
            and not self._detect_lines(pixels, _PREVIEW_SIDE)
        ):
            return []
        quads = [quad for quad in self._detect_lines(pixels, _DETECTION_SIDE) if _is_readable(quad)]
        if not quads:
            return []
        # The models were trained on blue, green, red.
        lines = self._recognise_upright(np.ascontiguousarray(pixels[:, :, ::-1]), quads)
        sound = [line for line in lines if _is_confident(line)]
        return sound if sum(map(_letter_count, sound)) >= _MIN_LETTERS else []

    def _detect_lines(self, pixels: Pixels, side: int) -> list[Quad]:
        """The quads of lines: corners clockwise from the top left, however the text is rotated."""
        height, width = pixels.shape[:2]
        small = Image.fromarray(pixels).resize(
            resizing.fit_within(width, height, side), Image.Resampling.BILINEAR, reducing_gap=2.0
        )
        found: Any = self._engine(np.asarray(small)[:, :, ::-1], use_det=True, use_cls=False, use_rec=False)
        if found.boxes is None:
            return []
        across, down = width / small.width, height / small.height
        return [_to_quad((float(x) * across, float(y) * down) for x, y in box) for box in found.boxes]

    def _recognise_upright(self, picture: Pixels, quads: Sequence[Quad]) -> list[OcrLine]:
        across = sum(
            quad_length(quad) for quad in quads if quad_thickness(quad) < _TALL_RATIO * quad_length(quad)
        )
        along = sum(
            quad_thickness(quad) for quad in quads if quad_thickness(quad) >= _TALL_RATIO * quad_length(quad)
        )
        first = 1 if along > across else 0  # boxes taller than wide: the page lies on its side
        probes = sorted((rotate_quad(quad, first) for quad in quads), key=_probe_distance)[:_PROBES]
        tried = [self._recognise(picture, [rotate_quad(quad, way) for quad in probes]) for way in (0, 2)]
        way, known = (
            (0, tried[0]) if _total_confidence(tried[0]) >= _total_confidence(tried[1]) else (2, tried[1])
        )
        done = {line.quad for line in known}
        upright = [rotate_quad(quad, first + way) for quad in quads]
        waiting = [quad for quad in upright if quad not in done]
        plain = [quad for quad in waiting if quad_thickness(quad) < _TALL_RATIO * quad_length(quad)]
        tall = [quad for quad in waiting if quad_thickness(quad) >= _TALL_RATIO * quad_length(quad)]
        return (
            known
            + self._recognise(picture, plain)
            + [self._recognise_best_way(picture, quad) for quad in tall]
        )

    def _recognise_best_way(self, picture: Pixels, quad: Quad) -> OcrLine:
        """For text that runs across the rest of the page, or a single narrow letter."""
        ways = [rotate_quad(quad, way) for way in (0, 1, 3)]
        return max(self._recognise(picture, ways), key=lambda line: line.confidence)

    def _recognise(self, picture: Pixels, quads: Sequence[Quad]) -> list[OcrLine]:
        """One line for each quad, read from the quad's first corner."""
        if not quads:
            return []
        crops = self._engine.crop_text_regions(picture, np.asarray(quads, np.float32))
        upright = [
            np.rot90(crop, -1)
            if quad_thickness(quad) >= _TALL_RATIO * quad_length(quad)
            else crop  # the recogniser rotates tall ones
            for crop, quad in zip(crops, quads, strict=True)
        ]
        found: Any = self._engine.recognize_txt(upright)
        return [
            OcrLine(text, float(score), quad, _character_positions(information))
            for text, score, quad, information in zip(
                found.txts, found.scores, quads, found.word_results, strict=True
            )
        ]


def _to_quad(corners: Iterable[tuple[float, float]]) -> Quad:
    first, second, third, fourth = corners
    return (first, second, third, fourth)


def _is_readable(quad: Quad) -> bool:
    shorter, longer = sorted((quad_length(quad), quad_thickness(quad)))
    return shorter >= _MIN_THICKNESS and longer <= _MAX_ASPECT_RATIO * shorter


def _probe_distance(quad: Quad) -> float:
    """How far a line's shape is from the one that shows a page's rotation best."""
    return abs(math.log(quad_length(quad) / quad_thickness(quad) / _PROBE_ASPECT_RATIO))


def _total_confidence(lines: Sequence[OcrLine]) -> float:
    return sum(line.confidence for line in lines)


def _character_positions(information: WordInfo) -> tuple[float, ...]:
    """The recogniser's column of each letter, as fractions of the line."""
    columns = [column for word in information.word_cols for column in word]
    return tuple((column + 0.5) / information.line_txt_len for column in columns)


def _is_confident(line: OcrLine) -> bool:
    return line.confidence >= _MIN_CONFIDENCE and _letter_count(line) > 0


def _letter_count(line: OcrLine) -> int:
    return sum(letter.isalnum() for letter in line.text)


def _to_file_problem(error: Exception) -> FileProblem:
    said = str(error).casefold()
    if isinstance(error, MemoryError) or "alloc" in said or "memory" in said:
        return FileProblem(
            ProblemKind.MEMORY, "Looking for text in the file takes more memory than is allowed."
        )
    return FileProblem(ProblemKind.CRASHED, "The text recognition failed on the file.")
