"""All pairs above a score."""

from __future__ import annotations

import numpy as np

from engine.index.nearest_index import NearestIndex


def test_every_pair_above_the_score_is_found_and_no_other() -> None:
    random = np.random.default_rng(2)
    vectors = random.standard_normal((9_000, 12)).astype(np.float32)  # more than one piece
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    index = NearestIndex(12)
    index.add(np.arange(len(vectors)) * 3, vectors)
    index.remove(np.array([3 * 17]))
    queries = vectors[[0, 17, 8_999]]
    found = [
        (int(query), int(key), float(score))
        for queries_of, keys, scores in index.pairs_above(queries, 0.8)
        for query, key, score in zip(queries_of, keys, scores, strict=True)
    ]
    exact = queries @ vectors.T
    exact[:, 17] = -1
    np.testing.assert_allclose(
        [score for *_, score in found], [exact[q, k // 3] for q, k, _ in found], atol=0.02
    )
    pairs = {(query, key // 3) for query, key, _ in found}
    assert {(int(q), int(k)) for q, k in np.argwhere(exact >= 0.82)} <= pairs
    assert pairs <= {(int(q), int(k)) for q, k in np.argwhere(exact >= 0.78)}
    assert len(pairs) == len(found)
