"""What of a page becomes vectors of its meaning: passages of its text, each with its document's title.

The encoder reads short pieces better than long ones, and a page of few vectors is found as well as one of
many: so pieces that stand together are averaged. Figures: docs/decisions/words.md.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from engine.models.array_math import l2_normalize
from engine.models.text.sentence_encoder import SENTENCE_DIMENSION
from engine.records import ModelIdentity, Vectors

# Another revision where texts are cut in another way: passages that were made before do not compare.
PASSAGE_MODEL = ModelIdentity("passages", "minilm-1", SENTENCE_DIMENSION)

MAX_PASSAGES = 2  # of a page: 776 bytes
PIECE_WORDS = 100
# Of a page; where it has more words, pieces are longer, and the encoder reads their beginnings.
MAX_PIECES = 16
TITLE_WORDS = 16
MIN_LETTERS = 12  # less says nothing: a page number, a word on a sign


def split_into_pieces(text: str, title: str) -> list[str]:
    """Of about the same length, together all of the text; none where it says too little."""
    words = text.split()
    if sum(map(str.isalpha, "".join(words))) < MIN_LETTERS:
        return []
    bounds = _even_bounds(len(words), min(-(-len(words) // PIECE_WORDS), MAX_PIECES))
    head = " ".join(title.split()[:TITLE_WORDS])
    parts = (" ".join(words[start:stop]) for start, stop in pairwise(bounds))
    return [f"{head}. {part}" if head else part for part in parts]


def pool_pieces(pieces: Vectors) -> Vectors:
    """The (pieces, dimension) vectors of a page -> (passages, dimension), rows of unit length."""
    if len(pieces) <= MAX_PASSAGES:
        return pieces
    means = [
        pieces[start:stop].mean(axis=0) for start, stop in pairwise(_even_bounds(len(pieces), MAX_PASSAGES))
    ]
    return l2_normalize(np.stack(means))


def _even_bounds(count: int, parts: int) -> list[int]:
    return [count * number // parts for number in range(parts + 1)]
