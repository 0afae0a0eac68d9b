"""Reads captioned photographs: a folder with `captions.csv` (image, split, caption) and `images`."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from engine.errors import UserError
from engine.models.text.word_split import split_words
from engine.training.pairs import Pairs

TRAIN, DEV = "train", "dev"
_FILE = "captions.csv"
_COLUMNS = {"image", "split", "caption"}


@dataclass(frozen=True, slots=True)
class CaptionDataset:
    """Photographs and captions by number; captions with the same words are one text."""

    images: tuple[Path, ...]
    texts: tuple[str, ...]
    train: Pairs
    dev: Pairs

    def words_seen(self) -> dict[str, int]:
        """The words of the training captions in alphabetical order, and how many captions have each."""
        seen = Counter(word for text in self.train.texts for word in set(split_words(self.texts[text])))
        return dict(sorted(seen.items()))

    def without(self, words: Collection[str]) -> CaptionDataset:
        """A copy without the training photographs whose captions contain one of these words.

        It shows how well things are found that were never trained on.
        """
        said = [not set(words).isdisjoint(split_words(self.texts[text])) for text in self.train.texts]
        shown = np.isin(self.train.pictures, self.train.pictures[said])
        return replace(self, train=self.train.take(np.flatnonzero(~shown)))


def read_captions(folder: Path) -> CaptionDataset:
    """Read a data set. Training captions with the words of a dev caption are left out.

    Raises UserError if the folder is not a data set, a split is empty, or a photograph is in both splits.
    """
    rows = [(name, split, " ".join(split_words(caption))) for name, split, caption in _rows(folder / _FILE)]
    rows = [row for row in rows if row[2]]  # drop captions without a word
    images = {name: number for number, name in enumerate(dict.fromkeys(name for name, _, _ in rows))}
    texts = {words: number for number, words in enumerate(dict.fromkeys(words for _, _, words in rows))}
    splits: dict[str, list[tuple[int, int]]] = {TRAIN: [], DEV: []}
    for name, split, words in rows:
        splits[split].append((texts[words], images[name]))
    told = {text for text, _ in splits[DEV]}
    splits[TRAIN] = [pair for pair in splits[TRAIN] if pair[0] not in told]
    train, dev = (_pairs(splits[split]) for split in (TRAIN, DEV))
    for name, pairs in ((TRAIN, train), (DEV, dev)):
        if not len(pairs):
            raise UserError(f'{folder / _FILE} has no caption of the split "{name}".')
    if np.intersect1d(train.pictures, dev.pictures).size:
        raise UserError(f"{folder} has photographs that are both to train on and to choose by.")
    return CaptionDataset(tuple(folder / "images" / name for name in images), tuple(texts), train, dev)


def _rows(path: Path) -> list[tuple[str, str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if not _COLUMNS.issubset(reader.fieldnames or ()):
                raise UserError(f"{path} lacks one of the columns {', '.join(sorted(_COLUMNS))}.")
            rows = []
            for row in reader:
                if None in row.values():
                    raise UserError(f"{path} has too few columns in line {reader.line_num}.")
                if row["split"] in (TRAIN, DEV):
                    rows.append((row["image"], row["split"], row["caption"]))
            return rows
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"{path} cannot be read: {error}.") from error


def _pairs(numbers: list[tuple[int, int]]) -> Pairs:
    columns = np.array(numbers, dtype=np.int64).reshape(-1, 2)
    return Pairs(columns[:, 0], columns[:, 1])
