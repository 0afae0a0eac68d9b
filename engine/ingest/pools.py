"""The pools of worker processes: for decoding, and for OCR."""

from __future__ import annotations

from collections.abc import Callable

from engine.ingest.decode import DecodedFile, DecodeJob, decode, import_decoders
from engine.ingest.ocr import recognition
from engine.ingest.ocr.recognition import OcrJob, OcrResult
from engine.ingest.workers.limits import DecodeLimits
from engine.ingest.workers.worker_pool import JOBS_PER_PROCESS, PoolRole, WorkerPool

# The window, its threads and its models have priority over decoding (a waiting thread may hold the
# interpreter lock that the window needs), and decoding over OCR. With a higher niceness, a busy machine would
# starve a large picture until its time limit; OCR has ten times as long.
DECODE_NICENESS = 6
OCR_NICENESS = 10
_DECODE_ROLE = PoolRole(import_decoders, DECODE_NICENESS, "The decoder", "Decoding the file")
_OCR_ROLE = PoolRole(
    recognition.load_models, OCR_NICENESS, "The text recognition", "Looking for text in the file"
)


class DecodePool(WorkerPool[DecodeJob, DecodedFile]):
    """A pool that decodes pictures and pages."""

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
    """A pool that runs OCR. Its processes have the lowest priority."""

    def __init__(
        self,
        limits: DecodeLimits,
        workers: int,
        function: Callable[[OcrJob], OcrResult] = recognition.recognise_text,
        jobs_per_process: int = JOBS_PER_PROCESS,
        kernel_limits: bool = True,
    ) -> None:
        super().__init__(limits, workers, function, _OCR_ROLE, jobs_per_process, kernel_limits)
