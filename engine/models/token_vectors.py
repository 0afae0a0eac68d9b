"""Static token vectors: what a word means, in under a millisecond and without torch.

The 32,000 x 256 table and its tokenizer come from the wordllama package (MIT licence). Only its two data
files are read: its own code is never imported, because its loader asks a model hub.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.errors import ModelError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

TOKEN_DIMENSION = 256
LONGEST_TEXT = 2000  # characters; a query is a sentence, and what follows cannot change its meaning much

_PACKAGE = "wordllama"
_WEIGHTS = "weights/l2_supercat_256.safetensors"
_TOKENIZER = "tokenizers/l2_supercat_tokenizer_config.json"
_FIRST_MERGE = 259  # below it: special tokens and the 256 single bytes, which mean nothing by themselves
_WORD_BOUNDARY = "\u2581"
_SMOOTHING = 0.1
_LETTERS_OF_A_WORD = 3  # shorter tokens are mostly pieces of words
_NOT_A_WORD = re.compile(r"[^\w\s']|_")


def words_of(text: str) -> list[str]:
    """The words of a text in lower case, punctuation and symbols dropped."""
    return _NOT_A_WORD.sub(" ", text[:LONGEST_TEXT].lower()).split()


def package_file(package: str, relative: str) -> Path:
    """A data file of an installed package, found without importing the package.

    Raises ModelError when it is not there.
    """
    spec = importlib.util.find_spec(package)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / relative
        if path.is_file():
            return path
    raise ModelError(
        "The starter model's files are missing from this installation.", "Install the program again."
    )


class TokenVectors:
    """Sums of token vectors, each weighted by how much its token tells.

    Weights are smooth inverse frequencies, a / (a + p) (Arora, Liang and Ma 2017, "A simple but tough-to-beat
    baseline for sentence embeddings"). The frequency p is not counted on any text: a byte-pair vocabulary is
    ordered by how often each merge occurred, so p is taken to be 1 / rank.
    """

    def __init__(self, table: NDArray[np.float16], tokenizer: Tokenizer) -> None:
        self._table = table
        self._tokenizer = tokenizer
        rank = np.arange(len(table)) - (_FIRST_MERGE - 1)
        weights = _SMOOTHING / (_SMOOTHING + 1.0 / np.maximum(rank, 1))
        weights[:_FIRST_MERGE] = 0.0
        boundary = tokenizer.token_to_id(_WORD_BOUNDARY)
        if boundary is not None:
            weights[boundary] = 0.0
        self._weights = weights.astype(np.float32)
        self._whole: WholeWords | None = None

    @classmethod
    def load(cls) -> TokenVectors:
        """About 0.1 s. Raises ModelError when the data files are missing."""
        from safetensors import safe_open
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(package_file(_PACKAGE, _TOKENIZER)))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        with safe_open(str(package_file(_PACKAGE, _WEIGHTS)), "np") as weights:
            return cls(weights.get_tensor("embedding.weight"), tokenizer)

    def weighted_sums(
        self, word_lists: Sequence[Sequence[str]]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Per list of words: the weighted sum of its token vectors, and the sum of the weights.

        Returns (count, 256) float32 and (count,) float32; a list without a known token gives zeros.
        """
        sums = np.zeros((len(word_lists), TOKEN_DIMENSION), np.float32)
        totals = np.zeros(len(word_lists), np.float32)
        flat = [word for words in word_lists for word in words]
        encodings = iter(self._tokenizer.encode_batch(flat, add_special_tokens=False))
        for index, words in enumerate(word_lists):
            tokens = [token for _ in words for token in next(encodings).ids]
            weights = self._weights[tokens]
            sums[index] = weights @ self._table[tokens].astype(np.float32)
            totals[index] = weights.sum()
        return sums, totals

    def token_ids(self, texts: Sequence[str]) -> list[list[int]]:
        """The tokens of each text's words, in their order."""
        encodings = self._tokenizer.encode_batch(
            [" ".join(words_of(text)) for text in texts], add_special_tokens=False
        )
        return [encoding.ids for encoding in encodings]

    def rows(self, tokens: Sequence[int]) -> NDArray[np.float32]:
        """Token ids -> (count, 256) float32, as they are in the table."""
        return self._table[tokens].astype(np.float32)

    def similar_words(self, words: Sequence[str], floor: float, most: int) -> list[dict[str, float]]:
        """Per word, in lower case, those that mean nearly the same, with their cosine: `most` at most, none
        below `floor`, and not the word itself.

        Only words that are one token each are compared. The sum of several tokens says what they are, not in
        which order they stand: "revenue" (re, venue) would be next to "avenue" (a, venue). A word of several
        tokens has no similar words.
        """
        return self._whole_words().similar(words, floor, most)

    def whole_words(self) -> tuple[Sequence[str], NDArray[np.float32]]:
        """The words that are one token each, and their (count, 256) vectors of unit length."""
        whole = self._whole_words()
        return whole.words, whole.vectors

    def _whole_words(self) -> WholeWords:
        if self._whole is None:
            self._whole = WholeWords.among(self._table, self._tokenizer.get_vocab(with_added_tokens=False))
        return self._whole


class WholeWords:
    """The tokens of a vocabulary that are words, and which of them mean nearly the same."""

    def __init__(self, words: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """`vectors`: (count, dimension) of unit length."""
        self.words = words
        self.vectors = vectors
        self._rows = {word: row for row, word in enumerate(words)}
        self._known: dict[
            tuple[str, float, int], dict[str, float]
        ] = {}  # a few words for each that was asked

    @classmethod
    def among(cls, table: NDArray[np.float16], vocabulary: Mapping[str, int]) -> WholeWords:
        """`table`: (tokens, dimension). Capitals aside, the first of two equal words stands for both."""
        rows: dict[str, int] = {}
        for token, row in sorted(vocabulary.items(), key=lambda entry: entry[1]):
            word = token.removeprefix(_WORD_BOUNDARY)
            if word != token and word.isalpha() and word.islower() and len(word) >= _LETTERS_OF_A_WORD:
                rows.setdefault(word, row)
        vectors = table[list(rows.values())].astype(np.float32)
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
        return cls(list(rows), vectors)

    def similar(self, words: Sequence[str], floor: float, most: int) -> list[dict[str, float]]:
        """As `TokenVectors.similar_words`."""
        new = [
            word
            for word in dict.fromkeys(words)
            if word in self._rows and (word, floor, most) not in self._known
        ]
        if new:
            rows = [self._rows[word] for word in new]
            for word, cosines in zip(new, self.vectors[rows] @ self.vectors.T, strict=True):
                self._known[word, floor, most] = self._nearest(word, cosines, floor, most)
        return [dict(self._known.get((word, floor, most), {})) for word in words]

    def _nearest(self, word: str, cosines: NDArray[np.float32], floor: float, most: int) -> dict[str, float]:
        near = np.flatnonzero(cosines >= floor)
        ordered = near[np.argsort(-cosines[near], kind="stable")].tolist()
        found = {self.words[at]: float(cosines[at]) for at in ordered if self.words[at] != word}
        return dict(list(found.items())[:most])
