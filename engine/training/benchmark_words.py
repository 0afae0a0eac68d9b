"""Sixty everyday words, as people type them into a search box, and the photographs that show them.

The words were chosen from what ordinary photographs show, before any model was measured with them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.models.text.word_split import split_words
from engine.training.pairs import Pairs

NAMED_BY = 2  # captions of a photograph that must name a thing, so that it is not one person's guess

# fmt: off
WORDS = (
    "dog", "man", "woman", "boy", "girl", "baby", "crowd", "player", "water", "snow",
    "beach", "grass", "ocean", "pool", "lake", "river", "mountain", "rock", "sand", "field",
    "street", "road", "city", "building", "park", "playground", "tree", "flower", "wall", "fence",
    "bench", "table", "couch", "chair", "bed", "window", "car", "bus", "bicycle", "motorcycle",
    "boat", "train", "horse", "bird", "cat", "ball", "frisbee", "skateboard", "tennis", "soccer",
    "basketball", "football", "baseball", "guitar", "hat", "jacket", "dress", "helmet", "sunglasses", "fire",
)
# fmt: on
_PLURALS = {"man": "men", "woman": "women", "baby": "babies", "city": "cities"}
_HISSES = ("s", "sh", "ch", "x")


def forms_of(word: str) -> set[str]:
    """The word and its plural."""
    return {word, _PLURALS.get(word, f"{word}es" if word.endswith(_HISSES) else f"{word}s")}


def relevant_pictures(
    words: Sequence[str], texts: Sequence[str], pairs: Pairs, pictures: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """(words, pictures): whether at least `NAMED_BY` captions of the picture name the word."""
    place = {int(number): at for at, number in enumerate(pictures)}
    counts = np.zeros((len(words), len(pictures)), np.int64)
    forms = [forms_of(word) for word in words]
    for text, picture in zip(pairs.texts, pairs.pictures, strict=True):
        said = set(split_words(texts[text]))
        for row, wanted in enumerate(forms):
            counts[row, place[int(picture)]] += not wanted.isdisjoint(said)
    return counts >= NAMED_BY
