"""The exact scan: every query reads every vector as int8 codes.

Scores of int8 codes rank a library almost as the vectors do; the best few are scored again with the vectors
(see `nearest_index.py`).
"""

from __future__ import annotations

import functools
import logging
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engine.store.quantization import Codes

FALLBACK_ROWS = 4096  # rows converted to float32 at a time if the int8 kernels cannot be trusted

_log = logging.getLogger(__name__)


class Kernels(Protocol):
    """Integer dot products of int8 rows."""

    def dots(self, codes: Codes, query: Codes) -> NDArray[np.float32]:
        """(count, dimension) and (1, dimension) -> (count,)."""
        ...

    def dots_many(self, codes: Codes, queries: Codes) -> NDArray[np.float32]:
        """(count, dimension) and (queries, dimension) -> (count, queries)."""
        ...


class NumKongKernels:
    """The SIMD kernels of numkong, the library that USearch is built on."""

    def dots(self, codes: Codes, query: Codes) -> NDArray[np.float32]:
        """Imports numkong; raises ImportError if that fails."""
        import numkong

        # For a single query `cdist` reads rows at memory speed, three times as fast as `dots_packed`.
        out: NDArray[np.float32] = np.empty(len(codes), dtype=np.float32)
        numkong.cdist(query, codes, "dot", out=out[None])
        return out

    def dots_many(self, codes: Codes, queries: Codes) -> NDArray[np.float32]:
        """Imports numkong; raises ImportError if that fails."""
        import numkong

        # The product is the same whichever side is packed; packing the queries avoids a copy of the rows.
        packed = numkong.dots_pack(queries, "int8")
        return np.asarray(numkong.dots_packed(codes, packed)).astype(np.float32)


class NumpyKernels:
    """The same results through float32, exact up to 1,040 dimensions; some ten times slower."""

    def dots(self, codes: Codes, query: Codes) -> NDArray[np.float32]:
        """A product of float32 matrices."""
        return self.dots_many(codes, query)[:, 0]

    def dots_many(self, codes: Codes, queries: Codes) -> NDArray[np.float32]:
        """A product of float32 matrices, in pieces of FALLBACK_ROWS rows."""
        out = np.empty((len(codes), len(queries)), dtype=np.float32)
        columns = queries.astype(np.float32).T
        for start in range(0, len(codes), FALLBACK_ROWS):
            out[start : start + FALLBACK_ROWS] = (
                codes[start : start + FALLBACK_ROWS].astype(np.float32) @ columns
            )
        return out


def agrees_with_numpy(kernels: Kernels) -> bool:
    """Whether `kernels` give numpy's integers, for odd dimensions and extreme values."""
    random = np.random.default_rng(7)
    for dimension in (1, 31, 256, 513, 768):
        codes = random.integers(-127, 128, (67, dimension), dtype=np.int8)
        codes[0], codes[1] = 127, -127
        queries = np.ascontiguousarray(codes[:5])
        truth = codes.astype(np.int64) @ queries.astype(np.int64).T
        if not np.allclose(kernels.dots_many(codes, queries), truth, rtol=1e-6, atol=0.5):
            return False
        if not np.allclose(kernels.dots(codes, queries[:1]), truth[:, 0], rtol=1e-6, atol=0.5):
            return False
    return True


def choose_kernels(fast: Kernels) -> Kernels:
    """`fast` if it works and agrees with numpy on this processor, else numpy's own."""
    try:
        if agrees_with_numpy(fast):
            return fast
        reason = "its results differ from numpy's"
    except (ImportError, RuntimeError, TypeError, ValueError) as error:
        reason = str(error)
    _log.warning("The fast int8 kernels cannot be used (%s); searching is slower without them.", reason)
    return NumpyKernels()


@functools.cache
def verify_kernels() -> Kernels:
    """The kernels for this process, checked against numpy on the first call."""
    return choose_kernels(NumKongKernels())
