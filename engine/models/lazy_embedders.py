"""A model that is loaded when it is first needed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from engine.models.protocols import PageEmbedder, PictureEmbedder
from engine.records import ModelIdentity, PageVectors, PictureInput, PixelBatch, Pixels, QueryVectors, Vectors


class LazyEmbedder:
    """A `PictureEmbedder` whose first call loads the real one; what it is, it can tell before."""

    def __init__(
        self, identity: ModelIdentity, picture_input: PictureInput, load: Callable[[], PictureEmbedder]
    ) -> None:
        self.identity = identity
        self.picture_input = picture_input
        self._load = load
        self._lock = threading.Lock()
        self._model: PictureEmbedder | None = None

    @property
    def batch_size(self) -> int:
        return self.load().batch_size

    def embed_pictures(self, pictures: PixelBatch) -> Vectors:
        return self.load().embed_pictures(pictures)

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        return self.load().embed_texts(texts)

    def load(self) -> PictureEmbedder:
        """Raises ModelError."""
        with self._lock:
            if self._model is None:
                self._model = self._load()
            return self._model


class LazyPageEmbedder:
    """A `PageEmbedder` whose first call loads the real one; what it is, it can tell before."""

    def __init__(
        self, identity: ModelIdentity, page_input: PictureInput, load: Callable[[], PageEmbedder]
    ) -> None:
        self.identity = identity
        self.page_input = page_input
        self._load = load
        self._lock = threading.Lock()
        self._model: PageEmbedder | None = None

    @property
    def batch_size(self) -> int:
        return self.load().batch_size

    def embed_pages(self, pages: Sequence[Pixels]) -> list[PageVectors]:
        return self.load().embed_pages(pages)

    def embed_query(self, text: str) -> QueryVectors:
        return self.load().embed_query(text)

    def load(self) -> PageEmbedder:
        """Raises ModelError."""
        with self._lock:
            if self._model is None:
                self._model = self._load()
            return self._model
