from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from engine.errors import QueryError
from engine.search.evaluation.metrics import (
    EvaluationQuery,
    QueryOutcome,
    RelevantItem,
    average_precision,
    ndcg_at,
    parse_queries,
    recall_at,
    relevant_ranks,
    summarise,
)


def parse_one(entry: object, base: Path | None = None) -> EvaluationQuery:
    (query,) = parse_queries([json.dumps(entry)], base)
    return query


def test_a_line_is_read(tmp_path: Path) -> None:
    entry = {
        "text": "a dog",
        "like": ["a.jpg", str(tmp_path / "b.jpg")],
        "relevant": [{"path": "c.pdf", "page": 3}, {"path": "d.jpg", "page": None}, {"path": "d.jpg"}],
        "comment": "passed over",
    }
    assert parse_one(entry, tmp_path) == EvaluationQuery(
        "a dog",
        (tmp_path / "a.jpg", tmp_path / "b.jpg"),
        (RelevantItem(tmp_path / "c.pdf", 3), RelevantItem(tmp_path / "d.jpg")),
    )


def test_a_picture_alone_may_be_given_as_a_string(tmp_path: Path) -> None:
    query = parse_one({"text": None, "like": "a.jpg", "relevant": [{"path": "b.jpg"}]}, tmp_path)
    assert (query.text, query.like) == ("", (tmp_path / "a.jpg",))


GOOD = '{"text": "x", "relevant": [{"path": "a"}]}'


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        "[1]",
        '"text"',
        "{}",
        '{"text": "x"}',
        '{"text": "x", "relevant": []}',
        '{"text": "x", "relevant": {"path": "a"}}',
        '{"text": "x", "relevant": ["a"]}',
        '{"text": "x", "relevant": [{"path": ""}]}',
        '{"text": "x", "relevant": [{"path": 3}]}',
        '{"text": "x", "relevant": [{"path": "a\\u0000b"}]}',
        '{"text": "x", "relevant": [{"path": "a", "page": 0}]}',
        '{"text": "x", "relevant": [{"path": "a", "page": "1"}]}',
        '{"text": "x", "relevant": [{"path": "a", "page": true}]}',
        '{"text": "x", "relevant": [{"path": "a", "page": 1.5}]}',
        '{"text": " ", "relevant": [{"path": "a"}]}',
        '{"text": ["x"], "relevant": [{"path": "a"}]}',
        '{"like": 5, "relevant": [{"path": "a"}]}',
        '{"like": [5], "relevant": [{"path": "a"}]}',
        "[" * 100_000,
        '{"text": ' + "1" * 5000 + "}",
    ],
)
def test_a_bad_line_is_named_after_the_good_ones(line: str) -> None:
    queries = parse_queries([GOOD, "", line, GOOD])
    assert next(queries).text == "x"
    with pytest.raises(QueryError, match="Line 3"):
        next(queries)


def test_ranks_of_targets() -> None:
    a, b = Path("/a.pdf"), Path("/b.jpg")
    found = [(b, None), (a, 2), (a, 1), (a, 2)]
    assert relevant_ranks(found, [RelevantItem(a, 2)]) == (2,)
    assert relevant_ranks(found, [RelevantItem(a, 7)]) == ()
    assert relevant_ranks(found, [RelevantItem(b)]) == (1,)


def test_a_target_without_a_page_is_found_at_any_page_and_once() -> None:
    a = Path("/a.pdf")
    found = [(a, 5), (a, 6), (a, 7)]
    assert relevant_ranks(found, [RelevantItem(a)]) == (1,)
    assert relevant_ranks(found, [RelevantItem(a), RelevantItem(a, 5)]) == (1, 2)


def test_recall_counts_queries() -> None:
    assert recall_at([1, 3, None, 11], 1) == 0.25
    assert recall_at([1, 3, None, 11], 5) == 0.5
    assert recall_at([1, 3, None, 11], 11) == 0.75
    assert recall_at([], 5) == 0.0


def test_ndcg() -> None:
    assert ndcg_at([1], 1, 5) == 1.0
    assert ndcg_at([2], 1, 5) == pytest.approx(1 / math.log2(3))
    assert ndcg_at([1, 2, 3, 4, 5], 9, 5) == pytest.approx(1.0)
    assert ndcg_at([1, 3], 2, 5) == pytest.approx(1.5 / (1 + 1 / math.log2(3)))
    assert ndcg_at([6], 1, 5) == 0.0
    assert ndcg_at([], 0, 5) == 0.0


def test_average_precision() -> None:
    assert average_precision([1, 3], 2) == pytest.approx((1 + 2 / 3) / 2)
    assert average_precision([1], 4) == 0.25
    assert average_precision([], 3) == 0.0
    assert average_precision([], 0) == 0.0


def test_a_summary_of_known_outcomes() -> None:
    summary = summarise(
        [
            QueryOutcome((1,), 1, 10.0),
            QueryOutcome((2, 4), 2, 20.0),
            QueryOutcome((), 1, 30.0),
            QueryOutcome((8,), 1, 40.0),
        ]
    )
    assert summary.queries == 4
    assert (summary.recall_at_1, summary.recall_at_5, summary.recall_at_10) == (0.25, 0.5, 0.75)
    gain = (1 / math.log2(3) + 1 / math.log2(5)) / (1 + 1 / math.log2(3))
    assert summary.ndcg_at_5 == pytest.approx((1 + gain) / 4)
    assert summary.mean_average_precision == pytest.approx((1 + 0.5 + 0 + 1 / 8) / 4)
    assert [summary.p50_ms, summary.p95_ms] == pytest.approx([25.0, 38.5])


def test_no_query_is_no_summary() -> None:
    with pytest.raises(QueryError, match="no query"):
        summarise([])
