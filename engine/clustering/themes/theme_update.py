"""Updates themes: finds them, matches them with earlier ones, names and orders them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count

import numpy as np

from engine.clustering.resumable_steps import Steps
from engine.clustering.themes import k_means, theme_matching
from engine.clustering.themes.cluster_labels import choose_names
from engine.clustering.themes.k_means import Piece, ThemeCentre, ThemeMembers
from engine.clustering.themes.label_scores import LabelScores, word_vectors
from engine.clustering.themes.label_vocabulary import vocabulary
from engine.clustering.themes.theme_matching import Owners
from engine.index.nearest_index import NearestIndex
from engine.models.protocols import PictureEmbedder
from engine.records import Vectors
from engine.store.clusters.cluster_store import Items, StoredTheme

METHOD = 2  # increase it when the method of finding themes changes
SAMPLE = 16_384  # photographs to find centres on: 32 MB with 512 dimensions
PIECE = 4_096  # photographs assigned to themes at a time
NAMED_BY = 512  # photographs of a theme to choose its name by, at most
GROWN, SHRUNK = 1.1, 0.7  # times the photographs that themes were found on; beyond that they are found again


class ThemeUpdate:
    """Computes the themes of a library for its current photographs."""

    def __init__(
        self,
        nearest: NearestIndex,
        embedder: PictureEmbedder,
        model: int,
        known: Sequence[StoredTheme],
        numbered: int,
        found_from: str,
    ) -> None:
        """`known`: the current themes in order. `numbered`: the highest number that a theme ever had.

        `found_from`: what `run` returned for the current themes.
        """
        self._nearest = nearest
        self._embedder = embedder
        self._model = model
        self._known = known
        self._numbered = numbered
        self._found_from = found_from

    def run(self, photos: Items) -> Steps[tuple[list[StoredTheme], str]]:
        """The themes in order, and a stamp of what they were found from. `photos`: sorted."""
        before = theme_matching.owners_of(photos, [theme.items for theme in self._known])
        yield 0
        if not self._is_outdated(len(photos)):
            members = yield from k_means.assign(
                [ThemeCentre(theme.centre, theme.offset, theme.least) for theme in self._known],
                self._pieces(photos, before),
            )
            changed = [
                replace(theme, items=of.items, covers=of.covers)
                for theme, of in zip(self._known, members, strict=True)
            ]
            return self._order_themes(changed), self._found_from
        found_from = f"{METHOD}:{self._model}:{len(photos)}"
        if len(photos) < k_means.FEWEST_PHOTOS:
            return [], found_from
        found = yield from self._find_themes(photos, before)
        return self._order_themes(found), found_from

    def _find_themes(self, photos: Items, before: Owners) -> Steps[list[StoredTheme]]:
        sample = self._nearest.vectors(_pick_evenly(photos, SAMPLE))
        known = np.stack([theme.centre for theme in self._known]) if self._can_continue() else None
        centres = yield from k_means.find_centres(sample, k_means.theme_count(len(photos)), known)
        nobody = np.full(len(photos), -1)
        members = yield from k_means.assign(centres, self._pieces(photos, nobody))
        sources = theme_matching.match_themes(
            theme_matching.owners_of(photos, [of.items for of in members]),
            before,
            len(centres),
            len(self._known),
        )
        yield 0
        places = np.array([*_invert_matching(sources, len(self._known)), -1])
        members = yield from k_means.assign(centres, self._pieces(photos, places[before]))
        large = [
            (centre, of, self._known[source] if source >= 0 else None)
            for centre, of, source in zip(centres, members, sources, strict=True)
            if k_means.is_large_enough(of, len(photos), source >= 0)
        ]
        large.sort(key=lambda theme: (-len(theme[1].items), int(theme[1].items[0])))
        return (yield from self._name_themes(large, sample))

    def _name_themes(
        self, found: Sequence[tuple[ThemeCentre, ThemeMembers, StoredTheme | None]], sample: Vectors
    ) -> Steps[list[StoredTheme]]:
        """A theme for which no word is left is dropped, since a person could not identify it."""
        words, vectors = yield from word_vectors(self._embedder, vocabulary())
        if not found or not words:
            return []
        fits = LabelScores(words, vectors)
        yield from fits.learn(sample)
        of_themes = []
        for _, of, _ in found:
            yield 0
            of_themes.append(fits.of_theme(self._nearest.vectors(_pick_evenly(of.items, NAMED_BY))))
        before = [theme.name if theme is not None else "" for _, _, theme in found]
        names = choose_names(np.stack(of_themes), words, before)
        new = count(self._numbered + 1)
        return [
            StoredTheme(
                theme.number if theme is not None else next(new),
                name,
                centre.centre,
                of.items,
                of.covers,
                centre.offset,
                centre.least,
            )
            for name, (centre, of, theme) in zip(names, found, strict=True)
            if name
        ]

    def _order_themes(self, found: Sequence[StoredTheme]) -> list[StoredTheme]:
        return theme_matching.order_themes(found, [theme.number for theme in self._known])

    def _pieces(self, photos: Items, before: Owners) -> Iterator[Piece]:
        for start in range(0, len(photos), PIECE):
            part = slice(start, start + PIECE)
            yield photos[part], self._nearest.vectors(photos[part]), before[part]

    def _can_continue(self) -> bool:
        """Whether the earlier centres are in the current vector space."""
        return bool(self._known) and self._found_from.startswith(f"{METHOD}:{self._model}:")

    def _is_outdated(self, photos: int) -> bool:
        if not self._found_from.startswith(f"{METHOD}:{self._model}:"):
            return True
        before = int(self._found_from.rpartition(":")[2])
        return photos < k_means.FEWEST_PHOTOS or not SHRUNK * before <= photos <= GROWN * before


def _pick_evenly(items: Items, most: int) -> Items:
    return items[np.linspace(0, len(items) - 1, min(most, len(items)), dtype=np.int64)]


def _invert_matching(sources: Sequence[int], known: int) -> list[int]:
    """For each earlier theme the current one that continues it, or -1."""
    return [sources.index(source) if source in sources else -1 for source in range(known)]
