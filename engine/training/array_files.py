"""Reads cached arrays from files; a damaged file is computed again."""

from __future__ import annotations

import logging
from pathlib import Path
from tokenize import TokenError

import numpy as np
from numpy.typing import NDArray

logger = logging.getLogger(__name__)

# What numpy raises for a file that is damaged, or not its own.
_DAMAGED = (OSError, EOFError, LookupError, RuntimeError, SyntaxError, TypeError, ValueError, TokenError)


def load_array(path: Path, shape: tuple[int, ...]) -> NDArray[np.float32] | None:
    """The array of an .npy file.

    None if the file is missing or damaged, or its array has another shape.
    """
    if not path.exists():
        return None
    try:
        array = np.load(path, allow_pickle=False)
        if not isinstance(array, np.ndarray) or array.shape != shape:
            raise ValueError("it holds no array of this shape")
    except _DAMAGED as error:
        logger.warning("%s is computed again, it cannot be read: %s", path, error)
        return None
    return array
