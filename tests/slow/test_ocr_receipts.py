"""Scanned receipts, upright and turned: what a person would search for is among the words that are read."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from PIL import Image

from engine.ingest.ocr import recognition
from engine.ingest.ocr.recognition import OcrJob

FIELDS = ("company", "total", "address")
# Of a field's words, over all receipts; measured .96, 1.0, .95 upright and at least .93, .98, .95 turned.
LEAST_RECALL = {"company": 0.9, "total": 0.95, "address": 0.9}
LEAST_FINDABLE = 0.9  # of the receipts: the total, and half of the company's words


def words_of(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def is_findable(wanted: dict[str, str], found: set[str]) -> bool:
    company = words_of(wanted["company"])
    there = sum(word in found for word in company)
    return there >= 0.5 * len(company) and set(words_of(wanted["total"])) <= found


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("degrees", [0, 90, 180])
def test_receipts_are_read_whichever_way_they_are_turned(
    degrees: int, shared_data: Path, tmp_path: Path
) -> None:
    folder = shared_data / "receipts"
    key = json.loads((folder / "key.json").read_text("utf-8"))
    wanted_words = dict.fromkeys(FIELDS, 0)
    found_words = dict.fromkeys(FIELDS, 0)
    findable = 0
    for name, wanted in key.items():
        with Image.open(folder / name) as image:
            image.convert("RGB").rotate(degrees, expand=True).save(tmp_path / name, quality=95)
        found = set(words_of(recognition.recognise_text(OcrJob(tmp_path / name)).text))
        findable += is_findable(wanted, found)
        for field in FIELDS:
            words = words_of(wanted[field])
            wanted_words[field] += len(words)
            found_words[field] += sum(word in found for word in words)
    recall = {field: found_words[field] / wanted_words[field] for field in FIELDS}
    assert findable >= LEAST_FINDABLE * len(key), recall
    assert all(recall[field] >= LEAST_RECALL[field] for field in FIELDS), recall
