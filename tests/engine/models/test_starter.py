from __future__ import annotations

import hashlib
import threading
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from safetensors.numpy import load, save

from engine.errors import ModelError, QueryError
from engine.ingest.geometry import prepare
from engine.models.base import PictureEmbedder
from engine.models.conse import ConseModel
from engine.models.starter import IDENTITY, StarterModel
from engine.models.starter_heads import HEAD_DIMENSION, HEADS_FILE, StarterHeads
from engine.models.token_vectors import TokenVectors
from engine.records import PixelBatch


@pytest.fixture(scope="module", params=[StarterModel, ConseModel], ids=["heads", "conse"])
def each(request: pytest.FixtureRequest) -> PictureEmbedder:
    """The starter of today, and the one before it, which still answers for old libraries."""
    model: type[StarterModel] | type[ConseModel] = request.param
    return model.load()


@pytest.fixture(scope="module")
def starter() -> StarterModel:
    return StarterModel.load()


@pytest.fixture(scope="module")
def tokens() -> TokenVectors:
    return TokenVectors.load()


@pytest.fixture(scope="module")
def noise() -> PixelBatch:
    return np.random.default_rng(1).integers(0, 256, (6, 260, 260, 3), np.uint8)


def test_vectors_have_the_promised_shape_and_length(each: PictureEmbedder, noise: PixelBatch) -> None:
    pictures, texts = each.embed_pictures(noise), each.embed_texts(["a dog", "two red cars"])
    assert pictures.shape == (6, each.identity.dimension)
    assert texts.shape == (2, each.identity.dimension)
    for vectors in (pictures, texts):
        assert vectors.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_nothing_in_gives_nothing_out(each: PictureEmbedder, noise: PixelBatch) -> None:
    assert each.embed_pictures(noise[:0]).shape == (0, each.identity.dimension)
    assert each.embed_texts([]).shape == (0, each.identity.dimension)


def test_a_vector_does_not_depend_on_its_batch(each: PictureEmbedder, noise: PixelBatch) -> None:
    together = each.embed_pictures(noise)
    alone = np.vstack([each.embed_pictures(noise[i : i + 1]) for i in range(len(noise))])
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_pictures_that_cannot_be_written_to_are_taken(each: PictureEmbedder, noise: PixelBatch) -> None:
    frozen = noise[:1].copy()
    frozen.setflags(write=False)
    np.testing.assert_array_equal(each.embed_pictures(frozen), each.embed_pictures(noise[:1].copy()))


@pytest.mark.parametrize("text", ["", "   ", "😀😀", "!!!", "\x00"])
def test_a_text_without_a_known_word_is_refused_in_a_sentence(each: PictureEmbedder, text: str) -> None:
    with pytest.raises(QueryError, match="no word that the starter model knows"):
        each.embed_texts(["a dog", text])


def test_stop_words_alone_still_make_a_query(each: PictureEmbedder) -> None:
    assert np.isfinite(each.embed_texts(["in the"])).all()


def test_stop_words_change_nothing_for_conse() -> None:
    with_them, without = ConseModel.load().embed_texts(["a dog in the snow", "dog snow"])
    np.testing.assert_allclose(with_them, without, atol=1e-6)


def test_case_and_punctuation_change_nothing(each: PictureEmbedder) -> None:
    plain, dressed = each.embed_texts(["dog snow", "  DOG, snow!?"])
    np.testing.assert_allclose(plain, dressed, atol=1e-6)


def test_texts_and_pictures_at_the_same_moment(each: PictureEmbedder, noise: PixelBatch) -> None:
    expected = each.embed_pictures(noise)
    results = []
    indexing = threading.Thread(target=lambda: results.append(each.embed_pictures(noise)))
    indexing.start()
    for _ in range(50):
        np.testing.assert_array_equal(*each.embed_texts(["a dog", "a dog"]))
    indexing.join()
    np.testing.assert_allclose(results[0], expected, atol=1e-5)


