"""Models of full size with random weights, through a folder on disk, against open_clip itself."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.ingest.decoding.resizing import resize_for_model
from engine.models.clip.adapter import architecture_config, load_clip
from engine.models.precision import Precision, Processor
from tests.engine.models.small_models import save_tokenizer

TEXTS = ["a dog in the snow", "a cat", "the dog and a cat " * 30]


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("architecture", ["ViT-B-32", "ViT-B-16-SigLIP", "PE-Core-S-16-384"])
def test_a_model_loaded_by_path_is_open_clips_own(architecture: str, tmp_path: Path) -> None:
    import open_clip  # type: ignore[import-untyped]  # it ships no types
    import torch
    from safetensors.torch import save_file

    torch.manual_seed(0)
    config = architecture_config(architecture)
    network = open_clip.create_model(architecture, force_preprocess_cfg=config["preprocess_cfg"]).eval()
    save_file(
        {k: v.contiguous() for k, v in network.state_dict().items()}, tmp_path / "open_clip_model.safetensors"
    )
    (tmp_path / "open_clip_config.json").write_text(json.dumps(config), encoding="utf-8")
    if "hf_tokenizer_name" in config["model_cfg"]["text_cfg"]:
        save_tokenizer(tmp_path)
    transform = open_clip.transform.image_transform_v2(
        open_clip.transform.PreprocessCfg(**network.visual.preprocess_cfg), is_train=False
    )
    images = [noise(300, 200), noise(150, 400), noise(224, 224)]
    batch = torch.stack([transform(image) for image in images])
    tokens = open_clip.get_tokenizer(f"local-dir:{tmp_path}")(TEXTS)
    with torch.inference_mode():
        expected_pictures = torch.nn.functional.normalize(network.encode_image(batch), dim=-1).numpy()
        expected_texts = torch.nn.functional.normalize(network.encode_text(tokens), dim=-1).numpy()
    del network
    for precision in (Precision.FLOAT32, Precision.BFLOAT16):
        model = load_clip(tmp_path, "full", "1", Processor("cpu"), precision)
        pictures = np.stack([resize_for_model(image, model.picture_input) for image in images])
        for found, expected in (
            (model.embed_pictures(pictures), expected_pictures),
            (model.embed_texts(TEXTS), expected_texts),
        ):
            if precision is Precision.FLOAT32:
                np.testing.assert_allclose(found, expected, atol=1e-4)
            assert ((found * expected).sum(axis=1) > 0.999).all()
        scaled = torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 255
        mean, deviation = (
            torch.tensor(config["preprocess_cfg"][key]).view(1, 3, 1, 1) for key in ("mean", "std")
        )
        torch.testing.assert_close((scaled - mean) / deviation, batch, atol=1e-6, rtol=0)


def noise(width: int, height: int) -> Image.Image:
    pixels = np.random.default_rng(width).integers(0, 256, (height // 4, width // 4, 3), np.uint8)
    return Image.fromarray(pixels).resize((width, height))
