"""Cuts a page's text into pieces for the encoder and averages their vectors into passages.

Each piece starts with its document's title. The encoder represents short pieces better than long ones, and a
page of few vectors is found as well as one of many: so adjacent pieces are averaged. Figures:
docs/decisions/words.md.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from engine.models.array_math import l2_normalize
from engine.models.text.sentence_encoder import SENTENCE_DIMENSION
from engine.records import ModelIdentity, Vectors

# Change the revision when texts are cut differently: passages made before cannot be compared.
PASSAGE_MODEL = ModelIdentity("passages", "minilm-1", SENTENCE_DIMENSION)

MAX_PASSAGES = 2  # of a page: 776 bytes
PIECE_WORDS = 100
# For each page; on a page with more words the pieces are longer, and the encoder reads their beginnings.
MAX_PIECES = 16
TITLE_WORDS = 16
MIN_LETTERS = 12  # less has no meaning to search by: a page number, a word on a sign


def split_into_pieces(text: str, title: str) -> list[str]:
    """Split all of a text into pieces of about equal length; none if it has too few letters."""
    words = text.split()
    if sum(map(str.isalpha, "".join(words))) < MIN_LETTERS:
        return []
    bounds = _even_bounds(len(words), min(-(-len(words) // PIECE_WORDS), MAX_PIECES))
    head = " ".join(title.split()[:TITLE_WORDS])
    parts = (" ".join(words[start:stop]) for start, stop in pairwise(bounds))
    return [f"{head}. {part}" if head else part for part in parts]


def pool_pieces(pieces: Vectors) -> Vectors:
    """Average a page's (pieces, dimension) vectors into (passages, dimension), rows of unit length."""
    if len(pieces) <= MAX_PASSAGES:
        return pieces
    means = [
        pieces[start:stop].mean(axis=0) for start, stop in pairwise(_even_bounds(len(pieces), MAX_PASSAGES))
    ]
    return l2_normalize(np.stack(means))


def _even_bounds(count: int, parts: int) -> list[int]:
    return [count * number // parts for number in range(parts + 1)]
