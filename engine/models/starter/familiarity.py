"""How unfamiliar a text's words are to the starter's heads, and so how much weight ConSE gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from engine.errors import ModelError

WEIGHTS_FILE = "starter.safetensors"  # in assets, beside its model card
WORDS_KEY = "familiar.words"  # of the captions that the heads were trained on: UTF-8, one a line
CAPTIONS_KEY = "familiar.captions"  # the number of captions with each of these words

MAX_CONSE_SHARE = 0.7  # ConSE's share of the score for a text of words that are new to the heads
HALF_FAMILIAR_CAPTIONS = 30.0  # after which a word is half familiar: see docs/decisions/models.md

# fmt: off
STOP_WORDS = frozenset({
    "a", "an", "the", "of", "in", "on", "at", "is", "are", "with", "and", "to", "by", "while", "from",
    "as", "his", "her", "their", "its", "it", "that", "this", "there", "for", "into", "over", "next",
    "up", "down", "out", "two", "one", "some", "near",
})
# fmt: on

StoredArrays = Mapping[str, NDArray[np.generic]]


class Familiarity:
    """Knows the words of the captions that the heads were trained on. Thread-safe."""

    def __init__(self, stored: StoredArrays) -> None:
        """`stored`: the arrays of the starter's file. Raises KeyError, ValueError if they do not fit."""
        words = _parse_words(stored[WORDS_KEY])
        self._caption_counts = dict(zip(words, stored[CAPTIONS_KEY].tolist(), strict=True))

    @classmethod
    def load(cls) -> Familiarity:
        """Load only what it needs of the starter's file; a few milliseconds. Raises ModelError."""
        return cls(read_stored_arrays(WORDS_KEY, CAPTIONS_KEY))

    def unfamiliarity(self, texts: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        """(count,) from 0 (words the heads know well) to 1 (unknown); texts as lists of lower-case words."""
        return np.array([self._mean_unfamiliarity(content_words(words)) for words in texts], np.float32)

    def conse_shares(self, texts: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        """(count,): ConSE's share of the score of each text."""
        return conse_share(self.unfamiliarity(texts))

    def _mean_unfamiliarity(self, words: Sequence[str]) -> float:
        """The root mean square over the words, so that unfamiliar words count for more."""
        if not words:
            return 1.0
        captions = np.array([self._caption_counts.get(word.removesuffix("'s"), 0) for word in words])
        return float(np.sqrt(np.mean((HALF_FAMILIAR_CAPTIONS / (HALF_FAMILIAR_CAPTIONS + captions)) ** 2)))


def conse_share(unfamiliarity: NDArray[np.float32]) -> NDArray[np.float32]:
    """ConSE's share of the score for texts of this unfamiliarity."""
    return np.float32(MAX_CONSE_SHARE) * unfamiliarity


def content_words(words: Sequence[str]) -> Sequence[str]:
    """The words without stop words; all words if nothing else is left."""
    return [word for word in words if word not in STOP_WORDS] or words


def load_caption_words() -> frozenset[str]:
    """The words of the captions that the heads were trained on, in lower case: English of descriptions.

    Raises ModelError if the starter's file is missing or damaged.
    """
    return frozenset(_parse_words(read_stored_arrays(WORDS_KEY)[WORDS_KEY]))


def read_stored_arrays(*names: str) -> StoredArrays:
    """Read only these arrays of the starter's file. Raises ModelError."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(str(files("assets").joinpath(WEIGHTS_FILE)), "np") as stored:
            return {name: stored.get_tensor(name) for name in names}
    except (OSError, ValueError, SafetensorError) as error:
        raise unreadable_error(error) from error


def unreadable_error(error: Exception) -> ModelError:
    """The error for a starter file that cannot be read."""
    return ModelError(f"The starter model's weights cannot be read: {error}.", "Install the program again.")


def _parse_words(stored: NDArray[np.generic]) -> list[str]:
    return stored.tobytes().decode("utf-8").split("\n")
