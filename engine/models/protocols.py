"""The interfaces of models for the rest of the engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from engine.records import ModelIdentity, PageVectors, PictureInput, PixelBatch, Pixels, QueryVectors, Vectors


class PictureEmbedder(Protocol):
    """Embeds pictures and sentences in one space. Each method may be called by one thread at a time.

    Query texts and pictures may be embedded at the same time by two threads (search works while indexing
    runs).
    """

    @property
    def identity(self) -> ModelIdentity:
        """The identity that its vectors carry."""

    @property
    def picture_input(self) -> PictureInput:
        """The geometry of the pictures that `embed_pictures` expects."""

    @property
    def batch_size(self) -> int:
        """The number of pictures that `embed_pictures` handles best."""
        ...

    def embed_pictures(self, pictures: PixelBatch) -> Vectors:
        """(count, size, size, 3) uint8 RGB -> (count, dimension) float32, rows of unit length."""
        ...

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """Sentences -> (count, dimension) float32, rows of unit length."""
        ...


class PageEmbedder(Protocol):
    """Embeds pages and queries as many vectors each, compared by MaxSim (the ColPali family).

    Faysse et al. 2024, "ColPali: Efficient Document Retrieval with Vision Language Models". One thread may
    embed a query while another embeds pages.
    """

    @property
    def identity(self) -> ModelIdentity:
        """The identity that its vectors carry."""

    @property
    def page_input(self) -> PictureInput:
        """The geometry of the pages that `embed_pages` expects: in their own shape ("fit")."""
        ...

    @property
    def batch_size(self) -> int:
        """The number of pages that `embed_pages` handles best."""
        ...

    def embed_pages(self, pages: Sequence[Pixels]) -> list[PageVectors]:
        """Pages of (height, width, 3) uint8 RGB, any shapes. A page's vectors do not depend on its batch."""
        ...

    def embed_query(self, text: str) -> QueryVectors:
        """The vectors of a query's tokens. Raises QueryError for a text without a word."""
        ...


class TextEncoder(Protocol):
    """Encodes the meaning of texts, one vector each. Thread-safe."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """(count, dimension) float32, rows of unit length. A text's vector does not depend on the others."""
        ...
