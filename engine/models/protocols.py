"""What models are to the rest of the engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from engine.records import ModelIdentity, PageVectors, PictureInput, PixelBatch, Pixels, QueryVectors, Vectors


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


class PageEmbedder(Protocol):
    """Pages and queries as many vectors each, compared by MaxSim (the ColPali family).

    Faysse et al. 2024, "ColPali: Efficient Document Retrieval with Vision Language Models". A query may be
    embedded while pages are, from another thread.
    """

    @property
    def identity(self) -> ModelIdentity: ...

    @property
    def page_input(self) -> PictureInput:
        """Pictures are wanted with their own shape ("fit")."""
        ...

    @property
    def batch_size(self) -> int:
        """Pages that a call to `embed_pages` handles best."""
        ...

    def embed_pages(self, pages: Sequence[Pixels]) -> list[PageVectors]:
        """(height, width, 3) uint8 RGB each, of any shapes. A page's vectors do not depend on its batch."""
        ...

    def embed_query(self, text: str) -> QueryVectors:
        """Raises QueryError for a text without a word."""
        ...


class TextEncoder(Protocol):
    """What texts mean, as one vector each. Safe to call from any number of threads."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """(count, dimension) float32, rows of unit length. A text's vector does not depend on the others."""
        ...
