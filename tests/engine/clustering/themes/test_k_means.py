"""Where photographs belong, and when they leave."""

from __future__ import annotations

import numpy as np

from engine.clustering.themes.k_means import CLEARLY_BETTER, STAYS, ThemeCentre, assign, find_centres
from engine.models.array_math import l2_normalize
from engine.records import Vectors
from tests.engine.clustering.sample_library import at_once
from tests.engine.clustering.synthetic_kinds import direction, photographs

CENTRES = [ThemeCentre(direction(word), 0.0, 0.3) for word in ("dogs", "cars")]


def owners(vectors: Vectors, before: list[int]) -> list[int]:
    items = np.arange(len(vectors), dtype=np.int64)
    members = at_once(assign(CENTRES, [(items, vectors, np.array(before, np.int64))]))
    found = [-1] * len(vectors)
    for place, of in enumerate(members):
        for item in of.items.tolist():
            found[item] = place
    return found


def between(share: float) -> Vectors:
    """As near to cars as `share` of how near it is to dogs."""
    return direction("dogs") + share * direction("cars")


def test_a_photograph_stays_in_its_theme_until_another_one_is_clearly_nearer() -> None:
    hardly, clearly = between(STAYS + 0.02), between(STAYS - 0.02)
    assert owners(l2_normalize(np.stack([hardly, hardly, clearly])), [-1, 1, 1]) == [0, 1, 0]


def test_a_photograph_stays_until_it_is_clearly_too_far_from_all() -> None:
    near, far = 0.3 * (STAYS + 0.02) * direction("cars"), 0.3 * (STAYS - 0.02) * direction("cars")
    assert owners(np.stack([near, near, far]), [-1, 1, 1]) == [-1, 1, -1]


def centres_of(sample: Vectors, count: int, known: Vectors | None = None) -> Vectors:
    return np.stack([centre.centre for centre in at_once(find_centres(sample, count, known))])


def nearness(sample: Vectors, centres: Vectors) -> float:
    vectors = l2_normalize(sample - sample.mean(axis=0))
    return float((vectors @ centres.T).max(axis=1).mean())


def test_centres_go_on_from_those_before_and_new_ones_begin_where_nothing_is_near() -> None:
    words = ("dogs", "cars", "snow")
    first = np.concatenate([photographs(40, word, seed=seed) for seed, word in enumerate(words)])
    known = centres_of(first, 3)
    grown = np.concatenate([first, photographs(40, "boats", seed=9)])
    now = centres_of(grown, 4, known)
    assert (known @ now.T).max(axis=1).min() > 0.9
    assert now.shape == (4, known.shape[1])
    assert (now @ direction("boats")).max() > 0.8


def test_centres_that_owe_nothing_to_those_before_win_where_they_are_clearly_better() -> None:
    words = ("dogs", "cars", "snow", "boats", "cats", "pizza")
    library = np.concatenate([photographs(40, word, seed=seed) for seed, word in enumerate(words)])
    stray = l2_normalize(np.random.default_rng(3).normal(size=(6, library.shape[1])).astype(np.float32))
    afresh = nearness(library, centres_of(library, 6))
    assert nearness(library, centres_of(library, 6, stray)) * CLEARLY_BETTER >= afresh
