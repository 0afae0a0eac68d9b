"""The two heads of the starter as `Towers`, and their weights as the starter reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.models.starter_heads import CONSE_SHARE, OWN_TOKENS, WORDS, WORDS_SEEN
from engine.teach.picture_head import PictureHead
from engine.teach.text_head import TextHead, Vocabulary
from engine.teach.towers import Parameter

if TYPE_CHECKING:
    from torch import Generator, Tensor


class StarterTowers:
    def __init__(self, picture_head: PictureHead, text_head: TextHead, vocabulary: Vocabulary) -> None:
        self._picture_head = picture_head
        self._text_head = text_head
        self._vocabulary = vocabulary

    def parameters(self) -> dict[str, Parameter]:
        return {**self._picture_head.parameters(), **self._text_head.parameters()}

    def pictures(self, numbers: NDArray[np.int64], chance: Generator | None) -> Tensor:
        return self._picture_head(numbers, chance)

    def texts(self, numbers: NDArray[np.int64], chance: Generator | None) -> Tensor:
        return self._text_head(numbers, chance)

    def stored(self, words_seen: Mapping[str, int], conse_share: float) -> dict[str, NDArray[np.generic]]:
        """The arrays of the starter's file, by the names that `engine.models.starter_heads` gives them.

        `words_seen`: the words of the captions, and how many captions each came in.
        """
        learnt = {name: each.tensor.detach().numpy() for name, each in self.parameters().items()}
        return {
            **{name: weight.astype(np.float16) for name, weight in learnt.items()},
            "picture.mean": self._picture_head.mean,
            "picture.scale": self._picture_head.scale,
            "text.scale": np.array([self._vocabulary.scale], np.float32),
            OWN_TOKENS: self._vocabulary.own.astype(np.int32),
            WORDS: np.frombuffer("\n".join(words_seen).encode(), np.uint8),
            WORDS_SEEN: np.array(list(words_seen.values()), np.int32),
            CONSE_SHARE: np.array([conse_share], np.float32),
        }
