"""Array arithmetic for the models that run without torch."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def l2_normalize(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scale each row to unit length."""
    result: NDArray[np.float32] = rows / np.linalg.norm(rows, axis=-1, keepdims=True)
    return result


def softmax(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Softmax over the last axis."""
    powers: NDArray[np.float32] = np.exp(scores - scores.max(axis=-1, keepdims=True))
    powers /= powers.sum(axis=-1, keepdims=True)
    return powers


def gelu(x: NDArray[np.float32]) -> NDArray[np.float32]:
    """GELU in its tanh form (Hendrycks and Gimpel 2016, "Gaussian error linear units")."""
    result = x * (np.float32(0.7978845608) + np.float32(0.0356774081) * x * x)
    np.tanh(result, out=result)
    result += 1
    result *= x
    result *= np.float32(0.5)
    return result


def torch_matmul(left: NDArray[np.float32], right: NDArray[np.float32]) -> NDArray[np.float32]:
    """`left @ right` on torch's threads, which also run the picture network. Imports torch.

    After a product numpy's threads keep waiting for the next and take processor time from torch's: the
    starter embedded 35 pictures a second instead of 44, and at times 6.
    """
    import torch

    result: NDArray[np.float32] = (torch.from_numpy(left) @ torch.from_numpy(right)).numpy()
    return result
