"""How likely a photograph is what a text asks for: a calibrated probability, and the verdict it makes.

A logistic model of five figures, each relative to the library at hand, so that it holds for 30 photographs as
for thousands. `tests/bench/bench_confidence.py` learns the weights on galleries of captioned photographs and
tells on others how often each verdict is right.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.records import Verdict
from engine.search.ranking.ranking import CONFIDENCE

STRONG, LIKELY = 0.62, 0.22
POSSIBLE = 0.10  # below it nothing is said to match; above it the best do, less certainly

BIAS = -0.16
MARGIN_WEIGHT, Z_SCORE_WEIGHT, BEHIND_BEST_WEIGHT, WORD_COUNT_WEIGHT, UNFAMILIARITY_WEIGHT = (
    0.95,
    0.42,
    -0.13,
    -0.75,
    -4.33,
)
LEAST_MARGIN, MOST_MARGIN, MOST_BEHIND = -8.0, 4.0, 3.0  # beyond them nothing was learnt


@dataclass(frozen=True, slots=True)
class TextFeatures:
    """What of a text counts, beside the scores."""

    word_count: int  # that tell something
    # 0 for words with which people describe photographs and names of known things, 1 for others.
    unfamiliarity: float


@dataclass(frozen=True, slots=True)
class ScoreFeatures:
    """Of a text's best photographs, (count,) each."""

    margin: NDArray[np.float64]  # above a strong chance match, in steps from weak to strong
    z_scores: NDArray[np.float64]  # above the library's middle score, in standard deviations
    behind_best: NDArray[np.float64]  # the best, in standard deviations


def match_probabilities(text: TextFeatures, scores: ScoreFeatures) -> NDArray[np.float64]:
    """(count,): how likely each is right, 0 to 1."""
    odds = (
        BIAS
        + MARGIN_WEIGHT * np.clip(scores.margin, LEAST_MARGIN, MOST_MARGIN)
        + Z_SCORE_WEIGHT * scores.z_scores
        + BEHIND_BEST_WEIGHT * np.minimum(scores.behind_best, MOST_BEHIND)
        + WORD_COUNT_WEIGHT * math.log(max(text.word_count, 1))
        + UNFAMILIARITY_WEIGHT * text.unfamiliarity
    )
    return np.asarray(1 / (1 + np.exp(-odds)))


def confidence_levels(chances: NDArray[np.float64]) -> NDArray[np.int8]:
    """(count,) -> (count,), places in `VERDICTS`. Where none is likely, those that are possible are weak."""
    best = float(chances.max(initial=0.0))
    weak = chances >= (LIKELY if best >= LIKELY else POSSIBLE)
    return np.where(chances >= STRONG, CONFIDENCE[Verdict.STRONG], weak * CONFIDENCE[Verdict.WEAK]).astype(
        np.int8
    )
