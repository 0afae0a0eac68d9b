"""The names and definitions of the classes that the starter's backbone distinguishes."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

CLASS_COUNT = 1000


@dataclass(frozen=True, slots=True)
class ImageNetLabel:
    """One ImageNet class. Sources and licences of the texts: `assets/imagenet_labels.md`."""

    name: str  # "great white shark"
    definition: str  # "large aggressive shark widespread in warm seas; ..."


def read_labels() -> tuple[ImageNetLabel, ...]:
    """The 1,000 ImageNet classes, in the order of a classifier's outputs."""
    text = files("assets").joinpath("imagenet_labels.tsv").read_text(encoding="utf-8")
    labels = []
    for line in text.splitlines():
        name, definition = line.split("\t")
        labels.append(ImageNetLabel(name, definition))
    return tuple(labels)
