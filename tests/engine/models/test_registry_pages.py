from __future__ import annotations

import dataclasses
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engine.errors import ModelError
from engine.models import registry as registry_module
from engine.models.lazy import LazyPageEmbedder
from engine.models.manifest import read_manifest
from engine.models.protocols import PageEmbedder
from engine.models.registry import ModelRegistry
from engine.models.specs import PAGE_MODELS, PAGE_STARTER_IDENTITY, PICTURE_MODELS, get_spec
from engine.progress import CancelToken, Progress
from tests.engine.models.loopback_hub import REPOSITORY, Behaviour, hub
from tests.engine.models.small_models import SMALL_CLIP, make_folder
from tests.engine.models.small_page_models import DIMENSION, make_late_folder

PAGE = np.full((60, 40, 3), 200, np.uint8)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make_late_folder(tmp_path_factory.mktemp("source") / "model", "colmodernvbert")
    (folder / "run_me.py").write_text("print('never')")
    (folder / "pytorch_model.bin").write_bytes(b"not wanted")
    return folder


@pytest.fixture(scope="module")
def stocked(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of models with "mine" in it."""
    models = tmp_path_factory.mktemp("stocked") / "models"
    ModelRegistry(models).add_from_disk("mine", source)
    return models


@pytest.fixture
def registry(stocked: Path, tmp_path: Path) -> ModelRegistry:
    return ModelRegistry(shutil.copytree(stocked, tmp_path / "models"))


def test_a_page_model_is_added_described_and_loaded(
    registry: ModelRegistry, source: Path, tmp_path: Path
) -> None:
    assert registry.page_model_names() == (*(spec.name for spec in PAGE_MODELS), "mine")
    assert registry.picture_model_names() == tuple(spec.name for spec in PICTURE_MODELS)
    assert registry.model_names() == registry.picture_model_names() + registry.page_model_names()
    assert registry.kind_of("mine") == "pages"
    model = registry.load_page_model("mine")
    assert model.identity == registry.identity_of("mine")
    assert registry.can_load(model.identity)
    assert model.identity.revision.endswith("+pool3")
    assert model.page_input == registry.page_input_of("mine")
    (page,) = model.embed_pages([PAGE])
    assert page.vectors.shape[1] == registry.identity_of("mine").dimension == DIMENSION
    status = registry.model_status("mine", active=True, pending=False)
    assert (status.kind, status.source, status.installed) == ("pages", str(source), True)
    kept = {path.name for path in (tmp_path / "models" / "mine").iterdir()}
    assert kept == {
        "config.json", "manifest.json", "model.safetensors", "processor_config.json", "tokenizer.json",
        "tokenizer_config.json",
    }  # fmt: skip


def test_a_lazy_model_is_loaded_once_and_only_when_it_is_needed(registry: ModelRegistry) -> None:
    loads: list[str] = []

    def load() -> PageEmbedder:
        loads.append("mine")
        return registry.load_page_model("mine")

    lazy = LazyPageEmbedder(registry.identity_of("mine"), registry.page_input_of("mine"), load)
    assert (lazy.identity, lazy.page_input) == (registry.identity_of("mine"), registry.page_input_of("mine"))
    assert loads == []
    assert lazy.batch_size >= 1
    assert len(lazy.embed_pages([PAGE])) == len(loads) == 1
    assert len(lazy.embed_query("a page").words) > 2
    assert loads == ["mine"]


def test_the_starter_for_pages_is_always_there_and_needs_nothing(tmp_path: Path) -> None:
    registry = ModelRegistry(tmp_path / "models")
    assert registry.is_installed("words")
    assert registry.kind_of("words") == "pages"
    assert registry.identity_of("words") == PAGE_STARTER_IDENTITY
    status = registry.model_status("words", active=True, pending=False)
    assert (status.installed, status.kind, status.download_bytes) == (True, "pages", 0)
    registry.download("words", Progress(), CancelToken())
    for ask in (registry.load_page_model, registry.page_input_of):
        with pytest.raises(ModelError, match="part of the program"):
            ask("words")
    for ask_pictures in (registry.load_picture_model, registry.picture_input_of):
        with pytest.raises(ModelError, match="part of the program"):
            ask_pictures(PAGE_STARTER_IDENTITY)
    with pytest.raises(ModelError, match="cannot be replaced"):
        registry.add_from_disk("words", tmp_path)
    assert not (tmp_path / "models").exists()


def test_each_kind_is_loaded_as_what_it_is(registry: ModelRegistry, tmp_path: Path) -> None:
    registry.add_from_disk("seen", make_folder(tmp_path / "clip", SMALL_CLIP))
    assert (registry.kind_of("seen"), registry.kind_of("mine")) == ("pictures", "pages")
    assert registry.picture_model_names()[-1] == "seen"
    assert registry.page_model_names()[-1] == "mine"
    for ask in (registry.load_picture_model, registry.picture_input_of):
        with pytest.raises(ModelError, match="mine is a model for pages, not for pictures"):
            ask(registry.identity_of("mine"))
    for ask_pages in (registry.load_page_model, registry.page_input_of):
        with pytest.raises(ModelError, match="seen is a model for pictures, not for pages"):
            ask_pages("seen")
        with pytest.raises(ModelError, match="models get colpali"):
            ask_pages("colpali")
    with pytest.raises(ModelError, match="no model named"):
        registry.kind_of("nothing")


def test_a_name_of_the_catalogue_keeps_its_kind(
    registry: ModelRegistry, source: Path, tmp_path: Path
) -> None:
    clip = make_folder(tmp_path / "clip", SMALL_CLIP)
    with pytest.raises(
        ModelError, match=r"pe-core-small is the name of a model for pictures, and .* holds a page model"
    ):
        registry.add_from_disk("pe-core-small", source)
    with pytest.raises(
        ModelError, match=r"colpali is the name of a model for pages, and .* holds no page model"
    ):
        registry.add_from_disk("colpali", clip)
    assert not registry.is_installed("pe-core-small")
    assert not registry.is_installed("colpali")


def test_what_was_written_before_there_were_page_models_is_for_pictures(
    registry: ModelRegistry, tmp_path: Path
) -> None:
    registry.add_from_disk("old", make_folder(tmp_path / "clip", SMALL_CLIP))
    path = tmp_path / "models" / "old" / "manifest.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    for kind, expected in ((None, "pictures"), ("sounds", None)):
        content.pop("kind", None)
        path.write_text(json.dumps(content | ({"kind": kind} if kind else {})), encoding="utf-8")
        manifest = read_manifest(path.parent)
        assert (manifest.kind if manifest else None) == expected


def test_an_adapter_alone_is_refused_with_what_to_get_instead(
    registry: ModelRegistry, tmp_path: Path
) -> None:
    (tmp_path / "adapter").mkdir()
    (tmp_path / "adapter" / "adapter_config.json").write_text("{}")
    with pytest.raises(ModelError, match=r"an adapter.*vidore/colqwen2-v1.0-hf"):
        registry.add_from_disk("other", tmp_path / "adapter")


def test_weights_that_are_not_numbers_are_refused(
    registry: ModelRegistry, source: Path, tmp_path: Path
) -> None:
    from safetensors.torch import load_file, save_file

    broken = shutil.copytree(source, tmp_path / "broken")
    weights = load_file(broken / "model.safetensors")
    weights["embedding_proj_layer.weight"] *= float("nan")
    save_file(weights, broken / "model.safetensors", metadata={"format": "pt"})
    before = registry.identity_of("mine")
    with pytest.raises(ModelError, match="not numbers"):
        registry.add_from_disk("mine", broken)
    assert registry.identity_of("mine") == before


def test_a_downloaded_page_model_is_used_like_any_other(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {path.name: path.read_bytes() for path in source.iterdir()}
    wanted = (
        "config.json",
        "model.safetensors",
        "processor_config.json",
        "tokenizer.json",
        "tokenizer_config.json",
    )
    spec = dataclasses.replace(get_spec("colmodernvbert"), repository=REPOSITORY, files=wanted)
    monkeypatch.setattr(
        registry_module, "get_spec", lambda name: spec if name == spec.name else get_spec(name)
    )
    behaviour = Behaviour(files=files, large=frozenset({"model.safetensors"}))
    with hub(behaviour) as endpoint:
        registry = ModelRegistry(tmp_path / "models", endpoint)
        registry.download("colmodernvbert", Progress(), CancelToken())
    identity = registry.identity_of("colmodernvbert")
    assert identity.revision == f"{behaviour.commit}+pool3"
    status = registry.model_status("colmodernvbert", active=False, pending=False)
    assert (status.installed, status.title, status.source) == (True, "ColModernVBERT", REPOSITORY)
    model = registry.load_page_model("colmodernvbert")
    assert model.identity == identity
    assert np.isfinite(model.embed_query("a page").vectors).all()


def test_describing_page_models_imports_nothing_heavy(stocked: Path) -> None:
    code = """
import sys
from pathlib import Path
from engine.models.registry import ModelRegistry

registry = ModelRegistry(Path(sys.argv[1]))
for name in registry.model_names():
    registry.model_status(name, active=False, pending=False), registry.kind_of(name)
registry.identity_of("mine"), registry.page_input_of("mine")
print(sorted({"torch", "transformers", "safetensors", "scipy", "tokenizers", "PIL"} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(stocked)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
