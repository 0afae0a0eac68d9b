"""The starter's text head, for training: what `engine.models.starter_heads` computes, with torch.

Its parameters bear the names of the weights there. Sentences lie packed, token after token, so that no work
goes into padding; only attention looks at them side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.models.starter_heads import HEAD_DIMENSION, LONGEST, NORM_EPSILON, TEXT_HEADS, TEXT_WIDTH
from engine.models.token_vectors import TokenVectors
from engine.teach.layers import Weights, dropped, linear, new_linear, new_norm
from engine.teach.towers import Parameter

if TYPE_CHECKING:
    from torch import Generator, Tensor

_FEED_WIDTH = 2 * TEXT_WIDTH
_FAR = -1e4  # a score of which softmax makes nothing
_MOST_SHORT = 3  # tokens of a sentence that was cut


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPlan:
    """How much of what the head sees is left out in training, and how fast it learns words."""

    word_dropout: float = 0.2  # of a sentence's tokens
    vector_dropout: float = 0.2  # of the numbers in a token's vector, and in a sentence's
    short_share: float = 0.1  # of the sentences, cut to one to three tokens: people search so
    token_pace: float = 0.3  # most of what a token means is known


class Vocabulary:
    """The tokens of some texts: those whose vectors are trained, and those that stay as they are."""

    def __init__(
        self, tokens: TokenVectors, texts: Sequence[Sequence[int]], trained: NDArray[np.int64]
    ) -> None:
        """`texts`: token ids of each, not empty; `trained`: numbers of those to train on."""
        self.own = np.unique(np.concatenate([np.array(texts[number], np.int64) for number in trained]))
        met = np.unique(np.concatenate([np.array(text, np.int64) for text in texts]))
        others = np.setdiff1d(met, self.own)
        vectors = tokens.rows(self.own.tolist())
        self.scale = float(1 / vectors.std())  # numbers of about 1, as the layers above like them
        self.own_vectors = vectors * self.scale
        self.other_vectors = tokens.rows(others.tolist()) * self.scale
        places = {int(token): place for place, token in enumerate([*self.own, *others])}
        self.places = [np.array([places[token] for token in text[:LONGEST]]) for text in texts]


class TextHead:
    def __init__(self, vocabulary: Vocabulary, plan: TextPlan, chance: Generator) -> None:
        import torch

        self._plan = plan
        self._places = vocabulary.places
        self._others = torch.from_numpy(vocabulary.other_vectors)
        width = TEXT_WIDTH
        self.weights: Weights = {
            "text.tokens": torch.from_numpy(vocabulary.own_vectors).clone(),
            "text.positions": torch.randn(LONGEST, width, generator=chance) * 0.02,
            **new_norm("text.enter", width),
            **new_norm("text.attend", width),
            **new_linear("text.split", width, 3 * width, chance),
            **new_linear("text.join", width, width, chance),
            **new_norm("text.feed", width),
            **new_linear("text.wide", width, _FEED_WIDTH, chance),
            **new_linear("text.narrow", _FEED_WIDTH, width, chance),
            **new_norm("text.leave", width),
            **new_linear("text.pool", width, TEXT_HEADS, chance),
            **new_linear("text.output", width, HEAD_DIMENSION, chance),
        }

    def parameters(self) -> dict[str, Parameter]:
        result = {name: Parameter(tensor, decays=tensor.ndim > 1) for name, tensor in self.weights.items()}
        tokens = self.weights["text.tokens"]
        return {**result, "text.tokens": Parameter(tokens, pace=self._plan.token_pace, decays=False)}

    def __call__(self, numbers: NDArray[np.int64], chance: Generator | None) -> Tensor:
        """Numbers of texts -> (count, 256), rows of unit length."""
        from torch.nn.functional import normalize

        packed = self._packed(numbers, chance)
        x = self._attended(self._entered(packed, chance), packed)
        x = x + linear(self.weights, "text.narrow", self._wide(x))
        pooled = self._pooled(self._norm("text.leave", x), packed)
        return normalize(
            linear(self.weights, "text.output", dropped(pooled, self._plan.vector_dropout, chance)), dim=-1
        )

    def _packed(self, numbers: NDArray[np.int64], chance: Generator | None) -> Packed:
        return Packed.of([self._shortened(self._places[number], chance) for number in numbers])

    def _shortened(self, places: NDArray[np.int64], chance: Generator | None) -> NDArray[np.int64]:
        """Some sentences are cut to a few words, the others lose some; one token stays at least."""
        import torch

        if chance is None:
            return places
        numbers = torch.rand(len(places) + 3, generator=chance).numpy()
        if numbers[0] < self._plan.short_share:
            start = int(numbers[1] * len(places))
            return places[start : start + 1 + int(numbers[2] * _MOST_SHORT)]
        kept = places[numbers[3:] >= self._plan.word_dropout]
        return kept if len(kept) else places

    def _entered(self, packed: Packed, chance: Generator | None) -> Tensor:
        """Looked up by `embedding`: what an index gives back in training differs from run to run."""
        import torch
        from torch.nn.functional import embedding

        table = torch.cat([self.weights["text.tokens"], self._others])
        places = embedding(packed.slots % packed.length, self.weights["text.positions"])
        x = embedding(packed.places, table) + places
        return dropped(self._norm("text.enter", x), self._plan.vector_dropout, chance)

    def _attended(self, x: Tensor, packed: Packed) -> Tensor:
        from torch.nn.functional import scaled_dot_product_attention

        split = packed.side_by_side(linear(self.weights, "text.split", self._norm("text.attend", x)))
        count, length, _ = split.shape
        query, key, value = split.view(count, length, 3, TEXT_HEADS, -1).permute(2, 0, 3, 1, 4)
        seen = packed.present[:, None, None, :]
        joined = scaled_dot_product_attention(query, key, value, attn_mask=seen).transpose(1, 2)
        return x + linear(self.weights, "text.join", packed.one_after_another(joined.flatten(2)))

    def _wide(self, x: Tensor) -> Tensor:
        from torch.nn.functional import gelu

        return gelu(linear(self.weights, "text.wide", self._norm("text.feed", x)), approximate="tanh")

    def _pooled(self, x: Tensor, packed: Packed) -> Tensor:
        """Attention pooling: (tokens, width) -> (count, width)."""
        scores = packed.side_by_side(linear(self.weights, "text.pool", x), _FAR)
        shares = packed.one_after_another(scores.softmax(1))
        parts = (shares[:, :, None] * x.view(len(x), TEXT_HEADS, -1)).flatten(1)
        return x.new_zeros(packed.count, x.shape[1]).index_add(0, packed.slots // packed.length, parts)

    def _norm(self, name: str, x: Tensor) -> Tensor:
        from torch.nn.functional import layer_norm

        weight, bias = self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]
        return layer_norm(x, x.shape[-1:], weight, bias, NORM_EPSILON)


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """Sentences one after another, and the slot of each token when they lie side by side."""

    count: int
    length: int  # of the longest
    places: Tensor  # (tokens,) in the vocabulary
    slots: Tensor  # (tokens,) sentence x length + position
    present: Tensor  # (count, length), False where a sentence is over

    @classmethod
    def of(cls, sentences: Sequence[NDArray[np.int64]]) -> Packed:
        import torch

        lengths = np.array([len(sentence) for sentence in sentences])
        longest = int(lengths.max())
        present = np.arange(longest) < lengths[:, None]
        return cls(
            len(sentences),
            longest,
            torch.from_numpy(np.concatenate(sentences)),
            torch.from_numpy(np.flatnonzero(present)),
            torch.from_numpy(present),
        )

    def side_by_side(self, x: Tensor, empty: float = 0.0) -> Tensor:
        """(tokens, width) -> (count, length, width), `empty` where no token is."""
        laid = x.new_full((self.count * self.length, x.shape[1]), empty).index_copy(0, self.slots, x)
        return laid.view(self.count, self.length, -1)

    def one_after_another(self, x: Tensor) -> Tensor:
        """(count, length, width) -> (tokens, width)."""
        return x.flatten(0, 1)[self.slots]
