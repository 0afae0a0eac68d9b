"""Matrix products beside a network, on the network's own threads."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def product(left: NDArray[np.float32], right: NDArray[np.float32]) -> NDArray[np.float32]:
    """`left @ right`, by torch: imports it.

    After a product numpy's threads go on waiting for the next, and take the processor from torch's: the
    starter embedded 35 pictures a second instead of 44, and at times 6.
    """
    import torch

    result: NDArray[np.float32] = (torch.from_numpy(left) @ torch.from_numpy(right)).numpy()
    return result
