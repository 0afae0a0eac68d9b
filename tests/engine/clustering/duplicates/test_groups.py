"""Groups from pairs."""

from __future__ import annotations

import random
from itertools import pairwise, permutations

from engine.clustering.duplicates.groups import group_pairs
from engine.store.clusters.cluster_store import SimilarGroup, SimilarPair
from tests.engine.clustering.sample_library import at_once


def grouped(pairs: list[SimilarPair]) -> list[SimilarGroup]:
    items = {item for pair in pairs for item in (pair.item, pair.other)}
    return at_once(group_pairs(pairs, {item: item.to_bytes() for item in items}))


def alike(*pairs: tuple[int, int]) -> list[SimilarPair]:
    return [SimilarPair(first, second, "alike") for first, second in pairs]


def test_a_chain_of_small_steps_is_not_one_group() -> None:
    chain = alike(*((item, item + 1) for item in range(1, 9)))
    groups = grouped(chain)
    linked = {(pair.item, pair.other) for pair in chain}
    for group in groups:
        leaders = [
            item
            for item in group.items
            if all(other == item or tuple(sorted((item, other))) in linked for other in group.items)
        ]
        assert leaders  # one that all others are the same as
    assert max(len(group.items) for group in groups) == 3


def test_every_item_is_in_one_group_and_the_order_of_pairs_does_not_matter() -> None:
    chooser = random.Random(5)
    numbers = [sorted(chooser.sample(range(1, 60), 2)) for _ in range(120)]
    pairs = alike(*((first, second) for first, second in numbers))
    groups = grouped(pairs)
    items = [item for group in groups for item in group.items]
    assert len(items) == len(set(items))
    chooser.shuffle(pairs)
    assert grouped(pairs) == groups
    assert all(group.number == min(group.items) for group in groups)


def test_a_group_with_a_burst_in_it_is_a_burst() -> None:
    assert grouped([*alike((4, 7)), SimilarPair(7, 9, "burst")]) == [SimilarGroup((4, 7, 9), "burst")]
    assert grouped([]) == []


def test_which_of_equals_goes_first_is_told_by_contents_and_not_by_numbers() -> None:
    """Of four in a chain the two in the middle have two partners each."""
    contents = [b"a", b"b", b"c", b"d"]
    found = set()
    for numbers in permutations(range(1, 5)):
        pairs = alike(*((min(pair), max(pair)) for pair in pairwise(numbers)))
        names = dict(zip(numbers, contents, strict=True))
        groups = at_once(group_pairs(pairs, names))
        found.add(frozenset(b"".join(sorted(names[item] for item in group.items)) for group in groups))
    assert found == {frozenset({b"abc"})}
