from __future__ import annotations

import copy
import dataclasses
import errno
import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from engine.errors import Cancelled, HubError, ModelError
from engine.models import registry as registry_module
from engine.models.hub.staging import ADDING, staging_folder
from engine.models.manifest import read_manifest, write_manifest
from engine.models.registry import ModelRegistry
from engine.models.specs import PAGE_MODELS, PICTURE_MODELS, get_spec
from engine.progress import CancelToken, Progress
from engine.records import ModelIdentity, PictureInput
from tests.conftest import PROJECT
from tests.engine.models.loopback_hub import REPOSITORY, Behaviour, hub
from tests.engine.models.small_models import SMALL_CLIP, SMALL_SIGLIP, make_folder, save_weights


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    return ModelRegistry(tmp_path / "models")


def test_the_starter_is_always_there(registry: ModelRegistry) -> None:
    assert registry.is_installed("starter")
    assert registry.identity_of("starter").name == "starter"
    identity = registry.identity_of("starter")
    assert registry.can_load(identity)
    assert registry.picture_input_of(identity).size == 260
    assert registry.load_picture_model(identity).embed_texts(["a dog"]).shape == (1, identity.dimension)
    status = registry.model_status("starter", active=True, pending=False)
    assert (status.installed, status.active, status.pending) == (True, True, False)


@pytest.mark.parametrize(
    "identity",
    [
        ModelIdentity("starter", "conse-1", 128),
        ModelIdentity("starter", "of a newer program", 256),
        ModelIdentity("words", "0", 256),
        ModelIdentity("siglip2-base", "main", 768),
        ModelIdentity("nothing", "1", 4),
    ],
)
def test_a_revision_that_is_nowhere_cannot_be_had(registry: ModelRegistry, identity: ModelIdentity) -> None:
    assert not registry.can_load(identity)
    for ask in (registry.load_picture_model, registry.picture_input_of):
        with pytest.raises(ModelError):
            ask(identity)


def test_what_is_in_the_catalogue_is_listed_and_described_before_it_is_installed(
    registry: ModelRegistry,
) -> None:
    assert registry.model_names() == tuple(spec.name for spec in (*PICTURE_MODELS, *PAGE_MODELS))
    status = registry.model_status("siglip2-base", active=False, pending=True)
    assert (status.installed, status.licence, status.dimension) == (False, "Apache-2.0", 768)
    assert not registry.is_installed("siglip2-base")


def test_a_model_that_is_not_installed_comes_with_the_way_to_get_it(registry: ModelRegistry) -> None:
    with pytest.raises(ModelError, match="models get siglip2-base"):
        registry.identity_of("siglip2-base")
    for ask in (registry.load_picture_model, registry.picture_input_of):
        with pytest.raises(ModelError, match="models get siglip2-base"):
            ask(ModelIdentity("siglip2-base", "main", 768))


@pytest.mark.parametrize("name", ["nothing", "../secrets", "", ".downloading-siglip2-base", "a/b"])
def test_a_name_nobody_has_is_refused(registry: ModelRegistry, name: str) -> None:
    assert not registry.is_installed(name)
    with pytest.raises(ModelError, match="no model named"):
        registry.identity_of(name)
    with pytest.raises(ModelError, match="no model named"):
        registry.load_picture_model(ModelIdentity(name, "1", 4))


@pytest.mark.parametrize("config", [SMALL_CLIP, SMALL_SIGLIP], ids=["clip", "siglip"])
def test_a_folder_is_added_described_and_loaded(
    registry: ModelRegistry, tmp_path: Path, config: dict[str, object]
) -> None:
    source = make_folder(tmp_path / "source", config)
    (source / "run_me.py").write_text("print('never')")
    registry.add_from_disk("mine", source)
    for file in source.iterdir():
        file.unlink()
    assert "mine" in registry.model_names()
    identity = registry.identity_of("mine")
    model = registry.load_picture_model(identity)
    assert (model.identity, model.picture_input) == (identity, registry.picture_input_of(identity))
    assert model.embed_texts(["a dog"]).shape == (1, identity.dimension)
    assert registry.model_status("mine", active=False, pending=False).source == str(source)
    assert not list((tmp_path / "models").rglob("*.py"))
    assert [path.name for path in (tmp_path / "models").iterdir()] == ["mine"]


