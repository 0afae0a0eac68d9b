"""Stores the state of a training in a file, so that a stopped one can continue."""

from __future__ import annotations

import io
import logging
import struct
from pathlib import Path
from pickle import UnpicklingError
from typing import TYPE_CHECKING, TypedDict, cast

from engine.training.atomic_write import write_atomically

if TYPE_CHECKING:
    from torch import Tensor

logger = logging.getLogger(__name__)

# What torch raises for a file that is damaged, or not its own.
_DAMAGED = (
    OSError,
    EOFError,
    UnpicklingError,
    RuntimeError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    struct.error,
)


class TrainingState(TypedDict):
    """Tensors, numbers and names only: the file is read with torch's `weights_only`."""

    now: dict[str, Tensor]
    kept: dict[str, Tensor]  # of the best epoch
    optimiser: dict[str, object]
    seen: int  # pairs
    epochs: list[tuple[float, ...]]  # loss, and the six values of `RetrievalScores`


class Checkpoint:
    """One file, replaced atomically."""

    def __init__(self, path: Path, purpose: str) -> None:
        """`purpose`: everything that determines the result, plan and data.

        Other purposes' states are ignored.
        """
        self._path = path
        self._purpose = purpose

    def load(self) -> TrainingState | None:
        """The stored state; None if there is no file, or it is damaged or of another purpose."""
        import torch

        if not self._path.exists():
            return None
        try:
            content = torch.load(self._path, map_location="cpu", weights_only=True)
            purpose, state = content["purpose"], content["state"]
        except _DAMAGED as error:
            logger.warning("The training begins anew, %s cannot be read: %s", self._path, error)
            return None
        if purpose != self._purpose:
            logger.info("The training begins anew: %s is of another one", self._path)
            return None
        return cast(TrainingState, state)

    def save(self, state: TrainingState) -> None:
        """Replace the stored state. Raises OSError."""
        import torch

        content = io.BytesIO()  # given a file, torch raises RuntimeError when the disk is full
        torch.save({"purpose": self._purpose, "state": state}, content)
        write_atomically(self._path, content.getbuffer())

    def remove(self) -> None:
        """Delete the file, once the result of the training is safe."""
        self._path.unlink(missing_ok=True)
