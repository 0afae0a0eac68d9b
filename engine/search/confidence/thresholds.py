"""How sure a match is, compared with what unrelated queries score on the same library.

No fixed threshold works: scores depend on the model, and the best of a million pictures scores higher than
the best of ten for any sentence. So the same model scores the same library with queries for things that few
libraries have in number (`calibration_queries`); a query must do better than most of those, a query of one or
two words better than most words.

For texts over photographs these thresholds are one feature of a calibrated probability (`probability.py`).
For pictures they are the verdict: on 20 to 500 photographs, other photographs of such scenes were strong in
52 to 56 of 100 cases, strong or weak in 78 to 87, and scanned receipts in 5 and 2 to 25 (measured with an
earlier starter).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

import numpy as np
from numpy.typing import NDArray

from engine.records import Vectors, Verdict
from engine.search.query.query_terms import extract_terms

# Quantiles of the calibration queries' best scores above which a sentence is strong, or weak; then for words.
TEXT_STRONG, TEXT_WEAK = 0.80, 0.50
BRIEF_STRONG, BRIEF_WEAK = 0.85, 0.55
# Pictures are calibrated by related ones (items of the library and their nearest neighbours), hence lower.
PICTURE_STRONG, PICTURE_WEAK = 0.50, 0.20
SAME_PICTURE = 0.95  # the same picture saved again, smaller: strong in any library
SMALLEST_STEP = 1e-3  # from weak to strong, if the calibration queries scored nearly the same
FEW_ITEMS = 2  # fewer have no neighbours; then only the same picture is sure
FEW_WORDS = 2  # without words such as "the"; more make a sentence
WORDS_STRONG, WORDS_WEAK = 0.85, 0.45  # share of the query's weight in words that were found


class QueryKind(Enum):
    """The form of a query; scores of different forms cannot be compared."""

    WORDS = auto()
    SENTENCE = auto()
    PICTURE = auto()


def query_kind_of(text: str) -> QueryKind:
    """Whether a text counts as single words or as a sentence."""
    return QueryKind.WORDS if len(extract_terms(text)) <= FEW_WORDS else QueryKind.SENTENCE


@dataclass(frozen=True, slots=True)
class ScoreThresholds:
    """The scores above which a match is strong, or weak."""

    strong: float
    weak: float

    def verdict(self, score: float) -> Verdict:
        """The verdict for a score; NONE if it is not a number."""
        if score > self.strong:
            return Verdict.STRONG
        return Verdict.WEAK if score > self.weak else Verdict.NONE

    def margin(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """How far each score is above a strong match, in steps from weak to strong."""
        return (scores - self.strong) / max(self.strong - self.weak, SMALLEST_STEP)

    def confidence_levels(self, scores: NDArray[np.float64]) -> NDArray[np.int8]:
        """(count,) scores -> (count,) verdicts: 0 for NONE, 1 for WEAK, 2 for STRONG."""
        return np.where(scores > self.strong, 2, scores > self.weak).astype(np.int8)


def text_thresholds(
    best_scores: NDArray[np.float32], query_kind: QueryKind = QueryKind.SENTENCE
) -> ScoreThresholds:
    """`best_scores`: (queries,), the best score of each calibration query (`NearestIndex.best_scores`).

    Raises ValueError if it is empty or has a value that is not finite.
    """
    if not len(best_scores) or not np.isfinite(best_scores).all():
        raise ValueError("reference scores must be finite and at least one")
    above = [BRIEF_STRONG, BRIEF_WEAK] if query_kind is QueryKind.WORDS else [TEXT_STRONG, TEXT_WEAK]
    strong, weak = np.quantile(best_scores, above)
    return ScoreThresholds(float(strong), float(weak))


def picture_thresholds(sample: Vectors) -> ScoreThresholds:
    """`sample`: (count, dimension), a few hundred picture vectors of the library.

    Copies count as one picture; otherwise nothing else would look alike in a library of bursts.
    """
    nearest = nearest_neighbour_scores(sample)
    nearest = nearest[nearest < SAME_PICTURE]
    if len(nearest) < FEW_ITEMS:
        return ScoreThresholds(SAME_PICTURE, SAME_PICTURE)
    strong, weak = np.quantile(nearest, [PICTURE_STRONG, PICTURE_WEAK])
    return ScoreThresholds(float(strong), float(weak))


def nearest_neighbour_scores(vectors: Vectors) -> NDArray[np.float32]:
    """(count, dimension) -> (count,): each row's highest cosine with another row.

    Empty for less than two rows.
    """
    if len(vectors) < FEW_ITEMS:
        return np.empty(0, dtype=np.float32)
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -np.inf)
    return np.asarray(cosines.max(axis=1), dtype=np.float32)


def word_verdict(matched_weight_fraction: float) -> Verdict:
    """The verdict for pages found by words.

    The fraction, 0 to 1, is of the query words' idf found on the page.
    """
    return ScoreThresholds(WORDS_STRONG, WORDS_WEAK).verdict(matched_weight_fraction)
