"""How often a verdict over photographs is right, by size of the library and length of the question.

`make bench BENCH=confidence`; `python -m tests.bench.bench_confidence --diagram docs/how-sure.svg` draws the
last table. Galleries of captioned photographs (split dev, which the heads never saw);
the weights of `engine/search/confidence/probability.py` are learnt on one half of the photographs and
measured on the other.
A photograph is right where the caption is its own, or where its captions have all of three words, or three
of four of more. Short questions with a word that fewer than eight photographs are told to have are left out:
captions do not tell all that there is to see, so every share is lower than what a person would find.
"""

from __future__ import annotations

import argparse
import csv
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]  # it ships no types

from engine.models.starter.adapter import StarterModel
from engine.models.starter.label_similarity import LabelSimilarity
from engine.records import Vectors
from engine.search.confidence.calibration_queries import CALIBRATION_PHRASES, CALIBRATION_WORDS
from engine.search.confidence.probability import (
    LEAST_MARGIN,
    LIKELY,
    MOST_BEHIND,
    MOST_MARGIN,
    STRONG,
    ScoreFeatures,
    TextFeatures,
    match_probabilities,
)
from engine.search.confidence.thresholds import QueryKind, query_kind_of, text_thresholds
from engine.search.query.kind_classifier import KindClassifier
from engine.search.query.query_terms import QUESTION_WORDS, extract_terms
from tests.bench.reliability_diagram import diagram
from tests.conftest import SHARED_DATA

LEARNT_SIZES, TRIED_SIZES = (30, 60, 120, 250, 500), (30, 100, 300, 500)
GALLERIES = 6  # of each size
QUESTIONS = 180  # of a gallery
DEPTH = 10  # photographs of an answer that are judged
FEWEST_TOLD = 8
BATCH = 16


@dataclass(frozen=True, slots=True)
class Album:
    vectors: Vectors
    told: list[set[str]]  # by photograph, the stems of its captions
    texts: list[str]
    own: NDArray[np.int64]  # by text, its photograph
    encoded: Vectors  # of the texts
    references: Vectors


