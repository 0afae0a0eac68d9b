"""The starter that is carried along: what it promises, and what it finds."""

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
from engine.ingest.decoding.resizing import resize_for_model
from engine.models.starter.adapter import (
    STARTER_IDENTITY,
    StarterModel,
    parse_starter_file,
    read_starter_file,
)
from engine.models.starter.familiarity import WEIGHTS_FILE, Familiarity, load_caption_words
from engine.models.starter.heads import HEAD_DIMENSION
from engine.models.text.sentence_encoder import SentenceEncoder
from engine.models.text.word_split import split_words
from engine.records import PixelBatch
from engine.samples import PHOTOGRAPHS, PHOTOGRAPHS_FOLDER, write_samples


@pytest.fixture(scope="module")
def starter() -> StarterModel:
    return StarterModel.load()


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return SentenceEncoder.load()


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
    assert starter.embed_pictures(noise[:0]).shape == (0, starter.identity.dimension)
    assert starter.embed_texts([]).shape == (0, starter.identity.dimension)


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
        [resize_for_model(Image.open(folder / name).convert("RGB"), starter.picture_input) for name in chosen]
    )
    scores = (starter.embed_texts(["a dog"]) @ starter.embed_pictures(pictures).T)[0]
    assert scores[:8].mean() > scores[8:].mean() + 0.1


def test_each_sample_photograph_but_gravel_comes_first_for_its_own_description(
    starter: StarterModel, tmp_path: Path
) -> None:
    write_samples(tmp_path)
    pictures = [Image.open(tmp_path / PHOTOGRAPHS_FOLDER / sample.name) for sample in PHOTOGRAPHS]
    pixels = np.stack(
        [resize_for_model(picture.convert("RGB"), starter.picture_input) for picture in pictures]
    )
    scores = starter.embed_texts([sample.shows for sample in PHOTOGRAPHS]) @ starter.embed_pictures(pixels).T
    first = scores.argmax(axis=1)
    missed = {sample.shows for at, sample in enumerate(PHOTOGRAPHS) if first[at] != at}
    assert missed <= {"gravel"}  # no caption says it, and the backbone has no class for it


def test_words_that_the_heads_never_met_are_strange_to_them() -> None:
    familiarity = Familiarity(parse_starter_file(read_starter_file()))
    texts = ("a dog", "guitar", "giraffe", "a dog and a giraffe")
    dog, guitar, giraffe, half = familiarity.unfamiliarity([split_words(text) for text in texts])
    assert dog < 0.02 < guitar < half < giraffe
    assert giraffe == 1.0
    assert familiarity.unfamiliarity([[]]).tolist() == [1.0]
    with_it, without = familiarity.unfamiliarity([["the", "dog's", "ball"], ["the", "dog", "ball"]])
    assert with_it == without


def test_strange_sentences_trust_conse_more(starter: StarterModel) -> None:
    texts = ["a dog", "a harpsichord", "a dog runs through the snow", "an x-ray of a broken wrist"]
    dog, harpsichord, snow, wrist = np.linalg.norm(starter.embed_texts(texts)[:, HEAD_DIMENSION:], axis=1)
    assert dog < harpsichord
    assert snow < wrist


def test_pictures_keep_both_halves_alike(starter: StarterModel, noise: PixelBatch) -> None:
    pictures = starter.embed_pictures(noise)
    halves = pictures[:, :HEAD_DIMENSION], pictures[:, HEAD_DIMENSION:]
    for half in halves:
        np.testing.assert_allclose(np.linalg.norm(half, axis=1), 0.5**0.5, atol=1e-5)


def test_the_words_of_the_captions_are_kept() -> None:
    words = load_caption_words()
    assert {"dog", "snow", "running"} <= words
    assert all(word == word.lower() for word in words)
    assert "giraffe" not in words


@pytest.mark.parametrize("kept", [0, 7, 4000, -1])
def test_a_damaged_file_is_told_in_a_sentence(kept: int, encoder: SentenceEncoder) -> None:
    with pytest.raises(ModelError, match="weights cannot be read"):
        StarterModel.from_bytes(encoder, read_starter_file()[:kept])


def test_a_file_of_other_weights_is_no_starter(encoder: SentenceEncoder) -> None:
    with pytest.raises(ModelError, match="weights cannot be read"):
        StarterModel.from_bytes(encoder, save({"other": np.zeros(3, np.float32)}))


@pytest.mark.parametrize(
    "change",
    [
        {"picture.wide.bias": None},
        {"picture.mean": np.zeros(7, np.float32)},
        {"text.direct.weight": np.zeros((256, 256), np.float32)},
        {"conse.labels": np.zeros((1000, 256), np.float32)},
        {"familiar.captions": np.zeros(3, np.int32)},
    ],
    ids=["no bias", "another backbone's mean", "another encoder", "other labels", "fewer counts"],
)
def test_weights_that_do_not_fit_together_are_told_before_they_answer(
    change: dict[str, NDArray[np.generic] | None], encoder: SentenceEncoder
) -> None:
    changed = {**load(read_starter_file()), **change}
    content = save({name: array for name, array in changed.items() if array is not None})
    with pytest.raises(ModelError, match="weights cannot be read"):
        StarterModel.from_bytes(encoder, content)


def test_other_weights_for_pictures_are_another_revision() -> None:
    """Else a library would mix vectors of the two: who trains anew names a new revision here and there."""
    stored, digest = load(read_starter_file()), hashlib.sha256()
    for name in sorted(name for name in stored if name.startswith(("picture.", "conse."))):
        digest.update(stored[name].tobytes())
    assert (STARTER_IDENTITY.revision, digest.hexdigest()) == (
        "minilm-1",
        "acbf42abc8c698eb0577cfa62f67853d52047f458c034dea36aac5eff2542b31",
    )


def test_the_weights_are_small_enough_to_be_carried_along() -> None:
    assert len(files("assets").joinpath(WEIGHTS_FILE).read_bytes()) < 12_000_000
