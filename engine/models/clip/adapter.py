"""Picture models through open_clip: any architecture it knows, loaded only from files on disk."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from engine.errors import ModelError
from engine.models.clip.clip_folder import ClipFolder, Config, check_config, picture_input, read_folder
from engine.models.precision import Precision, Processor, choose_precision, detect_processor
from engine.models.specs import unknown_model_error
from engine.records import ModelIdentity, PictureInput, PixelBatch, Vectors

if TYPE_CHECKING:
    from torch import Tensor

_OPEN_CLIP_PRECISION = {Precision.FLOAT32: "fp32", Precision.BFLOAT16: "bf16", Precision.FLOAT16: "fp16"}
_CPU_BATCH, _GPU_BATCH = 8, 64
_TEXT_BATCH = 32


class ClipNetwork(Protocol):
    """The part of open_clip's CLIP and CustomTextCLIP that is used here."""

    visual: Any

    def encode_image(self, image: Tensor) -> Tensor:
        """(count, 3, size, size) normalised pixels -> (count, dimension) features."""

    def encode_text(self, text: Tensor) -> Tensor:
        """(count, context) tokens -> (count, dimension) features."""


class ClipTextTower(Protocol):
    """What both have in common to encode text: CLIP itself, or CustomTextCLIP's `text`."""

    attn_mask: Tensor
    ln_final: Callable[[Tensor], Tensor]
    positional_embedding: Tensor
    text_projection: Any
    token_embedding: Callable[[Tensor], Tensor]
    transformer: Any


@dataclass(frozen=True, slots=True)
class ClipParts:
    """What open_clip built, ready to run."""

    network: ClipNetwork
    tokenizer: Callable[[list[str]], Tensor]
    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    device: str
    precision: Precision


class ClipModel:
    """Implements `PictureEmbedder` with an open_clip model."""

    def __init__(self, identity: ModelIdentity, geometry: PictureInput, parts: ClipParts) -> None:
        import torch

        self.identity = identity
        self.picture_input = geometry
        self.batch_size = _CPU_BATCH if parts.device == "cpu" else _GPU_BATCH
        self._parts = parts
        self._dtype = getattr(torch, parts.precision.value)
        self._mean = torch.tensor(parts.mean, device=parts.device).view(1, 3, 1, 1)
        self._deviation = torch.tensor(parts.deviation, device=parts.device).view(1, 3, 1, 1)
        self._encode_text = _make_text_encoder(parts.network)

    def embed_pictures(self, pictures: PixelBatch) -> Vectors:
        """(count, size, size, 3) uint8 RGB -> (count, dimension) float32, rows of unit length."""
        import torch

        result = np.empty((len(pictures), self.identity.dimension), np.float32)
        with torch.inference_mode():
            for start in range(0, len(pictures), self.batch_size):
                part = np.ascontiguousarray(pictures[start : start + self.batch_size], dtype=np.float32)
                batch = torch.from_numpy(part).to(self._parts.device).permute(0, 3, 1, 2).div(255)
                batch = ((batch - self._mean) / self._deviation).to(self._dtype)
                result[start : start + self.batch_size] = _normalize(self._parts.network.encode_image(batch))
        return result

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """Sentences -> (count, dimension) float32, rows of unit length.

        A text is truncated at the model's context length.
        """
        import torch

        result = np.empty((len(texts), self.identity.dimension), np.float32)
        with torch.inference_mode():
            for start in range(0, len(texts), _TEXT_BATCH):
                tokens = self._parts.tokenizer(list(texts[start : start + _TEXT_BATCH]))
                features = self._encode_text(tokens.to(self._parts.device))
                result[start : start + _TEXT_BATCH] = _normalize(features)
        return result


def load_clip(
    folder: Path,
    name: str,
    revision: str,
    processor: Processor | None = None,
    precision: Precision | None = None,
) -> ClipModel:
    """Load a model from a folder in open_clip's form. Slow (seconds); opens no connection.

    Uses this machine's best processor and the precision that suits it, unless they are given. Weights are
    read as safetensors or as plain tensors; a file that contains code is refused. Raises ModelError.
    """
    contents = read_folder(folder)
    geometry = picture_input(contents.config)
    processor = processor or detect_processor()
    precision = precision or choose_precision(processor)
    parts = _load_parts(contents, name, processor, precision)
    return ClipModel(ModelIdentity(name, revision, contents.dimension), geometry, parts)


