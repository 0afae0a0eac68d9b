"""Reads what a folder with a page model of the ColPali family contains, from its files only.

Imports nothing heavy.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias, cast, get_args

from engine.errors import ModelError
from engine.models.clip.clip_folder import TOKENIZER_FILES
from engine.records import PictureInput

Config: TypeAlias = dict[str, Any]
Family: TypeAlias = Literal["colmodernvbert", "colpali", "colqwen2"]

CONFIG_FILE = "config.json"
WEIGHTS_FILE = "model.safetensors"
INDEX_FILE = "model.safetensors.index.json"
NATIVE_REPOSITORIES: dict[Family, str] = {
    "colmodernvbert": "ModernVBERT/colmodernvbert-merged",
    "colpali": "vidore/colpali-v1.3-hf",
    "colqwen2": "vidore/colqwen2-v1.0-hf",
}

_ADAPTER_FILE = "adapter_config.json"
_TOKENIZER_FILE = "tokenizer.json"
_PROCESSOR_FILES = ("processor_config.json", "preprocessor_config.json")
_SMALL_FILES = (
    *_PROCESSOR_FILES, "chat_template.jinja", "chat_template.json", *TOKENIZER_FILES,
)  # fmt: skip
# ColModernVBert is published as its training code saves it, described as the inner network.
_FAMILY_OF_TYPE: dict[str, Family] = {family: family for family in get_args(Family)} | {
    "modernvbert": "colmodernvbert"
}
_FAMILY_OF_UNMERGED_TYPE: dict[str, Family] = {"paligemma": "colpali", "qwen2_vl": "colqwen2"}
_DEFAULT_DIMENSION = 128
_MIN_PAGE_SIDE, _MAX_PAGE_SIDE = 32, 2048  # pixels of the longer side
_MAX_CONFIG_BYTES = 16_000_000  # bytes


@dataclass(frozen=True, slots=True)
class PageModelFolder:
    """A complete model folder."""

    path: Path
    family: Family
    config: Config  # config.json
    preprocessing: Config  # of the pictures
    weights: tuple[str, ...]  # names of the files, in the folder itself

    @property
    def dimension(self) -> int:
        """The dimension of the model's vectors."""
        return int(self.config.get("embedding_dim", _DEFAULT_DIMENSION))

    @property
    def files(self) -> tuple[str, ...]:
        """The names of all files that belong to the model."""
        small = [name for name in (INDEX_FILE, *_SMALL_FILES) if (self.path / name).is_file()]
        return (CONFIG_FILE, *self.weights, *dict.fromkeys(small))


def is_page_model(path: Path) -> bool:
    """Whether a folder describes a model of this family, or something often mistaken for one."""
    if (path / _ADAPTER_FILE).is_file():
        return True
    if not (path / CONFIG_FILE).is_file():
        return False
    return (
        _model_type(_read_json(path / CONFIG_FILE))
        in _FAMILY_OF_TYPE.keys() | _FAMILY_OF_UNMERGED_TYPE.keys()
    )


def read_folder(path: Path) -> PageModelFolder:
    """Check that a folder contains a page model in transformers' form.

    Raises ModelError that says which part is missing or damaged, and where to get the model.
    """
    family, config = _read_family(path)
    if not isinstance(config.get("embedding_dim", _DEFAULT_DIMENSION), int):
        raise ModelError(f"{path / CONFIG_FILE} does not describe a page model.")
    weights = _find_weights(path)
    if not (path / _TOKENIZER_FILE).is_file():
        raise ModelError(
            f"The folder {path} lacks {_TOKENIZER_FILE}.", "Copy it from the model's repository into it."
        )
    return PageModelFolder(path, family, config, _read_preprocessing(path), weights)


def page_input(folder: PageModelFolder) -> PictureInput:
    """The largest picture that the model's own preprocessing can use. Raises ModelError.

    ColPali squashes a page into a square: twice its side keeps the shorter side of most pages sharp. ColQwen2
    allows a number of pixels: this leaves room for pages twice as high as wide.
    """
    size = folder.preprocessing.get("size")
    sides: dict[str, Any] = size if isinstance(size, dict) else {}
    try:
        if folder.family == "colpali":
            longest = 2 * max(int(sides["height"]), int(sides["width"]))
        elif folder.family == "colqwen2":
            pixels = (
                folder.preprocessing.get("max_pixels") or sides.get("max_pixels") or sides["longest_edge"]
            )
            longest = math.isqrt(2 * int(pixels))
        else:
            longest = int(sides["longest_edge"])
    except (KeyError, ValueError, TypeError) as error:
        raise ModelError(f"The folder {folder.path} does not say how large its pictures may be.") from error
    return PictureInput(size=min(max(longest, _MIN_PAGE_SIDE), _MAX_PAGE_SIDE), resize="fit")


def _read_family(path: Path) -> tuple[Family, Config]:
    if not (path / CONFIG_FILE).is_file():
        if (path / _ADAPTER_FILE).is_file():
            raise _not_native_error(
                f"The folder {path} holds only what is added to another model (an adapter)."
            )
        raise ModelError(f"The folder {path} has no {CONFIG_FILE}.")
    config = _read_json(path / CONFIG_FILE)
    kind = _model_type(config)
    if kind in _FAMILY_OF_UNMERGED_TYPE:
        raise _not_native_error(
            f"The folder {path} holds a model of the type {kind}.", _FAMILY_OF_UNMERGED_TYPE[kind]
        )
    if kind not in _FAMILY_OF_TYPE:
        known = ", ".join(get_args(Family))
        raise ModelError(f'"{kind}" is not a page model that Findling knows.', f"It knows: {known}.")
    return _FAMILY_OF_TYPE[kind], config


def _not_native_error(sentence: str, family: Family | None = None) -> ModelError:
    wanted = [NATIVE_REPOSITORIES[family]] if family else list(NATIVE_REPOSITORIES.values())
    return ModelError(sentence, f"The whole model, in transformers' own form, is {' or '.join(wanted)}.")


def _find_weights(path: Path) -> tuple[str, ...]:
    if (path / WEIGHTS_FILE).is_file():
        return (WEIGHTS_FILE,)
    if not (path / INDEX_FILE).is_file():
        raise ModelError(f"The folder {path} holds no weights ({WEIGHTS_FILE}).")
    content = _read_json(path / INDEX_FILE).get("weight_map")
    names = sorted({str(name) for name in content.values()}) if isinstance(content, dict) else []
    if not names or not all(name.endswith(".safetensors") and Path(name).name == name for name in names):
        raise ModelError(f"{path / INDEX_FILE} does not say where the weights are.")
    missing = [name for name in names if not (path / name).is_file()]
    if missing:
        raise ModelError(f"The folder {path} lacks {missing[0]}, a part of the weights.")
    return tuple(names)


def _read_preprocessing(path: Path) -> Config:
    for name in _PROCESSOR_FILES:
        if not (path / name).is_file():
            continue
        content = _read_json(path / name)
        pictures = content.get("image_processor", content)
        if isinstance(pictures, dict) and "size" in pictures:
            return cast("Config", pictures)
    raise ModelError(
        f"The folder {path} does not say how pictures are prepared ({' or '.join(_PROCESSOR_FILES)}).",
        "Copy the file from the model's repository into it.",
    )


def _model_type(config: Config) -> str:
    return str(config.get("model_type", ""))


def _read_json(path: Path) -> Config:
    try:
        if path.stat().st_size > _MAX_CONFIG_BYTES:
            raise ModelError(f"{path} is too large to be a model's description.")
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(f"{path} cannot be read: {error}.") from error
    return content if isinstance(content, dict) else {}
