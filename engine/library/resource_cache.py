"""Caches loaded models and derived indexes, one of each, for as long as the library is open."""

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
    """A cache that creates its values on first use; different keys do not wait for one another."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # guards the two dictionaries; not held while a value is created
        self._making: dict[Key, threading.Lock] = {}
        self._things: dict[Key, Thing] = {}

    def get(self, key: Key, make: Callable[[], Thing]) -> Thing:
        """Raises what `make` raises; the next call then tries again."""
        with self._lock:
            making = self._making.setdefault(key, threading.Lock())
        with making:
            if key not in self._things:
                thing = make()
                with self._lock:
                    self._things[key] = thing
            return self._things[key]


class ResourceCache:
    """Thread-safe. Models load at their first use, not when they are requested here."""

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
        self._encoder = Lazy(self._load_text_encoder)
        self._passages: _Cached[int, PassageIndex] = _Cached()

    def embedder(self, identity: ModelIdentity) -> LazyEmbedder:
        """The picture model. Raises ModelError if exactly this revision is not installed."""
        return self._embedders.get(
            identity,
            lambda: LazyEmbedder(
                identity,
                self._registry.picture_input_of(identity),
                lambda: self._registry.load_picture_model(identity),
            ),
        )

    def page_embedder(self, name: str) -> LazyPageEmbedder:
        """The page model of that name. Raises ModelError if it is not installed."""
        # Another process may replace the model of this name.
        identity = self._registry.identity_of(name)
        return self._page_embedders.get(
            identity,
            lambda: LazyPageEmbedder(
                identity, self._registry.page_input_of(name), lambda: self._registry.load_page_model(name)
            ),
        )

    def whole_words(self) -> WordVectors:
        """The static word vectors. Raises ModelError if the installation is damaged."""
        return self._whole_words.load()

    def english(self) -> frozenset[str]:
        """The English dictionary. Raises ModelError if the installation is damaged."""
        return self._english.load()

    def text_encoder(self) -> TextEncoder:
        """The sentence encoder of the starter. Raises ModelError if the installation is damaged."""
        return self._encoder.load()

    def _load_text_encoder(self) -> TextEncoder:
        return self._registry.load_text_encoder()

    def pictures(self, model: int, dimension: int) -> PictureIndex:
        """The index of a model's picture vectors. `model`: its row; `dimension`: of its vectors."""
        return self._pictures.get(model, lambda: PictureIndex(self._log, model, dimension, self._folder))

    def candidates(self, model: int, dimension: int) -> CandidateIndex:
        """The candidate index of a page model. `model`: its row; `dimension`: of its vectors."""
        return self._candidates.get(
            model,
            lambda: CandidateIndex(self._page_vectors, self._log, model, dimension, self._folder),
        )

    def passages(self, model: int) -> PassageIndex:
        """The index of passage vectors. `model`: the row of the sentence encoder."""
        return self._passages.get(
            model, lambda: PassageIndex(self._passage_store, self._log, model, PASSAGE_MODEL.dimension)
        )
