"""Forms groups from pairs.

Every picture of a group is a duplicate of one of them: no chain of small steps leads to a different picture.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping

from engine.clustering.resumable_steps import Steps
from engine.store.clusters.cluster_store import SimilarGroup, SimilarityKind, SimilarPair

PIECE = 4_096  # pairs or items to process in a step


def group_pairs(pairs: Iterable[SimilarPair], contents: Mapping[int, bytes]) -> Steps[list[SimilarGroup]]:
    """Stars: first the item with the most pairs and its partners, then the same among the rest.

    Sorted by number. `contents`: the hash of each item's content, which breaks ties, since item numbers
    depend only on the order of indexing.
    """
    partners: dict[int, dict[int, SimilarityKind]] = {}
    for number, pair in enumerate(pairs):
        if number % PIECE == 0:
            yield 0
        partners.setdefault(pair.item, {})[pair.other] = pair.kind
        partners.setdefault(pair.other, {})[pair.item] = pair.kind
    waiting = [(-len(others), contents[item], item) for item, others in partners.items()]
    heapq.heapify(waiting)
    taken: set[int] = set()
    groups: list[SimilarGroup] = []
    while waiting:
        if len(waiting) % PIECE == 0:
            yield 0
        count, content, item = heapq.heappop(waiting)
        if item in taken:
            continue
        free = {other: kind for other, kind in partners[item].items() if other not in taken}
        if len(free) < -count:  # some of its partners joined other groups meanwhile
            if free:
                heapq.heappush(waiting, (-len(free), content, item))
            continue
        taken.update((item, *free))
        kind: SimilarityKind = "burst" if "burst" in free.values() else "alike"
        groups.append(SimilarGroup(tuple(sorted((item, *free))), kind))
    return sorted(groups, key=lambda group: group.number)
