"""What of a page becomes vectors of its meaning: passages of its text, each with its document's title.

The encoder reads short pieces better than long ones, and a page of few vectors is found as well as one of
many: so pieces that stand together are averaged. Figures: docs/decisions/words.md.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from engine.models.starter.arithmetic import unit
from engine.models.text.sentence_encoder import SENTENCE_DIMENSION
from engine.records import ModelIdentity, Vectors

# Another revision where texts are cut in another way: passages that were made before do not compare.
PASSAGES = ModelIdentity("passages", "minilm-1", SENTENCE_DIMENSION)

MOST_PASSAGES = 2  # of a page: 776 bytes
PIECE_WORDS = 100
MOST_PIECES = (
    16  # of a page; where it has more words, pieces are longer, and the encoder reads their beginnings
)
TITLE_WORDS = 16
FEWEST_LETTERS = 12  # less says nothing: a page number, a word on a sign


def pieces_of(text: str, title: str) -> list[str]:
    """Of about the same length, together all of the text; none where it says too little."""
    words = text.split()
    if sum(map(str.isalpha, "".join(words))) < FEWEST_LETTERS:
        return []
    bounds = _bounds(len(words), min(-(-len(words) // PIECE_WORDS), MOST_PIECES))
    head = " ".join(title.split()[:TITLE_WORDS])
    parts = (" ".join(words[start:stop]) for start, stop in pairwise(bounds))
    return [f"{head}. {part}" if head else part for part in parts]


def pooled(pieces: Vectors) -> Vectors:
    """The (pieces, dimension) vectors of a page -> (passages, dimension), rows of unit length."""
    if len(pieces) <= MOST_PASSAGES:
        return pieces
    means = [pieces[start:stop].mean(axis=0) for start, stop in pairwise(_bounds(len(pieces), MOST_PASSAGES))]
    return unit(np.stack(means))


def _bounds(count: int, parts: int) -> list[int]:
    return [count * number // parts for number in range(parts + 1)]
