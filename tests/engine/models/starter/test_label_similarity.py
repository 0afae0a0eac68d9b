"""A thing that the starter knows by name is not strange, though no caption names it."""

from __future__ import annotations

import numpy as np
import pytest

from engine.models.starter.adapter import STARTER_IDENTITY, StarterModel
from engine.models.starter.label_similarity import LabelSimilarity
from engine.models.text.sentence_encoder import SENTENCE_DIMENSION


@pytest.fixture(scope="module")
def model() -> StarterModel:
    return StarterModel.load()


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [("a rocket", 0.4, 1.0), ("lighthouse", 0.7, 1.0), ("revenue by region", 0.0, 0.3), ("speaks", 0.0, 0.3)],
)
def test_names_of_things_are_near_and_other_words_are_not(
    model: StarterModel, text: str, least: float, most: float
) -> None:
    (vector,) = model.embed_texts([text])
    assert least <= LabelSimilarity.load().score(vector) <= most


def test_a_text_that_does_not_ask_conse_is_near_nothing() -> None:
    heads_alone = np.zeros(STARTER_IDENTITY.dimension, np.float32)
    heads_alone[0] = 1.0
    assert LabelSimilarity(np.ones((2, SENTENCE_DIMENSION), np.float32)).score(heads_alone) == 0.0
