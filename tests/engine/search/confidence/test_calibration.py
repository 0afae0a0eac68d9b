"""What scores are compared with depends on what is in the library, and on nothing that was before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from engine.index.nearest_index import NearestIndex
from engine.records import ItemKind, ModelIdentity, PictureInput, PixelBatch, Vectors
from engine.search.confidence import calibration
from engine.search.confidence.calibration import Calibration, Calibrator
from engine.search.confidence.thresholds import QueryKind
from engine.store.items.item_table import ItemRows

DIMENSION = 16
COUNT = 300


def some_vectors(count: int, seed: int) -> Vectors:
    vectors = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


class Words:
    """A picture model that knows sentences alone."""

    identity = ModelIdentity("words", "1", DIMENSION)
    picture_input = PictureInput(8)
    batch_size = 1

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        return some_vectors(len(texts), 3)

    def embed_pictures(self, pictures: PixelBatch) -> Vectors:
        raise AssertionError(f"none of {len(pictures)} pictures is asked for")


class Shelf:
    """The same photographs and pages, a vector and a lot for each, under whatever numbers they were given."""

    def __init__(self, numbers: Sequence[int]) -> None:
        self.vectors = some_vectors(COUNT, 1)
        self.lots = np.random.default_rng(2).permutation(COUNT)
        self.numbers = np.array(numbers, np.int64)
        self.nearest = NearestIndex(DIMENSION)
        self.known = self._of(np.empty(0, np.int64))
        self.calibrator = Calibrator(Words(), lambda: self.known)

    def _of(self, which: np.ndarray[tuple[int], np.dtype[np.int64]]) -> ItemRows:
        order = which[np.argsort(self.numbers[which])]
        items, nothing = self.numbers[order], np.zeros(len(order), np.int64)
        return ItemRows(
            items,
            items,
            order % 3 == 0,
            nothing,
            nothing,
            nothing,
            nothing,
            self.lots[order].astype(np.int64),
        )

    def add(self, which: Sequence[int]) -> None:
        chosen = np.array(which, np.int64)
        self.nearest.add(self.numbers[chosen], self.vectors[chosen])

    def hold(self, which: Sequence[int]) -> None:
        self.known = self._of(np.array(which, np.int64))

    def measured(self) -> Calibration:
        return self.calibrator.calibration(self.nearest)


def alike(one: Calibration, other: Calibration) -> bool:
    same = np.array_equal(one.sample, other.sample)
    for kind in ItemKind:
        mine, its = one.by_kind[kind], other.by_kind[kind]
        same &= np.array_equal(mine.sample, its.sample)
        same &= all(mine.thresholds[query_kind] == its.thresholds[query_kind] for query_kind in QueryKind)
    return bool(same)


@pytest.fixture(autouse=True)
def small_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibration, "SAMPLE", 20)


def fresh(which: Sequence[int]) -> Calibration:
    shelf = Shelf(range(COUNT))
    shelf.add(which)
    shelf.hold(which)
    return shelf.measured()


def test_the_order_in_which_items_came_does_not_matter() -> None:
    shelf = Shelf(np.random.default_rng(5).permutation(COUNT).tolist())
    for first in range(0, COUNT, 50):
        shelf.add(range(first, first + 50))
        shelf.hold(range(first + 50))
        assert alike(shelf.measured(), fresh(range(first + 50)))


def test_what_is_gone_does_not_count_though_its_vector_is_kept() -> None:
    shelf = Shelf(range(COUNT))
    shelf.add(range(COUNT))
    shelf.hold(range(COUNT))
    shelf.measured()
    shelf.hold(range(1, COUNT))
    assert alike(shelf.measured(), fresh(range(1, COUNT)))
    shelf.hold(range(2, COUNT, 2))
    assert alike(shelf.measured(), fresh(range(2, COUNT, 2)))


def test_what_has_no_vector_yet_counts_once_it_has_one() -> None:
    shelf = Shelf(range(COUNT))
    shelf.add(range(100))
    shelf.hold(range(COUNT))
    assert alike(shelf.measured(), fresh(range(100)))
    shelf.add(range(100, COUNT))
    assert alike(shelf.measured(), fresh(range(COUNT)))


def test_nothing_is_measured_twice() -> None:
    shelf = Shelf(range(COUNT))
    shelf.add(range(COUNT))
    shelf.hold(range(COUNT))
    assert shelf.measured() is shelf.measured()
    shelf.known = replace(shelf.known)
    assert shelf.measured() is shelf.measured()
