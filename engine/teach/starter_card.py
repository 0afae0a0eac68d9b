"""The model card of the starter's heads."""

from __future__ import annotations

from dataclasses import dataclass

from engine.teach.starter_figures import NEIGHBOURS, Figures, Judgement

CARD_FILE = "starter_heads.md"


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a training."""

    judgement: Judgement
    epochs: int
    best_epoch: int
    photographs: int  # trained on
    captions: int  # ... of these
    dev_photographs: int
    dev_captions: int


_HEADING = (
    "| | captions find their photograph | photographs find a caption | 60 everyday words, mAP "
    "| nearest {neighbours}: words in common |\n| --- | --- | --- | --- | --- |"
)
_CARD = """# starter_heads.safetensors

The trained half of Findling's starter model: two small heads that bring photographs and English sentences
into one space of 256 numbers. Written by `python -m engine.teach.starter_training`, read by
`engine/models/starter_heads.py`.

## What it is

- Picture head: the features of a frozen EfficientNet-Lite2 (its last activations' mean; mean and standard
  deviation of each stage), standardised, through a linear map beside a hidden layer.
- Text head: token vectors (those of the wordllama package, of which the tokens of the captions were
  trained further) through one transformer layer and attention pooling.
- Weights in float16, except what features are standardised by. No pickle: safetensors.

The starter's vectors are the heads' and ConSE's side by side, with a share of {share:.2f} of ConSE in the
score of a sentence whose words the heads know, and more the stranger the words are to them.

## Data

{photographs:,} photographs with {captions:,} captions to train on. {dev_photographs:,} others with
{dev_captions:,} captions chose the epoch and the share of ConSE, so their figures below flatter a little.
No photograph is in both, and no caption with the words of one of the others was trained on.

The photographs and captions are, by their names and words, those of Flickr8k (Hodosh, Young and Hockenmaier
2013, "Framing image description as a ranking task"), which its makers offer for research and education
only; the photographs belong to their photographers. None of them is in this project, and the weights hold
none. The backbone was trained on ImageNet by its makers (Apache-2.0), the token vectors by wordllama's
(MIT). The weights are offered under the project's MIT licence as far as it reaches: who wants to use them
commercially should think about the terms of the data.

## Figures

{dev_photographs:,} photographs that no head was trained on; recall at 1 / 5 / 10.

{heading}
{rows}
| backbone's features as they are | | | | {raw:.3f} |

Words: "dog", "snow", "boat", ... (engine/teach/everyday_words.py), right where two captions name them.
Words in common: of a photograph and its nearest others, as a share of all words by which two captions
name what either shows.

## Limits

It knows what people photograph outdoors and at play: people, dogs, sports, water, snow, streets. Captions
of the training photographs speak of people by appearance, and the heads learnt that with all its
prejudice. Rare things, names, numbers, text in the picture, documents, drawings and other languages are
beyond it; things whose names it never met are left to ConSE. It does not count and does not know left
from right. A better model can be had by `models get`.

## How to reproduce

    python -m engine.teach.starter_training FOLDER

FOLDER holds `captions.csv` (image, split, caption) and `images`. The best of {epochs} epochs was
number {best_epoch}. The same data and seed repeat the training; another processor rounds otherwise.
"""


def model_card(report: Report) -> str:
    """Markdown."""
    judged = report.judgement
    kinds = (("ConSE alone", judged.conse), ("heads alone", judged.heads), ("both", judged.both))
    return _CARD.format(
        share=judged.share,
        photographs=report.photographs,
        captions=report.captions,
        dev_photographs=report.dev_photographs,
        dev_captions=report.dev_captions,
        heading=_HEADING.format(neighbours=NEIGHBOURS),
        rows="\n".join(_row(title, reached) for title, reached in kinds),
        raw=judged.raw_alike,
        epochs=report.epochs,
        best_epoch=report.best_epoch,
    )


def _row(title: str, reached: Figures) -> str:
    by_text, by_picture = reached.captions.pictures_by_text, reached.captions.texts_by_picture
    return f"| {title} | {by_text} | {by_picture} | {reached.words:.3f} | {reached.alike:.3f} |"
