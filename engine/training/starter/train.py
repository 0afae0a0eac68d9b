"""Train the starter's heads and write them, with their model card, where the starter reads them.

    python -m engine.training.starter.train DATA [--cache FOLDER] [--output FOLDER] [--without WORDS]

DATA is a folder of captioned photographs (see `captions`). A stopped run leaves what it computed in the
cache, and the next run continues from there. Weights to be shipped need a new revision in
`engine.models.starter.adapter`, by which libraries know which vectors can be compared.
"""

from __future__ import annotations

import argparse
import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

import numpy as np
import platformdirs
from numpy.typing import NDArray
from safetensors.numpy import save

from engine.errors import UserError
from engine.models.starter.adapter import parse_starter_file
from engine.models.starter.backbone import EfficientNetLite
from engine.models.starter.conse import make_label_vectors
from engine.models.starter.familiarity import CAPTIONS_KEY, WEIGHTS_FILE, StoredArrays
from engine.models.starter.familiarity import WORDS_KEY as WORDS_SEEN
from engine.models.starter.imagenet_labels import read_labels
from engine.models.text.sentence_encoder import SentenceEncoder
from engine.models.text.word_split import split_words
from engine.progress import CancelToken, Progress
from engine.records import Vectors
from engine.training.atomic_write import write_atomically
from engine.training.benchmark_words import WORDS, forms_of
from engine.training.captions import CaptionDataset, read_captions
from engine.training.checkpoint import Checkpoint
from engine.training.feature_cache import FeatureCache, view_names
from engine.training.pairs import SMALLEST_BATCH
from engine.training.sentence_cache import SentenceCache
from engine.training.starter.caption_terms import CaptionTerms, terms_of
from engine.training.starter.evaluation import (
    EvaluationData,
    EvaluationTexts,
    StarterEvaluation,
    evaluate_starter,
    ground_truth_of,
)
from engine.training.starter.losses import LabelLoss, LossPlan, StarterLosses, TermLoss
from engine.training.starter.model_card import CARD_FILE, TrainingReport, model_card
from engine.training.starter.picture_head import PictureHead, PicturePlan
from engine.training.starter.text_head import TextHead, TextPlan
from engine.training.starter.towers import Array, StarterTowers
from engine.training.training_loop import ExtraLoss, TrainingPlan, train

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class StarterPlan:
    """Everything that determines the result, besides the data."""

    crops: int = 1  # views of each photograph, besides the whole and its mirror image
    picture: PicturePlan = field(default_factory=PicturePlan)
    text: TextPlan = field(default_factory=TextPlan)
    losses: LossPlan = field(default_factory=LossPlan)
    training: TrainingPlan = field(
        default_factory=lambda: TrainingPlan(epochs=60, batch_size=512, patience=60)
    )
    without: tuple[str, ...] = ()  # words whose photographs are excluded from training and measured instead


@dataclass(frozen=True, slots=True, eq=False)
class TrainingData:
    """Everything that the starter learns from."""

    captioned: CaptionDataset
    network: EfficientNetLite
    views: NDArray[np.float32]  # (views, pictures, FEATURE_COUNT), the first the whole
    terms: CaptionTerms
    captions: Vectors  # the encoder's vectors of all texts
    said: Vectors  # ... of the terms
    asked: Vectors  # ... of the words to evaluate
    labels: tuple[Vectors, ...]  # ... of the classes' names, of photos of them, of their definitions


def train_starter(
    data: Path, cache: Path, output: Path, plan: StarterPlan, progress: Progress, cancel: CancelToken
) -> TrainingReport:
    """Train, choose the best epoch, and write the files. Computed data stays in the cache if it raises.

    Raises UserError, Cancelled, OSError if the disk is full.
    """
    material = _gather(data, cache, plan, progress, cancel)
    captioned = material.captioned
    checkpoint = Checkpoint(cache / "training.pt", f"{plan} {_digest(material)}")
    towers, losses = _new_heads(material, plan)
    training = train(
        towers, captioned.train, captioned.dev, plan.training, progress, cancel, checkpoint, losses
    )
    stored = {**towers.stored(), **_fixed_arrays(material)}
    content = save(stored)
    judgement = _evaluate(material, parse_starter_file(content), plan)
    report = TrainingReport(
        judgement,
        epochs=len(training.epochs),
        best_epoch=training.best.number,
        photographs=len(np.unique(captioned.train.pictures)),
        captions=len(captioned.train),
        dev_photographs=len(np.unique(captioned.dev.pictures)),
        dev_captions=len(captioned.dev),
        without=plan.without,
    )
    write_atomically(output / WEIGHTS_FILE, content)
    write_atomically(output / CARD_FILE, model_card(report).encode())
    checkpoint.remove()
    return report


