"""How well the starter and its halves find what they should, on photographs that no head was trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.models.arithmetic import unit
from engine.models.conse import STOP_WORDS, Conse
from engine.models.efficientnet_lite import LAST_FEATURES, EfficientNetLite
from engine.models.starter import conse_shares, join_pictures, join_texts
from engine.models.starter_heads import StarterHeads
from engine.models.token_vectors import words_of
from engine.records import Vectors
from engine.teach.captions import Captioned
from engine.teach.evaluate import BothWays, both_ways, mean_average_precision
from engine.teach.everyday_words import NAMED_BY, WORDS, relevant_pictures
from engine.teach.pairs import Pairs

SHARES = tuple(share / 20 for share in range(13))  # of ConSE, from which one is chosen
NEIGHBOURS = 5


@dataclass(frozen=True, slots=True, eq=False)
class Half:
    """Vectors, rows of unit length, of the captions, of the everyday words, of the photographs."""

    captions: Vectors
    words: Vectors
    pictures: Vectors


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    picture_of: NDArray[np.int64]  # (captions,)
    shown: NDArray[np.bool_]  # (words, pictures)
    said: NDArray[np.bool_]  # (pictures, vocabulary): the words by which captions name what is there


@dataclass(frozen=True, slots=True)
class Figures:
    captions: BothWays
    words: float  # mean average precision
    alike: float  # of a photograph and its nearest others: words in common, of all they have


def figures(half: Half, truth: Truth) -> Figures:
    return Figures(
        both_ways(half.captions @ half.pictures.T, truth.picture_of),
        mean_average_precision(half.words @ half.pictures.T, truth.shown),
        words_in_common(half.pictures, truth.said),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Halves:
    heads: Half
    conse: Half
    strange_captions: NDArray[np.float32]  # how strange each is to the heads
    strange_words: NDArray[np.float32]

    def joined(self, share: float) -> Half:
        """As the starter joins them, with this share of ConSE for familiar texts."""
        captions, words = (
            conse_shares(share, strangeness) for strangeness in (self.strange_captions, self.strange_words)
        )
        return Half(
            join_texts(self.heads.captions, self.conse.captions, captions),
            join_texts(self.heads.words, self.conse.words, words),
            join_pictures(self.heads.pictures, self.conse.pictures),
        )


@dataclass(frozen=True, slots=True)
class Judgement:
    share: float  # of ConSE in the scores, for texts of familiar words
    conse: Figures
    heads: Figures
    both: Figures
    raw_alike: float  # as `Figures.alike`, by the backbone's last features as they are


def judge(
    captioned: Captioned,
    features: NDArray[np.float32],
    heads: StarterHeads,
    conse: Conse,
    network: EfficientNetLite,
) -> Judgement:
    """On the dev photographs, with the best share for them. `features`: (pictures, FEATURES), of all."""
    numbers, picture_of = np.unique(captioned.dev.pictures, return_inverse=True)
    said = words_said(captioned.texts, captioned.dev, numbers)
    truth = Truth(picture_of, relevant_pictures(WORDS, captioned.texts, captioned.dev, numbers), said)
    seen, captions = features[numbers], [captioned.texts[number] for number in captioned.dev.texts]
    halves = Halves(
        Half(heads.texts(captions), heads.texts(WORDS), heads.pictures(seen)),
        Half(conse.texts(captions), conse.texts(WORDS), conse.pictures(network.logits(seen))),
        heads.strangeness(captions),
        heads.strangeness(WORDS),
    )
    share = choose_share(halves, truth)
    return Judgement(
        share,
        figures(halves.conse, truth),
        figures(halves.heads, truth),
        figures(halves.joined(share), truth),
        words_in_common(unit(seen[:, :LAST_FEATURES]), said),
    )


def choose_share(halves: Halves, truth: Truth) -> float:
    """The share of ConSE, for familiar texts, with which captions and words together find most."""

    def found(share: float) -> float:
        half = halves.joined(share)
        captions = both_ways(half.captions @ half.pictures.T, truth.picture_of)
        return captions.pictures_by_text.at_10 + mean_average_precision(
            half.words @ half.pictures.T, truth.shown
        )

    return max(SHARES, key=found)


def words_said(texts: Sequence[str], pairs: Pairs, pictures: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(pictures, vocabulary): which words, but for "the" and the like, two captions of a picture share."""
    telling = [set(words_of(texts[text])) - STOP_WORDS for text in pairs.texts]
    places = {word: place for place, word in enumerate(sorted(set().union(*telling)))}
    rows = {int(picture): row for row, picture in enumerate(pictures)}
    counts = np.zeros((len(pictures), len(places)), np.int64)
    for said, picture in zip(telling, pairs.pictures, strict=True):
        counts[rows[int(picture)], [places[word] for word in said]] += 1
    return counts >= NAMED_BY


def words_in_common(pictures: Vectors, said: NDArray[np.bool_]) -> float:
    """Of each picture and its `NEIGHBOURS` nearest others: words in common, as a share of all they have.

    0 where there are no others.
    """
    if len(pictures) < 2:
        return 0.0
    scores = pictures @ pictures.T
    np.fill_diagonal(scores, -np.inf)
    nearest = np.argsort(-scores, axis=1, kind="stable")[:, : min(NEIGHBOURS, len(scores) - 1)]
    numbers = said.astype(np.float32)
    both = np.einsum("pv,pnv->pn", numbers, numbers[nearest])
    sizes = numbers.sum(axis=1)
    either = sizes[:, None] + sizes[nearest] - both
    return float(np.mean(both / np.maximum(either, 1)))
