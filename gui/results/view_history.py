"""Where one was in answers that were left, for who comes back to one of them."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace

from engine.records import Query
from gui.results.grid.scroll_anchor import ViewMemory

MOST = 50  # answers
MOST_SELECTED = 5000


class ViewHistory:
    def __init__(self) -> None:
        self._left: OrderedDict[Query, ViewMemory] = OrderedDict()
        self._expected: Query | None = None

    def expect_return(self, query: Query | None) -> None:
        """The next answer is that of a question that one comes back to; None for one that has no answer."""
        self._expected = None if query is None else without_range(query)

    def leave(self, query: Query, memory: ViewMemory) -> None:
        """Of very many that are selected only the place is kept: fifty times 100,000 are too many."""
        self._left.pop(query, None)
        self._left[query] = memory if len(memory.selected) <= MOST_SELECTED else replace(memory, selected=())
        while len(self._left) > MOST:
            self._left.popitem(last=False)

    def come(self, query: Query | None) -> ViewMemory | None:
        """Where one was in the answer to it; None where it is asked anew."""
        expected, self._expected = self._expected, None
        return self._left.get(query) if query is not None and query == expected else None


def without_range(query: Query) -> Query:
    """What is asked, without how much of the answer."""
    return replace(query, limit=0, offset=0)
