"""Evaluates the starter and its halves on photographs that no head was trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.models.array_math import l2_normalize
from engine.models.starter.adapter import float_weights, join_pictures, join_texts
from engine.models.starter.backbone import LAST_FEATURE_COUNT, EfficientNetLite
from engine.models.starter.conse import Conse, class_probabilities
from engine.models.starter.familiarity import STOP_WORDS, Familiarity, StoredArrays, conse_share
from engine.models.starter.heads import StarterHeads
from engine.models.text.word_split import split_words
from engine.records import Vectors
from engine.training.benchmark_words import NAMED_BY, relevant_pictures
from engine.training.captions import CaptionDataset
from engine.training.pairs import Pairs
from engine.training.retrieval_metrics import RetrievalScores, mean_average_precision, measure_retrieval

NEIGHBOURS = 5


@dataclass(frozen=True, slots=True, eq=False)
class StarterHalf:
    """One half's vectors, rows of unit length, of captions, everyday words and photographs."""

    captions: Vectors
    words: Vectors
    pictures: Vectors


@dataclass(frozen=True, slots=True, eq=False)
class GroundTruth:
    """The right answers for the dev photographs."""

    picture_of: NDArray[np.int64]  # (captions,)
    shown: NDArray[np.bool_]  # (words, pictures)
    said: NDArray[np.bool_]  # (pictures, vocabulary): the words by which captions describe it


@dataclass(frozen=True, slots=True)
class StarterScores:
    """The measures of the starter, or of one of its halves; higher is better."""

    captions: RetrievalScores
    words: float  # mean average precision
    neighbour_overlap: float  # of a photograph and its nearest others: words in common, as share of all


def score_half(half: StarterHalf, truth: GroundTruth) -> StarterScores:
    """Measure vectors against the right answers."""
    return StarterScores(
        measure_retrieval(half.captions @ half.pictures.T, truth.picture_of),
        mean_average_precision(half.words @ half.pictures.T, truth.shown),
        neighbour_word_overlap(half.pictures, truth.said),
    )


@dataclass(frozen=True, slots=True, eq=False)
class StarterHalves:
    """Both halves of the starter over the same texts and photographs."""

    heads: StarterHalf
    conse: StarterHalf
    strange_captions: NDArray[np.float32]  # how unfamiliar each is to the heads
    strange_words: NDArray[np.float32]

    def joined(self) -> StarterHalf:
        """Both halves joined as in the starter."""
        return StarterHalf(
            join_texts(self.heads.captions, self.conse.captions, conse_share(self.strange_captions)),
            join_texts(self.heads.words, self.conse.words, conse_share(self.strange_words)),
            join_pictures(self.heads.pictures, self.conse.pictures),
        )


@dataclass(frozen=True, slots=True)
class StarterEvaluation:
    """The scores of each half alone, and of both."""

    conse: StarterScores
    heads: StarterScores
    both: StarterScores
    raw_neighbour_overlap: float  # `neighbour_overlap` by the backbone's last features themselves


@dataclass(frozen=True, slots=True, eq=False)
class EvaluationTexts:
    """Texts to evaluate with: their words and their sentence vectors."""

    words: Sequence[Sequence[str]]  # of each text
    sentences: Vectors  # the encoder's


@dataclass(frozen=True, slots=True, eq=False)
class EvaluationData:
    """The data to evaluate a starter on: (pictures, FEATURE_COUNT) features of dev photographs, and texts."""

    features: NDArray[np.float32]
    captions: EvaluationTexts
    words: EvaluationTexts


def evaluate_starter(
    truth: GroundTruth, seen: EvaluationData, stored: StoredArrays, network: EfficientNetLite
) -> StarterEvaluation:
    """Evaluate a starter on the dev photographs. `stored`: the arrays of its file."""
    weights = float_weights(stored)
    heads, conse, familiarity = StarterHeads(weights), Conse(weights), Familiarity(stored)
    likely = class_probabilities(network.logits(seen.features))
    captions, words = seen.captions.sentences, seen.words.sentences
    halves = StarterHalves(
        StarterHalf(
            heads.embed_texts(captions), heads.embed_texts(words), heads.embed_pictures(seen.features)
        ),
        StarterHalf(conse.embed_texts(captions), conse.embed_texts(words), conse.embed_pictures(likely)),
        familiarity.unfamiliarity(seen.captions.words),
        familiarity.unfamiliarity(seen.words.words),
    )
    return StarterEvaluation(
        score_half(halves.conse, truth),
        score_half(halves.heads, truth),
        score_half(halves.joined(), truth),
        neighbour_word_overlap(l2_normalize(seen.features[:, :LAST_FEATURE_COUNT]), truth.said),
    )


def ground_truth_of(captioned: CaptionDataset, words: Sequence[str]) -> GroundTruth:
    """The right answers for the dev photographs, in the order of their numbers."""
    numbers, picture_of = np.unique(captioned.dev.pictures, return_inverse=True)
    return GroundTruth(
        picture_of,
        relevant_pictures(words, captioned.texts, captioned.dev, numbers),
        shared_caption_words(captioned.texts, captioned.dev, numbers),
    )


def shared_caption_words(
    texts: Sequence[str], pairs: Pairs, pictures: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """(pictures, vocabulary): which words, except stop words, two captions of a picture share."""
    telling = [set(split_words(texts[text])) - STOP_WORDS for text in pairs.texts]
    places = {word: place for place, word in enumerate(sorted(set().union(*telling)))}
    rows = {int(picture): row for row, picture in enumerate(pictures)}
    counts = np.zeros((len(pictures), len(places)), np.int64)
    for said, picture in zip(telling, pairs.pictures, strict=True):
        counts[rows[int(picture)], [places[word] for word in said]] += 1
    return counts >= NAMED_BY


def neighbour_word_overlap(pictures: Vectors, said: NDArray[np.bool_]) -> float:
    """Words in common of each picture and its `NEIGHBOURS` nearest others, as a share of all their words.

    0 if there are no others.
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
