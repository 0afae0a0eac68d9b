"""The starter's trained half: two small heads that bring pictures and sentences into one space.

A picture's features (see `efficientnet_lite`) go through a linear map beside a hidden layer; a sentence's
token vectors through one transformer layer (Vaswani et al. 2017, norms first: Xiong et al. 2020) and
attention pooling. `engine.teach` has the same two for training; this is numpy, but for the products of the
picture head: a sentence never waits for torch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from engine.errors import ModelError
from engine.models.arithmetic import gelu, product, softmax, unit
from engine.models.conse import telling
from engine.models.efficientnet_lite import FEATURES
from engine.models.token_vectors import TokenVectors, words_of
from engine.records import Vectors

HEADS_FILE = "starter_heads.safetensors"  # in assets, beside its model card
OWN_TOKENS = "text.own"  # ids of the tokens whose vectors were trained, in the order of "text.tokens"
WORDS = "text.words"  # of the captions: UTF-8, a line each
WORDS_SEEN = "text.seen"  # how many captions each of these came in
CONSE_SHARE = "conse.share"

HEAD_DIMENSION = 256
TEXT_WIDTH = 256  # as wide as a token's vector
TEXT_HEADS = 4  # of attention
LONGEST = 24  # tokens; what follows is left out
FEATURE_LIMITS = (-5.0, 8.0)  # of a standardised feature
NORM_EPSILON = 1e-5

_HALF_KNOWN = 10.0  # captions with a word after which it is half familiar: see docs/decisions.md

Stored = Mapping[str, NDArray[np.generic]]


class StarterHeads:
    """Safe to call from any number of threads."""

    def __init__(self, stored: Stored, tokens: TokenVectors) -> None:
        """`stored`: the arrays of the file. Whether they fit together is known to `of` and `load`."""
        self._weights = {
            name: array.astype(np.float32) for name, array in stored.items() if array.dtype.kind == "f"
        }
        self._tokens = tokens
        self._places = {int(token): place for place, token in enumerate(stored[OWN_TOKENS])}
        words = stored[WORDS].tobytes().decode("utf-8").split("\n")
        self._seen = dict(zip(words, stored[WORDS_SEEN].tolist(), strict=True))
        self.conse_share = float(stored[CONSE_SHARE][0])  # of ConSE, for a text of familiar words

    @classmethod
    def load(cls, tokens: TokenVectors) -> StarterHeads:
        """About 0.02 s. Raises ModelError when the file is missing or damaged."""
        try:
            content = files("assets").joinpath(HEADS_FILE).read_bytes()
        except OSError as error:
            raise _unreadable(error) from error
        return cls.of(content, tokens)

    @classmethod
    def of(cls, content: bytes, tokens: TokenVectors) -> StarterHeads:
        """From what the file holds. Raises ModelError."""
        from safetensors import SafetensorError
        from safetensors.numpy import load

        try:
            heads = cls(load(content), tokens)
            heads._check_picture_head()
            heads.texts(["a"])  # now it shows whether all is there and fits
        except (LookupError, ValueError, SafetensorError) as error:
            raise _unreadable(error) from error
        return heads

    def pictures(self, features: NDArray[np.float32]) -> Vectors:
        """(count, FEATURES) float32 -> (count, 256) float32, rows of unit length."""
        weights = self._weights
        x = (features - weights["picture.mean"]) / weights["picture.scale"]
        x = np.clip(x, *FEATURE_LIMITS)
        hidden = gelu(self._mapped("picture.wide", x))
        return unit(self._mapped("picture.direct", x) + self._mapped("picture.narrow", hidden))

    def _check_picture_head(self) -> None:
        """As trying it out would, but that needs torch. Raises KeyError, ValueError."""
        hidden = len(self._weights["picture.wide.bias"])
        shapes: dict[str, tuple[int, ...]] = {"mean": (FEATURES,), "scale": (FEATURES,)}
        for name, inputs, outputs in (
            ("direct", FEATURES, HEAD_DIMENSION),
            ("wide", FEATURES, hidden),
            ("narrow", hidden, HEAD_DIMENSION),
        ):
            shapes |= {f"{name}.weight": (outputs, inputs), f"{name}.bias": (outputs,)}
        for name, shape in shapes.items():
            found = self._weights[f"picture.{name}"].shape
            if found != shape:
                raise ValueError(f"picture.{name} has the shape {found}")

    def _mapped(self, name: str, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """As `_linear`, beside the network that looks at pictures."""
        return product(x, self._weights[f"{name}.weight"].T) + self._weights[f"{name}.bias"]

    def texts(self, texts: Sequence[str]) -> Vectors:
        """Sentences -> (count, 256) float32, rows of unit length; zeros for a text without a token."""
        result = np.zeros((len(texts), HEAD_DIMENSION), np.float32)
        for row, tokens in enumerate(self._tokens.token_ids(texts)):
            if tokens:
                result[row] = unit(self._sentence(tokens[:LONGEST]))
        return result

    def strangeness(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(count,) float32: 0 for texts of words that the heads know well, 1 for words they never met."""
        return np.array([self._strangeness(telling(words_of(text))) for text in texts], np.float32)

    def _strangeness(self, words: Sequence[str]) -> float:
        """The root mean square over the words: one that is strange counts for more than one that is not."""
        if not words:
            return 1.0
        plain = [word.removesuffix("'s") for word in words]
        seen = np.array([self._seen.get(word, 0) for word in plain])
        return float(np.sqrt(np.mean((_HALF_KNOWN / (_HALF_KNOWN + seen)) ** 2)))

    def _sentence(self, tokens: Sequence[int]) -> NDArray[np.float32]:
        """Token ids -> (256,)."""
        x = self._embedded(tokens) + self._weights["text.positions"][: len(tokens)]
        x = self._norm("text.enter", x)
        x = x + self._attended(self._norm("text.attend", x))
        x = x + self._linear("text.narrow", gelu(self._linear("text.wide", self._norm("text.feed", x))))
        x = self._norm("text.leave", x)
        shares = softmax(self._linear("text.pool", x), axis=0)  # (tokens, heads)
        parts = x.reshape(len(tokens), TEXT_HEADS, -1)
        return self._linear("text.output", np.einsum("th,thc->hc", shares, parts).reshape(-1))

    def _embedded(self, tokens: Sequence[int]) -> NDArray[np.float32]:
        """Trained vectors where there are any, else the package's own."""
        rows = self._tokens.rows(tokens) * self._weights["text.scale"]
        for row, token in enumerate(tokens):
            place = self._places.get(token)
            if place is not None:
                rows[row] = self._weights["text.tokens"][place]
        return rows

    def _attended(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """Self-attention over (tokens, width)."""
        split = self._linear("text.split", x).reshape(len(x), 3, TEXT_HEADS, -1)
        query, key, value = split.transpose(1, 2, 0, 3)
        shares = softmax(query @ key.transpose(0, 2, 1) / np.sqrt(np.float32(query.shape[-1])), axis=-1)
        return self._linear("text.join", (shares @ value).transpose(1, 0, 2).reshape(len(x), -1))

    def _linear(self, name: str, x: NDArray[np.float32]) -> NDArray[np.float32]:
        result: NDArray[np.float32] = x @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]
        return result

    def _norm(self, name: str, x: NDArray[np.float32]) -> NDArray[np.float32]:
        centred = x - x.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + NORM_EPSILON)
        result: NDArray[np.float32] = centred / spread
        return result * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]


def _unreadable(error: Exception) -> ModelError:
    return ModelError(f"The starter model's heads cannot be read: {error}.", "Install the program again.")
