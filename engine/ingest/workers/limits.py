"""Time and memory limits for one decoding job, scaled to the machine."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.errors import FileProblem, ProblemKind

_DECODE_SECONDS = 60.0
# OCR has the lowest priority, and the time it waits for the processor counts too.
_OCR_SECONDS = 600.0
_MIN_OCR_MEMORY = 1 << 30  # address space; a page uses about 350 MB of it
_MIN_MEMORY = 512 << 20
_MAX_MEMORY = 4 << 30
_MACHINE_SHARE = 0.5  # of the memory, for all workers together: models and the user's programs need the rest
_MARGIN = 64 << 20  # bytes besides the pixels: decoder tables, thumbnails, libraries loaded meanwhile


@dataclass(frozen=True, slots=True)
class DecodeLimits:
    """The limits of a worker pool.

    `seconds` for a job; `memory_bytes` normally for a worker, beyond what it uses when idle; `budget_bytes`
    for all workers together, of which a single job may get more while others wait.
    """

    seconds: float
    memory_bytes: int
    budget_bytes: int

    @classmethod
    def for_machine(cls, total_memory_bytes: int, workers: int) -> DecodeLimits:
        """Limits for `workers` parallel processes on a machine with that much memory."""
        budget = int(total_memory_bytes * _MACHINE_SHARE)
        memory_bytes = min(max(budget // max(workers, 1), _MIN_MEMORY), _MAX_MEMORY)
        return cls(_DECODE_SECONDS, memory_bytes, max(budget, memory_bytes))

    @classmethod
    def for_this_machine(cls, workers: int) -> DecodeLimits:
        """Limits for `workers` parallel processes on this machine."""
        import psutil

        return cls.for_machine(psutil.virtual_memory().total, workers)

    @property
    def max_job_bytes(self) -> int:
        """The most memory that a single job can get."""
        return max(min(self.budget_bytes, _MAX_MEMORY), self.memory_bytes)

    def for_ocr(self) -> DecodeLimits:
        """The same limits adapted to a worker that runs OCR."""
        memory_bytes = max(self.memory_bytes, _MIN_OCR_MEMORY)
        budget_bytes = max(self.budget_bytes, memory_bytes)
        return replace(self, seconds=_OCR_SECONDS, memory_bytes=memory_bytes, budget_bytes=budget_bytes)


class MoreMemoryNeeded(Exception):
    """A job needs `needed` bytes; it is repeated once it can have them."""

    def __init__(self, needed: int) -> None:
        super().__init__(needed)
        self.needed = needed


@dataclass(frozen=True, slots=True)
class MemoryAllowance:
    """The memory of one job: `granted_bytes`, and up to `max_bytes` on request."""

    granted_bytes: int = _MAX_MEMORY
    max_bytes: int = _MAX_MEMORY

    def check(self, needed: int, width: int, height: int) -> None:
        """Call before decoding pixels.

        Raises MoreMemoryNeeded, or FileProblem for more than any job can get.
        """
        if needed <= self.granted_bytes:
            return
        if needed + _MARGIN <= self.max_bytes:
            raise MoreMemoryNeeded(needed + _MARGIN)
        raise FileProblem(
            ProblemKind.TOO_LARGE,
            f"The picture says it has {width:,} x {height:,} pixels: "
            "more than this computer's memory allows.",
        )


DEFAULT_ALLOWANCE = MemoryAllowance()
