"""The catalogue: the models available by name, and what to know before choosing one."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import ClassVar

from engine.errors import ModelError
from engine.models.late_interaction.page_model_folder import NATIVE_REPOSITORIES
from engine.models.manifest import ModelKind
from engine.models.starter.adapter import STARTER_IDENTITY
from engine.models.starter.backbone import PICTURE_INPUT
from engine.models.text.word_vectors import WORD_DIMENSION
from engine.records import ModelIdentity, PictureInput

STARTER = STARTER_IDENTITY.name

# Finds pages by the vectors of their words, computed from the stored text: nothing to install or to store.
PAGE_STARTER_IDENTITY = ModelIdentity("words", "1", WORD_DIMENSION)
PAGE_STARTER = PAGE_STARTER_IDENTITY.name

_SIGLIP2_FILES = (
    "open_clip_config.json",
    "open_clip_model.safetensors",
    "special_tokens_map.json",
    "tokenizer.json",
    "tokenizer_config.json",
)
_SIGLIP2_TOKENIZER_BYTES = 34_400_000
_SIGLIP2_INPUT = PictureInput(size=256, resize="squash", interpolation="bicubic")
_SIGLIP2_LANGUAGES = "109 languages, best in Western ones"  # the languages of its training data
# Recall on Crossmodal-3600 by language, from Immich's documentation (Searching, CLIP models).
_SIGLIP2_CAVEAT = "Good in Western languages, weak in Hindi, Bengali and Greek."
_SIGLIP2_README = "its makers' table, github.com/google-research/big_vision, README_siglip2.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpec:
    """A model as its publisher offers it."""

    name: str
    title: str
    repository: str  # on the hub; empty if nothing is downloaded
    revision: str  # a branch is resolved to its commit when the model is downloaded
    files: tuple[str, ...]
    licence: str
    languages: str
    download_bytes: int
    dimension: int
    good_for: str
    figure: str = ""  # a published measure of quality; empty if none was found
    figure_source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureModelSpec(ModelSpec):
    """A picture model. `download_bytes`: its architecture's float32 weights, and the tokenizer."""

    kind: ClassVar[ModelKind] = "pictures"
    architecture: str  # open_clip's name; empty for the starter
    picture_input: PictureInput


@dataclass(frozen=True, slots=True, kw_only=True)
class PageModelSpec(ModelSpec):
    """A page model. `download_bytes`: as its repository lists the files, or float32 weights and tokenizer."""

    kind: ClassVar[ModelKind] = "pages"


PICTURE_MODELS: tuple[PictureModelSpec, ...] = (
    PictureModelSpec(
        name=STARTER,
        title="Starter",
        architecture="",
        repository="",
        revision=STARTER_IDENTITY.revision,
        files=(),
        licence="MIT, Apache-2.0",
        languages="English",
        download_bytes=0,
        dimension=STARTER_IDENTITY.dimension,
        picture_input=PICTURE_INPUT,
        good_for="Starting at once, without a download: people and what they do, animals, things, places. "
        "It learnt from photographs that are offered for research and education: look at their terms "
        "before commercial use.",
        figure="71.7 % of 5,000 captions find their photograph among the first 10 of 1,000",
        figure_source="measured by this project, assets/starter.md",
    ),
    PictureModelSpec(
        name="siglip2-base",
        title="SigLIP 2 Base",
        architecture="ViT-B-16-SigLIP2-256",
        repository="timm/ViT-B-16-SigLIP2-256",
        revision="main",
        files=_SIGLIP2_FILES,
        licence="Apache-2.0",
        languages=_SIGLIP2_LANGUAGES,
        download_bytes=1_500_936_200 + _SIGLIP2_TOKENIZER_BYTES,
        dimension=768,
        picture_input=_SIGLIP2_INPUT,
        good_for="With a graphics card, or up to some 20,000 photographs: the best answers for its speed. "
        + _SIGLIP2_CAVEAT,
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
        languages=_SIGLIP2_LANGUAGES,
        download_bytes=1_507_424_264 + _SIGLIP2_TOKENIZER_BYTES,
        dimension=768,
        picture_input=_SIGLIP2_INPUT,
        good_for="Without a graphics card and above some 20,000 photographs: about three times as fast as "
        "SigLIP 2 Base, and less exact. " + _SIGLIP2_CAVEAT,
        figure="COCO text to image R@1 47.2 %",
        figure_source=_SIGLIP2_README,
    ),
    PictureModelSpec(
        name="siglip2-large",
        title="SigLIP 2 Large",
        architecture="ViT-L-16-SigLIP2-256",
        repository="timm/ViT-L-16-SigLIP2-256",
        revision="main",
        files=_SIGLIP2_FILES,
        licence="Apache-2.0",
        languages=_SIGLIP2_LANGUAGES,
        download_bytes=3_526_107_144 + _SIGLIP2_TOKENIZER_BYTES,
        dimension=1024,
        picture_input=_SIGLIP2_INPUT,
        good_for="Computers with a graphics card: the most exact answers. " + _SIGLIP2_CAVEAT,
        figure="COCO text to image R@1 54.7 %",
        figure_source=_SIGLIP2_README,
    ),
    PictureModelSpec(
        name="pe-core-small",
        title="PE-Core Small",
        architecture="PE-Core-S-16-384",
        repository="timm/PE-Core-S-16-384",
        revision="main",
        # Its config names no tokenizer, so open_clip's own applies and the repository's is not needed.
        files=("open_clip_config.json", "open_clip_model.safetensors"),
        licence="Apache-2.0",
        languages="English",
        download_bytes=348_752_900,
        dimension=512,
        picture_input=PictureInput(size=384, resize="squash", interpolation="bilinear"),
        good_for="The smallest download, for questions in English. About as fast as SigLIP 2 Base.",
        figure="COCO text to image R@1 42.6 %",
        figure_source="its makers' table, github.com/facebookresearch/perception_models, apps/pe/README.md; "
        "Bolya et al. 2025, Perception Encoder, arXiv 2504.13181",
    ),
)


