from __future__ import annotations

import logging

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.index.exact_scan import (
    NumKongKernels,
    NumpyKernels,
    agrees_with_numpy,
    choose_kernels,
    verify_kernels,
)
from engine.index.nearest_index import NearestIndex
from engine.store.quantization import Codes, quantise
from tests.engine.index.conftest import MakeVectors


class WrongKernels(NumpyKernels):
    """Off in one row, as a kernel with a faulty remainder loop would be."""

    def dots(self, codes: Codes, query: Codes) -> NDArray[np.float32]:
        out = super().dots(codes, query)
        out[-1] += 100
        return out


class AbsentKernels(NumpyKernels):
    def dots_many(self, codes: Codes, queries: Codes) -> NDArray[np.float32]:
        raise ImportError(f"no library for {codes.shape} and {queries.shape}")


def test_both_kernels_agree_with_numpy_here() -> None:
    assert agrees_with_numpy(NumKongKernels())
    assert agrees_with_numpy(NumpyKernels())


@pytest.mark.parametrize("kernels", [WrongKernels(), AbsentKernels()])
def test_wrong_or_absent_kernels_are_replaced_and_the_log_says_so(
    kernels: NumpyKernels, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        chosen = choose_kernels(kernels)
    assert type(chosen) is NumpyKernels
    assert "slower" in caplog.text


def test_kernels_are_checked_once_a_process() -> None:
    assert verify_kernels() is verify_kernels()


def test_the_fallback_answers_as_the_fast_kernels_do(make_vectors: MakeVectors) -> None:
    vectors, queries = make_vectors(5000), make_vectors(5, seed=1)
    fast, slow = NearestIndex(32), NearestIndex(32, kernels=NumpyKernels)
    for index in (fast, slow):
        index.add(np.arange(5000), vectors)
    for query in queries:
        assert fast.search(query, 20).keys.tolist() == slow.search(query, 20).keys.tolist()
    np.testing.assert_allclose(fast.best_scores(queries), slow.best_scores(queries), atol=1e-6)


def test_quantising_never_clips_and_keeps_the_direction(make_vectors: MakeVectors) -> None:
    vectors = make_vectors(3000, 64)
    vectors[0] = 0
    vectors[1] = 0
    vectors[1, 3] = -1
    codes, scales = quantise(vectors)
    assert codes[0].tolist() == [0] * 64
    assert scales[0] == 0
    assert codes[1, 3] == -127
    assert np.abs(codes[1:].astype(np.int16)).max(axis=1).tolist() == [127] * 2999
    error = np.abs(codes * scales[:, None] - vectors).max(axis=1)
    assert (error <= scales / 2 + 1e-6).all()