def test_a_photograph_is_found_by_what_it_shows(each: PictureEmbedder, shared_data: Path) -> None:
    folder = shared_data / "captioned" / "images"
    rows = (shared_data / "captioned" / "captions.csv").read_text(encoding="utf-8").splitlines()
    dogs = {line.split(",", 1)[0] for line in rows if " dog " in line and " snow" in line}
    others = {line.split(",", 1)[0] for line in rows if " bicycle" in line or " boat" in line} - dogs
    chosen = sorted(dogs)[:8] + sorted(others)[:8]
    pictures = np.stack(
        [prepare(Image.open(folder / name).convert("RGB"), each.picture_input) for name in chosen]
    )
    scores = (each.embed_texts(["a dog"]) @ each.embed_pictures(pictures).T)[0]
    assert scores[:8].mean() > scores[8:].mean() + 0.1


def test_words_that_the_heads_never_met_are_strange_to_them(tokens: TokenVectors) -> None:
    heads = StarterHeads.load(tokens)
    dog, guitar, giraffe, half = heads.strangeness(["a dog", "guitar", "giraffe", "a dog and a giraffe"])
    assert dog < 0.02 < guitar < half < giraffe
    assert giraffe == 1.0
    assert heads.strangeness(["", "??"]).tolist() == [1.0, 1.0]
    assert heads.strangeness(["the dog's ball"]) == heads.strangeness(["the dog ball"])


def test_sentences_of_strange_words_trust_conse(starter: StarterModel) -> None:
    dog, giraffe = np.linalg.norm(starter.embed_texts(["a dog", "giraffe"])[:, HEAD_DIMENSION:], axis=1)
    assert dog < 0.3
    assert giraffe > 0.9


def test_pictures_keep_both_halves_alike(starter: StarterModel, noise: PixelBatch) -> None:
    pictures = starter.embed_pictures(noise)
    halves = pictures[:, :HEAD_DIMENSION], pictures[:, HEAD_DIMENSION:]
    for half in halves:
        np.testing.assert_allclose(np.linalg.norm(half, axis=1), 0.5**0.5, atol=1e-5)


@pytest.mark.parametrize("kept", [0, 7, 4000, -1])
def test_damaged_heads_are_told_in_a_sentence(kept: int, tokens: TokenVectors) -> None:
    content = files("assets").joinpath(HEADS_FILE).read_bytes()
    with pytest.raises(ModelError, match="heads cannot be read"):
        StarterHeads.of(content[:kept], tokens)


def test_a_file_of_other_weights_is_no_heads(tokens: TokenVectors) -> None:
    with pytest.raises(ModelError, match="heads cannot be read"):
        StarterHeads.of(save({"other": np.zeros(3, np.float32)}), tokens)


@pytest.mark.parametrize(
    "change",
    [
        {"picture.wide.bias": None},
        {"text.scale": None},
        {"conse.share": np.zeros(0, np.float32)},
        {"picture.mean": np.zeros(7, np.float32)},
    ],
    ids=["no bias", "no scale", "no share", "another backbone's mean"],
)
def test_heads_that_do_not_fit_together_are_told_before_they_answer(
    change: dict[str, NDArray[np.generic] | None], tokens: TokenVectors
) -> None:
    changed = {**load(files("assets").joinpath(HEADS_FILE).read_bytes()), **change}
    content = save({name: array for name, array in changed.items() if array is not None})
    with pytest.raises(ModelError, match="heads cannot be read"):
        StarterHeads.of(content, tokens)


def test_other_weights_for_pictures_are_another_revision() -> None:
    """Else a library would mix vectors of the two: who trains anew names a new revision here and there."""
    stored, digest = load(files("assets").joinpath(HEADS_FILE).read_bytes()), hashlib.sha256()
    for name in sorted(name for name in stored if name.startswith("picture.")):
        digest.update(stored[name].tobytes())
    assert (IDENTITY.revision, digest.hexdigest()) == (
        "heads-1", "b7ea8cd8975ff45aaaa2a674756d064a9b945077808b881c58ccd38c78d3041b",
    )  # fmt: skip


def test_the_heads_are_small_enough_to_be_carried_along() -> None:
    assert len(files("assets").joinpath(HEADS_FILE).read_bytes()) < 12_000_000
