"""Chooses the number format and processor on which a network runs fastest without losing quality."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Precision(StrEnum):
    """The number format of a network's weights."""

    FLOAT32 = "float32"
    BFLOAT16 = "bfloat16"
    FLOAT16 = "float16"


@dataclass(frozen=True, slots=True)
class Processor:
    """What the choice of precision depends on."""

    kind: Literal["cpu", "cuda", "mps"]
    amx_bfloat16: bool = False  # CPU: has AMX, which multiplies bfloat16 matrices in tiles
    capability: int = 0  # CUDA: the major number of the compute capability


def choose_precision(processor: Processor) -> Precision:
    """The fastest precision for a processor; a CPU gains from bfloat16 only with AMX.

    Measured on ViT-B-32, two cores: with AMX 145 pictures a second against 30 in float32, at a cosine of
    .9999; on AVX-512 or AVX2 alone bfloat16 runs at .1 to .7 times the speed of float32. CUDA cards multiply
    bfloat16 from Ampere (capability 8) and float16 from Volta (7). MPS was not measured, so it gets float32.
    """
    if processor.kind == "cuda":
        if processor.capability >= 8:
            return Precision.BFLOAT16
        return Precision.FLOAT16 if processor.capability == 7 else Precision.FLOAT32
    if processor.kind == "cpu" and processor.amx_bfloat16:
        return Precision.BFLOAT16
    return Precision.FLOAT32


def detect_processor() -> Processor:
    """The best processor of this machine that torch can use. Imports torch."""
    import torch

    if torch.cuda.is_available():
        return Processor("cuda", capability=torch.cuda.get_device_capability()[0])
    if torch.backends.mps.is_available():
        return Processor("mps")
    return Processor("cpu", amx_bfloat16=_has_amx())


def _has_amx() -> bool:
    import torch

    capabilities = getattr(torch.cpu, "get_capabilities", None)  # absent before torch 2.7
    return bool(capabilities and capabilities().get("amx_bf16", False))
