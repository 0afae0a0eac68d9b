"""The file of a candidate index: its arrays in numpy's own format, one after another, with a checksum."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.index import checksummed_file
from engine.index.centroids import Centroids
from engine.index.checksummed_file import IndexDamaged
from engine.index.inverted_lists import CENTROIDS_MOST, InvertedLists, merge_lists

ARRAYS_BEFORE = 5  # the page count at training, then the centroids
ARRAYS_A_SEGMENT = 3


@dataclass(frozen=True, slots=True, eq=False)
class CandidateState:
    """Everything that finds candidates. Immutable: a search keeps one while a writer creates the next."""

    centroids: Centroids
    segments: tuple[InvertedLists, ...] = ()
    trained_for: int = 0  # pages in the library when the centroids were trained

    @property
    def live(self) -> int:
        """How many pages can be found, without deleted ones."""
        return sum(segment.live for segment in self.segments)


def write(
    path: Path, state: CandidateState, generation: int, checkpoint: Callable[[], None] | None = None
) -> None:
    """Write the file atomically. Raises OSError.

    `generation`: the stamp that `read` must be given. `checkpoint` is called between pieces and may raise.
    """
    centroids = state.centroids
    arrays: list[NDArray[np.generic]] = [
        np.array([state.trained_for], dtype=np.int64),
        *(centroids.codes, centroids.scales, centroids.cells, centroids.bounds),
    ]
    for segment in state.segments:
        if checkpoint is not None:
            checkpoint()
        whole = merge_lists([segment])
        arrays += [whole.items, whole.starts, whole.rows]
    buffer = io.BytesIO()
    for array in arrays:
        np.lib.format.write_array(buffer, array, allow_pickle=False)
    checksummed_file.write(path, bytearray(buffer.getbuffer()), generation, state.live, checkpoint)


def read(path: Path, dimension: int, generation: int) -> CandidateState:
    """Raises IndexDamaged if the file is missing, truncated, altered, or has another generation."""
    stamp = checksummed_file.check(path)
    if stamp.generation != generation:
        raise IndexDamaged(f"{path.name} is of another history")
    try:
        state = _state(_arrays(path, stamp.payload_bytes))
    except (OSError, ValueError, IndexError) as error:
        raise IndexDamaged(f"{path.name} holds no candidates") from error
    if state.centroids.codes.shape[1:] != (dimension,) or state.live != stamp.entries:
        raise IndexDamaged(f"{path.name} holds other vectors than were asked for")
    return state


def _arrays(path: Path, payload_bytes: int) -> list[NDArray[np.generic]]:
    buffer, arrays = io.BytesIO(path.read_bytes()[:payload_bytes]), []
    while buffer.tell() < payload_bytes:
        arrays.append(np.lib.format.read_array(buffer, allow_pickle=False))
    return arrays


def _state(arrays: list[NDArray[np.generic]]) -> CandidateState:
    """Raises ValueError or IndexError if the arrays are inconsistent."""
    trained, codes, scales, cells, bounds = arrays[:ARRAYS_BEFORE]
    centroids = Centroids(
        codes.astype(np.int8), scales.astype(np.float32), cells.astype(np.float32), bounds.astype(np.int64)
    )
    parts = arrays[ARRAYS_BEFORE:]
    segments = tuple(
        InvertedLists(
            parts[place].astype(np.int64),
            parts[place + 1].astype(np.int64),
            parts[place + 2].astype(np.uint16),
        )
        for place in range(0, len(parts), ARRAYS_A_SEGMENT)
    )
    if not 0 < len(centroids) <= CENTROIDS_MOST or bounds[-1] != len(centroids):
        raise ValueError("no centroids")
    for segment in segments:
        _check(segment, len(centroids))
    return CandidateState(centroids, segments, int(trained.astype(np.int64)[0]))


def _check(lists: InvertedLists, centroids: int) -> None:
    """Without this check, row and centroid numbers out of range would be read as if they were valid."""
    whole = (
        len(lists.starts) == centroids + 1
        and lists.starts[0] == 0
        and lists.starts[-1] == len(lists.rows)
        and bool((np.diff(lists.starts) >= 0).all())
        and (not len(lists.rows) or int(lists.rows.max()) < len(lists.items))
    )
    if not whole:
        raise ValueError("lists that do not fit together")
