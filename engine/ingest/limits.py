"""How much time and memory one decoding may take, sized to the machine."""

from __future__ import annotations

from dataclasses import dataclass, replace

_SECONDS = 60.0
# Text recognition gives way to everything else: the time that it waits for the processor counts too.
_TEXT_SECONDS = 600.0
_LEAST_TEXT_MEMORY = 1 << 30  # address space; about 350 MB of it is used for a page
_LEAST_MEMORY = 512 << 20
_MOST_MEMORY = 4 << 30
# Pillow keeps RGB in 4 bytes a pixel; laying transparency on paper or turning a picture takes several copies.
_BYTES_A_PIXEL = 16
_SHARE_OF_MACHINE = (
    0.5  # of the memory, for all workers together: models and the user's programs need the rest
)


@dataclass(frozen=True, slots=True)
class Limits:
    """`seconds` a job, `memory_bytes` a worker beyond what it takes when idle, `pixels` a picture."""

    seconds: float
    memory_bytes: int
    pixels: int

    @classmethod
    def for_machine(cls, total_memory_bytes: int, workers: int) -> Limits:
        """Limits for `workers` processes side by side."""
        share = int(total_memory_bytes * _SHARE_OF_MACHINE / max(workers, 1))
        memory_bytes = min(max(share, _LEAST_MEMORY), _MOST_MEMORY)
        return cls(_SECONDS, memory_bytes, memory_bytes // _BYTES_A_PIXEL)

    @classmethod
    def for_this_machine(cls, workers: int) -> Limits:
        import psutil

        return cls.for_machine(psutil.virtual_memory().total, workers)

    def for_text(self) -> Limits:
        """The same for a worker that looks for text."""
        memory_bytes = max(self.memory_bytes, _LEAST_TEXT_MEMORY)
        return replace(self, seconds=_TEXT_SECONDS, memory_bytes=memory_bytes)