def test_other_weights_of_the_same_name_are_another_revision(registry: ModelRegistry, tmp_path: Path) -> None:
    registry.add_from_disk("mine", make_folder(tmp_path / "one", SMALL_CLIP, seed=1))
    first = registry.identity_of("mine")
    registry.add_from_disk("mine", make_folder(tmp_path / "two", SMALL_CLIP, seed=2))
    second = registry.identity_of("mine")
    assert second.revision != first.revision
    assert (registry.can_load(first), registry.can_load(second)) == (False, True)
    for ask in (registry.load_picture_model, registry.picture_input_of):
        with pytest.raises(ModelError, match="mine was replaced by another revision"):
            ask(first)
    registry.add_from_disk("mine", tmp_path / "one")
    assert registry.identity_of("mine") == first
    assert (registry.can_load(first), registry.can_load(second)) == (True, False)


@pytest.mark.parametrize("file", ["open_clip_config.json", "tokenizer.json"])
def test_another_description_or_tokenizer_is_another_revision_too(
    registry: ModelRegistry, tmp_path: Path, file: str
) -> None:
    source = make_folder(tmp_path / "source", SMALL_SIGLIP)
    registry.add_from_disk("mine", source)
    first = registry.identity_of("mine")
    (source / file).write_text((source / file).read_text() + "\n")
    registry.add_from_disk("mine", source)
    assert registry.identity_of("mine").revision != first.revision


def test_a_damaged_tokenizer_is_refused(registry: ModelRegistry, tmp_path: Path) -> None:
    source = make_folder(tmp_path / "source", SMALL_SIGLIP)
    tokenizer = source / "tokenizer.json"
    content = tokenizer.read_text()
    for damaged in (content[:-10], "{}", json.dumps(json.loads(content) | {"unknown": True})):
        tokenizer.write_text(damaged)
        with pytest.raises(ModelError, match="tokenizer is damaged"):
            registry.add_from_disk("mine", source)
    assert not registry.is_installed("mine")


def test_a_model_that_cannot_be_replaced_stays(
    registry: ModelRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.add_from_disk("mine", make_folder(tmp_path / "one", SMALL_CLIP, seed=1))
    first = registry.identity_of("mine")
    rename = Path.rename

    def fail_for_the_new(path: Path, target: Path) -> Path:
        if path.name.startswith(".adding-"):
            raise PermissionError(errno.EACCES, "planted", str(path))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fail_for_the_new)
    with pytest.raises(ModelError, match="planted"):
        registry.add_from_disk("mine", make_folder(tmp_path / "two", SMALL_CLIP, seed=2))
    assert registry.identity_of("mine") == first
    assert [path.name for path in (tmp_path / "models").iterdir()] == ["mine"]


