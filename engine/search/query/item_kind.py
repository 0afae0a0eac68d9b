"""Which kind a question asks for, photographs or pages: that kind leads the answer.

A logistic model of six figures. Two come from the question's form, one from its words, two from how well
either kind answers it; `tests/bench/bench_kinds.py` learns the weights and tells how often they are right.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

from engine.models.starter.familiarity import Familiarity
from engine.models.text.words import words_of
from engine.records import ItemKind
from engine.search.query.query_terms import wanted
from engine.text.tokenization import WORDS

MOST_MARGIN = 5.0
MOST_WORDS = 3.0
BIAS = -8.9
ASKING = frozenset({"how", "what", "when", "where", "which", "who", "whom", "whose", "why"})


@dataclass(frozen=True, slots=True)
class KindEvidence:
    """What speaks for either kind."""

    margin: float  # of the best photograph over what is a strong match, in steps from weak to strong
    words: float  # the best page's score, as a share of what the question's words are worth
    strangeness: float  # 0 for words with which people describe photographs, 1 for others
    is_question: bool
    has_number: bool
    is_single: bool  # one word

    def values(self) -> tuple[float, ...]:
        """In the order of `WEIGHTS`."""
        margin = min(max(self.margin, -MOST_MARGIN), MOST_MARGIN)
        words = min(self.words, MOST_WORDS)
        return margin, words, self.strangeness, self.is_question, self.has_number, self.is_single


WEIGHTS = (-0.96, 2.6, 6.3, 3.2, 1.5, -2.1)  # by figure of `KindEvidence`: above 0 for pages


def chance_of_pages(evidence: KindEvidence) -> float:
    """How likely it is, 0 to 1, that the question asks for pages."""
    odds = BIAS + sum(weight * value for weight, value in zip(WEIGHTS, evidence.values(), strict=True))
    return 1 / (1 + math.exp(-odds))


class KindClassifier:
    """Safe to use from any thread."""

    def of(self, text: str, margin: float, words: float) -> ItemKind:
        """`margin`, `words`: as in `KindEvidence`. Raises ModelError when the installation is damaged."""
        return ItemKind.PAGE if chance_of_pages(self.evidence(text, margin, words)) > 0.5 else ItemKind.PHOTO

    def evidence(self, text: str, margin: float, words: float) -> KindEvidence:
        form = is_question(text), has_number(text), len(wanted(text)) == 1
        return KindEvidence(margin, words, self.strangeness(text), *form)

    def strangeness(self, text: str) -> float:
        """0 for words with which people describe photographs, 1 for others. Raises ModelError."""
        return float(self._familiarity.strangeness([words_of(text)])[0])

    @cached_property
    def _familiarity(self) -> Familiarity:
        return Familiarity.of_package()


def is_question(text: str) -> bool:
    words = WORDS.findall(text.lower())
    return bool(words) and (words[0] in ASKING or text.rstrip().endswith("?"))


def has_number(text: str) -> bool:
    return any(letter.isdigit() for letter in text)
