"""Remembers the views of earlier results, for Back and Forward."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace

from engine.records import Query
from gui.results.grid.scroll_anchor import ViewMemory

MOST = 50  # results
MOST_SELECTED = 5000


class ViewHistory:
    """The views of the last results by query, at most 50."""

    def __init__(self) -> None:
        self._left: OrderedDict[Query, ViewMemory] = OrderedDict()
        self._expected: Query | None = None

    def expect_return(self, query: Query | None) -> None:
        """Announce that the next results are those of an earlier query; None for an empty search."""
        self._expected = None if query is None else without_range(query)

    def leave(self, query: Query, memory: ViewMemory) -> None:
        """Store the view of `query`; a very large selection is dropped to save memory."""
        self._left.pop(query, None)
        self._left[query] = memory if len(memory.selected) <= MOST_SELECTED else replace(memory, selected=())
        while len(self._left) > MOST:
            self._left.popitem(last=False)

    def come(self, query: Query | None) -> ViewMemory | None:
        """The stored view if the return to `query` was announced; else None."""
        expected, self._expected = self._expected, None
        return self._left.get(query) if query is not None and query == expected else None


def without_range(query: Query) -> Query:
    """The query without its range of results, to compare two queries."""
    return replace(query, limit=0, offset=0)
