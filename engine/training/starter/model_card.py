"""Writes the model card of the starter's heads."""

from __future__ import annotations

from dataclasses import dataclass

from engine.models.starter.familiarity import MAX_CONSE_SHARE
from engine.training.starter.evaluation import NEIGHBOURS, StarterEvaluation, StarterScores

CARD_FILE = "starter.md"


@dataclass(frozen=True, slots=True)
class TrainingReport:
    """The result of a training."""

    judgement: StarterEvaluation
    epochs: int
    best_epoch: int
    photographs: int  # trained on
    captions: int  # of these photographs
    dev_photographs: int
    dev_captions: int
    without: tuple[str, ...]  # words whose photographs were excluded from training and measured instead


_HEADING = (
    "| | captions find their photograph | photographs find a caption | {words}, mAP "
    "| nearest {neighbours}: words in common |\n| --- | --- | --- | --- | --- |"
)
_CARD = """# starter.safetensors

The trained part of Findling's starter model: two small heads that bring photographs and English sentences
into one space of 256 numbers. Written by `python -m engine.training.starter.train`, read by
`engine/models/starter/adapter.py`.

## What it is

- Picture head: the features of a frozen EfficientNet-Lite2 (its last activations' mean; mean and standard
  deviation of each stage), standardised, through a linear map beside a hidden layer.
- Text head: the vector of a sentence by a frozen all-MiniLM-L6-v2, through the same kind of head.
- ConSE: what the encoder says of the names and definitions of the backbone's 1,000 classes.
- The words of the captions and how often they came, by which a strange sentence is told.
- Weights in float16, except what features are standardised by. No pickle: safetensors.

The heads learnt captions, single words and pairs of words of the captions, and by distillation which of the
1,000 classes the backbone sees. The starter's vectors are the heads' and ConSE's side by side. ConSE has
next to no share in the score of a sentence whose words the heads know well, and up to {most:.2f} the stranger
its words are.

## Data

{photographs:,} photographs with {captions:,} captions to train on. {dev_photographs:,} others with
{dev_captions:,} captions chose the epoch and how far ConSE is trusted, so their figures below flatter a
little. No photograph is in both, and no caption with the words of one of the others was trained on.

The photographs and captions are, by their names and words, those of Flickr8k (Hodosh, Young and Hockenmaier
2013, "Framing image description as a ranking task"), which its makers offer for research and education
only; the photographs belong to their photographers. None of them is in this project, and the weights hold
none. The backbone was trained on ImageNet by its makers (Apache-2.0), the sentence encoder on a billion
pairs of sentences by its own (Apache-2.0). The weights are offered under the project's MIT licence as far as
it reaches: who wants to use them commercially should think about the terms of the data.

## Figures

{dev_photographs:,} photographs that no head was trained on; recall at 1 / 5 / 10.

{heading}
{rows}
| backbone's features as they are | | | | {raw:.3f} |

{words}
Words in common: of a photograph and its nearest others, as a share of all words by which two captions
name what either shows.

## Limits

It knows what people photograph outdoors and at play: people, dogs, sports, water, snow, streets. Captions
of the training photographs speak of people by appearance, and the heads learnt that with all its
prejudice. Rare things, names, numbers, text in the picture, documents, drawings and other languages are
beyond it; things that no caption named are left to ConSE. It does not count and does not know left
from right. A better model can be had by `models get`.

## How to reproduce

    python -m engine.training.starter.train FOLDER{options}

FOLDER holds `captions.csv` (image, split, caption) and `images`. The best of {epochs} epochs was
number {best_epoch}. The same data and seed repeat the training; another processor rounds otherwise.
"""


_EVERYDAY = '"dog", "snow", "boat", ... (engine/training/benchmark_words.py)'


def model_card(report: TrainingReport) -> str:
    """The model card as Markdown."""
    judged = report.judgement
    named = ", ".join(f'"{word}"' for word in report.without) or _EVERYDAY
    untrained = " No photograph of them was trained on." if report.without else ""
    kinds = (("ConSE alone", judged.conse), ("heads alone", judged.heads), ("both", judged.both))
    return _CARD.format(
        most=MAX_CONSE_SHARE,
        photographs=report.photographs,
        captions=report.captions,
        dev_photographs=report.dev_photographs,
        dev_captions=report.dev_captions,
        heading=_HEADING.format(
            neighbours=NEIGHBOURS, words="words kept back" if report.without else "60 everyday words"
        ),
        words=f"Words: {named}, right where two captions name them.{untrained}",
        options=f" --without {','.join(report.without)}" if report.without else "",
        rows="\n".join(_row(title, reached) for title, reached in kinds),
        raw=judged.raw_neighbour_overlap,
        epochs=report.epochs,
        best_epoch=report.best_epoch,
    )


def _row(title: str, reached: StarterScores) -> str:
    by_text, by_picture = reached.captions.pictures_by_text, reached.captions.texts_by_picture
    return f"| {title} | {by_text} | {by_picture} | {reached.words:.3f} | {reached.neighbour_overlap:.3f} |"
