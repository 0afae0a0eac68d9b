"""Trains the starter's heads and writes them, with their model card, where the starter reads them.

    python -m engine.teach.starter_training DATA [--cache FOLDER] [--output FOLDER]

DATA is a folder of captioned photographs (see `captions`). What a stopped run has computed lies in the cache,
and the next run goes on from there. Heads that are to be shipped need a new revision in
`engine.models.starter`: libraries know by it which vectors go together.
"""

from __future__ import annotations

import argparse
import hashlib
import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

import numpy as np
import platformdirs
from numpy.typing import NDArray
from safetensors.numpy import save

from engine.errors import UserError
from engine.models.conse import Conse
from engine.models.efficientnet_lite import EfficientNetLite
from engine.models.starter_heads import HEADS_FILE, StarterHeads
from engine.models.token_vectors import TokenVectors
from engine.progress import CancelToken, Progress
from engine.teach.captions import Captioned, read_captions
from engine.teach.checkpoint import Checkpoint
from engine.teach.features import FeatureCache, view_names
from engine.teach.picture_head import PictureHead, PicturePlan
from engine.teach.starter_card import CARD_FILE, Report, model_card
from engine.teach.starter_figures import judge
from engine.teach.starter_towers import StarterTowers
from engine.teach.text_head import TextHead, TextPlan, Vocabulary
from engine.teach.training import Plan, train
from engine.teach.whole_files import write_whole

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class StarterPlan:
    """Everything that decides what comes out, beside the data."""

    crops: int = 2  # views of each photograph, beside the whole and its mirror image
    picture: PicturePlan = field(default_factory=PicturePlan)
    text: TextPlan = field(default_factory=TextPlan)
    training: Plan = field(default_factory=lambda: Plan(epochs=16, batch_size=512))


def train_starter(
    data: Path, cache: Path, output: Path, plan: StarterPlan, progress: Progress, cancel: CancelToken
) -> Report:
    """Train, choose and write. What was computed is in the cache when it raises.

    Raises UserError, Cancelled, OSError when the disk is full.
    """
    captioned = read_captions(data)
    backbone = EfficientNetLite.load()
    names = view_names(plan.crops)
    views = FeatureCache(cache, backbone).views(captioned.images, names, progress, cancel)
    tokens = TokenVectors.load()
    towers = _towers(captioned, views, tokens, plan)
    checkpoint = Checkpoint(cache / "training.pt", f"{plan} {_digest(captioned, views)}")
    training = train(towers, captioned.train, captioned.dev, plan.training, progress, cancel, checkpoint)
    if math.isnan(training.best.loss):
        raise UserError(f"{data} has no two captions of different photographs to learn from.")

    seen = captioned.words_seen()
    heads = StarterHeads(towers.stored(seen, 0.0), tokens)  # as they are after rounding
    judgement = judge(captioned, views[0], heads, Conse(tokens), backbone)
    report = Report(
        judgement,
        epochs=len(training.epochs),
        best_epoch=training.best.number,
        photographs=len(np.unique(captioned.train.pictures)),
        captions=len(captioned.train),
        dev_photographs=len(np.unique(captioned.dev.pictures)),
        dev_captions=len(captioned.dev),
    )
    write_whole(output / HEADS_FILE, save(towers.stored(seen, judgement.share)))
    write_whole(output / CARD_FILE, model_card(report).encode())
    checkpoint.remove()
    return report


def _towers(
    captioned: Captioned, views: NDArray[np.float32], tokens: TokenVectors, plan: StarterPlan
) -> StarterTowers:
    import torch

    chance = torch.Generator().manual_seed(plan.training.seed)
    vocabulary = Vocabulary(tokens, tokens.token_ids(captioned.texts), np.unique(captioned.train.texts))
    picture_head = PictureHead(views, np.unique(captioned.train.pictures), plan.picture, chance)
    return StarterTowers(picture_head, TextHead(vocabulary, plan.text, chance), vocabulary)


def _digest(captioned: Captioned, views: NDArray[np.float32]) -> str:
    """Of all that the heads learn from."""
    digest = hashlib.sha256("\n".join(captioned.texts).encode())
    digest.update(views.data)
    for part in (captioned.train, captioned.dev):
        digest.update(part.texts.tobytes() + part.pictures.tobytes())
    return digest.hexdigest()


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, help="folder of captions.csv (image, split, caption) and images")
    cache = platformdirs.user_cache_path("findling") / "training"
    parser.add_argument("--cache", type=Path, default=cache, help=f"what is computed (default: {cache})")
    output = Path(str(files("assets")))
    parser.add_argument("--output", type=Path, default=output, help=f"for the heads (default: {output})")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    data = options.data.resolve()
    try:
        report = train_starter(data, options.cache, options.output, StarterPlan(), Progress(), CancelToken())
    except KeyboardInterrupt:
        parser.exit(130, "Stopped. The same command goes on from here.\n")
    except (UserError, OSError) as error:
        parser.exit(1, f"{error}\n")
    logger.info("\n%s", model_card(report))


if __name__ == "__main__":
    main()
