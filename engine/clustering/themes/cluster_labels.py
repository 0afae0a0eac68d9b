"""Names themes: by the word that more of the theme's photographs show than of the library's.

If no word fits enough of them, a single name would mislead, so the three best are used. A theme keeps its
name until another one is clearly better.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.clustering.themes.label_families import is_broad, is_detail, is_kind_of
from engine.clustering.themes.label_scores import Shares

CLEAR = 0.33  # share of the photographs, beyond what is common, that a name needs
NEARLY = 0.8  # of a word's share: another word with that much may replace it, and a narrower one should
STAYS = 0.15  # share that an existing name needs,
CLEARLY_BETTER = 0.3  # unless another word's share is larger by this
WORDS_STAY = 0.4  # three words stay if they have this much of the share of three other ones
UNNAMED_WORDS = 3
BETWEEN = " · "


def choose_names(fits: Shares, words: Sequence[str], before: Sequence[str]) -> list[str]:
    """A distinct name for each theme.

    `fits`: (themes, words), see `LabelScores.of_theme`. `before`: their current names, "" for new ones.
    """
    return _LabelChoice(fits, words).choose(before) if words else [""] * len(before)


class _LabelChoice:
    def __init__(self, fits: Shares, words: Sequence[str]) -> None:
        self._fits = fits
        self._words = words
        self._titles = {_capitalise(word): place for place, word in enumerate(words)}
        self._kinds = is_kind_of(words)
        self._groups = is_broad(words)
        self._details = is_detail(words)
        # A kind that is too specific comes after all that are specific enough.
        self._best = np.lexsort((-fits, np.broadcast_to(self._details, fits.shape)), axis=1)
        self._used: set[str] = set()

    def choose(self, before: Sequence[str]) -> list[str]:
        """Themes that keep a name come first, then those with the best fit."""
        names = [""] * len(before)
        keepers = (self._keeps_word, self._keeps_words)
        by_fit = np.argsort(-self._fits.max(axis=1), kind="stable").tolist()
        for keeps in keepers:
            for theme, name in enumerate(before):
                if not names[theme] and keeps(theme, self._word_indexes(name)):
                    names[theme] = name
                    self._used.add(name)
        for theme in by_fit:
            names[theme] = names[theme] or self._free_word(theme, CLEAR) or self._free_words(theme)
            self._used.add(names[theme])
        return names

    def _word_indexes(self, name: str) -> list[int]:
        """The indexes of the words in a name; empty if one of them is no longer in the vocabulary."""
        places = [self._titles.get(_capitalise(part), -1) for part in name.split(BETWEEN)]
        return [] if -1 in places else places

    def _keeps_word(self, theme: int, places: Sequence[int]) -> bool:
        if len(places) != 1:
            return False
        fit = float(self._fits[theme, places[0]])
        return fit >= STAYS and fit >= float(self._fits[theme].max()) - CLEARLY_BETTER

    def _keeps_words(self, theme: int, places: Sequence[int]) -> bool:
        if len(places) < UNNAMED_WORDS or self._free_word(theme, CLEAR + CLEARLY_BETTER / 2):
            return False
        fits = self._fits[theme]
        best = fits[self._distinct_words(theme)[:UNNAMED_WORDS]]
        return float(fits[places].mean()) >= WORDS_STAY * float(best.mean())

    def _free_word(self, theme: int, least: float) -> str:
        """An unused name that fits by `least` and nearly as well as any; "" if there is none."""
        fits = self._fits[theme]
        enough = fits[self._best[theme]] >= max(least, NEARLY * float(fits.max()))
        names = (self._name(self._more_specific(theme, place)) for place in self._best[theme][enough])
        return next((name for name in names if name not in self._used), "")

    def _free_words(self, theme: int) -> str:
        apart = self._distinct_words(theme)
        names = (self._name(*apart[:count]) for count in range(UNNAMED_WORDS, len(apart) + 1))
        return next((name for name in names if name not in self._used), "")

    def _more_specific(self, theme: int, place: int) -> int:
        """A kind of a broad word that fits nearly as well is the better name."""
        fits = self._fits[theme]
        narrower = self._kinds[place] & ~self._groups & ~self._details & (fits >= NEARLY * fits[place])
        if not self._groups[place] or not narrower.any():
            return place
        return int(np.where(narrower, fits, -np.inf).argmax())

    def _distinct_words(self, theme: int) -> list[int]:
        """Words, the best first, none of them a kind of another."""
        chosen: list[int] = []
        for broad in self._best[theme]:
            place = self._more_specific(theme, broad)
            if not any(self._kinds[place, other] or self._kinds[other, place] for other in chosen):
                chosen.append(place)
        return chosen

    def _name(self, *places: int) -> str:
        return _capitalise(BETWEEN.join(self._words[place] for place in places))


def _capitalise(name: str) -> str:
    return name[:1].upper() + name[1:]
