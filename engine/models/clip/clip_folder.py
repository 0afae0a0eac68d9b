"""Reads what a folder with an open_clip model contains, from its files only; imports nothing heavy."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from engine.errors import ModelError
from engine.records import PictureInput

Config: TypeAlias = dict[str, Any]

CONFIG_FILE = "open_clip_config.json"
CHECKPOINT_SUFFIXES = (".safetensors", ".bin", ".pth")  # those that open_clip searches a folder for
TOKENIZER_FILES = (
    "added_tokens.json",
    "merges.txt",
    "sentencepiece.bpe.model",
    "special_tokens_map.json",
    "spiece.model",
    "tokenizer.json",
    "tokenizer.model",
    "tokenizer_config.json",
    "vocab.json",
    "vocab.txt",
)
TEXT_TOWER_FILE = "config.json"  # transformers' description of a text tower that is not open_clip's own

_PREFERRED_CHECKPOINTS = ("open_clip_model", "open_clip_pytorch_model", "model", "pytorch_model")
_TIMM_NAME = re.compile(r"[A-Za-z0-9_.]+")  # anything else may be an address that timm downloads from
_MAX_CONFIG_BYTES = 1_000_000  # bytes


@dataclass(frozen=True, slots=True)
class ClipFolder:
    """A complete model folder."""

    path: Path
    config: Config  # the whole of open_clip_config.json
    checkpoint: Path

    @property
    def dimension(self) -> int:
        """The dimension of the model's vectors."""
        return int(self.config["model_cfg"]["embed_dim"])

    @property
    def has_own_tokenizer(self) -> bool:
        """Whether the folder must contain a tokenizer, because open_clip's own does not fit."""
        return bool(self.config["model_cfg"]["text_cfg"].get("hf_tokenizer_name"))

    @property
    def has_own_text_tower(self) -> bool:
        """Whether the text tower is one of transformers' models, described by its own config file."""
        return bool(self.config["model_cfg"]["text_cfg"].get("hf_model_name"))


def read_folder(path: Path) -> ClipFolder:
    """Check that a folder contains a model in open_clip's form.

    Raises ModelError that says which part is missing or damaged.
    """
    config_path = path / CONFIG_FILE
    if not config_path.is_file():
        raise ModelError(
            f"The folder {path} has no {CONFIG_FILE}.",
            "It must hold a model in OpenCLIP's form, or give a checkpoint file and its architecture's name.",
        )
    config = _read_json(config_path)
    check_config(config, config_path)
    checkpoint = find_checkpoint(path)
    if checkpoint is None:
        raise ModelError(f"The folder {path} holds no weights (a .safetensors, .bin or .pth file).")
    folder = ClipFolder(path, config, checkpoint)
    if folder.has_own_tokenizer and not any((path / name).is_file() for name in TOKENIZER_FILES):
        raise ModelError(
            f"The folder {path} lacks the model's tokenizer.",
            "Copy tokenizer.json and tokenizer_config.json from the model's repository into it.",
        )
    if folder.has_own_text_tower and not (path / TEXT_TOWER_FILE).is_file():
        raise ModelError(
            f"The folder {path} lacks {TEXT_TOWER_FILE}, which describes the model's text tower.",
            "Copy it from the text tower's own repository into it.",
        )
    return folder


def find_checkpoint(folder: Path) -> Path | None:
    """The weights in a folder: safetensors first, then open_clip's own file names, then by name.

    None if none.
    """
    found = [path for path in sorted(folder.iterdir()) if path.suffix.lower() in CHECKPOINT_SUFFIXES]

    def order(path: Path) -> tuple[int, int]:
        known = path.stem in _PREFERRED_CHECKPOINTS
        return (
            CHECKPOINT_SUFFIXES.index(path.suffix.lower()),
            _PREFERRED_CHECKPOINTS.index(path.stem) if known else len(_PREFERRED_CHECKPOINTS),
        )

    return min(found, key=order, default=None)


def check_config(config: Config, path: Path) -> None:
    """Raises ModelError unless `config` describes a model that can be built without a download."""
    model = config.get("model_cfg")
    if not isinstance(model, dict) or not all(
        isinstance(model.get(part), kind)
        for part, kind in (("embed_dim", int), ("vision_cfg", dict), ("text_cfg", dict))
    ):
        raise ModelError(f"{path} does not describe an OpenCLIP model.")
    timm_name = model["vision_cfg"].get("timm_model_name") or "none"
    if not isinstance(timm_name, str) or not _TIMM_NAME.fullmatch(timm_name):
        raise ModelError(f"{path} asks for a picture tower from elsewhere, which is not allowed.")


def picture_input(config: Config) -> PictureInput:
    """The geometry that a config describes, by open_clip's own rules and defaults.

    Raises ModelError if the pictures are not square.
    """
    preprocess: Mapping[str, Any] = config.get("preprocess_cfg") or {}
    size = config["model_cfg"]["vision_cfg"].get("image_size", 224)
    if isinstance(size, list | tuple):
        if len(set(size)) != 1:
            raise ModelError("This model takes pictures that are not square, which is not supported.")
        size = size[0]
    return PictureInput(
        size=int(size),
        resize=preprocess.get("resize_mode") or "shortest",
        interpolation="bilinear" if preprocess.get("interpolation") == "bilinear" else "bicubic",
        fill=int(preprocess.get("fill_color") or 0),
    )


def _read_json(path: Path) -> Config:
    try:
        if path.stat().st_size > _MAX_CONFIG_BYTES:
            raise ModelError(f"{path} is too large to be a model's description.")
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{path} cannot be read: {error}.") from error
    return content if isinstance(content, dict) else {}
