"""How often the kind that a question asks for leads the answer, and the weights that decide it.

`make bench BENCH=item_kind`. One library of 300 captioned photographs, the photographs at native size and the
documents; questions of both kinds: captions whole and as a few of their words, the questions over the
documents whole and as a few of their words, and lines of their pages. Weights learnt on half of the
photographs and documents are tried on the questions over the other half.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import re
import tempfile
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]  # it ships no types

from engine.library import Library
from engine.models.registry import ModelRegistry
from engine.paths import models_folder
from engine.progress import CancelToken, Progress
from engine.records import ItemKind, Query, Scope
from engine.search.query.kind_classifier import KindClassifier, KindFeatures
from engine.search.query.query_terms import QUESTION_WORDS
from tests.conftest import SHARED_DATA

PHOTOGRAPHS = 300
OF_EACH = 300  # questions of a source, at most
DOCUMENTS = SHARED_DATA / "pages"


@dataclass(frozen=True, slots=True)
class QueryDraft:
    source: str
    text: str
    kind: ItemKind
    about: str  # the file that answers it: all questions about one are in the same half


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--library", type=Path, help="kept between runs; else made anew each time")
    location = arguments.parse_args().library or Path(tempfile.mkdtemp())
    location.mkdir(parents=True, exist_ok=True)
    rng = random.Random(7)
    captions = _captions()
    names = rng.sample(sorted(captions), PHOTOGRAPHS)
    with Library(location, ModelRegistry(models_folder()), None, read_text=False) as library:
        _index(library, names)
        documents = _over_documents(rng) + _lines_of_pages(library, rng)
        _report(library, _over_photographs(captions, names, rng) + documents)


def _captions() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    with (SHARED_DATA / "captioned" / "captions.csv").open(newline="", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            if row["split"] == "dev":
                found.setdefault(row["image"], []).append(row["caption"])
    return found


def _index(library: Library, names: Sequence[str]) -> None:
    """Without reading the words of scans, which takes long and changes nothing here."""
    with tempfile.TemporaryDirectory() as folder:
        chosen = Path(folder)
        for name in names:
            (chosen / name).write_bytes((SHARED_DATA / "captioned" / "images" / name).read_bytes())
        for each in (chosen, SHARED_DATA / "photos", DOCUMENTS):
            library.add_folder(each)
        library.index(Progress(), CancelToken())


def _over_photographs(
    captions: dict[str, list[str]], names: Sequence[str], rng: random.Random
) -> list[QueryDraft]:
    pairs = [(name, caption) for name in names for caption in captions[name]]
    whole = [
        QueryDraft("captions", caption, ItemKind.PHOTO, name) for name, caption in rng.sample(pairs, OF_EACH)
    ]
    few = [
        QueryDraft("words of captions", text, ItemKind.PHOTO, name)
        for name, caption in rng.sample(pairs, OF_EACH)
        if (text := _some_words(caption.lower(), rng, (1, 1, 2, 2, 3, 3, 4)))
    ]
    return whole + few


def _over_documents(rng: random.Random) -> list[QueryDraft]:
    asked = json.loads((DOCUMENTS / "questions.json").read_text(encoding="utf-8"))
    whole = [QueryDraft("questions", each["question"], ItemKind.PAGE, each["file"]) for each in asked]
    few = [
        QueryDraft("words of questions", text, ItemKind.PAGE, each["file"])
        for each in asked
        if (text := _some_words(each["question"], rng, (2, 3, 3, 4)))
    ]
    return whole + few


def _some_words(text: str, rng: random.Random, counts: Sequence[int]) -> str:
    words = [word for word in re.findall(r"[\w'-]+", text) if word.lower() not in QUESTION_WORDS]
    count = rng.choice(counts)
    first = rng.randrange(max(len(words) - count, 0) + 1)
    return " ".join(words[first : first + count]) if len(words) > 2 else ""


def _lines_of_pages(library: Library, rng: random.Random) -> list[QueryDraft]:
    """The first words of pages, two to five, most of them in lower case as people type."""
    hits = library.browse(Query(scope=Scope.PAGES, limit=10_000)).hits
    found: list[QueryDraft] = []
    for hit in rng.sample(hits, len(hits)):
        words = hit.snippet.split()[: rng.choice((2, 3, 4, 5))]
        line = " ".join(words)
        if len(words) > 1 and sum(letter.isalpha() for letter in line) > 0.7 * len(line):
            line = line.lower() if rng.random() < 0.7 else line
            found.append(QueryDraft("lines of pages", line, ItemKind.PAGE, hit.path.name))
    return found[:OF_EACH]


def _report(library: Library, questions: Sequence[QueryDraft]) -> None:
    seen: list[KindFeatures] = []
    original = KindClassifier.features

    def noted(asked: KindClassifier, text: str, margin: float, words: float) -> KindFeatures:
        seen.append(original(asked, text, margin, words))
        return seen[-1]

    setattr(KindClassifier, "evidence", noted)  # noqa: B010
    asked = Counter(question.source for question in questions)
    led: Counter[str] = Counter()
    weighed: list[QueryDraft] = []
    for question in questions:
        before = len(seen)
        hits = library.search(Query(question.text, limit=1)).hits
        weighed += [question] * (len(seen) - before)  # none where no photograph can match and a page does
        led[question.source] += bool(hits) and hits[0].kind is question.kind
    print("The kind that is asked for comes first:")
    for source, count in asked.items():
        print(f"  {source:20} {led[source] / count:.3f} of {count}")
    _learn(weighed, seen)


def _learn(questions: Sequence[QueryDraft], seen: Sequence[KindFeatures]) -> None:
    figures = np.array([each.values() for each in seen], np.float64)
    pages = np.array([question.kind is ItemKind.PAGE for question in questions])
    sources = np.array([question.source for question in questions])
    half = np.array([zlib.crc32(question.about.encode()) % 2 for question in questions])
    weights = np.array([1 / np.sum(sources == source) for source in sources])
    weights *= len(weights) / weights.sum()

    def model(chosen: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> LogisticRegression:
        return LogisticRegression(C=1.0, max_iter=1000).fit(figures[chosen], pages[chosen], weights[chosen])

    print("Learnt on one half, right on the other:")
    for number in (0, 1):
        right = model(half != number).predict(figures) == pages
        shares = {
            str(source): f"{right[(sources == source) & (half == number)].mean():.3f}"
            for source in dict.fromkeys(sources)
        }
        print(f"  {shares}")
    whole = model(half >= 0)
    print(f"Weights of all: {np.round(whole.coef_[0], 2)}, bias {whole.intercept_[0]:.2f}")


if __name__ == "__main__":
    main()
