"""Themes: what kinds of photographs a library holds, found by spherical k-means over their vectors.

Vectors of one model point into one part of the space, so their mean is taken off before they are compared.
The centres are found on a sample; then every photograph belongs to the centre that it is nearest to, or to
none when it is much farther from it than others are. In a library that has grown, both go on from what was
found before: centres begin where they were, and a photograph stays until another centre is clearly nearer.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.clustering.resumable_steps import Steps
from engine.records import Vectors

FEWEST_PHOTOS = 24  # below, a person sees all of them at once
MOST_THEMES = 40
ROUNDS, STARTS = 25, 4
STARTS_AFRESH = 2  # beside the one that goes on from known centres
SMALLEST_THEME = 5
SMALLEST_SHARE = 0.004  # of the library
NEAR_ENOUGH = 0.6  # of the middle one's nearness
CLEARLY_BETTER = 1.02  # as near to centres found afresh; of one library they differ by .006 at most
STAYS = 0.85  # of the best score: a photograph that belonged to a theme stays with so much
SAME_THEME = 0.8  # cosine of two centres, the mean of all photographs taken off
COVERS = 8
SEED = 20
LEAST = np.float32(1e-12)

Items = NDArray[np.int64]
Owners = NDArray[np.int64]  # for each photograph the place of its centre, -1: none
Piece = tuple[Items, Vectors, Owners]  # photographs, their vectors and where they belonged before


@dataclass(frozen=True, slots=True, eq=False)
class ThemeCentre:
    """A vector belongs here by `vector @ centre - offset`, when no other centre has more, nor `least`."""

    centre: NDArray[np.float32]
    offset: float
    least: float


@dataclass(frozen=True, slots=True, eq=False)
class ThemeMembers:
    items: Items  # sorted
    covers: Items  # the nearest to the centre, the nearest first


def theme_count(photos: int) -> int:
    """How many kinds are looked for: 5 among 24 photographs, 8 among 100, 17 among 2,000, 40 from 47,000."""
    return min(MOST_THEMES, round(2.2 * math.pow(photos, 0.27)))


def find_centres(sample: Vectors, count: int, known: Vectors | None = None) -> Steps[list[ThemeCentre]]:
    """(photographs, dimension) -> up to `count` centres. The same sample gives the same ones.

    `known`: centres found before in the same space. Those that are found go on from them, and new ones begin
    where photographs are far from all, unless centres that owe them nothing are clearly better.
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
    """The photographs of each centre, which may be none."""
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
    theirs = scores[rows, before]  # of no use where it is -1
    stays = (before >= 0) & (theirs >= STAYS * best) & (theirs >= STAYS * leasts[before])
    return np.where(stays, before, np.where(best >= leasts[owners], owners, -1))


def is_large_enough(members: ThemeMembers, photos: int, known: bool = False) -> bool:
    """`known`: it was a theme before, and is one until it is much too small."""
    smallest = max(SMALLEST_THEME, SMALLEST_SHARE * photos)
    return len(members.items) >= (smallest / 2 if known else smallest)


def _members(items: list[Items], scores: list[NDArray[np.float32]]) -> ThemeMembers:
    if not items:
        return ThemeMembers(np.empty(0, np.int64), np.empty(0, np.int64))
    all_items, all_scores = np.concatenate(items), np.concatenate(scores)
    nearest = np.lexsort((all_items, -all_scores))[:COVERS]
    return ThemeMembers(np.sort(all_items), all_items[nearest])


def _merge_centres(vectors: Vectors, centres: Vectors) -> Vectors:
    """Without centres that share a direction: a library of few kinds has few themes."""
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
    """Centres, and how near the vectors are to theirs in the mean."""
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
            break  # all others are the same as one that is chosen
        place = int(np.searchsorted(np.cumsum(distances), random.random() * total))
        chosen.append(vectors[min(place, len(vectors) - 1)])
        distances = np.minimum(distances, np.maximum(1 - vectors @ chosen[-1], 0.0))
    return np.stack(chosen)


def _unit(vectors: NDArray[np.float32]) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, LEAST), dtype=np.float32)
