"""The starter on photographs that its heads were not trained on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.models.starter.adapter import parse_starter_file, read_starter_file
from engine.models.starter.backbone import EfficientNetLite
from engine.models.text.sentence_encoder import SentenceEncoder
from engine.models.text.word_split import split_words
from engine.progress import CancelToken, Progress
from engine.training.benchmark_words import WORDS
from engine.training.captions import CaptionDataset, read_captions
from engine.training.feature_cache import WHOLE, FeatureCache
from engine.training.starter.evaluation import (
    EvaluationData,
    EvaluationTexts,
    evaluate_starter,
    ground_truth_of,
)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def seen_of_dev(captioned: CaptionDataset, network: EfficientNetLite, folder: Path) -> EvaluationData:
    encoder = SentenceEncoder.load()
    captions = [captioned.texts[text] for text in captioned.dev.texts]
    images = [captioned.images[number] for number in np.unique(captioned.dev.pictures)]
    return EvaluationData(
        FeatureCache(folder, network).views(images, (WHOLE,), Progress(), CancelToken())[0],
        EvaluationTexts([split_words(caption) for caption in captions], encoder.encode(captions)),
        EvaluationTexts([split_words(word) for word in WORDS], encoder.encode(WORDS)),
    )


def test_the_starter_finds_more_than_either_half(shared_data: Path, tmp_path: Path) -> None:
    captioned, network = read_captions(shared_data / "captioned"), EfficientNetLite.load()
    seen = seen_of_dev(captioned, network, tmp_path)
    judged = evaluate_starter(
        ground_truth_of(captioned, WORDS), seen, parse_starter_file(read_starter_file()), network
    )

    found = judged.both.captions.pictures_by_text  # .282 / .577 / .717; another processor rounds otherwise
    assert found.at_1 >= 0.275, judged
    assert found.at_5 >= 0.57, judged
    assert found.at_10 >= 0.71, judged
    assert found.at_10 > judged.heads.captions.pictures_by_text.at_10
    assert judged.conse.captions.pictures_by_text.at_10 >= 0.31, judged
    assert judged.both.words > max(judged.heads.words, judged.conse.words), judged
    assert judged.both.words >= 0.455, judged
    assert judged.both.neighbour_overlap > judged.raw_neighbour_overlap, judged
