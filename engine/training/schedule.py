"""The learning rate at each step of a training."""

from __future__ import annotations

import math


def learning_share(step: int, steps: int, warm_up: float) -> float:
    """The share of the full learning rate at `step` of `steps`: a linear rise, then half a cosine down to 0.

    `warm_up` is the share of the steps in which it rises. Loshchilov and Hutter 2017, "SGDR".
    """
    rising = warm_up * steps
    up = (step + 1) / rising if step < rising else 1.0
    along = max(step - rising, 0) / max(steps - rising, 1)
    return min(up, 1.0) * (1 + math.cos(math.pi * min(along, 1.0))) / 2
