"""Where one can go from a hit: to its neighbours in the ranking, and to the other matches in its document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.records import Hit, Kind


@dataclass(frozen=True, slots=True)
class InDocument:
    """The matches in one document, as rows of the ranking in the order of their pages."""

    rows: tuple[int, ...]
    place: int  # of the one that is looked at, from 0

    def step(self, by: int) -> int | None:
        """The row that many matches on; None beyond the first or the last."""
        place = self.place + by
        return self.rows[place] if 0 <= place < len(self.rows) else None


def in_document(hits: Sequence[Hit], row: int) -> InDocument:
    """A photograph is a document of its own."""
    hit = hits[row]
    if hit.kind is not Kind.PAGE:
        return InDocument((row,), 0)
    rows = [other for other, entry in enumerate(hits) if entry.path == hit.path and entry.kind is Kind.PAGE]
    rows.sort(key=lambda other: (hits[other].page or 0, other))
    return InDocument(tuple(rows), rows.index(row))
