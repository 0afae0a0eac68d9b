"""How much time and memory one decoding may take, sized to the machine."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.errors import FileProblem, ProblemKind

_SECONDS = 60.0
# Text recognition gives way to everything else: the time that it waits for the processor counts too.
_TEXT_SECONDS = 600.0
_LEAST_TEXT_MEMORY = 1 << 30  # address space; about 350 MB of it is used for a page
_LEAST_MEMORY = 512 << 20
_MOST_MEMORY = 4 << 30
_SHARE_OF_MACHINE = (
    0.5  # of the memory, for all workers together: models and the user's programs need the rest
)
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
        budget = int(total_memory_bytes * _SHARE_OF_MACHINE)
        memory_bytes = min(max(budget // max(workers, 1), _LEAST_MEMORY), _MOST_MEMORY)
        return cls(_SECONDS, memory_bytes, max(budget, memory_bytes))

    @classmethod
    def for_this_machine(cls, workers: int) -> DecodeLimits:
        import psutil

        return cls.for_machine(psutil.virtual_memory().total, workers)

    @property
    def most_bytes(self) -> int:
        """What one job may have at the most."""
        return max(min(self.budget_bytes, _MOST_MEMORY), self.memory_bytes)

    def for_text(self) -> DecodeLimits:
        """The same for a worker that looks for text."""
        memory_bytes = max(self.memory_bytes, _LEAST_TEXT_MEMORY)
        budget_bytes = max(self.budget_bytes, memory_bytes)
        return replace(self, seconds=_TEXT_SECONDS, memory_bytes=memory_bytes, budget_bytes=budget_bytes)


class MoreMemory(Exception):
    """A job asks for `needed` bytes. It is done again once it may have them."""

    def __init__(self, needed: int) -> None:
        super().__init__(needed)
        self.needed = needed


@dataclass(frozen=True, slots=True)
class MemoryAllowance:
    """What one job may take: `now`, and `at_most` when it asks; in bytes."""

    now: int = _MOST_MEMORY
    at_most: int = _MOST_MEMORY

    def check(self, needed: int, width: int, height: int) -> None:
        """Before pixels are decoded. Raises MoreMemory, and FileProblem for what no job may have."""
        if needed <= self.now:
            return
        if needed + _MARGIN <= self.at_most:
            raise MoreMemory(needed + _MARGIN)
        raise FileProblem(
            ProblemKind.TOO_LARGE,
            f"The picture says it has {width:,} x {height:,} pixels: "
            "more than this computer's memory allows.",
        )


GENEROUS = MemoryAllowance()
