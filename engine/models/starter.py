"""The starter: pictures and sentences in one space, without a download.

Two halves side by side, over what the installed packages carry. ConSE (see `conse`) knows many things by
their names but no sentences; the heads (see `starter_heads`), trained on captioned photographs, know scenes
and deeds but few things beyond those. So a sentence of words that the heads hardly met trusts ConSE more.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.models.arithmetic import unit
from engine.models.conse import Conse
from engine.models.efficientnet_lite import PICTURE_INPUT, Backbone
from engine.models.starter_heads import HEAD_DIMENSION, StarterHeads
from engine.models.token_vectors import TOKEN_DIMENSION, TokenVectors
from engine.records import ModelIdentity, PictureInput, PixelBatch, Vectors

IDENTITY = ModelIdentity(name="starter", revision="heads-1", dimension=HEAD_DIMENSION + TOKEN_DIMENSION)

_STRANGE_SHARE = 0.7  # of ConSE, for a text of words that the heads never saw: see docs/decisions.md


class StarterModel:
    """A `PictureEmbedder`. Sentences never wait for torch: the first picture loads the backbone."""

    identity: ModelIdentity = IDENTITY
    picture_input: PictureInput = PICTURE_INPUT
    batch_size: int = 16

    def __init__(self, conse: Conse, heads: StarterHeads, backbone: Backbone) -> None:
        self._conse = conse
        self._heads = heads
        self._backbone = backbone

    @classmethod
    def load(cls) -> StarterModel:
        """About 0.3 s. Raises ModelError when the installation is damaged."""
        tokens = TokenVectors.load()
        return cls(Conse(tokens), StarterHeads.load(tokens), Backbone())

    def embed_pictures(self, pictures: PixelBatch) -> Vectors:
        """(count, 260, 260, 3) uint8 RGB -> (count, 512) float32, rows of unit length.

        A vector does not depend on the batch. The first call imports torch and loads the backbone (seconds).
        """
        network = self._backbone.loaded()
        features = network.features(pictures)
        conse = self._conse.pictures(network.logits(features))
        return join_pictures(self._heads.pictures(features), conse)

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """Sentences -> (count, 512) float32, rows of unit length.

        Raises QueryError for a text that has no word the model knows.
        """
        conse, heads = self._conse.texts(texts), self._heads.texts(texts)
        return join_texts(heads, conse, conse_shares(self._heads.conse_share, self._heads.strangeness(texts)))


def conse_shares(familiar: float, strangeness: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of ConSE in the scores of each text: `familiar` for words that the heads know, more for others."""
    return familiar + (_STRANGE_SHARE - familiar) * strangeness


def join_pictures(heads: Vectors, conse: Vectors) -> Vectors:
    """Side by side and alike: it is for the sentence to say which half it trusts."""
    joined: Vectors = np.concatenate([heads, conse], axis=1)
    joined /= 2**0.5
    return joined


def join_texts(heads: Vectors, conse: Vectors, shares: NDArray[np.float32]) -> Vectors:
    """Side by side, each row weighted by the shares of the two halves, of unit length."""
    share = shares[:, None]
    return unit(np.concatenate([(1 - share) * heads, share * conse], axis=1))
