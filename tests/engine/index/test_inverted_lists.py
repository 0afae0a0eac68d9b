"""Lists of pages by centroid: values that are put together and never lose a living page."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.index import inverted_lists
from engine.index.inverted_lists import InvertedLists, Probes, append_lists, merge_lists
from engine.index.inverted_lists import build_lists as make_lists


def lists_of(*pages: tuple[int, list[int]], centroids: int = 10) -> InvertedLists:
    names = np.array([name for _, own in pages for name in own], dtype=np.int32)
    offsets = np.cumsum([0, *(len(own) for _, own in pages)])
    return make_lists(np.array([item for item, _ in pages]), names, offsets, centroids)


def held(lists: InvertedLists) -> dict[int, list[int]]:
    """Item -> its centroids, of the living."""
    alive = np.ones(len(lists), np.bool_) if lists.alive is None else lists.alive
    entries = lists.entries()
    return {
        int(item): (entries[(entries & 0xFFFF) == row] >> 16).tolist()
        for row, item in enumerate(lists.items)
        if alive[row]
    }


@given(
    st.lists(st.tuples(st.integers(0, 20), st.lists(st.integers(0, 9), min_size=1, max_size=5)), max_size=30)
)
def test_segments_hold_the_last_lists_of_each_item(pages: list[tuple[int, list[int]]]) -> None:
    segments: tuple[InvertedLists, ...] = ()
    for page in pages:
        segments = append_lists(segments, lists_of(page))
    found = {item: own for segment in segments for item, own in held(segment).items()}
    assert found == {item: sorted(set(own)) for item, own in pages}
    assert sum(segment.live for segment in segments) == len(found)
    assert len(segments) <= 6


def test_merging_leaves_the_dead_behind() -> None:
    first = lists_of((5, [1, 2]), (6, [2]), (7, [9, 0])).without(np.array([6]))
    assert held(merge_lists([first, lists_of((8, [2]))])) == {5: [1, 2], 7: [0, 9], 8: [2]}


def test_a_segment_never_outgrows_its_row_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inverted_lists, "SEGMENT_PAGES", 8)
    segments: tuple[InvertedLists, ...] = ()
    for item in range(30):
        segments = append_lists(segments, lists_of((item, [item % 10])))
        assert max(len(segment) for segment in segments) <= 8
    assert sorted(item for segment in segments for item in segment.items.tolist()) == list(range(30))


def test_a_page_gains_by_the_nearest_of_its_centroids_for_each_token() -> None:
    lists = lists_of((5, [1, 2]), (6, [2, 2]), (7, [9]))
    gains = (np.array([0.5, 0.2], np.float32), np.array([0.25], np.float32))
    probes = Probes((np.array([1, 2]), np.array([2])), gains)
    assert lists.page_scores(probes).tolist() == pytest.approx([0.75, 0.45, 0.0])
