"""int8 codes: a quarter of the size of float32, and the input of the fast integer kernels.

One scale for each vector, so that no value is clipped: clipping costs recall, and so does one scale for all.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Codes: TypeAlias = NDArray[np.int8]  # (count, dimension)
Scales: TypeAlias = NDArray[np.float32]  # (count,); a vector is about codes * scale

QUANTISE_ROWS = 1024  # rows whose float32 form stays in the processor's cache
LARGEST_CODE = 127.0
SMALLEST = np.float32(1e-30)  # a row with a smaller maximum counts as zero


def quantise(vectors: NDArray[np.float32] | NDArray[np.float16]) -> tuple[Codes, Scales]:
    """Quantise (count, dimension) vectors to int8 codes and (count,) float32 scales.

    A zero row has scale 0.
    """
    count, dimension = vectors.shape
    codes = np.empty((count, dimension), dtype=np.int8)
    scales = np.empty(count, dtype=np.float32)
    for start in range(0, count, QUANTISE_ROWS):
        rows = vectors[start : start + QUANTISE_ROWS].astype(np.float32)
        largest = np.maximum(rows.max(axis=1), -rows.min(axis=1))
        scales[start : start + QUANTISE_ROWS] = largest / LARGEST_CODE
        rows *= (LARGEST_CODE / np.maximum(largest, SMALLEST))[:, None]
        np.rint(rows, out=rows)
        codes[start : start + QUANTISE_ROWS] = rows
    return codes, scales


def restore(codes: Codes, scales: Scales) -> NDArray[np.float32]:
    """The (count, dimension) float32 vectors that the codes stand for, up to rounding."""
    return codes.astype(np.float32) * scales[:, None]
