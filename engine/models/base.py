"""What a picture model is to the rest of the engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from engine.records import ModelIdentity, PictureInput, PixelBatch, Vectors


class PictureEmbedder(Protocol):
    """Pictures and sentences in one space. Safe to call from one thread at a time per method.

    Query text and pictures may be embedded at the same moment from two threads (search goes on while the
    index grows).
    """

    @property
    def identity(self) -> ModelIdentity: ...

    @property
    def picture_input(self) -> PictureInput: ...

    @property
    def batch_size(self) -> int:
        """Pictures that a call to `embed_pictures` handles best."""
        ...

    def embed_pictures(self, pictures: PixelBatch) -> Vectors:
        """(count, size, size, 3) uint8 RGB -> (count, dimension) float32, rows of unit length."""
        ...

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """Sentences -> (count, dimension) float32, rows of unit length."""
        ...
