"""The starter: embeds pictures and sentences in one space, without a download.

A pretrained sentence encoder provides the meaning of a sentence, a pretrained backbone the content of a
picture. Two halves, side by side, join them. The heads (see `heads`), trained on captioned photographs, know
scenes and actions, but little beyond those photographs. ConSE (see `conse`) knows a thousand kinds of things
by name. So the less familiar a sentence's words are to the heads, the more weight ConSE gets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from engine.errors import QueryError
from engine.models.array_math import l2_normalize
from engine.models.lazy import Lazy
from engine.models.starter.backbone import PICTURE_INPUT, EfficientNetLite
from engine.models.starter.conse import Conse, class_probabilities
from engine.models.starter.familiarity import WEIGHTS_FILE, Familiarity, StoredArrays, unreadable_error
from engine.models.starter.heads import HEAD_DIMENSION, StarterHeads
from engine.models.text.sentence_encoder import SENTENCE_DIMENSION, SentenceEncoder
from engine.models.text.word_split import split_words
from engine.records import ModelIdentity, PictureInput, PixelBatch, Vectors

STARTER_IDENTITY = ModelIdentity(
    name="starter", revision="minilm-1", dimension=HEAD_DIMENSION + SENTENCE_DIMENSION
)

StarterWeights = Mapping[str, NDArray[np.float32]]


class StarterModel:
    """A `PictureEmbedder`. Sentences never wait for torch: only the first picture loads the backbone."""

    identity: ModelIdentity = STARTER_IDENTITY
    picture_input: PictureInput = PICTURE_INPUT
    batch_size: int = 16

    def __init__(self, encoder: SentenceEncoder, stored: StoredArrays) -> None:
        """`stored`: the arrays of the starter's file. Raises KeyError, ValueError if they do not fit."""
        weights = float_weights(stored)
        self._encoder = encoder
        self._heads = StarterHeads(weights)
        self._conse = Conse(weights)
        self._familiarity = Familiarity(stored)
        self._backbone = Lazy(EfficientNetLite.load)

    @classmethod
    def load(cls) -> StarterModel:
        """Load from the installed packages; takes about 0.3 s.

        Raises ModelError if the installation is damaged.
        """
        return cls.from_bytes(SentenceEncoder.load(), read_starter_file())

    @classmethod
    def from_bytes(cls, encoder: SentenceEncoder, content: bytes) -> StarterModel:
        """Load from the content of the starter's file. Raises ModelError."""
        try:
            return cls(encoder, parse_starter_file(content))
        except (KeyError, ValueError) as error:
            raise unreadable_error(error) from error

    def embed_pictures(self, pictures: PixelBatch) -> Vectors:
        """(count, 260, 260, 3) uint8 RGB -> (count, dimension) float32, rows of unit length.

        A vector does not depend on its batch. The first call imports torch and loads the backbone (seconds).
        """
        network = self._backbone.load()
        features = network.features(pictures)
        likely = class_probabilities(network.logits(features))
        return join_pictures(self._heads.embed_pictures(features), self._conse.embed_pictures(likely))

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """Sentences -> (count, dimension) float32, rows of unit length.

        Raises QueryError for a text without a word that the model knows.
        """
        words = [split_words(text) for text in texts]
        plain = [" ".join(each) for each in words]
        for text, joined in zip(texts, plain, strict=True):
            if not self._encoder.has_known_token(joined):
                raise QueryError(
                    f'"{text.strip()[:40]}" has no word that the starter model knows.',
                    "It reads English words; other models read more.",
                )
        sentences = self._encoder.encode(plain)
        shares = self._familiarity.conse_shares(words)
        return join_texts(self._heads.embed_texts(sentences), self._conse.embed_texts(sentences), shares)


def join_pictures(heads: Vectors, conse: Vectors) -> Vectors:
    """Concatenate both halves with equal weight: the sentence decides which half counts more."""
    joined: Vectors = np.concatenate([heads, conse], axis=1)
    joined /= 2**0.5
    return joined


def join_texts(heads: Vectors, conse: Vectors, shares: NDArray[np.float32]) -> Vectors:
    """Concatenate both halves, each row weighted by the shares (count,) of ConSE, at unit length."""
    share = shares[:, None]
    return l2_normalize(np.concatenate([(1 - share) * heads, share * conse], axis=1))


def read_starter_file() -> bytes:
    """The content of the starter's file. Raises ModelError if it is missing."""
    try:
        return files("assets").joinpath(WEIGHTS_FILE).read_bytes()
    except OSError as error:
        raise unreadable_error(error) from error


def parse_starter_file(content: bytes) -> StoredArrays:
    """The arrays in a starter's file. Raises ModelError if it is damaged."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        return load(content)
    except SafetensorError as error:
        raise unreadable_error(error) from error


def float_weights(stored: StoredArrays) -> StarterWeights:
    """The arrays of floating-point numbers, as float32."""
    return {name: array.astype(np.float32) for name, array in stored.items() if array.dtype.kind == "f"}
