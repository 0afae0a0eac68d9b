from __future__ import annotations

import copy
import json
import os
import pickle
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from engine.errors import ModelError
from engine.ingest.decoding.resizing import resize_for_model
from engine.models.clip.adapter import ClipModel, architecture_config, load_clip
from engine.models.precision import Precision, Processor
from engine.records import PictureInput, PixelBatch, Vectors
from tests.engine.models.small_models import SMALL_CLIP, SMALL_PE, SMALL_SIGLIP, build, make_folder

CPU = Processor("cpu")
TEXTS = ["a dog", "a very long sentence about a dog and a cat in the snow " * 10, "", "snow"]


@pytest.fixture(scope="module")
def clip_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_folder(tmp_path_factory.mktemp("clip"), SMALL_CLIP)


@pytest.fixture(scope="module")
def siglip_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_folder(tmp_path_factory.mktemp("siglip"), SMALL_SIGLIP)


@pytest.fixture(scope="module")
def clip(clip_folder: Path) -> ClipModel:
    return load_clip(clip_folder, "small", "1", CPU, Precision.FLOAT32)


def picture(width: int, height: int) -> Image.Image:
    pixels = np.random.default_rng(width).integers(0, 256, (height, width, 3), np.uint8)
    return Image.fromarray(pixels).resize((width * 2, height * 2))


def unit(features: Any) -> Vectors:  # noqa: ANN401  # a tensor, and torch is not imported here
    rows: Vectors = (features / features.norm(dim=-1, keepdim=True)).numpy()
    return rows


def pixels(count: int, size: int = 64) -> PixelBatch:
    return np.random.default_rng(2).integers(0, 256, (count, size, size, 3), np.uint8)


@pytest.mark.parametrize("config", [SMALL_CLIP, SMALL_SIGLIP, SMALL_PE], ids=["clip", "siglip", "pe"])
def test_vectors_are_those_that_open_clip_gives(config: dict[str, Any], tmp_path: Path) -> None:
    import torch
    from open_clip import get_tokenizer  # type: ignore[import-untyped]  # it ships no types
    from open_clip.transform import (  # type: ignore[import-untyped]  # it ships no types
        PreprocessCfg,
        image_transform_v2,
    )

    folder = make_folder(tmp_path / "model", config)
    model = load_clip(folder, "small", "1", CPU, Precision.FLOAT32)
    network = build(config)
    transform = image_transform_v2(
        PreprocessCfg(size=model.picture_input.size, **config["preprocess_cfg"]), is_train=False
    )
    pictures = [picture(90, 60), picture(64, 64), picture(40, 200)]
    with torch.inference_mode():
        expected_pictures = unit(network.encode_image(torch.stack([transform(image) for image in pictures])))
        expected_texts = unit(network.encode_text(get_tokenizer(f"local-dir:{folder}")(TEXTS)))
    prepared = np.stack([resize_for_model(image, model.picture_input) for image in pictures])
    np.testing.assert_allclose(model.embed_pictures(prepared), expected_pictures, atol=1e-5)
    np.testing.assert_allclose(model.embed_texts(TEXTS), expected_texts, atol=1e-5)


def test_vectors_have_the_promised_shape_and_length(clip: ClipModel) -> None:
    for vectors in (clip.embed_pictures(pixels(11)), clip.embed_texts(["a dog"] * 40)):
        assert vectors.shape[1] == clip.identity.dimension == 32
        assert vectors.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert clip.embed_pictures(pixels(0)).shape == (0, 32)
    assert clip.embed_texts([]).shape == (0, 32)


def test_a_short_text_is_the_same_alone_and_beside_a_long_one(clip: ClipModel) -> None:
    together = clip.embed_texts(TEXTS)
    alone = np.vstack([clip.embed_texts([text]) for text in TEXTS])
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_bfloat16_stays_near_float32(clip: ClipModel, clip_folder: Path) -> None:
    half = load_clip(clip_folder, "small", "1", CPU, Precision.BFLOAT16)
    assert ((half.embed_pictures(pixels(4)) * clip.embed_pictures(pixels(4))).sum(axis=1) > 0.999).all()
    assert ((half.embed_texts(TEXTS) * clip.embed_texts(TEXTS)).sum(axis=1) > 0.999).all()


def test_texts_and_pictures_at_the_same_moment(clip: ClipModel) -> None:
    expected_pictures, expected_texts = clip.embed_pictures(pixels(32)), clip.embed_texts(TEXTS)
    results: list[Vectors] = []
    indexing = threading.Thread(target=lambda: results.append(clip.embed_pictures(pixels(32))))
    indexing.start()
    for _ in range(10):
        np.testing.assert_allclose(clip.embed_texts(TEXTS), expected_texts, atol=1e-5)
    indexing.join()
    np.testing.assert_allclose(results[0], expected_pictures, atol=1e-5)


