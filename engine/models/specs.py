"""The catalogue: the picture models that can be had by name, and what to know before having one."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from engine.errors import ModelError
from engine.models.efficientnet_lite import PICTURE_INPUT
from engine.models.starter import IDENTITY
from engine.records import PictureInput

STARTER = IDENTITY.name
RECOMMENDED = "siglip2-base"  # where a hub answers

_SIGLIP2_FILES = (
    "open_clip_config.json",
    "open_clip_model.safetensors",
    "special_tokens_map.json",
    "tokenizer.json",
    "tokenizer_config.json",
)
_SIGLIP2_TOKENIZER_BYTES = 34_400_000
_SIGLIP2_INPUT = PictureInput(size=256, resize="squash", interpolation="bicubic")


@dataclass(frozen=True, slots=True)
class PictureModelSpec:
    """A picture model as its publisher offers it."""

    name: str
    title: str
    architecture: str  # open_clip's name; empty for the starter
    repository: str  # on the hub; empty for the starter
    revision: str  # a branch is resolved to its commit when the model is downloaded
    files: tuple[str, ...]
    licence: str
    languages: str
    download_bytes: int  # float32 weights as the architecture counts them, and the tokenizer
    dimension: int
    picture_input: PictureInput
    good_for: str
    figure: str = ""  # a published measure of quality, empty where none was found
    figure_source: str = ""


CATALOGUE: tuple[PictureModelSpec, ...] = (
    PictureModelSpec(
        name=STARTER,
        title="Starter",
        architecture="",
        repository="",
        revision=IDENTITY.revision,
        files=(),
        licence="MIT, Apache-2.0",
        languages="English",
        download_bytes=0,
        dimension=IDENTITY.dimension,
        picture_input=PICTURE_INPUT,
        good_for="Starting at once, without a download: animals, food, vehicles, furniture, places.",
        figure="26.7 % of 5,000 captions find their photograph among the first 10 of 1,000",
        figure_source="measured by this project, tests/slow/test_starter_recall.py",
    ),
    PictureModelSpec(
        name="siglip2-base",
        title="SigLIP 2 Base",
        architecture="ViT-B-16-SigLIP2-256",
        repository="timm/ViT-B-16-SigLIP2-256",
        revision="main",
        files=_SIGLIP2_FILES,
        licence="Apache-2.0",
        languages="109 languages",
        download_bytes=1_500_936_200 + _SIGLIP2_TOKENIZER_BYTES,
        dimension=768,
        picture_input=_SIGLIP2_INPUT,
        good_for="Most libraries: the best answers for its speed, in most languages.",
        figure="COCO text to image R@1 53.2 %",
        figure_source="Tschannen et al. 2025, SigLIP 2, arXiv 2502.14786",
    ),
    PictureModelSpec(
        name="siglip2-fast",
        title="SigLIP 2 Base, coarse patches",
        architecture="ViT-B-32-SigLIP2-256",
        repository="timm/ViT-B-32-SigLIP2-256",
        revision="main",
        files=_SIGLIP2_FILES,
        licence="Apache-2.0",
        languages="109 languages",
        download_bytes=1_507_424_264 + _SIGLIP2_TOKENIZER_BYTES,
        dimension=768,
        picture_input=_SIGLIP2_INPUT,
        good_for="Large libraries on a computer without a graphics card, in most languages.",
    ),
    PictureModelSpec(
        name="siglip2-large",
        title="SigLIP 2 Large",
        architecture="ViT-L-16-SigLIP2-256",
        repository="timm/ViT-L-16-SigLIP2-256",
        revision="main",
        files=_SIGLIP2_FILES,
        licence="Apache-2.0",
        languages="109 languages",
        download_bytes=3_526_107_144 + _SIGLIP2_TOKENIZER_BYTES,
        dimension=1024,
        picture_input=_SIGLIP2_INPUT,
        good_for="Computers with a graphics card: the most exact answers, in most languages.",
    ),
    PictureModelSpec(
        name="clip-small",
        title="CLIP ViT-B/32, DataComp",
        architecture="ViT-B-32-256",
        repository="laion/CLIP-ViT-B-32-256x256-DataComp-s34B-b86K",
        revision="main",
        files=(
            "merges.txt",
            "open_clip_config.json",
            "open_clip_model.safetensors",
            "special_tokens_map.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "vocab.json",
        ),
        licence="MIT",
        languages="English",
        download_bytes=605_155_332 + 3_608_000,
        dimension=512,
        picture_input=PictureInput(size=256, resize="shortest", interpolation="bicubic"),
        good_for="The smallest download, and quick on any computer.",
        figure="COCO text to image R@1 39.9 %",
        figure_source="OpenCLIP, docs/openclip_retrieval_results.csv",
    ),
)


def find_spec(name: str) -> PictureModelSpec:
    """The catalogue's entry. Raises ModelError that names the nearest names there are."""
    for spec in CATALOGUE:
        if spec.name == name:
            return spec
    raise unknown_model(name, [spec.name for spec in CATALOGUE])


def unknown_model(name: str, known: list[str]) -> ModelError:
    """The error for a name that nothing carries, with the nearest of the `known` ones (or all, when few)."""
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.5) or known[:8]
    return ModelError(f'There is no model named "{name}".', f"There is: {', '.join(near)}.")
