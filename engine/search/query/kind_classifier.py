"""Decides which kind a query is for, photographs or pages: that kind comes first.

A logistic model of six features. Most come from the form and the words of the query, two from how well either
kind answers it; `tests/bench/bench_item_kind.py` fits the weights and measures how often they are right.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

from engine.models.starter.familiarity import Familiarity
from engine.models.text.word_split import split_words
from engine.records import ItemKind
from engine.search.query.query_terms import extract_terms
from engine.text.tokenization import WORDS

MOST_MARGIN = 5.0
MOST_WORDS = 3.0
BIAS = -8.9
INTERROGATIVES = frozenset({"how", "what", "when", "where", "which", "who", "whom", "whose", "why"})


@dataclass(frozen=True, slots=True)
class KindFeatures:
    """The evidence for either kind."""

    photo_margin: float  # of the best photograph above a strong match, in steps from weak to strong
    word_score: float  # the best page's score, as a share of the total weight of the query's words
    unfamiliarity: float  # 0 for words that people describe photographs with, 1 for others
    is_question: bool
    has_number: bool
    is_single_word: bool

    def values(self) -> tuple[float, ...]:
        """The features in the order of `WEIGHTS`, limited to the range of the training data."""
        margin = min(max(self.photo_margin, -MOST_MARGIN), MOST_MARGIN)
        words = min(self.word_score, MOST_WORDS)
        return margin, words, self.unfamiliarity, self.is_question, self.has_number, self.is_single_word


WEIGHTS = (-0.96, 2.6, 6.3, 3.2, 1.5, -2.1)  # by feature of `KindFeatures`: above 0 for pages


def page_probability(evidence: KindFeatures) -> float:
    """The probability, 0 to 1, that the query is for pages."""
    odds = BIAS + sum(weight * value for weight, value in zip(WEIGHTS, evidence.values(), strict=True))
    return 1 / (1 + math.exp(-odds))


class KindClassifier:
    """Classifies queries. Thread-safe."""

    def classify(self, text: str, margin: float, words: float) -> ItemKind:
        """`margin`, `words`: as in `KindFeatures`. Raises ModelError if the installation is damaged."""
        return ItemKind.PAGE if page_probability(self.features(text, margin, words)) > 0.5 else ItemKind.PHOTO

    def features(self, text: str, margin: float, words: float) -> KindFeatures:
        """The features of a query. Raises ModelError if the installation is damaged."""
        form = is_question(text), has_number(text), len(extract_terms(text)) == 1
        return KindFeatures(margin, words, self.unfamiliarity(text), *form)

    def unfamiliarity(self, text: str) -> float:
        """0 for words that people describe photographs with, 1 for others. Raises ModelError."""
        return float(self._familiarity.unfamiliarity([split_words(text)])[0])

    @cached_property
    def _familiarity(self) -> Familiarity:
        return Familiarity.load()


def is_question(text: str) -> bool:
    """Whether a text begins with an interrogative or ends with a question mark."""
    words = WORDS.findall(text.lower())
    return bool(words) and (words[0] in INTERROGATIVES or text.rstrip().endswith("?"))


def has_number(text: str) -> bool:
    """Whether a text contains a digit of any script."""
    return any(letter.isdigit() for letter in text)
