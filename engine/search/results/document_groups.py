"""Groups the pages of a document into one hit, represented by its best page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.records import Verdict
from engine.search.ranking.ranking import CONFIDENCE, Ranking
from engine.store.items.item_table import ItemRows


@dataclass(frozen=True, slots=True, eq=False)
class DocumentGroups:
    """A ranking with one entry for each document."""

    leading: Ranking  # photographs, and the best page of each document
    others: Mapping[int, Ranking] = field(default_factory=dict)  # by leading page: other matching pages

    def head(self, count: int) -> DocumentGroups:
        """Only the first `count` entries."""
        return DocumentGroups(self.leading.take(slice(0, count)), self.others)


def group_by_document(ranking: Ranking, known: ItemRows) -> DocumentGroups:
    """Group a ranking in the order of the best pages.

    Pages without a match are not listed under their document.
    """
    owners = _content_ids(ranking.items, known)
    _, first, group = np.unique(owners, return_index=True, return_inverse=True)
    matching = ranking.confidence > CONFIDENCE[Verdict.NONE]
    matching[first] = False  # these are the leading pages
    places = np.flatnonzero(matching)
    places = places[np.argsort(group[places], kind="stable")]
    starts = np.flatnonzero(np.r_[True, np.diff(group[places]) != 0]) if len(places) else places
    others = {
        int(ranking.items[first[group[run[0]]]]): ranking.take(run)
        for run in np.split(places, starts[1:])
        if len(run)
    }
    return DocumentGroups(ranking.take(np.sort(first)), others)


def _content_ids(items: NDArray[np.int64], known: ItemRows) -> NDArray[np.int64]:
    """The content of each page. Photographs and unknown items get distinct negative numbers."""
    if not len(known.items):
        return -items
    places = np.minimum(np.searchsorted(known.items, items), len(known.items) - 1)
    is_page = (known.items[places] == items) & known.is_page[places]
    return np.where(is_page, known.contents[places], -items)
