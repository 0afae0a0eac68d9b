"""The part of a query that words can answer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TextQuery:
    """The text of a query, parsed."""

    text: str
    without: tuple[str, ...]
    phrases: tuple[str, ...]
    limit: int  # hits
