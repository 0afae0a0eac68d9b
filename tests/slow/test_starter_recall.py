"""The starter on photographs that nobody chose it for, measured as `evaluate` measures."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.ingest.geometry import prepare
from engine.models.starter import StarterModel
from engine.records import Vectors


@pytest.mark.slow
def test_a_caption_finds_its_photograph_among_a_thousand(shared_data: Path) -> None:
    with (shared_data / "captioned" / "captions.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["split"] == "dev"]
    names = sorted({row["image"] for row in rows})
    truth = np.array([names.index(row["image"]) for row in rows])
    starter = StarterModel.load()
    pictures = np.vstack(
        [_embed(starter, shared_data, names[start : start + 100]) for start in range(0, len(names), 100)]
    )
    scores = starter.embed_texts([row["caption"] for row in rows]) @ pictures.T
    ranks = (scores > scores[np.arange(len(truth)), truth][:, None]).sum(axis=1)
    recall = {k: float((ranks < k).mean()) for k in (1, 5, 10)}
    assert len(names) == 1000
    assert recall[1] >= 0.06, recall
    assert recall[5] >= 0.175, recall
    assert recall[10] >= 0.26, recall


def _embed(starter: StarterModel, shared_data: Path, names: list[str]) -> Vectors:
    pixels = []
    for name in names:
        with Image.open(shared_data / "captioned" / "images" / name) as image:
            pixels.append(prepare(image.convert("RGB"), starter.picture_input))
    return starter.embed_pictures(np.stack(pixels))
