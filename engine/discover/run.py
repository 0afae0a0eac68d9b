"""What the library finds by itself, brought up to date: groups of pictures that look the same, and themes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import count

import numpy as np

from engine.discover import comparing, naming, themes
from engine.discover.comparing import Comparing
from engine.discover.grouping import groups_of_pairs
from engine.discover.themes import Centre, Members
from engine.discover.vocabulary import vocabulary
from engine.index.nearest import NearestIndex
from engine.models.base import PictureEmbedder
from engine.progress import CancelToken, Progress
from engine.records import Vectors
from engine.store.discoveries import FOUND_FROM, STAMP, Discoveries, Items, StoredTheme
from engine.store.thumbnails import Thumbnails
from engine.store.vectors import Position

PHASE = "finding themes and duplicates"
METHOD = 1  # of finding themes; to be raised when that changes
SAMPLE = 16_384  # photographs from which centres are found: 32 MB at 512 dimensions
PIECE = 4_096  # photographs given to their themes at a time
NAMED_BY = 512  # photographs of a theme, at most
GROWN, SHRUNK = 1.1, 0.7  # of the photographs from which the themes were found: then they are found anew


class Discovering:
    """Of the vectors of one model. To be used while nothing else changes the library.

    What is shown stays until all of it can be replaced, so a model's discoveries last until the next one's.
    """

    def __init__(self, found: Discoveries, thumbnails: Thumbnails, model: int, position: Position) -> None:
        """`position`: up to where the model's vectors are to be looked at."""
        self._found = found
        self._thumbnails = thumbnails
        self._model = model
        self._until = position.vector
        self._stamp = f"{comparing.METHOD}.{METHOD}:{model}:{position.vector}:{position.removal}"

    def is_due(self) -> bool:
        return self._found.stamp() != self._stamp

    def run(
        self,
        nearest: NearestIndex,
        embedder: PictureEmbedder,
        progress: Progress,
        cancel: CancelToken,
        stop: Callable[[], bool],
    ) -> bool:
        """False when `stop` said so before the end. Raises Cancelled, ModelError; what was compared is kept.

        `nearest`: the model's index, caught up.
        """
        compared = self._found.compared(self._model, comparing.METHOD)
        progress.start(PHASE, "items", self._found.new_photo_count(self._model, compared))
        work = Comparing(self._found, self._thumbnails, nearest, self._model)
        if not work.run(self._until, progress, cancel.checkpoint, stop):
            return False
        groups = groups_of_pairs(self._found.pairs(self._model))
        photos = np.intersect1d(self._found.photos(), nearest.keys(), assume_unique=True)
        shown, found_from = self._themes(photos, nearest, embedder, cancel.checkpoint)
        self._found.show(groups, shown, {STAMP: self._stamp, FOUND_FROM: found_from})
        return True

    def _themes(
        self,
        photos: Items,
        nearest: NearestIndex,
        embedder: PictureEmbedder,
        checkpoint: Callable[[], None],
    ) -> tuple[list[StoredTheme], str]:
        """Those that are known with the photographs of now, or new ones; and what they were found from."""

        def pieces() -> Iterator[tuple[Items, Vectors]]:
            for start in range(0, len(photos), PIECE):
                part = photos[start : start + PIECE]
                yield part, nearest.vectors(part)

        known, found_from = self._found.themes(), self._found.found_from()
        if not self._is_outdated(found_from, len(photos)):
            centres = [Centre(theme.centre, theme.offset, theme.least) for theme in known]
            members = themes.assign(centres, pieces(), checkpoint)
            changed = [
                replace(theme, items=of.items, covers=of.covers)
                for theme, of in zip(known, members, strict=True)
            ]
            return changed, found_from
        found_from = f"{METHOD}:{self._model}:{len(photos)}"
        if len(photos) < themes.FEWEST_PHOTOS:
            return [], found_from
        chosen = photos[np.linspace(0, len(photos) - 1, min(SAMPLE, len(photos)), dtype=np.int64)]
        sample = nearest.vectors(chosen)
        centres = themes.find_centres(sample, themes.theme_count(len(photos)), checkpoint)
        members = themes.assign(centres, pieces(), checkpoint)
        large = [
            (centre, of)
            for centre, of in zip(centres, members, strict=True)
            if themes.is_large_enough(of, len(photos))
        ]
        names = {theme.name: theme.number for theme in known}
        return _named(large, sample, nearest, embedder, names, self._found.numbered()), found_from

    def _is_outdated(self, found_from: str, photos: int) -> bool:
        if not found_from.startswith(f"{METHOD}:{self._model}:"):
            return True
        before = int(found_from.rpartition(":")[2])
        return photos < themes.FEWEST_PHOTOS or not SHRUNK * before <= photos <= GROWN * before


def _named(
    found: list[tuple[Centre, Members]],
    sample: Vectors,
    nearest: NearestIndex,
    embedder: PictureEmbedder,
    known: Mapping[str, int],
    numbered: int,
) -> list[StoredTheme]:
    """The largest first. A theme for which no word is left is dropped: a person could not tell it.

    `known`: the numbers of the themes before, by their names, which keep them; others get numbers above
    `numbered`.
    """
    if not found:
        return []
    found = sorted(found, key=lambda theme: (-len(theme[1].items), int(theme[1].items[0])))
    words, vectors = naming.word_vectors(embedder, vocabulary())
    middles = np.stack([nearest.vectors(_spread(of.items)).mean(axis=0) for _, of in found])
    names = naming.names_for(middles, sample, words, vectors)
    new = count(numbered + 1)
    return [
        StoredTheme(
            known[name] if name in known else next(new),
            name,
            centre.centre,
            of.items,
            of.covers,
            centre.offset,
            centre.least,
        )
        for name, (centre, of) in zip(names, found, strict=True)
        if name
    ]


def _spread(items: Items) -> Items:
    return items[np.linspace(0, len(items) - 1, min(NAMED_BY, len(items)), dtype=np.int64)]
