"""Names for themes: the words that say what one theme shows and the others do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from engine.discover.steps import Steps
from engine.errors import QueryError
from engine.models.arithmetic import unit
from engine.models.base import PictureEmbedder
from engine.records import Vectors

TEXTS_AT_A_TIME = 4  # a second where a large model has two busy cores; more at a time are no faster there
SHORT_LIST = 15  # words that fit a theme best by themselves: among them the most telling is its name
BEHIND_ALL = 100.0  # what all other words are put back by
FAR_BEHIND = 0.8  # of the most telling word's score: a word below it needs that one beside it
LEAST = np.float32(1e-6)


def word_vectors(embedder: PictureEmbedder, words: Mapping[str, str]) -> Steps[tuple[list[str], Vectors]]:
    """The words that the model knows, and a vector of each. Raises ModelError.

    `words`: sentences by word. Some models place a word better in a sentence, some alone, so both count;
    where the sentence does not say the word, it stands for it.
    """
    names = list(words)
    known: list[str] = []
    vectors: list[Vectors] = []
    for start in range(0, len(names), TEXTS_AT_A_TIME):
        for part, alone in (yield from _known(embedder, names[start : start + TEXTS_AT_A_TIME])):
            known.extend(part)
            said = [words[name] for name in part]
            counts = np.array(
                [name in sentence for name, sentence in zip(part, said, strict=True)], np.float32
            )
            yield 0
            vectors.append(unit(embedder.embed_texts(said) + counts[:, None] * alone))
    if not known:
        return [], np.empty((0, embedder.identity.dimension), np.float32)
    return known, np.concatenate(vectors)


def names_for(centres: Vectors, sample: Vectors, words: Sequence[str], vectors: Vectors) -> list[str]:
    """A name for each of (themes, dimension) mean vectors, no two of them the same.

    `sample`: photographs of the library, whose scores say how a word scores at all: some words are near to
    every picture. "" where there are fewer words than themes.
    """
    if not words:
        return [""] * len(centres)
    spread = sample @ vectors.T
    fit = centres @ vectors.T
    telling = (fit - spread.mean(axis=0)) / np.maximum(spread.std(axis=0), LEAST)
    ranks = np.argsort(np.argsort(-fit, axis=1), axis=1)
    telling[ranks >= SHORT_LIST] -= BEHIND_ALL
    best = telling.argmax(axis=1)
    names: list[str] = []
    for theme, word in enumerate(_each_once(telling)):
        if word < 0:
            names.append("")
        elif telling[theme, word] < FAR_BEHIND * telling[theme, best[theme]]:
            names.append(_capital(f"{words[best[theme]]} · {words[word]}"))
        else:
            names.append(_capital(words[word]))
    return names


def _each_once(scores: NDArray[np.float32]) -> list[int]:
    """A word for each theme: the best pair of both first, then the best of what is left; -1 where none is."""
    chosen = [-1] * len(scores)
    used: set[int] = set()
    for place in np.argsort(-scores, axis=None, kind="stable").tolist():
        theme, word = divmod(place, scores.shape[1])
        if chosen[theme] < 0 and word not in used:
            chosen[theme] = word
            used.add(word)
    return chosen


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _known(embedder: PictureEmbedder, words: Sequence[str]) -> Steps[list[tuple[list[str], Vectors]]]:
    """The words in as few parts as the model takes, with their vectors; it refuses texts in which it knows
    no word."""
    yield 0
    try:
        return [(list(words), embedder.embed_texts(words))]
    except QueryError:
        if len(words) == 1:
            return []
    middle = len(words) // 2
    first = yield from _known(embedder, words[:middle])
    second = yield from _known(embedder, words[middle:])
    return [*first, *second]
