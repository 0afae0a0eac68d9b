"""Which kind a question asks for, photographs or pages: that kind leads the answer.

A logistic model of six figures. Two come from the question's form, one from its words, two from how well
either kind answers it; `tests/bench/bench_item_kind.py` learns the weights and tells how often they are
right.
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
    """What speaks for either kind."""

    photo_margin: float  # of the best photograph over what is a strong match, in steps from weak to strong
    word_score: float  # the best page's score, as a share of what the question's words are worth
    unfamiliarity: float  # 0 for words with which people describe photographs, 1 for others
    is_question: bool
    has_number: bool
    is_single_word: bool  # one word

    def values(self) -> tuple[float, ...]:
        """In the order of `WEIGHTS`."""
        margin = min(max(self.photo_margin, -MOST_MARGIN), MOST_MARGIN)
        words = min(self.word_score, MOST_WORDS)
        return margin, words, self.unfamiliarity, self.is_question, self.has_number, self.is_single_word


WEIGHTS = (-0.96, 2.6, 6.3, 3.2, 1.5, -2.1)  # by figure of `KindFeatures`: above 0 for pages


def page_probability(evidence: KindFeatures) -> float:
    """How likely it is, 0 to 1, that the question asks for pages."""
    odds = BIAS + sum(weight * value for weight, value in zip(WEIGHTS, evidence.values(), strict=True))
    return 1 / (1 + math.exp(-odds))


class KindClassifier:
    """Safe to use from any thread."""

    def classify(self, text: str, margin: float, words: float) -> ItemKind:
        """`margin`, `words`: as in `KindFeatures`. Raises ModelError when the installation is damaged."""
        return ItemKind.PAGE if page_probability(self.features(text, margin, words)) > 0.5 else ItemKind.PHOTO

    def features(self, text: str, margin: float, words: float) -> KindFeatures:
        form = is_question(text), has_number(text), len(extract_terms(text)) == 1
        return KindFeatures(margin, words, self.unfamiliarity(text), *form)

    def unfamiliarity(self, text: str) -> float:
        """0 for words with which people describe photographs, 1 for others. Raises ModelError."""
        return float(self._familiarity.unfamiliarity([split_words(text)])[0])

    @cached_property
    def _familiarity(self) -> Familiarity:
        return Familiarity.load()


def is_question(text: str) -> bool:
    words = WORDS.findall(text.lower())
    return bool(words) and (words[0] in INTERROGATIVES or text.rstrip().endswith("?"))


def has_number(text: str) -> bool:
    return any(letter.isdigit() for letter in text)
