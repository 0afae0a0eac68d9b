"""Finds words with nearly the same meaning by static word vectors, for the words on pages.

The table of 32,000 x 256 and the names of its tokens come from the package wordllama (MIT licence). Only its
two data files are read: its own code is never imported, because its loader contacts a model hub. The names
are read as plain JSON: the window does not need the tokenizer, which takes three times as long to load and
blocks every other thread meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from engine.models.package_files import find_package_file

WORD_DIMENSION = 256

PACKAGE = "wordllama"
WEIGHTS = "weights/l2_supercat_256.safetensors"
TOKENIZER = "tokenizers/l2_supercat_tokenizer_config.json"
WORD_BOUNDARY = "\u2581"  # the first character of a token that begins a word

_MIN_WORD_LETTERS = 3  # shorter tokens are mostly pieces of words


class WordVectors:
    """The tokens of a vocabulary that are whole words, and which of them mean nearly the same.

    Only words of a single token are compared. The sum of several tokens represents which they are, not their
    order: "revenue" (re, venue) would be near "avenue" (a, venue). A word of several tokens has no similar
    words.
    """

    def __init__(self, words: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """`vectors`: (count, dimension) of unit length."""
        self.words = words
        self.vectors = vectors
        self._rows = {word: row for row, word in enumerate(words)}
        self._cache: dict[
            tuple[str, float, int], dict[str, float]
        ] = {}  # a few similar words for each word looked up

    @classmethod
    def load(cls) -> WordVectors:
        """Load the table. Raises ModelError if the data files are missing."""
        from safetensors import safe_open

        text = find_package_file(PACKAGE, TOKENIZER).read_text("utf-8")
        # Only the names: other threads wait meanwhile, and with the merges it takes half as long again.
        vocabulary, _end = json.JSONDecoder().raw_decode(text, text.index("{", text.index('"vocab"')))
        with safe_open(str(find_package_file(PACKAGE, WEIGHTS)), "np") as weights:
            return cls.from_table(weights.get_tensor("embedding.weight"), vocabulary)

    @classmethod
    def from_table(cls, table: NDArray[np.float16], vocabulary: Mapping[str, int]) -> WordVectors:
        """`table`: (tokens, dimension).

        Capitalised words are left out; the first of two equal words counts.
        """
        rows: dict[str, int] = {}
        for token, row in sorted(vocabulary.items(), key=lambda entry: entry[1]):
            word = token.removeprefix(WORD_BOUNDARY)
            if word != token and word.isalpha() and word.islower() and len(word) >= _MIN_WORD_LETTERS:
                rows.setdefault(word, row)
        vectors = table[list(rows.values())].astype(np.float32)
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
        return cls(list(rows), vectors)

    def find_similar(self, words: Sequence[str], floor: float, most: int) -> list[dict[str, float]]:
        """For each lower-case word the words that mean nearly the same, with their cosines.

        At most `most` for each, none below `floor`, and not the word itself.
        """
        new = [
            word
            for word in dict.fromkeys(words)
            if word in self._rows and (word, floor, most) not in self._cache
        ]
        if new:
            rows = [self._rows[word] for word in new]
            for word, cosines in zip(new, self.vectors[rows] @ self.vectors.T, strict=True):
                self._cache[word, floor, most] = self._nearest(word, cosines, floor, most)
        return [dict(self._cache.get((word, floor, most), {})) for word in words]

    def _nearest(self, word: str, cosines: NDArray[np.float32], floor: float, most: int) -> dict[str, float]:
        near = np.flatnonzero(cosines >= floor)
        ordered = near[np.argsort(-cosines[near], kind="stable")].tolist()
        found = {self.words[at]: float(cosines[at]) for at in ordered if self.words[at] != word}
        return dict(list(found.items())[:most])