@dataclass(frozen=True, slots=True)
class Judged:
    """(hits,) each."""

    margin: NDArray[np.float64]
    spreads: NDArray[np.float64]
    behind: NDArray[np.float64]
    words: NDArray[np.int64]
    strangeness: NDArray[np.float64]
    is_right: NDArray[np.bool_]
    is_first: NDArray[np.bool_]
    size: NDArray[np.int64]

    def figures(self) -> NDArray[np.float64]:
        margin = np.clip(self.margin, LEAST_MARGIN, MOST_MARGIN)
        behind = np.minimum(self.behind, MOST_BEHIND)
        columns = [margin, self.spreads, behind, np.log(np.maximum(self.words, 1)), self.strangeness]
        return np.stack(columns, axis=1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--diagram", type=Path, metavar="FILE.svg")
    options = parser.parse_args()
    rng = np.random.default_rng(5)
    album = _album(rng)
    half = np.arange(len(album.vectors)) % 2
    learnt = _judge(album, half == 0, LEARNT_SIZES, rng)
    tried = _judge(album, half == 1, TRIED_SIZES, rng)
    model = LogisticRegression(C=0.3, max_iter=3000).fit(learnt.figures(), learnt.is_right)
    print(f"Learnt: {np.round(model.coef_[0], 2)}, bias {model.intercept_[0]:.2f}")
    told = _report(tried)
    if options.diagram:
        options.diagram.write_text(diagram(told), encoding="utf-8")


def _album(rng: np.random.Generator) -> Album:
    captions: dict[str, list[str]] = {}
    with (SHARED_DATA / "captioned" / "captions.csv").open(newline="", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            if row["split"] == "dev":
                captions.setdefault(row["image"], []).append(row["caption"])
    names = sorted(captions)
    told = [{stem for caption in captions[name] for stem in _stems(caption)} for name in names]
    common = {
        stem for stem, count in Counter(s for stems in told for s in stems).items() if count >= FEWEST_TOLD
    }
    texts: list[str] = []
    own: list[int] = []
    for number, name in enumerate(names):
        for text in (
            _caption(captions[name], rng),
            _few_words(captions[name], rng),
            _few_words(captions[name], rng),
        ):
            stems = _stems(text)
            if stems and (len(stems) > 3 or common.issuperset(stems)):
                texts.append(text)
                own.append(number)
    model = StarterModel.load()
    folder = SHARED_DATA / "captioned" / "images"
    vectors = np.concatenate(
        [
            model.embed_pictures(np.stack([_pixels(folder / name, model) for name in names[at : at + BATCH]]))
            for at in range(0, len(names), BATCH)
        ]
    )
    references = model.embed_texts((*CALIBRATION_PHRASES, *CALIBRATION_WORDS))
    return Album(vectors, told, texts, np.array(own), model.embed_texts(texts), references)


def _caption(captions: list[str], rng: np.random.Generator) -> str:
    return captions[int(rng.integers(len(captions)))]


def _few_words(captions: list[str], rng: np.random.Generator) -> str:
    words = _content(_caption(captions, rng))
    count = int(rng.choice((1, 1, 2, 2, 3, 4)))
    first = int(rng.integers(max(len(words) - count, 0) + 1))
    return " ".join(words[first : first + count])


def _content(text: str) -> list[str]:
    return [word for word in re.findall(r"[a-z]+", text.lower()) if word not in QUESTION_WORDS]


def _stems(text: str) -> list[str]:
    return [_stem(word) for word in _content(text)]


def _stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) >= len(ending) + 3:
            return word.removesuffix(ending).rstrip("e")
    return word.rstrip("e")


def _pixels(path: Path, model: StarterModel) -> NDArray[np.uint8]:
    side = model.picture_input.size
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB").resize((side, side), Image.Resampling.BICUBIC))


def _judge(
    album: Album, allowed: NDArray[np.bool_], sizes: tuple[int, ...], rng: np.random.Generator
) -> Judged:
    asked_kind, label_similarity = KindClassifier(), LabelSimilarity.load()
    rows: list[tuple[float, float, float, int, float, bool, bool, int]] = []
    for size in sizes:
        for _ in range(GALLERIES):
            gallery = rng.permutation(np.flatnonzero(allowed))[:size]
            vectors = album.vectors[gallery]
            reached = (album.references @ vectors.T).max(axis=1)
            reference = {
                QueryKind.SENTENCE: text_thresholds(reached[: len(CALIBRATION_PHRASES)]),
                QueryKind.WORDS: text_thresholds(reached[len(CALIBRATION_PHRASES) :], QueryKind.WORDS),
            }
            for text in rng.choice(np.flatnonzero(allowed[album.own]), QUESTIONS, replace=False):
                scores = (vectors @ album.encoded[text]).astype(np.float64)
                order = np.argsort(-scores)[:DEPTH]
                margin = reference[query_kind_of(album.texts[text])].margin(scores[order])
                usual, spread = float(np.median(scores)), float(scores.std())
                strangeness = asked_kind.unfamiliarity(album.texts[text])
                strangeness *= 1 - label_similarity.score(album.encoded[text])
                for place, at in enumerate(order):
                    rows.append(
                        (
                            float(margin[place]),
                            (scores[at] - usual) / spread,
                            (scores[order[0]] - scores[at]) / spread,
                            len(extract_terms(album.texts[text])),
                            strangeness,
                            _is_right(album, int(text), int(gallery[at])),
                            place == 0,
                            size,
                        )
                    )
    return Judged(*(np.array(column) for column in zip(*rows, strict=True)))


def _is_right(album: Album, text: int, photograph: int) -> bool:
    stems = _stems(album.texts[text])
    needed = len(stems) if len(stems) <= 3 else -(-3 * len(stems) // 4)
    told = sum(stem in album.told[photograph] for stem in stems)
    return bool(album.own[text] == photograph) or told >= needed


def _report(tried: Judged) -> list[tuple[float, float]]:
    """Said and found in percent, by tenths."""
    chance = np.zeros(len(tried.margin))
    for at in range(len(chance)):
        scores = ScoreFeatures(
            *(column[at : at + 1] for column in (tried.margin, tried.spreads, tried.behind))
        )
        chance[at] = match_probabilities(
            TextFeatures(int(tried.words[at]), float(tried.strangeness[at])), scores
        )[0]
    strong, likely = chance >= STRONG, (chance >= LIKELY) & (chance < STRONG)
    print("Right of 100: strong, likely (hits of each); first right ones called at least likely")
    lengths = {"one": (1, 1), "two or three": (2, 3), "more": (4, 99)}
    for size in TRIED_SIZES:
        for name, (least, most) in lengths.items():
            here = (tried.size == size) & (tried.words >= least) & (tried.words <= most)
            first = here & tried.is_first & tried.is_right
            print(
                f"  {size:4} photographs, {name:12} words:"
                f" {_share(tried.is_right, here & strong)}, {_share(tried.is_right, here & likely)};"
                f" {_share(chance >= LIKELY, first)}"
            )
    print(f"  all: {_share(tried.is_right, strong)}, {_share(tried.is_right, likely)}")
    print("Said and found, by tenths:")
    told: list[tuple[float, float]] = []
    for tenth in range(10):
        within = (chance >= tenth / 10) & (chance < (tenth + 1) / 10)
        if within.any():
            print(f"  {100 * chance[within].mean():3.0f}  {_share(tried.is_right, within)}")
            told.append((100 * float(chance[within].mean()), 100 * float(tried.is_right[within].mean())))
    return told


def _share(of: NDArray[np.bool_], among: NDArray[np.bool_]) -> str:
    count = int(among.sum())
    return f"{100 * of[among].mean():3.0f} ({count})" if count else "  - (0)"


if __name__ == "__main__":
    main()
