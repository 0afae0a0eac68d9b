"""Items in a ranking of their own space, and rankings joined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.records import Verdict
from engine.search.fuse import reciprocal_rank_fusion

SURENESS = {Verdict.NONE: 0, Verdict.WEAK: 1, Verdict.STRONG: 2}


@dataclass(frozen=True, slots=True)
class Ranked:
    item: int
    score: float
    verdict: Verdict
    snippet: str = ""


def fused(*rankings: Sequence[Ranked]) -> list[Ranked]:
    """One ranking of several, by rank (never by raw score).

    An item of several rankings keeps the score of the first, the surest verdict and the snippet there is.
    """
    filled = [ranking for ranking in rankings if ranking]
    if len(filled) == 1:
        return list(filled[0])
    by_item: dict[int, Ranked] = {}
    for entry in (entry for ranking in filled for entry in ranking):
        known = by_item.setdefault(entry.item, entry)
        by_item[entry.item] = replace(
            known,
            verdict=max(known.verdict, entry.verdict, key=SURENESS.__getitem__),
            snippet=known.snippet or entry.snippet,
        )
    order = reciprocal_rank_fusion([[entry.item for entry in ranking] for ranking in filled])
    return [by_item[entry.entry] for entry in order]
