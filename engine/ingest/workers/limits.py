"""How much time and memory one decoding may take, sized to the machine."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.errors import FileProblem, ProblemKind

_DECODE_SECONDS = 60.0
# Text recognition gives way to everything else: the time that it waits for the processor counts too.
_OCR_SECONDS = 600.0
_MIN_OCR_MEMORY = 1 << 30  # address space; about 350 MB of it is used for a page
_MIN_MEMORY = 512 << 20
_MAX_MEMORY = 4 << 30
_MACHINE_SHARE = 0.5  # of the memory, for all workers together: models and the user's programs need the rest
_MARGIN = 64 << 20  # bytes beside the pixels: tables of decoders, thumbnails, libraries loaded on the way


@dataclass(frozen=True, slots=True)
class DecodeLimits:
    """`seconds` a job; `memory_bytes` a worker, as a rule, beyond what it takes when idle; `budget_bytes` for
    all workers together, of which a single job may ask for more while others wait."""

    seconds: float
    memory_bytes: int
    budget_bytes: int

    @classmethod
    def for_machine(cls, total_memory_bytes: int, workers: int) -> DecodeLimits:
        """Limits for `workers` processes side by side."""
        budget = int(total_memory_bytes * _MACHINE_SHARE)
        memory_bytes = min(max(budget // max(workers, 1), _MIN_MEMORY), _MAX_MEMORY)
        return cls(_DECODE_SECONDS, memory_bytes, max(budget, memory_bytes))

    @classmethod
    def for_this_machine(cls, workers: int) -> DecodeLimits:
        import psutil

        return cls.for_machine(psutil.virtual_memory().total, workers)

    @property
    def max_job_bytes(self) -> int:
        """What one job may have at the most."""
        return max(min(self.budget_bytes, _MAX_MEMORY), self.memory_bytes)

    def for_ocr(self) -> DecodeLimits:
        """The same for a worker that looks for text."""
        memory_bytes = max(self.memory_bytes, _MIN_OCR_MEMORY)
        budget_bytes = max(self.budget_bytes, memory_bytes)
        return replace(self, seconds=_OCR_SECONDS, memory_bytes=memory_bytes, budget_bytes=budget_bytes)


class MoreMemoryNeeded(Exception):
    """A job asks for `needed` bytes. It is done again once it may have them."""

    def __init__(self, needed: int) -> None:
        super().__init__(needed)
        self.needed = needed


@dataclass(frozen=True, slots=True)
class MemoryAllowance:
    """What one job may take: `granted_bytes`, and up to `max_bytes` when it asks."""

    granted_bytes: int = _MAX_MEMORY
    max_bytes: int = _MAX_MEMORY

    def check(self, needed: int, width: int, height: int) -> None:
        """Before pixels are decoded. Raises MoreMemoryNeeded, and FileProblem for what no job may have."""
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
