"""Static token vectors: what a word means, in under a millisecond and without torch.

The 32,000 x 256 table and its tokenizer come from the wordllama package (MIT licence). Only its two data
files are read: its own code is never imported, because its loader asks a model hub.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.models.package_files import package_file

if TYPE_CHECKING:
    from tokenizers import Tokenizer

TOKEN_DIMENSION = 256
LONGEST_TEXT = 2000  # characters; a query is a sentence, and what follows cannot change its meaning much

PACKAGE = "wordllama"
WEIGHTS = "weights/l2_supercat_256.safetensors"
TOKENIZER = "tokenizers/l2_supercat_tokenizer_config.json"
WORD_BOUNDARY = "\u2581"  # a token that begins a word begins with it

_FIRST_MERGE = 259  # below it: special tokens and the 256 single bytes, which mean nothing by themselves
_SMOOTHING = 0.1
_NOT_A_WORD = re.compile(r"[^\w\s']|_")


def words_of(text: str) -> list[str]:
    """The words of a text in lower case, punctuation and symbols dropped."""
    return _NOT_A_WORD.sub(" ", text[:LONGEST_TEXT].lower()).split()


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
        boundary = tokenizer.token_to_id(WORD_BOUNDARY)
        if boundary is not None:
            weights[boundary] = 0.0
        self._weights = weights.astype(np.float32)

    @classmethod
    def load(cls) -> TokenVectors:
        """About 0.1 s. Raises ModelError when the data files are missing."""
        from safetensors import safe_open
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(package_file(PACKAGE, TOKENIZER)))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        with safe_open(str(package_file(PACKAGE, WEIGHTS)), "np") as weights:
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