PAGE_MODELS: tuple[PageModelSpec, ...] = (
    PageModelSpec(
        name=PAGE_STARTER,
        title="Words",
        repository="",
        revision=PAGE_STARTER_IDENTITY.revision,
        files=(),
        licence="MIT",
        languages="English",
        download_bytes=0,
        dimension=PAGE_STARTER_IDENTITY.dimension,
        good_for="Starting at once, without a download: pages with the words of the question, or like ones.",
    ),
    PageModelSpec(
        name="colmodernvbert",
        title="ColModernVBERT",
        repository=NATIVE_REPOSITORIES["colmodernvbert"],
        revision="main",
        files=(
            "config.json",
            "model.safetensors",
            "preprocessor_config.json",
            "processor_config.json",
            "tokenizer.json",
            "tokenizer_config.json",
        ),
        licence="MIT",
        languages="English",
        download_bytes=4 * 252_100_736 + 3_600_000,
        dimension=128,
        good_for="Questions in English: sees tables, figures and layout. Far weaker in other languages. "
        "Without a graphics card it needs most of a minute a page.",
        figure="ViDoRe v3 nDCG@10 44.3 % in English, 26.1 % over six languages; ViDoRe v1 nDCG@5 80.2 %",
        figure_source="MTEB's results, github.com/embeddings-benchmark/results; for v1 its makers' run for "
        "MTEB, github.com/embeddings-benchmark/mteb/pull/4337, 1.0 below their paper: Teiletche et al. 2025, "
        "arXiv 2510.01149",
    ),
    PageModelSpec(
        name="colpali",
        title="ColPali v1.3",
        repository=NATIVE_REPOSITORIES["colpali"],
        revision="main",
        files=(
            "config.json",
            "model-00001-of-00002.safetensors",
            "model-00002-of-00002.safetensors",
            "model.safetensors.index.json",
            "preprocessor_config.json",
            "special_tokens_map.json",
            "tokenizer.json",
            "tokenizer_config.json",
        ),
        licence="Gemma terms of use",
        languages="English",
        download_bytes=5_852_000_000 + 34_900_000,
        dimension=128,
        good_for="Computers with a graphics card of 8 GB or more.",
        figure="ViDoRe v1 nDCG@5 84.8 %",
        figure_source="its makers' list of models, github.com/illuin-tech/colpali; Faysse et al. 2024, "
        "ColPali, arXiv 2407.01449",
    ),
    PageModelSpec(
        name="colqwen2",
        title="ColQwen2 v1.0",
        repository=NATIVE_REPOSITORIES["colqwen2"],
        revision="main",
        files=(
            "config.json",
            "model.safetensors",
            "preprocessor_config.json",
            "special_tokens_map.json",
            "tokenizer.json",
            "tokenizer_config.json",
        ),
        licence="Apache-2.0",
        languages="English, others in part",
        download_bytes=4_420_000_000 + 11_400_000,
        dimension=128,
        good_for="Computers with a graphics card of 8 GB or more: pages of any shape, and questions in other "
        "languages than English too.",
        figure="ViDoRe v3 nDCG@10 44.2 %; ViDoRe v1 nDCG@5 89.3 %",
        figure_source="MTEB's results, github.com/embeddings-benchmark/results; for v1 its makers' list of "
        "models, github.com/illuin-tech/colpali",
    ),
)


def lookup_spec(name: str) -> PictureModelSpec | PageModelSpec | None:
    """The catalogue's entry of either kind; None if there is none."""
    specs: tuple[PictureModelSpec | PageModelSpec, ...] = (*PICTURE_MODELS, *PAGE_MODELS)
    return next((spec for spec in specs if spec.name == name), None)


def get_spec(name: str) -> PictureModelSpec | PageModelSpec:
    """The catalogue's entry of either kind. Raises ModelError with the most similar names."""
    spec = lookup_spec(name)
    if spec is None:
        raise unknown_model_error(name, [spec.name for spec in (*PICTURE_MODELS, *PAGE_MODELS)])
    return spec


def unknown_model_error(name: str, known: list[str]) -> ModelError:
    """The error for an unknown name, with the most similar `known` names (or the first twelve)."""
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.5) or known[:12]
    return ModelError(f'There is no model named "{name}".', f"There is: {', '.join(near)}.")
