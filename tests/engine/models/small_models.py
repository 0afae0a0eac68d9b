"""Real open_clip models, small enough to make in a second: random weights, in the files models come in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SMALL_CLIP: dict[str, Any] = {
    "model_cfg": {
        "embed_dim": 32,
        "vision_cfg": {"image_size": 64, "layers": 2, "width": 64, "patch_size": 16},
        "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 64, "heads": 2, "layers": 2},
    },
    "preprocess_cfg": {"mean": [0.48, 0.46, 0.41], "std": [0.27, 0.26, 0.28]},
}

SMALL_SIGLIP: dict[str, Any] = {
    "model_cfg": {
        "embed_dim": 64,
        "init_logit_bias": -10,
        "custom_text": True,
        "vision_cfg": {
            "image_size": 160,
            "timm_model_name": "test_vit",
            "timm_model_pretrained": False,
            "timm_pool": "avg",
            "timm_proj": "none",
        },
        "text_cfg": {
            "context_length": 16,
            "vocab_size": 100,
            "hf_tokenizer_name": "nobody/nothing",
            "tokenizer_kwargs": {"clean": "canonicalize"},
            "width": 64,
            "heads": 2,
            "layers": 2,
            "no_causal_mask": True,
            "proj_bias": True,
            "pool_type": "last",
        },
    },
    "preprocess_cfg": {
        "mean": [0.5] * 3,
        "std": [0.5] * 3,
        "interpolation": "bicubic",
        "resize_mode": "squash",
    },
}

# PE-Core with its smallest picture tower, which pools and places its patches as the larger ones do.
SMALL_PE: dict[str, Any] = {
    "model_cfg": {
        "embed_dim": 32,
        "custom_text": True,
        "vision_cfg": {
            "image_size": 384,
            "timm_model_name": "vit_pe_core_tiny_patch16_384",
            "timm_model_pretrained": False,
            "timm_pool": "map",
            "timm_proj": None,
        },
        "text_cfg": {"context_length": 32, "vocab_size": 49408, "width": 64, "heads": 2, "layers": 2},
    },
    "preprocess_cfg": {
        "mean": [0.5] * 3,
        "std": [0.5] * 3,
        "interpolation": "bilinear",
        "resize_mode": "squash",
    },
}


def make_folder(folder: Path, config: dict[str, Any], seed: int = 0) -> Path:
    """A folder in OpenCLIP's form: description, random weights, a tokenizer where the model has its own."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "open_clip_config.json").write_text(json.dumps(config), encoding="utf-8")
    save_weights(folder / "open_clip_model.safetensors", config, seed)
    if "hf_tokenizer_name" in config["model_cfg"]["text_cfg"]:
        save_tokenizer(folder)
    return folder


def build(config: dict[str, Any], seed: int = 0) -> Any:  # noqa: ANN401  # open_clip ships no types
    """The network of a config with random weights, made by open_clip alone."""
    import torch
    from open_clip.model import CLIP, CustomTextCLIP  # type: ignore[import-untyped]  # it ships none

    torch.manual_seed(seed)
    model = dict(config["model_cfg"])
    kind = CustomTextCLIP if model.pop("custom_text", False) else CLIP
    return kind(**model).eval()


def save_weights(path: Path, config: dict[str, Any], seed: int = 0) -> None:
    import torch
    from safetensors.torch import save_file

    state = {key: value.contiguous() for key, value in build(config, seed).state_dict().items()}
    if path.suffix == ".safetensors":
        save_file(state, path)
    else:
        torch.save(state, path)


def save_tokenizer(folder: Path, words: tuple[str, ...] = ("a", "dog", "cat", "in", "the", "snow")) -> None:
    """A tokenizer of a few whole words, in the files that transformers' tokenizers are saved in."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    vocabulary = {word: index for index, word in enumerate(("<pad>", "<unk>", "</s>", *words))}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    saver: Any = PreTrainedTokenizerFast  # it has no annotations
    saver(tokenizer_object=tokenizer, pad_token="<pad>", unk_token="<unk>", eos_token="</s>").save_pretrained(
        folder
    )
