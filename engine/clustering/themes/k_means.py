"""Finds themes, the kinds of photographs in a library, by spherical k-means over their vectors.

The vectors of a model point into one part of the space, so their mean is subtracted before they are compared.
The centres are found on a sample; then every photograph is assigned to the nearest centre, or to none if it
is much farther away than others are. In a library that has grown, both continue from earlier results: centres
start where they were, and a photograph stays until another centre is clearly nearer.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.clustering.resumable_steps import Steps
from engine.records import Vectors

FEWEST_PHOTOS = 24  # fewer can be seen all at once
MOST_THEMES = 40
ROUNDS, STARTS = 25, 4
STARTS_AFRESH = 2  # besides the one that continues from known centres
SMALLEST_THEME = 5
SMALLEST_SHARE = 0.004  # of the library
NEAR_ENOUGH = 0.6  # of the median similarity to the centre
CLEARLY_BETTER = 1.02  # ratio for new centres to win; on one library they differ by .006 at most
STAYS = 0.85  # of the best score, with which a photograph stays in its theme
SAME_THEME = 0.8  # cosine of two centres, with the mean of all photographs subtracted
COVERS = 8
SEED = 20
LEAST = np.float32(1e-12)

Items = NDArray[np.int64]
Owners = NDArray[np.int64]  # for each photograph the index of its centre, -1: none
Piece = tuple[Items, Vectors, Owners]  # photographs, their vectors and their previous owners


@dataclass(frozen=True, slots=True, eq=False)
class ThemeCentre:
    """A vector belongs to the centre of largest `vector @ centre - offset`, if that is at least `least`."""

    centre: NDArray[np.float32]
    offset: float
    least: float


@dataclass(frozen=True, slots=True, eq=False)
class ThemeMembers:
    """The photographs of a theme."""

    items: Items  # sorted
    covers: Items  # the nearest to the centre, the nearest first


def theme_count(photos: int) -> int:
    """How many themes to search for: 5 among 24 photographs, 8 among 100, 17 among 2,000, 40 from 47,000."""
    return min(MOST_THEMES, round(2.2 * math.pow(photos, 0.27)))


def find_centres(sample: Vectors, count: int, known: Vectors | None = None) -> Steps[list[ThemeCentre]]:
    """(photographs, dimension) -> up to `count` centres. The same sample gives the same centres.

    `known`: centres found before in the same space. The result continues from them, with new ones where
    photographs are far from all, unless unrelated centres are clearly better.
    """
    mean = sample.mean(axis=0)
    vectors = _unit(sample - mean)
    centres = _merge_centres(vectors, (yield from _best_start(vectors, count, known)))
    scores = (sample - mean) @ centres.T
    owners = scores.argmax(axis=1)
    found: list[ThemeCentre] = []
    for number in np.unique(owners):
        nearness = float(np.median(scores[owners == number, number]))
        offset = float(centres[number] @ mean)
        found.append(ThemeCentre(centres[number], offset, NEAR_ENOUGH * nearness))
    return found


def assign(centres: Sequence[ThemeCentre], pieces: Iterable[Piece]) -> Steps[list[ThemeMembers]]:
    """The photographs of each centre; may be none."""
    if not centres:
        return []
    items_of: list[list[Items]] = [[] for _ in centres]
    scores_of: list[list[NDArray[np.float32]]] = [[] for _ in centres]
    matrix = np.stack([centre.centre for centre in centres])
    offsets = np.array([centre.offset for centre in centres], np.float32)
    leasts = np.array([centre.least for centre in centres], np.float32)
    for items, vectors, before in pieces:
        yield 0
        scores = vectors @ matrix.T - offsets
        owners = _assign_owners(scores, leasts, before)
        best = scores[np.arange(len(items)), owners]
        for number in range(len(centres)):
            mine = owners == number
            items_of[number].append(items[mine])
            scores_of[number].append(best[mine])
    return [_members(*both) for both in zip(items_of, scores_of, strict=True)]


def _assign_owners(scores: NDArray[np.float32], leasts: NDArray[np.float32], before: Owners) -> Owners:
    rows = np.arange(len(scores))
    owners = scores.argmax(axis=1)
    best = scores[rows, owners]
    theirs = scores[rows, before]  # meaningless where `before` is -1
    stays = (before >= 0) & (theirs >= STAYS * best) & (theirs >= STAYS * leasts[before])
    return np.where(stays, before, np.where(best >= leasts[owners], owners, -1))


def is_large_enough(members: ThemeMembers, photos: int, known: bool = False) -> bool:
    """`known`: it was a theme before, and stays one until it is much too small."""
    smallest = max(SMALLEST_THEME, SMALLEST_SHARE * photos)
    return len(members.items) >= (smallest / 2 if known else smallest)


def _members(items: list[Items], scores: list[NDArray[np.float32]]) -> ThemeMembers:
    if not items:
        return ThemeMembers(np.empty(0, np.int64), np.empty(0, np.int64))
    all_items, all_scores = np.concatenate(items), np.concatenate(scores)
    nearest = np.lexsort((all_items, -all_scores))[:COVERS]
    return ThemeMembers(np.sort(all_items), all_items[nearest])


def _merge_centres(vectors: Vectors, centres: Vectors) -> Vectors:
    """Merge centres of one direction, so that a library of few kinds has few themes."""
    sizes = np.bincount((vectors @ centres.T).argmax(axis=1), minlength=len(centres)).astype(np.float32)
    while len(centres) > 1:
        similarity_of = centres @ centres.T
        np.fill_diagonal(similarity_of, -np.inf)
        first, second = sorted(divmod(int(similarity_of.argmax()), len(centres)))
        if similarity_of[first, second] < SAME_THEME:
            break
        both = sizes[first] * centres[first] + sizes[second] * centres[second]
        centres[first] = _unit(both[None])[0]
        sizes[first] += sizes[second]
        centres, sizes = np.delete(centres, second, axis=0), np.delete(sizes, second)
    return centres


def _best_start(vectors: Vectors, count: int, known: Vectors | None) -> Steps[Vectors]:
    best, best_score = vectors[:0], -np.inf
    if known is not None:
        best, score = yield from _k_means(vectors, count, np.random.default_rng(SEED), known)
        best_score = score * CLEARLY_BETTER
    for start in range(STARTS if known is None else STARTS_AFRESH):
        centres, score = yield from _k_means(vectors, count, np.random.default_rng(SEED + start))
        if score > best_score:
            best, best_score = centres, score
    return best


def _k_means(
    vectors: Vectors, count: int, random: np.random.Generator, known: Vectors | None = None
) -> Steps[tuple[Vectors, float]]:
    """Centres, and the mean similarity of the vectors to theirs."""
    first = vectors[random.integers(len(vectors), size=1)] if known is None else known
    centres = yield from _seed_centres(vectors, first, count, random)
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


def _seed_centres(
    vectors: Vectors, first: Vectors, count: int, random: np.random.Generator
) -> Steps[Vectors]:
    """`first` and more centres, far from one another: k-means++ (Arthur and Vassilvitskii 2007)."""
    chosen = list(first)
    distances = np.maximum(1 - (vectors @ first.T).max(axis=1), 0.0)
    while len(chosen) < min(count, len(vectors)):
        yield 0
        total = float(distances.sum())
        if total <= float(LEAST):
            break  # all others equal a chosen one
        place = int(np.searchsorted(np.cumsum(distances), random.random() * total))
        chosen.append(vectors[min(place, len(vectors) - 1)])
        distances = np.minimum(distances, np.maximum(1 - vectors @ chosen[-1], 0.0))
    return np.stack(chosen)


def _unit(vectors: NDArray[np.float32]) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, LEAST), dtype=np.float32)
