"""Themes: what kinds of photographs a library holds, found by spherical k-means over their vectors.

Vectors of one model point into one part of the space, so their mean is taken off before they are compared.
The centres are found on a sample; then every photograph belongs to the centre that it is nearest to, or to
none when it is much farther from it than others are.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.discover.steps import Steps
from engine.records import Vectors

FEWEST_PHOTOS = 24  # below, a person sees all of them at once
MOST_THEMES = 40
ROUNDS, STARTS = 25, 4
SMALLEST_THEME = 5
SMALLEST_SHARE = 0.004  # of the library
NEAR_ENOUGH = 0.6  # of the middle one's nearness
SAME_THEME = 0.8  # cosine of two centres, the mean of all photographs taken off
COVERS = 8
SEED = 20
LEAST = np.float32(1e-12)

Items = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Centre:
    """A vector belongs here by `vector @ centre - offset`, when no other centre has more, nor `least`."""

    centre: NDArray[np.float32]
    offset: float
    least: float


@dataclass(frozen=True, slots=True, eq=False)
class Members:
    items: Items  # sorted
    covers: Items  # the nearest to the centre, the nearest first


def theme_count(photos: int) -> int:
    """How many kinds are looked for: 5 among 24 photographs, 8 among 100, 17 among 2,000, 40 from 47,000."""
    return min(MOST_THEMES, round(2.2 * math.pow(photos, 0.27)))


def find_centres(sample: Vectors, count: int) -> Steps[list[Centre]]:
    """(photographs, dimension) -> up to `count` centres. The same sample gives the same ones."""
    mean = sample.mean(axis=0)
    vectors = _unit(sample - mean)
    centres = _merged(vectors, (yield from _best_start(vectors, count)))
    scores = (sample - mean) @ centres.T
    owners = scores.argmax(axis=1)
    found: list[Centre] = []
    for number in np.unique(owners):
        nearness = float(np.median(scores[owners == number, number]))
        offset = float(centres[number] @ mean)
        found.append(Centre(centres[number], offset, NEAR_ENOUGH * nearness))
    return found


def assign(centres: Sequence[Centre], pieces: Iterable[tuple[Items, Vectors]]) -> Steps[list[Members]]:
    """The photographs of each centre, which may be none."""
    if not centres:
        return []
    items_of: list[list[Items]] = [[] for _ in centres]
    scores_of: list[list[NDArray[np.float32]]] = [[] for _ in centres]
    matrix = np.stack([centre.centre for centre in centres])
    offsets = np.array([centre.offset for centre in centres], np.float32)
    leasts = np.array([centre.least for centre in centres], np.float32)
    for items, vectors in pieces:
        yield 0
        scores = vectors @ matrix.T - offsets
        owners = scores.argmax(axis=1)
        best = scores[np.arange(len(items)), owners]
        owners[best < leasts[owners]] = -1
        for number in range(len(centres)):
            mine = owners == number
            items_of[number].append(items[mine])
            scores_of[number].append(best[mine])
    return [_members(*both) for both in zip(items_of, scores_of, strict=True)]


def is_large_enough(members: Members, photos: int) -> bool:
    return len(members.items) >= max(SMALLEST_THEME, SMALLEST_SHARE * photos)


def _members(items: list[Items], scores: list[NDArray[np.float32]]) -> Members:
    if not items:
        return Members(np.empty(0, np.int64), np.empty(0, np.int64))
    all_items, all_scores = np.concatenate(items), np.concatenate(scores)
    nearest = np.lexsort((all_items, -all_scores))[:COVERS]
    return Members(np.sort(all_items), all_items[nearest])


def _merged(vectors: Vectors, centres: Vectors) -> Vectors:
    """Without centres that share a direction: a library of few kinds has few themes."""
    sizes = np.bincount((vectors @ centres.T).argmax(axis=1), minlength=len(centres)).astype(np.float32)
    while len(centres) > 1:
        likeness = centres @ centres.T
        np.fill_diagonal(likeness, -np.inf)
        first, second = sorted(divmod(int(likeness.argmax()), len(centres)))
        if likeness[first, second] < SAME_THEME:
            break
        both = sizes[first] * centres[first] + sizes[second] * centres[second]
        centres[first] = _unit(both[None])[0]
        sizes[first] += sizes[second]
        centres, sizes = np.delete(centres, second, axis=0), np.delete(sizes, second)
    return centres


def _best_start(vectors: Vectors, count: int) -> Steps[Vectors]:
    best, best_score = vectors[:0], -np.inf
    for start in range(STARTS):
        centres, score = yield from _k_means(vectors, count, np.random.default_rng(SEED + start))
        if score > best_score:
            best, best_score = centres, score
    return best


def _k_means(vectors: Vectors, count: int, random: np.random.Generator) -> Steps[tuple[Vectors, float]]:
    """Centres, and how near the vectors are to theirs in the mean."""
    centres = yield from _spread(vectors, count, random)
    nearness = -np.inf
    for _ in range(ROUNDS):
        yield 0
        scores = vectors @ centres.T
        owners = scores.argmax(axis=1)
        before, nearness = nearness, float(scores[np.arange(len(vectors)), owners].mean())
        if nearness <= before:
            break
        yield 0
        order = np.argsort(owners, kind="stable")
        owned, firsts = np.unique(owners[order], return_index=True)
        centres[owned] = _unit(np.add.reduceat(vectors[order], firsts, axis=0))
    return centres, nearness


def _spread(vectors: Vectors, count: int, random: np.random.Generator) -> Steps[Vectors]:
    """First centres far from one another: k-means++ (Arthur and Vassilvitskii 2007)."""
    chosen = [int(random.integers(len(vectors)))]
    distances = np.full(len(vectors), np.inf)
    while len(chosen) < min(count, len(vectors)):
        yield 0
        distances = np.minimum(distances, np.maximum(1 - vectors @ vectors[chosen[-1]], 0.0))
        total = float(distances.sum())
        if total <= float(LEAST):
            break  # all others are the same as one that is chosen
        place = int(np.searchsorted(np.cumsum(distances), random.random() * total))
        chosen.append(min(place, len(vectors) - 1))
    return vectors[chosen].copy()


def _unit(vectors: NDArray[np.float32]) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, LEAST), dtype=np.float32)
