"""The pass that computes the passages of every text: vectors of the meaning of its parts.

It needs no files, only the catalogue. As in the other passes, results go into the catalogue at once, and the
remaining work is always read from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from engine.models.protocols import TextEncoder
from engine.models.text.passages import PASSAGE_MODEL, pool_pieces, split_into_pieces
from engine.progress import CancelToken, Progress
from engine.records import Vectors
from engine.store.pages.passages import PassageStore, UnembeddedText

BATCH_PIECES = 8  # limits the delay of a cancellation to a second


class PassagePass:
    """Computes the passages that texts lack. `run` may be called again and continues."""

    def __init__(self, store: PassageStore, model: int, encoder: TextEncoder) -> None:
        self._store = store
        self._model = model
        self._encoder = encoder
        self.embedded = 0  # texts

    def run(self, progress: Progress, cancel: CancelToken, stop: Callable[[], bool]) -> bool:
        """True when nothing is left to do, False when paused or when `stop` returned True before.

        `stop` is called at the start and after each batch, since runs too short for one would start over
        forever. Raises Cancelled, ModelError.
        """
        if stop():
            return False
        progress.resume_phase(
            "taking in meaning", "items", self._store.pending_count(self._model), self.embedded, 0
        )
        for texts in self._batches():
            vectors = self._encode([piece for _, pieces in texts for piece in pieces], cancel)
            split = np.split(vectors, np.cumsum([len(pieces) for _, pieces in texts])[:-1])
            kept = [(text, pool_pieces(pieces)) for (text, _), pieces in zip(texts, split, strict=True)]
            self._store.save(self._model, kept)
            self.embedded += len(texts)
            progress.add_done(len(texts))
            if cancel.paused or stop():
                return False
        return True

    def _encode(self, pieces: Sequence[str], cancel: CancelToken) -> Vectors:
        parts = [np.empty((0, PASSAGE_MODEL.dimension), np.float32)]
        for start in range(0, len(pieces), BATCH_PIECES):
            cancel.checkpoint()
            parts.append(self._encoder.encode(pieces[start : start + BATCH_PIECES]))
        return np.concatenate(parts)

    def _batches(self) -> Iterator[Sequence[tuple[UnembeddedText, list[str]]]]:
        batch: list[tuple[UnembeddedText, list[str]]] = []
        count = 0
        for text in self._store.unembedded(self._model):
            batch.append((text, split_into_pieces(text.text, text.title)))
            count += max(len(batch[-1][1]), 1)
            if count >= BATCH_PIECES:
                yield batch
                batch, count = [], 0
        if batch:
            yield batch
