"""How strange the words of a text are to the starter's heads, and so how much it trusts ConSE."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from engine.errors import ModelError

WEIGHTS_FILE = "starter.safetensors"  # in assets, beside its model card
WORDS_KEY = "familiar.words"  # of the captions that the heads learnt from: UTF-8, a line each
CAPTIONS_KEY = "familiar.captions"  # how many captions each of these came in

MAX_CONSE_SHARE = 0.7  # of ConSE in the score, for a text of words that the heads never met
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
    """Safe to call from any number of threads."""

    def __init__(self, stored: StoredArrays) -> None:
        """`stored`: the arrays of the starter's file. Raises KeyError, ValueError where they do not fit."""
        words = _parse_words(stored[WORDS_KEY])
        self._caption_counts = dict(zip(words, stored[CAPTIONS_KEY].tolist(), strict=True))

    @classmethod
    def load(cls) -> Familiarity:
        """A few milliseconds: the rest of the starter's file is left alone. Raises ModelError."""
        return cls(read_stored_arrays(WORDS_KEY, CAPTIONS_KEY))

    def unfamiliarity(self, texts: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        """Of texts as their words in lower case: 0 for words that the heads know well, 1 for unknown ones."""
        return np.array([self._mean_unfamiliarity(content_words(words)) for words in texts], np.float32)

    def conse_shares(self, texts: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        """(count,): the share of ConSE in the scores of each."""
        return conse_share(self.unfamiliarity(texts))

    def _mean_unfamiliarity(self, words: Sequence[str]) -> float:
        """The root mean square over the words: one that is strange counts for more than one that is not."""
        if not words:
            return 1.0
        captions = np.array([self._caption_counts.get(word.removesuffix("'s"), 0) for word in words])
        return float(np.sqrt(np.mean((HALF_FAMILIAR_CAPTIONS / (HALF_FAMILIAR_CAPTIONS + captions)) ** 2)))


def conse_share(unfamiliarity: NDArray[np.float32]) -> NDArray[np.float32]:
    """The share of ConSE in the score of a text that is so strange."""
    return np.float32(MAX_CONSE_SHARE) * unfamiliarity


def content_words(words: Sequence[str]) -> Sequence[str]:
    """Those that say something of a picture; all, where there are no others."""
    return [word for word in words if word not in STOP_WORDS] or words


def load_caption_words() -> frozenset[str]:
    """Of the captions that the heads learnt from, in lower case: English, as people tell what they see.

    Raises ModelError when the starter's file is missing or damaged.
    """
    return frozenset(_parse_words(read_stored_arrays(WORDS_KEY)[WORDS_KEY]))


def read_stored_arrays(*names: str) -> StoredArrays:
    """Those arrays of the starter's file, alone. Raises ModelError."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(str(files("assets").joinpath(WEIGHTS_FILE)), "np") as stored:
            return {name: stored.get_tensor(name) for name in names}
    except (OSError, ValueError, SafetensorError) as error:
        raise unreadable_error(error) from error


def unreadable_error(error: Exception) -> ModelError:
    return ModelError(f"The starter model's weights cannot be read: {error}.", "Install the program again.")


def _parse_words(stored: NDArray[np.generic]) -> list[str]:
    return stored.tobytes().decode("utf-8").split("\n")
