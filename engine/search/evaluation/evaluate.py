"""Runs the queries of an evaluation and measures the results."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from engine.errors import QueryError
from engine.progress import CancelToken, Progress
from engine.records import Evaluation, Hit, Query
from engine.search.evaluation.metrics import (
    EvaluationQuery,
    QueryOutcome,
    parse_queries,
    relevant_ranks,
    summarise,
)
from engine.search.run import Searcher
from engine.store.items.contents import Contents

DEPTH = 100  # hits examined; anything after them counts as not found


def evaluate(
    lines: Iterable[str], searcher: Searcher, contents: Contents, progress: Progress, cancel: CancelToken
) -> Evaluation:
    """Run all queries; every line is checked before the first one runs. Raises QueryError, Cancelled."""
    queries = list(parse_queries(lines))
    searcher.warm_up()
    progress.start("evaluating", "queries", len(queries))
    outcomes: list[QueryOutcome] = []
    for query in queries:
        cancel.checkpoint()
        began = time.perf_counter()
        hits = _search(searcher, query)
        milliseconds = (time.perf_counter() - began) * 1000
        ranks = relevant_ranks(_hit_locations(hits, query, contents), query.relevant)
        outcomes.append(QueryOutcome(ranks, len(query.relevant), milliseconds))
        progress.add_done()
    return summarise(outcomes)


def _search(searcher: Searcher, query: EvaluationQuery) -> Sequence[Hit]:
    """A query that the model cannot encode counts as one without hits."""
    try:
        return searcher.search(Query(query.text, query.like, limit=DEPTH)).hits
    except QueryError:
        return ()


def _hit_locations(
    hits: Sequence[Hit], query: EvaluationQuery, contents: Contents
) -> list[tuple[Path, int | None]]:
    """The (path, page) of each hit; of several copies the one that the query names."""
    named = {target.path for target in query.relevant}
    copies = contents.stored_items([hit.item for hit in hits if hit.copies])
    places: list[tuple[Path, int | None]] = []
    for hit in hits:
        paths = copies[hit.item].paths if hit.item in copies else (hit.path,)
        places.append((next((path for path in paths if path in named), hit.path), hit.page))
    return places
