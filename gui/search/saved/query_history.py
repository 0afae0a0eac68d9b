"""The searches of this session, for Back and Forward."""

from __future__ import annotations

from gui.search.query_draft import QueryDraft

LONGEST = 50


class QueryHistory:
    """Starts with an empty search. A new search after going back drops those ahead."""

    def __init__(self) -> None:
        self._questions = [QueryDraft()]
        self._place = 0

    def add(self, question: QueryDraft) -> None:
        """Append a search, unless it equals the current one. The oldest are dropped beyond 50."""
        if question == self._questions[self._place]:
            return
        self._questions[self._place + 1 :] = [question]
        del self._questions[:-LONGEST]
        self._place = len(self._questions) - 1

    def has_before(self, now: QueryDraft) -> bool:
        """Whether `back` would return a search."""
        return self._place > 0 or now != self._questions[self._place]

    def back(self, now: QueryDraft) -> QueryDraft | None:
        """The search before `now`, which is added first if it is new; None if there is none."""
        self.add(now)
        return self._step(-1)

    def forward(self, now: QueryDraft) -> QueryDraft | None:
        """The search that was left by `back`; None if there is none or another was run since."""
        return self._step(1) if now == self._questions[self._place] else None

    def _step(self, step: int) -> QueryDraft | None:
        place = self._place + step
        if not 0 <= place < len(self._questions):
            return None
        self._place = place
        return self._questions[place]
