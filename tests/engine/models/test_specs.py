from __future__ import annotations

import json
from importlib.util import find_spec as find_package
from pathlib import Path

import pytest

from engine.errors import ModelError
from engine.models.clip.adapter import architecture_config
from engine.models.clip.clip_folder import CONFIG_FILE, picture_input
from engine.models.late_interaction.page_model_folder import NATIVE_REPOSITORIES
from engine.models.specs import (
    PAGE_MODELS,
    PAGE_STARTER,
    PAGE_STARTER_IDENTITY,
    PICTURE_MODELS,
    STARTER,
    PageModelSpec,
    PictureModelSpec,
    get_spec,
    lookup_spec,
)

DOWNLOADS = [spec for spec in PICTURE_MODELS if spec.name != STARTER]
PAGE_DOWNLOADS = [spec for spec in PAGE_MODELS if spec.name != PAGE_STARTER]


def test_names_are_unique_and_the_starters_are_among_them() -> None:
    everything = (*PICTURE_MODELS, *PAGE_MODELS)
    assert len({spec.name for spec in everything}) == len(everything)
    assert get_spec(STARTER).download_bytes == get_spec(PAGE_STARTER).download_bytes == 0
    assert (get_spec(STARTER).kind, get_spec(PAGE_STARTER).kind) == ("pictures", "pages")
    assert lookup_spec("nothing") is None


def test_an_unknown_name_is_answered_with_the_nearest_ones() -> None:
    with pytest.raises(ModelError, match=r'no model named "siglip-base".*siglip2-base'):
        get_spec("siglip-base")


def test_a_name_near_nothing_is_answered_with_what_there_is() -> None:
    with pytest.raises(ModelError, match="starter"):
        get_spec("zzzzzz")


def test_a_figure_names_its_source() -> None:
    assert all(bool(spec.figure) == bool(spec.figure_source) for spec in (*PICTURE_MODELS, *PAGE_MODELS))


def test_every_picture_model_can_be_compared_by_a_figure() -> None:
    assert all(spec.figure for spec in PICTURE_MODELS)
    assert all(spec.figure.startswith("COCO text to image R@1 ") for spec in DOWNLOADS)


def test_no_model_is_said_to_know_all_languages_equally() -> None:
    multilingual = [spec for spec in PICTURE_MODELS if spec.languages != "English"]
    assert multilingual
    for spec in multilingual:
        assert spec.languages == "109 languages, best in Western ones"
        assert "weak in Hindi, Bengali and Greek" in spec.good_for


def test_which_model_suits_a_computer_without_a_graphics_card_depends_on_the_photographs() -> None:
    base, fast = get_spec("siglip2-base"), get_spec("siglip2-fast")
    assert base.good_for.startswith("With a graphics card, or up to some 20,000 photographs:")
    assert fast.good_for.startswith("Without a graphics card and above some 20,000 photographs:")


@pytest.mark.parametrize("spec", DOWNLOADS, ids=lambda spec: spec.name)
def test_the_size_of_a_download_is_that_of_the_weights_and_of_a_tokenizer_of_its_own(
    spec: PictureModelSpec,
) -> None:
    import torch
    from open_clip.model import CLIP, CustomTextCLIP  # type: ignore[import-untyped]  # it ships no types

    model = dict(architecture_config(spec.architecture)["model_cfg"])
    own_tokenizer = "hf_tokenizer_name" in model["text_cfg"]
    build = CustomTextCLIP if model.pop("custom_text", False) else CLIP
    with torch.device("meta"):  # shapes without numbers
        tensors = build(**model).state_dict().values()
    weights = sum(tensor.numel() * tensor.element_size() for tensor in tensors)
    assert own_tokenizer == ("tokenizer.json" in spec.files)
    assert (spec.download_bytes > weights) if own_tokenizer else (spec.download_bytes == weights)
    assert spec.download_bytes < weights + 50_000_000


@pytest.mark.parametrize("spec", DOWNLOADS, ids=lambda spec: spec.name)
def test_the_catalogue_says_what_open_clip_says_of_the_architecture(spec: PictureModelSpec) -> None:
    package = find_package("open_clip")
    assert package is not None
    assert package.origin is not None
    path = Path(package.origin).parent / "model_configs" / f"{spec.architecture}.json"
    model = json.loads(path.read_text(encoding="utf-8"))
    assert spec.dimension == model["embed_dim"]
    assert spec.picture_input == picture_input(architecture_config(spec.architecture))
    assert CONFIG_FILE in spec.files
    assert "open_clip_model.safetensors" in spec.files


@pytest.mark.parametrize("spec", DOWNLOADS, ids=lambda spec: spec.name)
def test_the_repository_is_the_one_open_clip_names(spec: PictureModelSpec) -> None:
    import open_clip  # type: ignore[import-untyped]  # it ships no types

    published = [
        open_clip.get_pretrained_cfg(spec.architecture, tag)["hf_hub"].strip("/")
        for tag in open_clip.list_pretrained_tags_by_model(spec.architecture)
    ]
    assert spec.repository in published


@pytest.mark.parametrize("spec", PAGE_DOWNLOADS, ids=lambda spec: spec.name)
def test_a_page_model_is_the_one_transformers_has_a_class_for(spec: PageModelSpec) -> None:
    package = find_package("transformers")
    assert package is not None
    assert package.origin is not None
    described = Path(package.origin).parent / "models" / spec.name / f"configuration_{spec.name}.py"
    assert f'model_type = "{spec.name}"' in described.read_text(encoding="utf-8")
    assert spec.repository in NATIVE_REPOSITORIES.values()
    assert {"config.json", "tokenizer.json", "preprocessor_config.json"} <= set(spec.files)
    assert not [file for file in spec.files if file.endswith((".bin", ".pt", ".pth", ".py", ".pkl"))]
    assert spec.dimension == 128


def test_the_starter_for_pages_knows_its_identity_without_a_file() -> None:
    assert (PAGE_STARTER_IDENTITY.name, get_spec("words").dimension) == (
        "words",
        PAGE_STARTER_IDENTITY.dimension,
    )