@pytest.mark.parametrize("suffix", [".safetensors", ".pt"])
def test_a_checkpoint_is_added_under_its_architectures_name(
    registry: ModelRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    import open_clip  # type: ignore[import-untyped]  # it ships no types

    description = tmp_path / "Tiny-Architecture.json"
    description.write_text(json.dumps(SMALL_CLIP["model_cfg"]))
    monkeypatch.setattr(open_clip.factory, "_MODEL_CONFIG_PATHS", [*open_clip.factory._MODEL_CONFIG_PATHS])
    open_clip.add_model_config(description)
    checkpoint = tmp_path / f"weights{suffix}"
    save_weights(checkpoint, SMALL_CLIP)
    registry.add_from_disk("Tiny-Architecture", checkpoint)
    identity = registry.identity_of("Tiny-Architecture")
    assert registry.picture_input_of(identity) == PictureInput(64, "shortest", "bicubic")
    assert registry.load_picture_model(identity).embed_texts(["a dog"]).shape == (1, 32)


def test_a_checkpoint_needs_the_name_of_an_architecture(registry: ModelRegistry, tmp_path: Path) -> None:
    save_weights(tmp_path / "weights.safetensors", SMALL_CLIP)
    with pytest.raises(ModelError, match='no model named "mine"'):
        registry.add_from_disk("mine", tmp_path / "weights.safetensors")


def test_weights_of_another_architecture_are_refused(registry: ModelRegistry, tmp_path: Path) -> None:
    save_weights(tmp_path / "weights.safetensors", SMALL_CLIP)
    with pytest.raises(ModelError, match="can be loaded"):
        registry.add_from_disk("RN50", tmp_path / "weights.safetensors")
    assert not registry.is_installed("RN50")
    assert list((tmp_path / "models").iterdir()) == []


def test_what_cannot_be_added_is_said(registry: ModelRegistry, tmp_path: Path) -> None:
    source = make_folder(tmp_path / "source", SMALL_CLIP)
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").write_text("no model")
    for name, path, sentence in (
        ("starter", source, "cannot be replaced"),
        ("../up", source, "cannot be the name"),
        ("mine", tmp_path / "nowhere", "does not exist"),
        ("mine", tmp_path / "empty", "neither a folder with"),
        ("mine", tmp_path / "notes.txt", "neither a folder with"),
    ):
        with pytest.raises(ModelError, match=sentence):
            registry.add_from_disk(name, path)


def test_a_description_that_does_not_fit_is_refused(registry: ModelRegistry, tmp_path: Path) -> None:
    config = copy.deepcopy(SMALL_SIGLIP)
    config["model_cfg"]["embed_dim"] = 192
    config["model_cfg"]["vision_cfg"] |= {"timm_model_name": "vit_tiny_patch16_224", "image_size": 64}
    with pytest.raises(ModelError, match="does not fit its own description"):
        registry.add_from_disk("mine", make_folder(tmp_path / "source", config))
    assert not registry.is_installed("mine")


def test_weights_that_are_not_numbers_are_refused(registry: ModelRegistry, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    source = make_folder(tmp_path / "source", SMALL_CLIP)
    weights = load_file(source / "open_clip_model.safetensors")
    weights["visual.proj"] *= float("nan")
    save_file(weights, source / "open_clip_model.safetensors")
    with pytest.raises(ModelError, match="not numbers"):
        registry.add_from_disk("mine", source)
    assert not registry.is_installed("mine")


def install_as_before(registry: ModelRegistry, tmp_path: Path, name: str, good_for: str) -> None:
    """A model that was installed when the catalogue told something else of it, or still had it."""
    registry.add_from_disk("mine", make_folder(tmp_path / "source", SMALL_CLIP))
    folder = (tmp_path / "models" / "mine").rename(tmp_path / "models" / name)
    manifest = read_manifest(folder)
    assert manifest is not None
    identity = dataclasses.replace(manifest.identity, name=name)
    write_manifest(folder, dataclasses.replace(manifest, identity=identity, good_for=good_for))


def test_an_installed_model_is_described_as_the_catalogue_does_today(
    registry: ModelRegistry, tmp_path: Path
) -> None:
    install_as_before(registry, tmp_path, "siglip2-base", "All languages.")
    spec, status = get_spec("siglip2-base"), registry.model_status("siglip2-base", active=True, pending=False)
    assert (status.installed, status.dimension) == (True, 32)
    assert (status.languages, status.good_for) == (spec.languages, spec.good_for)


def test_a_model_that_left_the_catalogue_goes_on_answering_under_its_name(
    registry: ModelRegistry, tmp_path: Path
) -> None:
    install_as_before(registry, tmp_path, "clip-small", "The smallest download.")
    assert "clip-small" in registry.picture_model_names()
    assert (
        registry.model_status("clip-small", active=True, pending=False).good_for == "The smallest download."
    )
    assert registry.load_picture_model(registry.identity_of("clip-small")).embed_texts(["a dog"]).shape == (
        1,
        32,
    )


@pytest.mark.parametrize("damage", ["cut", "gone", "manifest", "newer"])
def test_a_model_whose_files_changed_is_not_installed_any_more(
    registry: ModelRegistry, tmp_path: Path, damage: str
) -> None:
    registry.add_from_disk("mine", make_folder(tmp_path / "source", SMALL_CLIP))
    weights = tmp_path / "models" / "mine" / "open_clip_model.safetensors"
    manifest = tmp_path / "models" / "mine" / "manifest.json"
    if damage == "cut":
        weights.write_bytes(weights.read_bytes()[:-1])
    elif damage == "gone":
        weights.unlink()
    elif damage == "manifest":
        manifest.write_text("{")
    else:
        manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"format": 2}))
    assert not registry.is_installed("mine")
    assert "mine" not in registry.model_names()


