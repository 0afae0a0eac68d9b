"""Computes the sentence encoder's vectors of many texts, and caches them on disk."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from engine.models.text.sentence_encoder import SENTENCE_DIMENSION, WEIGHTS_SHA256, SentenceEncoder
from engine.progress import CancelToken, Progress
from engine.records import Vectors
from engine.training.array_files import load_array
from engine.training.atomic_write import write_atomically

_PART = 2000  # texts in one file of the cache: the most to repeat after a stop


class SentenceCache:
    """Sentence vectors in files below a folder, each computed once."""

    def __init__(
        self, folder: Path, encoder: SentenceEncoder, progress: Progress, cancel: CancelToken
    ) -> None:
        self._folder = folder
        self._encoder = encoder
        self._progress = progress
        self._cancel = cancel

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """(count, SENTENCE_DIMENSION), rows of unit length.

        Computed vectors stay in the cache after a cancellation. Raises Cancelled, OSError if the disk is
        full.
        """
        self._progress.start("reading", "texts", len(texts))
        result = np.empty((len(texts), SENTENCE_DIMENSION), np.float32)
        for start in range(0, len(texts), _PART):
            part = texts[start : start + _PART]
            result[start : start + _PART] = self._load_part(part)
            self._progress.add_done(len(part))
        return result

    def _load_part(self, texts: Sequence[str]) -> Vectors:
        path = self._folder / f"{_cache_key(texts)}.npy"
        kept = load_array(path, (len(texts), SENTENCE_DIMENSION))
        if kept is not None:
            return kept
        vectors = self._encoder.encode(texts, self._cancel)
        content = io.BytesIO()
        np.save(content, vectors, allow_pickle=False)
        write_atomically(path, content.getbuffer())
        return vectors


def _cache_key(texts: Sequence[str]) -> str:
    """Identifies these texts, one a line."""
    lines = [text.replace("\\", r"\\").replace("\n", r"\n") for text in texts]
    return hashlib.sha256("\n".join([WEIGHTS_SHA256, *lines]).encode()).hexdigest()[:32]
