from __future__ import annotations

import numpy as np
import pytest

from engine.search.query.query_vector import NEGATIVE_WEIGHT, combine_vectors, score_spreads

AXES = np.eye(8, dtype=np.float32)
NOBODY = np.empty((0, 8), dtype=np.float32)


def unit_rows(count: int, seed: int = 0) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    rows = np.random.default_rng(seed).standard_normal((count, 8)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def test_a_single_part_keeps_its_scores() -> None:
    part = unit_rows(1)
    np.testing.assert_array_equal(combine_vectors(part, [], unit_rows(50, 1)), part[0])


def test_parts_with_narrow_scores_count_as_much_as_those_with_wide_ones() -> None:
    sample = unit_rows(400)
    sample[:, 0] *= 0.1  # along the first axis the library hardly differs
    query = combine_vectors(AXES[:2], [], sample)
    scores = sample @ query
    shares = [np.corrcoef(scores, sample[:, axis])[0, 1] for axis in (0, 1)]
    assert shares[0] == pytest.approx(shares[1], abs=0.1)
    assert np.linalg.norm(query) == pytest.approx(1, abs=1e-6)


def test_a_negative_lowers_what_resembles_it_and_weighs_half() -> None:
    query = combine_vectors(AXES[:1], AXES[1:2], NOBODY)
    assert query[1] / query[0] == pytest.approx(-NEGATIVE_WEIGHT)
    assert np.linalg.norm(query) == pytest.approx(1, abs=1e-6)


def test_negatives_alone_point_away() -> None:
    np.testing.assert_allclose(combine_vectors([], AXES[:1], NOBODY), -AXES[0])


def test_parts_that_cancel_out_leave_the_first_positive() -> None:
    np.testing.assert_array_equal(combine_vectors([AXES[0], -AXES[0]], [], NOBODY), AXES[0])
    np.testing.assert_array_equal(combine_vectors(AXES[:1], [AXES[0], AXES[0]], NOBODY), AXES[0])


def test_nothing_and_no_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="nothing"):
        combine_vectors([], [], NOBODY)
    with pytest.raises(ValueError, match="finite"):
        combine_vectors([AXES[0] * np.nan], [], NOBODY)


def test_a_library_without_differences_weighs_all_parts_alike() -> None:
    same = np.tile(AXES[3], (20, 1))
    query = combine_vectors(AXES[:2], [], same)
    assert query[0] == pytest.approx(query[1])
    assert np.isfinite(score_spreads(AXES[:2], same)).all()
    assert score_spreads(AXES[:2], same[:3]).tolist() == [1.0, 1.0]