def test_describing_models_imports_nothing_heavy(tmp_path: Path) -> None:
    ModelRegistry(tmp_path / "models").add_from_disk("mine", make_folder(tmp_path / "source", SMALL_CLIP))
    code = """
import sys
from pathlib import Path
from engine.models.registry import ModelRegistry

registry = ModelRegistry(Path(sys.argv[1]))
for name in registry.model_names():
    registry.model_status(name, active=False, pending=False)
registry.can_load(registry.identity_of("mine")), registry.picture_input_of(registry.identity_of("mine"))
print(sorted({"torch", "open_clip", "transformers", "timm", "tokenizers", "PIL"} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "models")], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.fixture
def small_catalogue(monkeypatch: pytest.MonkeyPatch) -> str:
    """The catalogue's first model, small enough to be served by the loopback hub."""
    spec = dataclasses.replace(
        get_spec("pe-core-small"), repository=REPOSITORY,
        files=("open_clip_config.json", "open_clip_model.safetensors"),
    )  # fmt: skip
    monkeypatch.setattr(
        registry_module, "get_spec", lambda name: spec if name == spec.name else get_spec(name)
    )
    return spec.name


def serve(folder: Path) -> Behaviour:
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    return Behaviour(files=files, large=frozenset({"open_clip_model.safetensors"}))


def test_a_downloaded_model_is_used_like_any_other(small_catalogue: str, tmp_path: Path) -> None:
    behaviour = serve(make_folder(tmp_path / "source", SMALL_CLIP))
    with hub(behaviour) as endpoint:
        registry = ModelRegistry(tmp_path / "models", endpoint)
        registry.download(small_catalogue, Progress(), CancelToken())
        count = len(behaviour.requests)
        registry.download(small_catalogue, Progress(), CancelToken())
        assert len(behaviour.requests) == count  # what is there is not fetched again
    identity = registry.identity_of(small_catalogue)
    assert (identity.revision, identity.dimension) == (behaviour.commit, 32)
    assert registry.picture_input_of(identity).size == 64
    model = registry.load_picture_model(identity)
    assert np.isfinite(model.embed_texts(["a dog"])).all()
    assert [path.name for path in (tmp_path / "models").iterdir() if path.is_dir()] == [small_catalogue]


def test_a_download_clears_away_what_was_left_behind_long_ago(small_catalogue: str, tmp_path: Path) -> None:
    models = tmp_path / "models"
    for name in (".adding-old", ".replaced-old", ".adding-new"):
        (models / name).mkdir(parents=True)
        if name.endswith("old"):
            os.utime(models / name, (0, 0))
    with hub(serve(make_folder(tmp_path / "source", SMALL_CLIP))) as endpoint:
        ModelRegistry(models, endpoint).download(small_catalogue, Progress(), CancelToken())
    assert {path.name for path in models.iterdir() if path.is_dir()} == {small_catalogue, ".adding-new"}


KILLED = """
import os, sys
from pathlib import Path
from engine.models import registry

if sys.argv[3] == "copying":
    registry.verify_model = lambda *_: os.kill(os.getpid(), 9)
else:
    rename = Path.rename
    def killed(path, target):
        if path.name.startswith(".adding-"):
            os.kill(os.getpid(), 9)
        return rename(path, target)
    Path.rename = killed
registry.ModelRegistry(Path(sys.argv[1])).add_from_disk("mine", Path(sys.argv[2]))
"""


