"""Encodes a query as vectors in the space of the picture vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.errors import QueryError
from engine.index.nearest_index import NearestIndex
from engine.models.protocols import PictureEmbedder
from engine.models.starter.label_similarity import LabelSimilarity
from engine.records import Query, Vector, Vectors
from engine.search.confidence.probability import TextFeatures
from engine.search.confidence.thresholds import QueryKind, query_kind_of
from engine.search.images.query_pictures import QueryPictures
from engine.search.query.kind_classifier import KindClassifier
from engine.search.query.query_terms import extract_terms
from engine.search.query.query_vector import combine_vectors
from engine.search.query.text_query import TextQuery
from engine.store.items.contents import Contents


@dataclass(frozen=True, slots=True)
class QueryPart:
    """One text or picture of the query."""

    vector: Vector
    query_kind: QueryKind
    text: TextFeatures | None = None  # None for a picture


@dataclass(frozen=True, slots=True)
class EncodedQuery:
    """A query in the space of the picture vectors: as one vector, and by its parts."""

    vector: Vector
    parts: tuple[QueryPart, ...]


class QueryEncoder:
    """Encodes queries with one model. Thread-safe."""

    def __init__(
        self,
        embedder: PictureEmbedder,
        query_pictures: QueryPictures,
        contents: Contents,
        kind_classifier: KindClassifier,
        label_similarity: LabelSimilarity | None = None,
    ) -> None:
        """`label_similarity`: tells which things the starter knows by name; None for other models."""
        self._embedder = embedder
        self._query_pictures = query_pictures
        self._contents = contents
        self._kind_classifier = kind_classifier
        self._label_similarity = label_similarity

    def encode(
        self, query: Query, text_query: TextQuery, nearest: NearestIndex, sample: Vectors
    ) -> EncodedQuery:
        """Encode the query's text, pictures and items, minus those it excludes.

        `sample`: (count, dimension), vectors that represent the library. Raises QueryError if an item is no
        longer in the library, QueryPictureError if a picture cannot be read, ModelError.
        """
        parts: list[QueryPart] = []
        if text_query.text:
            parts.append(self._encode_text(text_query.text))
        shown = self._picture_vectors(query.like, query.like_items, nearest)
        parts.extend(QueryPart(vector, QueryKind.PICTURE) for vector in shown)
        positive = np.stack([part.vector for part in parts])
        negative = self._picture_vectors(query.not_like, query.not_like_items, nearest)
        if text_query.without:
            negative.extend(self._embedder.embed_texts(text_query.without))
        excluded = np.stack(negative) if negative else positive[:0]
        return EncodedQuery(combine_vectors(positive, excluded, sample), tuple(parts))

    def _encode_text(self, text: str) -> QueryPart:
        vector = self._embedder.embed_texts([text])[0]
        unfamiliarity = self._kind_classifier.unfamiliarity(text)
        if self._label_similarity is not None:
            unfamiliarity *= 1 - self._label_similarity.score(vector)
        features = TextFeatures(len(extract_terms(text)), unfamiliarity)
        return QueryPart(vector, query_kind_of(text), features)

    def _picture_vectors(
        self, sources: Sequence[Path | bytes], items: Sequence[int], nearest: NearestIndex
    ) -> list[Vector]:
        vectors = [self._picture_vector(source, nearest) for source in sources]
        return [*vectors, *_item_vectors(items, nearest)] if items else vectors

    def _picture_vector(self, source: Path | bytes, nearest: NearestIndex) -> Vector:
        """The stored vector if the library has this very picture, else a new one."""
        if isinstance(source, Path):
            stored = self._stored_vector(source, nearest)
            if stored is not None:
                return stored
        pixels = self._query_pictures.decode(source, self._embedder.picture_input).pixels
        vector: Vector = self._embedder.embed_pictures(pixels[None])[0]
        return vector

    def _stored_vector(self, path: Path, nearest: NearestIndex) -> Vector | None:
        for item in self._contents.items_of_hash(self._query_pictures.content_hash(path)):
            try:
                vector: Vector = nearest.vectors(np.array([item], np.int64))[0]
            except KeyError:
                continue  # a page that could not be rendered, or is not embedded yet
            return vector
        return None


def _item_vectors(items: Sequence[int], nearest: NearestIndex) -> Vectors:
    try:
        return nearest.vectors(np.array(items, np.int64))
    except KeyError as error:
        raise QueryError("That picture is no longer in the library.") from error
