"""The questions of this session in the order in which they were asked, to go back and forward through."""

from __future__ import annotations

from gui.search.query_draft import QueryDraft

LONGEST = 50


class QueryHistory:
    """Begins with no question at all. A new question after going back drops what lay ahead."""

    def __init__(self) -> None:
        self._questions = [QueryDraft()]
        self._place = 0

    def add(self, question: QueryDraft) -> None:
        if question == self._questions[self._place]:
            return
        self._questions[self._place + 1 :] = [question]
        del self._questions[:-LONGEST]
        self._place = len(self._questions) - 1

    def has_before(self, now: QueryDraft) -> bool:
        return self._place > 0 or now != self._questions[self._place]

    def back(self, now: QueryDraft) -> QueryDraft | None:
        """The question before `now`, which may not have been added yet; None where there is none."""
        self.add(now)
        return self._step(-1)

    def forward(self, now: QueryDraft) -> QueryDraft | None:
        """The question that was gone back from, unless another has been asked since."""
        return self._step(1) if now == self._questions[self._place] else None

    def _step(self, step: int) -> QueryDraft | None:
        place = self._place + step
        if not 0 <= place < len(self._questions):
            return None
        self._place = place
        return self._questions[place]