@pytest.mark.parametrize("stage", ["copying", "replacing"])
def test_what_a_killed_process_left_is_tidied_and_a_model_is_never_lost(tmp_path: Path, stage: str) -> None:
    models, source = tmp_path / "models", make_folder(tmp_path / "source", SMALL_CLIP, seed=1)
    registry = ModelRegistry(models)
    registry.add_from_disk("mine", source)
    identity = registry.identity_of("mine")
    other = make_folder(tmp_path / "other", SMALL_CLIP, seed=2)
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, str(models), str(other), stage],
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL
    assert len(list(models.iterdir())) > 1
    registry.remove_leftovers()
    assert [path.name for path in models.iterdir()] == ["mine"]
    assert registry.identity_of("mine") == identity
    assert registry.can_load(identity)


def test_what_a_running_process_is_at_stays(registry: ModelRegistry, tmp_path: Path) -> None:
    models = tmp_path / "models"
    with staging_folder(models, ADDING) as folder:
        folder.mkdir()
        registry.remove_leftovers()
        assert folder.is_dir()
    assert list(models.iterdir()) == []


def test_two_downloads_of_one_model_do_not_mix(small_catalogue: str, tmp_path: Path) -> None:
    behaviour = serve(make_folder(tmp_path / "source", SMALL_CLIP))
    behaviour.stall_in = "open_clip_model.safetensors"
    with hub(behaviour) as endpoint, ThreadPoolExecutor(1) as other:
        registry = ModelRegistry(tmp_path / "models", endpoint)
        first = other.submit(registry.download, small_catalogue, Progress(), CancelToken())
        assert behaviour.stalled.wait(60)
        count = len(behaviour.requests)
        with pytest.raises(ModelError, match=f"{small_catalogue} is being downloaded"):
            ModelRegistry(tmp_path / "models", endpoint).download(small_catalogue, Progress(), CancelToken())
        assert len(behaviour.requests) == count
        behaviour.resume.set()
        first.result()
    assert registry.is_installed(small_catalogue)


def test_a_folder_of_models_that_cannot_be_written_is_said(small_catalogue: str, tmp_path: Path) -> None:
    (tmp_path / "models").write_text("in the way")
    with pytest.raises(ModelError, match="cannot be read or written"):
        ModelRegistry(tmp_path / "models").download(small_catalogue, Progress(), CancelToken())


def test_nothing_is_installed_until_all_is_there(small_catalogue: str, tmp_path: Path) -> None:
    behaviour = serve(make_folder(tmp_path / "source", SMALL_CLIP))
    behaviour.corrupt = True
    cancelled = CancelToken()
    cancelled.cancel()
    with hub(behaviour) as endpoint:
        registry = ModelRegistry(tmp_path / "models", endpoint)
        with pytest.raises(HubError, match="damaged"):
            registry.download(small_catalogue, Progress(), CancelToken())
        with pytest.raises(Cancelled):
            registry.download(small_catalogue, Progress(), cancelled)
        assert not registry.is_installed(small_catalogue)
        assert registry.model_names() == tuple(spec.name for spec in (*PICTURE_MODELS, *PAGE_MODELS))
        behaviour.corrupt = False
        registry.download(small_catalogue, Progress(), CancelToken())
    assert registry.is_installed(small_catalogue)


def test_a_hub_that_gives_something_else_installs_nothing(small_catalogue: str, tmp_path: Path) -> None:
    config = copy.deepcopy(SMALL_CLIP)
    config["model_cfg"]["vision_cfg"]["timm_model_name"] = "hf-hub:someone/else"
    source = make_folder(tmp_path / "source", SMALL_CLIP)
    (source / "open_clip_config.json").write_text(json.dumps(config))
    with hub(serve(source)) as endpoint:
        registry = ModelRegistry(tmp_path / "models", endpoint)
        with pytest.raises(ModelError, match="from elsewhere"):
            registry.download(small_catalogue, Progress(), CancelToken())
    assert not registry.is_installed(small_catalogue)


def test_only_the_catalogue_can_be_downloaded(registry: ModelRegistry) -> None:
    with pytest.raises(ModelError, match="no model named"):
        registry.download("mine", Progress(), CancelToken())
    registry.download("starter", Progress(), CancelToken())
