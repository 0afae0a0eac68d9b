"""Values that are loaded when they are first needed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from engine.models.protocols import PageEmbedder, PictureEmbedder
from engine.records import ModelIdentity, PageVectors, PictureInput, PixelBatch, Pixels, QueryVectors, Vectors

Value = TypeVar("Value")


class Lazy(Generic[Value]):
    """A value that the first `load` creates. Thread-safe."""

    def __init__(self, load: Callable[[], Value]) -> None:
        self._load = load
        self._lock = threading.Lock()
        self._loaded: list[Value] = []  # at most one; a list, since the value itself may be None

    def load(self) -> Value:
        """The value, created once. Raises what creating it raises; the next call then tries again."""
        with self._lock:
            if not self._loaded:
                self._loaded.append(self._load())
            return self._loaded[0]


class LazyEmbedder(Lazy[PictureEmbedder]):
    """A `PictureEmbedder` that loads the real one for its first batch. Its identity is known before."""

    def __init__(
        self, identity: ModelIdentity, picture_input: PictureInput, load: Callable[[], PictureEmbedder]
    ) -> None:
        super().__init__(load)
        self.identity = identity
        self.picture_input = picture_input

    @property
    def batch_size(self) -> int:
        """That of the real embedder, which this loads."""
        return self.load().batch_size

    def embed_pictures(self, pictures: PixelBatch) -> Vectors:
        """Like the real embedder's. Raises ModelError if it cannot be loaded."""
        return self.load().embed_pictures(pictures)

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """Like the real embedder's. Raises ModelError if it cannot be loaded."""
        return self.load().embed_texts(texts)


class LazyPageEmbedder(Lazy[PageEmbedder]):
    """A `PageEmbedder` that loads the real one for its first page. Its identity is known before."""

    def __init__(
        self, identity: ModelIdentity, page_input: PictureInput, load: Callable[[], PageEmbedder]
    ) -> None:
        super().__init__(load)
        self.identity = identity
        self.page_input = page_input

    @property
    def batch_size(self) -> int:
        """That of the real embedder, which this loads."""
        return self.load().batch_size

    def embed_pages(self, pages: Sequence[Pixels]) -> list[PageVectors]:
        """Like the real embedder's. Raises ModelError if it cannot be loaded."""
        return self.load().embed_pages(pages)

    def embed_query(self, text: str) -> QueryVectors:
        """Like the real embedder's. Raises ModelError if it cannot be loaded."""
        return self.load().embed_query(text)
