"""The pools of worker processes: for decoding, and for text recognition."""

from __future__ import annotations

from collections.abc import Callable

from engine.ingest.decode import DecodedFile, DecodeJob, decode, import_decoders
from engine.ingest.ocr import recognition
from engine.ingest.ocr.recognition import OcrJob, OcrResult
from engine.ingest.workers.limits import DecodeLimits
from engine.ingest.workers.worker_pool import JOBS_PER_PROCESS, PoolRole, WorkerPool

# The window goes before decoding, its threads and models too (a thread that is kept waiting may hold the
# interpreter that the window needs), and decoding before reading text. With more, a machine that is busy with
# other things would starve a large picture until its time is over; reading has ten times as long.
DECODE_NICENESS = 6
OCR_NICENESS = 10
_DECODE_ROLE = PoolRole(import_decoders, DECODE_NICENESS, "The decoder", "Decoding the file")
_OCR_ROLE = PoolRole(
    recognition.load_models, OCR_NICENESS, "The text recognition", "Looking for text in the file"
)


class DecodePool(WorkerPool[DecodeJob, DecodedFile]):
    """Decodes pictures and pages."""

    def __init__(
        self,
        limits: DecodeLimits,
        workers: int,
        function: Callable[[DecodeJob], DecodedFile] = decode,
        jobs_per_process: int = JOBS_PER_PROCESS,
        kernel_limits: bool = True,
    ) -> None:
        super().__init__(limits, workers, function, _DECODE_ROLE, jobs_per_process, kernel_limits)


class OcrPool(WorkerPool[OcrJob, OcrResult]):
    """Looks for text. Its processes give way to whatever else runs on the machine."""

    def __init__(
        self,
        limits: DecodeLimits,
        workers: int,
        function: Callable[[OcrJob], OcrResult] = recognition.recognise_text,
        jobs_per_process: int = JOBS_PER_PROCESS,
        kernel_limits: bool = True,
    ) -> None:
        super().__init__(limits, workers, function, _OCR_ROLE, jobs_per_process, kernel_limits)
