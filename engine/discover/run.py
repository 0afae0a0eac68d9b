"""What the library finds by itself, brought up to date: groups of pictures that look the same, and themes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import count

import numpy as np

from engine.discover import comparing, naming, themes
from engine.discover.comparing import Comparing
from engine.discover.grouping import groups_of_pairs
from engine.discover.steps import Steps
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


def stamp_of(model: int, position: Position) -> str:
    """What is discovered in a model's vectors up to `position` is known by this."""
    return f"{comparing.METHOD}.{METHOD}:{model}:{position.vector}:{position.removal}"


class Discovering:
    """Of the vectors of one model. To be used while nothing else changes the library.

    What is shown stays until all of it can be replaced, so a model's discoveries last until the next one's.
    """

    def __init__(
        self,
        found: Discoveries,
        thumbnails: Thumbnails,
        nearest: NearestIndex,
        embedder: PictureEmbedder,
        model: int,
        position: Position,
    ) -> None:
        """`nearest`: the model's index, caught up to `position`."""
        self.stamp = stamp_of(model, position)
        self._found = found
        self._thumbnails = thumbnails
        self._nearest = nearest
        self._embedder = embedder
        self._model = model
        self._until = position.vector
        self._steps: Steps[None] | None = None  # from where it was stopped

    def run(self, progress: Progress, cancel: CancelToken, stop: Callable[[], bool]) -> bool:
        """False when `stop` said so before the end: another call goes on where this one was.

        Raises Cancelled, ModelError; what was compared is kept.
        """
        compared = self._found.compared(self._model, comparing.METHOD)
        progress.start(PHASE, "items", self._found.new_photo_count(self._model, compared))
        while not stop():
            cancel.checkpoint()
            try:
                self._steps = self._steps or self._work()
                progress.add_done(next(self._steps))
            except StopIteration:
                return True
            except BaseException:
                self._steps = None  # what raised cannot go on: the next call begins anew
                raise
        return False

    def _work(self) -> Steps[None]:
        work = Comparing(self._found, self._thumbnails, self._nearest, self._model)
        yield from work.compare(self._until)
        groups = yield from groups_of_pairs(self._found.pairs(self._model))
        yield 0
        photos = np.intersect1d(self._found.photos(), self._nearest.keys(), assume_unique=True)
        yield 0
        shown, found_from = yield from self._themes(photos)
        self._found.show(groups, shown, {STAMP: self.stamp, FOUND_FROM: found_from})

    def _themes(self, photos: Items) -> Steps[tuple[list[StoredTheme], str]]:
        """Those that are known with the photographs of now, or new ones; and what they were found from."""

        def pieces() -> Iterator[tuple[Items, Vectors]]:
            for start in range(0, len(photos), PIECE):
                part = photos[start : start + PIECE]
                yield part, self._nearest.vectors(part)

        known, found_from = self._found.themes(), self._found.found_from()
        if not self._is_outdated(found_from, len(photos)):
            centres = [Centre(theme.centre, theme.offset, theme.least) for theme in known]
            members = yield from themes.assign(centres, pieces())
            changed = [
                replace(theme, items=of.items, covers=of.covers)
                for theme, of in zip(known, members, strict=True)
            ]
            return changed, found_from
        found_from = f"{METHOD}:{self._model}:{len(photos)}"
        if len(photos) < themes.FEWEST_PHOTOS:
            return [], found_from
        chosen = photos[np.linspace(0, len(photos) - 1, min(SAMPLE, len(photos)), dtype=np.int64)]
        sample = self._nearest.vectors(chosen)
        centres = yield from themes.find_centres(sample, themes.theme_count(len(photos)))
        members = yield from themes.assign(centres, pieces())
        large = [
            (centre, of)
            for centre, of in zip(centres, members, strict=True)
            if themes.is_large_enough(of, len(photos))
        ]
        names = {theme.name: theme.number for theme in known}
        return (yield from self._named(large, sample, names, self._found.numbered())), found_from

    def _named(
        self,
        found: list[tuple[Centre, Members]],
        sample: Vectors,
        known: Mapping[str, int],
        numbered: int,
    ) -> Steps[list[StoredTheme]]:
        """The largest first. A theme for which no word is left is dropped: a person could not tell it.

        `known`: the numbers of the themes before, by their names, which keep them; others get numbers above
        `numbered`.
        """
        if not found:
            return []
        found = sorted(found, key=lambda theme: (-len(theme[1].items), int(theme[1].items[0])))
        words, vectors = yield from naming.word_vectors(self._embedder, vocabulary())
        middles = np.stack([self._nearest.vectors(_spread(of.items)).mean(axis=0) for _, of in found])
        yield 0
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

    def _is_outdated(self, found_from: str, photos: int) -> bool:
        if not found_from.startswith(f"{METHOD}:{self._model}:"):
            return True
        before = int(found_from.rpartition(":")[2])
        return photos < themes.FEWEST_PHOTOS or not SHRUNK * before <= photos <= GROWN * before


def _spread(items: Items) -> Items:
    return items[np.linspace(0, len(items) - 1, min(NAMED_BY, len(items)), dtype=np.int64)]
