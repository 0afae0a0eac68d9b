"""How likely a photograph matches a text: a calibrated probability, and the verdict from it.

A logistic model of five features, each relative to the library, so that it holds for 30 photographs as for
thousands. `tests/bench/bench_confidence.py` fits the weights on galleries of captioned photographs and
measures on others how often each verdict is right.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.records import Verdict
from engine.search.ranking.ranking import CONFIDENCE

STRONG, LIKELY = 0.62, 0.22
POSSIBLE = 0.10  # below it nothing counts as a match; above it the best do, less certainly

BIAS = -0.16
MARGIN_WEIGHT, Z_SCORE_WEIGHT, BEHIND_BEST_WEIGHT, WORD_COUNT_WEIGHT, UNFAMILIARITY_WEIGHT = (
    0.95,
    0.42,
    -0.13,
    -0.75,
    -4.33,
)
LEAST_MARGIN, MOST_MARGIN, MOST_BEHIND = -8.0, 4.0, 3.0  # the range of the training data


@dataclass(frozen=True, slots=True)
class TextFeatures:
    """The features of a text, besides its scores."""

    word_count: int  # without words such as "the"
    # 0 for words that people describe photographs with and names of known things, 1 for others.
    unfamiliarity: float


@dataclass(frozen=True, slots=True)
class ScoreFeatures:
    """The score features of a text's best photographs, (count,) each."""

    margin: NDArray[np.float64]  # above a strong chance match, in steps from weak to strong
    z_scores: NDArray[np.float64]  # above the library's median score, in standard deviations
    behind_best: NDArray[np.float64]  # below the best score, in standard deviations


def match_probabilities(text: TextFeatures, scores: ScoreFeatures) -> NDArray[np.float64]:
    """(count,): the probability, 0 to 1, that each photograph is right."""
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
    """(count,) probabilities -> (count,) indices into `VERDICTS`.

    If none is likely, possible ones are weak.
    """
    best = float(chances.max(initial=0.0))
    weak = chances >= (LIKELY if best >= LIKELY else POSSIBLE)
    return np.where(chances >= STRONG, CONFIDENCE[Verdict.STRONG], weak * CONFIDENCE[Verdict.WEAK]).astype(
        np.int8
    )
