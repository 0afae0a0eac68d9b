"""The cache of sentence vectors, over the real encoder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tokenizers import Tokenizer

from engine.errors import Cancelled
from engine.models.text.sentence_encoder import SENTENCE_DIMENSION, SentenceEncoder
from engine.progress import CancelToken, Progress
from engine.records import Vectors
from engine.training.sentence_cache import SentenceCache

TEXTS = ("a dog runs", "snow", "a red ball on the beach")


class CountingEncoder(SentenceEncoder):
    """It remembers what it was asked for."""

    def __init__(self, weights: Mapping[str, NDArray[np.float32]], tokenizer: Tokenizer) -> None:
        super().__init__(weights, tokenizer)
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str], cancel: CancelToken | None = None) -> Vectors:
        self.asked.extend(texts)
        return super().encode(texts, cancel)


class StopAfterAPart(CancelToken):
    """Stops as soon as there is a file in the folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def checkpoint(self) -> None:
        if self._folder.exists() and any(self._folder.iterdir()):
            self.cancel()
        super().checkpoint()


@pytest.fixture(scope="module")
def loaded() -> CountingEncoder:
    encoder = CountingEncoder.load()
    assert isinstance(encoder, CountingEncoder)
    return encoder


@pytest.fixture
def encoder(loaded: CountingEncoder) -> CountingEncoder:
    loaded.asked.clear()
    return loaded


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def read(
    folder: Path, encoder: SentenceEncoder, texts: Sequence[str], cancel: CancelToken | None = None
) -> Vectors:
    return SentenceCache(folder, encoder, Progress(), cancel or CancelToken()).vectors(texts)


def test_vectors_are_those_of_the_encoder(folder: Path, encoder: CountingEncoder) -> None:
    vectors = read(folder, encoder, TEXTS)
    assert vectors.dtype == np.float32
    np.testing.assert_array_equal(vectors, encoder.encode(TEXTS))
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_what_was_computed_is_used_again(folder: Path, encoder: CountingEncoder) -> None:
    first = read(folder, encoder, TEXTS)
    encoder.asked.clear()
    np.testing.assert_array_equal(read(folder, encoder, TEXTS), first)
    assert not encoder.asked


def test_other_texts_are_not_taken_for_these(folder: Path, encoder: CountingEncoder) -> None:
    there = read(folder, encoder, TEXTS)
    np.testing.assert_allclose(read(folder, encoder, TEXTS[::-1]), there[::-1], atol=1e-6)
    np.testing.assert_allclose(read(folder, encoder, TEXTS[:2]), there[:2], atol=1e-6)
    assert len(encoder.asked) == 3 + 3 + 2


def test_texts_of_several_lines_are_not_taken_for_several_texts(
    folder: Path, encoder: CountingEncoder
) -> None:
    read(folder, encoder, ["dog", "snow"])
    assert read(folder, encoder, ["dog\nsnow"]).shape == (1, SENTENCE_DIMENSION)
    one, other = read(folder, encoder, ["a\nb", "c"]), read(folder, encoder, ["a", "b\nc"])
    assert np.abs(one - other).max() > 0.01


def test_vectors_that_were_read_may_be_written_to(folder: Path, encoder: CountingEncoder) -> None:
    for _ in range(2):  # computed, and from the cache
        vectors = read(folder, encoder, TEXTS)
        vectors[:] = 0
    assert read(folder, encoder, TEXTS).any()


@pytest.mark.parametrize("damage", ["empty", "a text", "cut short", "header", "of other texts"])
def test_a_damaged_file_is_computed_again(
    folder: Path, encoder: CountingEncoder, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    first = read(folder, encoder, TEXTS)
    (kept,) = folder.iterdir()
    whole = kept.read_bytes()
    if damage == "of other texts":
        np.save(kept, np.zeros((2, SENTENCE_DIMENSION), np.float32))
    else:
        kept.write_bytes(
            {
                "empty": b"",
                "a text": b"no array",
                "cut short": whole[: len(whole) // 2],
                "header": whole.replace(b"'descr'", b"('descr'"),
            }[damage]
        )
    encoder.asked.clear()
    np.testing.assert_array_equal(read(folder, encoder, TEXTS), first)
    assert encoder.asked == list(TEXTS)
    assert caplog.text.count("computed again") == 1
    encoder.asked.clear()
    np.testing.assert_array_equal(read(folder, encoder, TEXTS), first)
    assert not encoder.asked


def test_what_was_computed_stays_when_it_is_cancelled(folder: Path, encoder: CountingEncoder) -> None:
    """Two thousand texts at a time."""
    many = [*["dog"] * 2000, "snow", "a red ball"]
    with pytest.raises(Cancelled):
        read(folder, encoder, many, StopAfterAPart(folder))
    assert len(list(folder.iterdir())) == 1
    encoder.asked.clear()
    progress = Progress()
    vectors = SentenceCache(folder, encoder, progress, CancelToken()).vectors(many)
    assert encoder.asked == many[2000:]
    expected = encoder.encode(["dog", "snow", "a red ball"])
    np.testing.assert_allclose(vectors, expected[[0] * 2000 + [1, 2]], atol=1e-5)
    snapshot = progress.snapshot()
    assert (snapshot.unit, snapshot.found, snapshot.done) == ("texts", 2002, 2002)


def test_who_cancelled_before_is_not_kept_waiting(folder: Path, encoder: CountingEncoder) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        read(folder, encoder, TEXTS, cancel)
    assert not folder.exists()


def test_no_texts_have_no_vectors(folder: Path, encoder: CountingEncoder) -> None:
    assert read(folder, encoder, []).shape == (0, SENTENCE_DIMENSION)
    assert not folder.exists()