def test_the_geometry_comes_from_the_description(clip: ClipModel, siglip_folder: Path) -> None:
    assert clip.picture_input == PictureInput(64, "shortest", "bicubic")
    assert load_clip(siglip_folder, "s", "1", CPU).picture_input == PictureInput(160, "squash", "bicubic")


def test_loading_and_embedding_open_no_connection(clip_folder: Path, siglip_folder: Path) -> None:
    code = """
import sys
def refuse(event, arguments):
    if event.startswith("socket.") and event != "socket.__new__":
        print("connection", event, arguments); sys.stdout.flush()
sys.addaudithook(refuse)
from pathlib import Path
from engine.models.clip.adapter import load_clip
for folder in sys.argv[1:]:
    print(load_clip(Path(folder), "m", "1").embed_texts(["a dog"]).shape)
"""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("HF_", "TRANSFORMERS_"))}
    done = subprocess.run(
        [sys.executable, "-c", code, str(clip_folder), str(siglip_folder)],
        capture_output=True, text=True, check=True, env=environment,
    )  # fmt: skip
    assert done.stdout.split("\n")[:2] == ["(1, 32)", "(1, 64)"]


class Malice:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


def test_a_checkpoint_with_code_is_refused_and_the_code_not_run(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "model", SMALL_CLIP)
    (folder / "open_clip_model.safetensors").unlink()
    with (folder / "open_clip_model.bin").open("wb") as file:
        pickle.dump(Malice(tmp_path / "run"), file, protocol=2)
    with pytest.raises(ModelError, match="can be loaded"):
        load_clip(folder, "evil", "1")
    assert not (tmp_path / "run").exists()


def changed(config: dict[str, Any], part: str, key: str, value: object) -> dict[str, Any]:
    result = copy.deepcopy(config)
    result["model_cfg"][part][key] = value
    return result


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda folder: (folder / "open_clip_config.json").unlink(), "has no open_clip_config.json"),
        (lambda folder: (folder / "open_clip_config.json").write_text("{"), "cannot be read"),
        (lambda folder: (folder / "open_clip_config.json").write_text("[]"), "does not describe"),
        (lambda folder: (folder / "open_clip_config.json").write_text(" " * 2_000_000), "too large"),
        (lambda folder: (folder / "open_clip_model.safetensors").unlink(), "holds no weights"),
        (lambda folder: (folder / "open_clip_model.safetensors").write_bytes(b"\0" * 100), "can be loaded"),
        (
            lambda folder: (folder / "open_clip_config.json").write_text(
                json.dumps(changed(SMALL_CLIP, "vision_cfg", "timm_model_name", "hf-hub:someone/tower"))
            ),
            "from elsewhere",
        ),
        (
            lambda folder: (folder / "open_clip_config.json").write_text(
                json.dumps(changed(SMALL_CLIP, "vision_cfg", "width", 128))
            ),
            "can be loaded",
        ),
        (
            lambda folder: (folder / "open_clip_config.json").write_text(
                json.dumps(changed(SMALL_CLIP, "vision_cfg", "image_size", [64, 32]))
            ),
            "not square",
        ),
        (
            lambda folder: (folder / "open_clip_config.json").write_text(
                json.dumps(changed(SMALL_CLIP, "text_cfg", "hf_tokenizer_name", "someone/words"))
            ),
            "lacks the model's tokenizer",
        ),
        (
            lambda folder: (folder / "open_clip_config.json").write_text(
                json.dumps(changed(SMALL_CLIP, "text_cfg", "hf_model_name", "someone/tower"))
            ),
            "lacks config.json",
        ),
    ],
)
def test_what_is_wrong_with_a_folder_is_said(tmp_path: Path, damage: Any, sentence: str) -> None:  # noqa: ANN401  # a callable per row
    folder = make_folder(tmp_path / "model", SMALL_CLIP)
    damage(folder)
    with pytest.raises(ModelError, match=sentence):
        load_clip(folder, "broken", "1")


def test_an_architecture_brings_the_preprocessing_it_was_trained_with() -> None:
    siglip = architecture_config("ViT-B-16-SigLIP")
    assert siglip["preprocess_cfg"]["resize_mode"] == "squash"
    assert list(siglip["preprocess_cfg"]["mean"]) == [0.5, 0.5, 0.5]


def test_an_unknown_architecture_is_answered_with_near_ones() -> None:
    with pytest.raises(ModelError, match="ViT-B-32"):
        architecture_config("ViT-B32")