def _gather(
    data: Path, cache: Path, plan: StarterPlan, progress: Progress, cancel: CancelToken
) -> TrainingData:
    """Earlier results are read from the cache."""
    left_out = {form for word in plan.without for form in forms_of(word)}
    captioned = read_captions(data).without(left_out)
    if len(np.unique(captioned.train.pictures)) < SMALLEST_BATCH:
        raise UserError(f"{data} has fewer than two photographs to train on.")
    network = EfficientNetLite.load()
    views = FeatureCache(cache, network).views(captioned.images, view_names(plan.crops), progress, cancel)
    terms = terms_of(captioned.texts, captioned.train, len(captioned.images))
    sentences = SentenceCache(cache, SentenceEncoder.load(), progress, cancel)
    labels = read_labels()
    return TrainingData(
        captioned,
        network,
        views,
        terms,
        captions=sentences.vectors(captioned.texts),
        said=sentences.vectors(terms.texts),
        asked=sentences.vectors(plan.without or WORDS),
        labels=(
            sentences.vectors([label.name for label in labels]),
            sentences.vectors([f"a photo of a {label.name}" for label in labels]),
            sentences.vectors([label.definition for label in labels]),
        ),
    )


def _new_heads(material: TrainingData, plan: StarterPlan) -> tuple[StarterTowers, ExtraLoss]:
    import torch

    rng = torch.Generator().manual_seed(plan.training.seed)
    trained = np.unique(material.captioned.train.pictures)
    picture_head = PictureHead(material.views, trained, plan.picture, rng)
    text_head = TextHead(material.captions, plan.text, rng)
    losses = StarterLosses(
        TermLoss(text_head, material.said, material.terms.counts, plan.losses.terms_at_once),
        LabelLoss(text_head, material.labels, material.network.logits(material.views[0])),
        plan.losses,
    )
    return StarterTowers(picture_head, text_head), losses


def _fixed_arrays(material: TrainingData) -> dict[str, Array]:
    """What the starter needs besides its trained weights."""
    names, _, definitions = material.labels
    seen = material.captioned.words_seen()
    return {
        **{name: array.astype(np.float16) for name, array in make_label_vectors(names, definitions).items()},
        WORDS_SEEN: np.frombuffer("\n".join(seen).encode(), np.uint8),
        CAPTIONS_KEY: np.array(list(seen.values()), np.int32),
    }


def _evaluate(material: TrainingData, stored: StoredArrays, plan: StarterPlan) -> StarterEvaluation:
    """On the dev photographs, with the weights as rounded for the file."""
    captioned, asked = material.captioned, plan.without or WORDS
    captions = [split_words(captioned.texts[text]) for text in captioned.dev.texts]
    seen = EvaluationData(
        material.views[0][np.unique(captioned.dev.pictures)],
        EvaluationTexts(captions, material.captions[captioned.dev.texts]),
        EvaluationTexts([split_words(word) for word in asked], material.asked),
    )
    return evaluate_starter(ground_truth_of(captioned, asked), seen, stored, material.network)


def _digest(material: TrainingData) -> str:
    """A hash of everything that the heads learn from."""
    digest = hashlib.sha256("\n".join(material.captioned.texts).encode())
    for part in (material.captioned.train, material.captioned.dev):
        digest.update(part.texts.tobytes() + part.pictures.tobytes())
    for array in (material.views, material.captions, material.said, *material.labels):
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line; exits with status 1 on an error and 130 when interrupted."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, help="folder of captions.csv (image, split, caption) and images")
    cache = platformdirs.user_cache_path("findling") / "training"
    parser.add_argument("--cache", type=Path, default=cache, help=f"what is computed (default: {cache})")
    output = Path(str(files("assets")))
    parser.add_argument("--output", type=Path, default=output, help=f"for the weights (default: {output})")
    parser.add_argument(
        "--without", default="", help="words, by commas, whose photographs are kept back and measured"
    )
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    data = options.data.resolve()
    plan = StarterPlan(without=tuple(options.without.lower().replace(",", " ").split()))
    if plan.without and options.output == output:
        parser.error("--without needs another --output: the starter is to know all words")
    try:
        report = train_starter(data, options.cache, options.output, plan, Progress(), CancelToken())
    except KeyboardInterrupt:
        parser.exit(130, "Stopped. The same command goes on from here.\n")
    except (UserError, OSError) as error:
        parser.exit(1, f"{error}\n")
    logger.info("\n%s", model_card(report))


if __name__ == "__main__":
    main()