def architecture_config(architecture: str) -> Config:
    """The open_clip_config.json of one of open_clip's architectures, with its usual preprocessing.

    Raises ModelError with similar names if there is no such architecture.
    """
    open_clip = _import_open_clip()
    model = open_clip.get_model_config(architecture)
    if model is None:
        raise unknown_model_error(architecture, open_clip.list_models())
    config: Config = {"model_cfg": model, "preprocess_cfg": {}}
    tags = open_clip.list_pretrained_tags_by_model(architecture)
    if tags:
        published = open_clip.get_pretrained_cfg(architecture, tags[-1])
        wanted = ("mean", "std", "interpolation", "resize_mode")
        config["preprocess_cfg"] = {key: published[key] for key in wanted if key in published}
    check_config(config, Path(architecture))
    return config


def _load_parts(contents: ClipFolder, name: str, processor: Processor, precision: Precision) -> ClipParts:
    from safetensors import SafetensorError

    try:
        open_clip = _import_open_clip()
        network = _build_network(contents, processor, precision)
        tokenizer = _load_tokenizer(open_clip, contents)
    except ImportError as error:
        raise ModelError(
            f"The model {name} needs the package {error.name}, which is not installed."
        ) from error
    except (
        OSError, RuntimeError, ValueError, KeyError, TypeError, AttributeError, AssertionError, EOFError,
        pickle.UnpicklingError, SafetensorError,
    ) as error:  # fmt: skip
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise ModelError(
            f"The files in {contents.path} are not a model that can be loaded: {reason}"
        ) from error
    cfg = network.visual.preprocess_cfg
    return ClipParts(network, tokenizer, tuple(cfg["mean"]), tuple(cfg["std"]), processor.kind, precision)


def _load_tokenizer(open_clip: ModuleType, contents: ClipFolder) -> Callable[[list[str]], Tensor]:
    try:
        tokenizer: Callable[[list[str]], Tensor] = open_clip.get_tokenizer(
            f"local-dir:{contents.path}", **_tokenizer_options(contents)
        )
    except ImportError:
        raise
    except Exception as error:  # the tokenizers package raises Exception itself for an unreadable file
        raise ValueError(f"its tokenizer is damaged ({error}).") from error
    return tokenizer


def _build_network(contents: ClipFolder, processor: Processor, precision: Precision) -> ClipNetwork:
    overrides: dict[str, Any] = {}
    if contents.has_own_text_tower:
        text = contents.config["model_cfg"]["text_cfg"]
        overrides["text_cfg"] = text | {"hf_model_name": str(contents.path), "hf_model_pretrained": False}
    network = _import_open_clip().create_model(
        f"local-dir:{contents.path}",
        precision=_OPEN_CLIP_PRECISION[precision],
        device=processor.kind,
        pretrained_text=False,
        require_pretrained=True,
        weights_only=True,
        **overrides,
    )
    result: ClipNetwork = network.eval().requires_grad_(False)
    return result


def _import_open_clip() -> ModuleType:
    import open_clip  # type: ignore[import-untyped]  # it ships no types, and nobody else does

    module: ModuleType = open_clip
    return module


def _tokenizer_options(contents: ClipFolder) -> dict[str, Any]:
    """Keeps transformers from contacting the hub, and from running code in the folder."""
    return {"local_files_only": True, "trust_remote_code": False} if contents.has_own_tokenizer else {}


def _make_text_encoder(network: ClipNetwork) -> Callable[[Tensor], Tensor]:
    """`encode_text`, shortened to the positions of the batch's longest text where the result is exact.

    With a causal mask nothing after the end-of-text token, whose features are used, can change them.
    """
    tower: Any = getattr(network, "text", network)
    causal = getattr(tower, "attn_mask", None) is not None and getattr(tower, "cls_emb", None) is None
    pool = getattr(tower, "pool_type", getattr(tower, "text_pool_type", ""))
    if causal and pool == "argmax" and not getattr(tower, "output_tokens", False):
        return lambda tokens: _encode_causal(tower, tokens)
    return network.encode_text


def _encode_causal(tower: ClipTextTower, tokens: Tensor) -> Tensor:
    """open_clip's text forward pass, cut after the last end-of-text token: (count, context) -> features."""
    import torch

    ends = tokens.argmax(dim=-1)
    length = int(ends.max()) + 1
    dtype = tower.transformer.get_cast_dtype()
    positions = tower.positional_embedding[:length].to(dtype)
    x = tower.token_embedding(tokens[:, :length]).to(dtype) + positions
    x = tower.transformer(x, attn_mask=tower.attn_mask[:length, :length])
    x = tower.ln_final(x)[torch.arange(len(x), device=x.device), ends]
    projection = tower.text_projection
    if projection is not None:
        x = projection(x) if isinstance(projection, torch.nn.Linear) else x @ projection
    return x


def _normalize(features: Tensor) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    import torch

    rows = torch.nn.functional.normalize(features.float(), dim=-1)
    result: np.ndarray[tuple[int, int], np.dtype[np.float32]] = rows.cpu().numpy()
    return result
