"""What a library keeps at hand: loaded models and derived indexes, one of each for as long as it is open."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Generic, TypeVar

from engine.index.candidate_index import CandidateIndex
from engine.index.passage_index import PassageIndex
from engine.index.picture_index import PictureIndex
from engine.models.lazy import Lazy, LazyEmbedder, LazyPageEmbedder
from engine.models.protocols import TextEncoder
from engine.models.registry import ModelRegistry
from engine.models.text.dictionary import load_english_words
from engine.models.text.passages import PASSAGE_MODEL
from engine.models.text.word_vectors import WordVectors
from engine.records import ModelIdentity
from engine.store.items.vector_log import VectorLog
from engine.store.pages.page_vectors import PageVectorStore
from engine.store.pages.passages import PassageStore

INDEX_FOLDER = "index"

Key = TypeVar("Key", bound=Hashable)
Thing = TypeVar("Thing")


class _Cached(Generic[Key, Thing]):
    """Things that are made when they are first asked for; who asks for another does not wait for one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # of the two dictionaries, never while something is made
        self._making: dict[Key, threading.Lock] = {}
        self._things: dict[Key, Thing] = {}

    def get(self, key: Key, make: Callable[[], Thing]) -> Thing:
        """Raises what `make` raises; then it is tried again by who asks next."""
        with self._lock:
            making = self._making.setdefault(key, threading.Lock())
        with making:
            if key not in self._things:
                thing = make()
                with self._lock:
                    self._things[key] = thing
            return self._things[key]


class ResourceCache:
    """Every method may be called from any thread. Models load at their first use, not here."""

    def __init__(
        self,
        registry: ModelRegistry,
        log: VectorLog,
        page_vectors: PageVectorStore,
        passages: PassageStore,
        location: Path,
    ) -> None:
        self._registry = registry
        self._log = log
        self._page_vectors = page_vectors
        self._passage_store = passages
        self._folder = location / INDEX_FOLDER
        self._embedders: _Cached[ModelIdentity, LazyEmbedder] = _Cached()
        self._page_embedders: _Cached[ModelIdentity, LazyPageEmbedder] = _Cached()
        self._whole_words = Lazy(WordVectors.load)
        self._english = Lazy(load_english_words)
        self._pictures: _Cached[int, PictureIndex] = _Cached()
        self._candidates: _Cached[int, CandidateIndex] = _Cached()
        self._encoder = Lazy(registry.load_text_encoder)
        self._passages: _Cached[int, PassageIndex] = _Cached()

    def embedder(self, identity: ModelIdentity) -> LazyEmbedder:
        """Raises ModelError when the picture model is not installed in this very revision."""
        return self._embedders.get(
            identity,
            lambda: LazyEmbedder(
                identity,
                self._registry.picture_input_of(identity),
                lambda: self._registry.load_picture_model(identity),
            ),
        )

    def page_embedder(self, name: str) -> LazyPageEmbedder:
        """Raises ModelError when the page model is not installed."""
        # A model may be replaced under its name by another process.
        identity = self._registry.identity_of(name)
        return self._page_embedders.get(
            identity,
            lambda: LazyPageEmbedder(
                identity, self._registry.page_input_of(name), lambda: self._registry.load_page_model(name)
            ),
        )

    def whole_words(self) -> WordVectors:
        """Raises ModelError when the installation is damaged."""
        return self._whole_words.load()

    def english(self) -> frozenset[str]:
        """Raises ModelError when the installation is damaged."""
        return self._english.load()

    def text_encoder(self) -> TextEncoder:
        """Raises ModelError when the installation is damaged."""
        return self._encoder.load()

    def pictures(self, model: int, dimension: int) -> PictureIndex:
        return self._pictures.get(model, lambda: PictureIndex(self._log, model, dimension, self._folder))

    def candidates(self, model: int, dimension: int) -> CandidateIndex:
        return self._candidates.get(
            model,
            lambda: CandidateIndex(self._page_vectors, self._log, model, dimension, self._folder),
        )

    def passages(self, model: int) -> PassageIndex:
        return self._passages.get(
            model, lambda: PassageIndex(self._passage_store, self._log, model, PASSAGE_MODEL.dimension)
        )
