from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.errors import QueryError
from engine.ingest.geometry import prepare
from engine.models.starter import StarterModel
from engine.records import PixelBatch


@pytest.fixture(scope="module")
def starter() -> StarterModel:
    return StarterModel.load()


@pytest.fixture(scope="module")
def noise() -> PixelBatch:
    return np.random.default_rng(1).integers(0, 256, (6, 260, 260, 3), np.uint8)


def test_vectors_have_the_promised_shape_and_length(starter: StarterModel, noise: PixelBatch) -> None:
    pictures, texts = starter.embed_pictures(noise), starter.embed_texts(["a dog", "two red cars"])
    assert pictures.shape == (6, starter.identity.dimension)
    assert texts.shape == (2, starter.identity.dimension)
    for vectors in (pictures, texts):
        assert vectors.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_nothing_in_gives_nothing_out(starter: StarterModel, noise: PixelBatch) -> None:
    assert starter.embed_pictures(noise[:0]).shape == (0, 256)
    assert starter.embed_texts([]).shape == (0, 256)


def test_a_vector_does_not_depend_on_its_batch(starter: StarterModel, noise: PixelBatch) -> None:
    together = starter.embed_pictures(noise)
    alone = np.vstack([starter.embed_pictures(noise[i : i + 1]) for i in range(len(noise))])
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_pictures_that_cannot_be_written_to_are_taken(starter: StarterModel, noise: PixelBatch) -> None:
    frozen = noise[:1].copy()
    frozen.setflags(write=False)
    np.testing.assert_array_equal(starter.embed_pictures(frozen), starter.embed_pictures(noise[:1].copy()))


@pytest.mark.parametrize("text", ["", "   ", "😀😀", "!!!", "\x00"])
def test_a_text_without_a_known_word_is_refused_in_a_sentence(starter: StarterModel, text: str) -> None:
    with pytest.raises(QueryError, match="no word that the starter model knows"):
        starter.embed_texts(["a dog", text])


def test_stop_words_alone_still_make_a_query(starter: StarterModel) -> None:
    assert np.isfinite(starter.embed_texts(["in the"])).all()


def test_stop_words_change_nothing_beside_others(starter: StarterModel) -> None:
    with_them, without = starter.embed_texts(["a dog in the snow", "dog snow"])
    np.testing.assert_allclose(with_them, without, atol=1e-6)


def test_case_and_punctuation_change_nothing(starter: StarterModel) -> None:
    plain, dressed = starter.embed_texts(["dog snow", "  DOG, snow!?"])
    np.testing.assert_allclose(plain, dressed, atol=1e-6)


def test_texts_and_pictures_at_the_same_moment(starter: StarterModel, noise: PixelBatch) -> None:
    expected = starter.embed_pictures(noise)
    results = []
    indexing = threading.Thread(target=lambda: results.append(starter.embed_pictures(noise)))
    indexing.start()
    for _ in range(50):
        np.testing.assert_array_equal(*starter.embed_texts(["a dog", "a dog"]))
    indexing.join()
    np.testing.assert_allclose(results[0], expected, atol=1e-5)


def test_a_photograph_is_found_by_what_it_shows(starter: StarterModel, shared_data: Path) -> None:
    folder = shared_data / "captioned" / "images"
    rows = (shared_data / "captioned" / "captions.csv").read_text(encoding="utf-8").splitlines()
    dogs = {line.split(",", 1)[0] for line in rows if " dog " in line and " snow" in line}
    others = {line.split(",", 1)[0] for line in rows if " bicycle" in line or " boat" in line} - dogs
    chosen = sorted(dogs)[:8] + sorted(others)[:8]
    pictures = np.stack(
        [prepare(Image.open(folder / name).convert("RGB"), starter.picture_input) for name in chosen]
    )
    scores = (starter.embed_texts(["a dog"]) @ starter.embed_pictures(pictures).T)[0]
    assert scores[:8].mean() > scores[8:].mean() + 0.2
