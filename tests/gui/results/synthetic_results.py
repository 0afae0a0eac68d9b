"""Answers made up of hits without files, where a library with so many of them would take too long."""

from __future__ import annotations

from pathlib import Path

from engine.records import Hit, ItemKind, Verdict

SHAPES = ((40, 30), (30, 40), (64, 36), (30, 30))


def hits(count: int, verdict: Verdict = Verdict.STRONG, first: int = 0) -> tuple[Hit, ...]:
    """Photographs of several shapes."""
    return tuple(
        Hit(
            rank=row + 1,
            item=1000 + row,
            path=Path(f"/pictures/{row:05}.jpg"),
            page=None,
            kind=ItemKind.PHOTO,
            score=1 - row / (first + count),
            verdict=verdict,
            width=100 * SHAPES[row % len(SHAPES)][0],
            height=100 * SHAPES[row % len(SHAPES)][1],
            available=True,
            copies=0,
        )
        for row in range(first, first + count)
    )


def pages(count: int, verdict: Verdict = Verdict.STRONG) -> tuple[Hit, ...]:
    """Pages of one document."""
    return tuple(
        Hit(
            rank=number,
            item=500_000 + number,
            path=Path("/documents/report.pdf"),
            page=number,
            kind=ItemKind.PAGE,
            score=1.0,
            verdict=verdict,
            width=595,
            height=842,
            available=True,
            copies=0,
            snippet="the words around a match",
        )
        for number in range(1, count + 1)
    )
