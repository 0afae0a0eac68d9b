"""Items in a ranking of their own space, rankings of one space joined, and both spaces in one list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

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
        by_item[entry.item] = _merged(by_item.get(entry.item), entry, better=False)
    order = reciprocal_rank_fusion([[entry.item for entry in ranking] for ranking in filled])
    return [by_item[entry.entry] for entry in order]


def together(
    photos: Sequence[Ranked],
    pages: Sequence[Ranked],
    page_tier: Callable[[Verdict], int],
    pages_first: bool = False,
) -> list[Ranked]:
    """Both spaces in one list: the surer matches of either first, and then turn by turn.

    Places are never added up: a photograph that shows text stands in both rankings, and would for that alone
    come before what is first in one of them. An item of both has its better place; else each ranking keeps
    its own order. `page_tier`: how sure a page's verdict is, beside `SURENESS` of photographs. `pages_first`:
    which of two at the same place.
    """
    places: dict[int, tuple[int, int, int]] = {}
    merged: dict[int, Ranked] = {}
    for side, (ranking, tier) in enumerate(((photos, SURENESS.__getitem__), (pages, page_tier))):
        tiers = _descending([tier(entry.verdict) for entry in ranking])
        for rank, (entry, its_tier) in enumerate(zip(ranking, tiers, strict=True)):
            place = (-its_tier, rank, -side if pages_first else side)
            known = places.get(entry.item)
            if known is None or place < known:
                places[entry.item] = place
            merged[entry.item] = _merged(merged.get(entry.item), entry, better=known is None or place < known)
    return sorted(merged.values(), key=lambda entry: places[entry.item])


def _descending(tiers: Sequence[int]) -> list[int]:
    """A ranking knows its order better than its verdicts do: what stands before something sure is as sure."""
    return list(accumulate(reversed(tiers), max))[::-1]


def _merged(known: Ranked | None, entry: Ranked, better: bool) -> Ranked:
    """One item of two rankings: the score of its better place, the surest verdict, the snippet there is."""
    if known is None:
        return entry
    first, second = (entry, known) if better else (known, entry)
    return replace(
        first,
        verdict=max(first.verdict, second.verdict, key=SURENESS.__getitem__),
        snippet=first.snippet or second.snippet,
    )
