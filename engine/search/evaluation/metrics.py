"""Parses the lines of an evaluation and computes its measures.

Ranks count from 1. A query's relevant ranks are those at which its targets were found, one rank a target.
nDCG: Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques", 2002, with gains of 0 or 1.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.errors import QueryError
from engine.records import Evaluation


@dataclass(frozen=True, slots=True)
class RelevantItem:
    """An item that answers a query. Without a page: the photograph, or any page of the document."""

    path: Path
    page: int | None = None

    def matches(self, path: Path, page: int | None) -> bool:
        """Whether a hit at this path and page is the item."""
        return self.path == path and self.page in (None, page)


@dataclass(frozen=True, slots=True)
class EvaluationQuery:
    """One query of an evaluation, with its right answers."""

    text: str
    like: tuple[Path, ...]
    relevant: tuple[RelevantItem, ...]  # at least one, all different


@dataclass(frozen=True, slots=True)
class QueryOutcome:
    """The measured result of one query."""

    relevant_ranks: tuple[int, ...]  # ascending
    relevant_count: int  # found or not
    milliseconds: float


# ---- reading -----------------------------------------------------------------------------------------


def parse_queries(lines: Iterable[str], base: Path | None = None) -> Iterator[EvaluationQuery]:
    """Parse one query a line, as JSON objects; empty lines are skipped.

    Relative paths are relative to `base` (None: the current folder). Raises QueryError with the line's
    number.
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield _query(_object(json.loads(line), "the line"), base or Path())
        except _LineError as error:
            raise QueryError(f"Line {number}: {error}.") from error
        except (ValueError, RecursionError) as error:
            raise QueryError(f"Line {number} is not a JSON object that can be read ({error}).") from error


class _LineError(Exception):
    """What is wrong with a line, without its number."""


def _query(entry: dict[str, object], base: Path) -> EvaluationQuery:
    text = entry.get("text") or ""
    if not isinstance(text, str):
        raise _LineError('"text" must be a string')
    like = entry.get("like") or []
    names = [like] if isinstance(like, str) else _list(like, "like")
    pictures = tuple(_path(name, "like", base) for name in names)
    if not text.strip() and not pictures:
        raise _LineError('a query needs "text" or "like"')
    targets = [
        _relevant_item(_object(each, '"relevant"'), base) for each in _list(entry.get("relevant"), "relevant")
    ]
    if not targets:
        raise _LineError('"relevant" names no file')
    return EvaluationQuery(text, pictures, tuple(dict.fromkeys(targets)))


def _relevant_item(entry: dict[str, object], base: Path) -> RelevantItem:
    page = entry.get("page")
    if page is not None and (not isinstance(page, int) or isinstance(page, bool) or page < 1):
        raise _LineError('"page" must be a number from 1, or null')
    return RelevantItem(_path(entry.get("path"), "path", base), page)


def _path(name: object, key: str, base: Path) -> Path:
    if not isinstance(name, str) or not name:
        raise _LineError(f'"{key}" must name a file')
    return (base / name).resolve()


def _object(value: object, name: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise _LineError(f"{name} must hold an object in braces")
    return value


def _list(value: object, key: str) -> list[object]:
    if not isinstance(value, list):
        raise _LineError(f'"{key}" must be a list')
    return value


# ---- measures ----------------------------------------------------------------------------------------


def relevant_ranks(
    found: Sequence[tuple[Path, int | None]], targets: Sequence[RelevantItem]
) -> tuple[int, ...]:
    """The ranks at which targets were found. `found`: path and page of the hits, best first.

    A target counts once, at its best hit; a hit counts for one target, preferably one that names its page.
    """
    waiting = sorted(targets, key=lambda target: target.page is None)
    ranks = []
    for rank, (path, page) in enumerate(found, start=1):
        match = next((target for target in waiting if target.matches(path, page)), None)
        if match is not None:
            waiting.remove(match)
            ranks.append(rank)
    return tuple(ranks)


def recall_at(first_ranks: Sequence[int | None], k: int) -> float:
    """The share of queries with a relevant item among the first `k`. None: not found. 0 without queries."""
    if not first_ranks:
        return 0.0
    return sum(rank is not None and rank <= k for rank in first_ranks) / len(first_ranks)


def ndcg_at(ranks: Sequence[int], relevant_count: int, k: int) -> float:
    """The nDCG of one query; 1 if all its relevant items, or `k` of them, come first."""
    gained = sum(1 / math.log2(rank + 1) for rank in ranks if rank <= k)
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, min(relevant_count, k) + 1))
    return gained / ideal if ideal else 0.0


def average_precision(ranks: Sequence[int], relevant_count: int) -> float:
    """Average precision of one query: the mean precision at each relevant item, 0 for those not found."""
    if not relevant_count:
        return 0.0
    return sum(place / rank for place, rank in enumerate(sorted(ranks), start=1)) / relevant_count


def summarise(outcomes: Sequence[QueryOutcome]) -> Evaluation:
    """The means over all outcomes. Raises QueryError if there are none."""
    if not outcomes:
        raise QueryError("There is no query to evaluate.")
    first = [min(outcome.relevant_ranks, default=None) for outcome in outcomes]
    gains = [ndcg_at(outcome.relevant_ranks, outcome.relevant_count, 5) for outcome in outcomes]
    precisions = [average_precision(outcome.relevant_ranks, outcome.relevant_count) for outcome in outcomes]
    p50, p95 = np.percentile([outcome.milliseconds for outcome in outcomes], [50, 95])
    return Evaluation(
        queries=len(outcomes),
        recall_at_1=recall_at(first, 1),
        recall_at_5=recall_at(first, 5),
        recall_at_10=recall_at(first, 10),
        ndcg_at_5=float(np.mean(gains)),
        mean_average_precision=float(np.mean(precisions)),
        p50_ms=float(p50),
        p95_ms=float(p95),
    )
