"""What a library keeps at hand: loaded models and derived indexes, one of each for as long as it is open."""

from __future__ import annotations

import threading
from pathlib import Path

from engine.index.candidates import CandidateIndex
from engine.index.pictures import PictureIndex
from engine.models.lazy import LazyEmbedder, LazyPageEmbedder
from engine.models.shelf import ModelShelf
from engine.models.whole_words import WholeWords
from engine.records import ModelIdentity
from engine.store.page_vectors import PageVectorStore
from engine.store.vectors import VectorLog

INDEX_FOLDER = "index"


class Loaded:
    """Every method may be called from any thread. Models load at their first use, not here."""

    def __init__(
        self, shelf: ModelShelf, log: VectorLog, page_vectors: PageVectorStore, location: Path
    ) -> None:
        self._shelf = shelf
        self._log = log
        self._page_vectors = page_vectors
        self._folder = location / INDEX_FOLDER
        self._lock = threading.Lock()
        self._embedders: dict[ModelIdentity, LazyEmbedder] = {}
        self._page_embedders: dict[ModelIdentity, LazyPageEmbedder] = {}
        self._whole_words: WholeWords | None = None
        self._pictures: dict[int, PictureIndex] = {}
        self._candidates: dict[int, CandidateIndex] = {}

    def embedder(self, identity: ModelIdentity) -> LazyEmbedder:
        """Raises ModelError when the picture model is not installed in this very revision."""
        with self._lock:
            if identity not in self._embedders:
                self._embedders[identity] = LazyEmbedder(
                    identity, self._shelf.picture_input(identity), lambda: self._shelf.load(identity)
                )
            return self._embedders[identity]

    def page_embedder(self, name: str) -> LazyPageEmbedder:
        """Raises ModelError when the page model is not installed."""
        identity = self._shelf.identity(name)  # a model may be replaced under its name by another process
        with self._lock:
            if identity not in self._page_embedders:
                self._page_embedders[identity] = LazyPageEmbedder(
                    identity, self._shelf.page_input(name), lambda: self._shelf.load_pages(name)
                )
            return self._page_embedders[identity]

    def whole_words(self) -> WholeWords:
        """Raises ModelError when the installation is damaged."""
        with self._lock:
            if self._whole_words is None:
                self._whole_words = WholeWords.load()
            return self._whole_words

    def pictures(self, model: int, dimension: int) -> PictureIndex:
        with self._lock:
            if model not in self._pictures:
                self._pictures[model] = PictureIndex(self._log, model, dimension, self._folder)
            return self._pictures[model]

    def candidates(self, model: int, dimension: int) -> CandidateIndex:
        with self._lock:
            if model not in self._candidates:
                self._candidates[model] = CandidateIndex(
                    self._page_vectors, self._log, model, dimension, self._folder
                )
            return self._candidates[model]
