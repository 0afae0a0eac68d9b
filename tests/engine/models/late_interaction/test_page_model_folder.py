from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.errors import ModelError
from engine.models.late_interaction.adapter import load_page_model
from engine.models.late_interaction.page_model_folder import is_page_model, page_input, read_folder
from engine.models.precision import Processor
from engine.records import PictureInput
from tests.engine.models.small_page_models import make_late_folder


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = make_late_folder(tmp_path_factory.mktemp("made") / "model", "colqwen2")
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def folder(made: dict[str, bytes], tmp_path: Path) -> Path:
    path = tmp_path / "model"
    path.mkdir()
    for name, content in made.items():
        (path / name).write_bytes(content)
    return path


def change(folder: Path, file: str, **values: object) -> None:
    path = folder / file
    content = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    path.write_text(json.dumps(content | values), encoding="utf-8")


def as_index(folder: Path, *names: object) -> None:
    (folder / "model.safetensors").rename(folder / "part.safetensors")
    change(folder, "model.safetensors.index.json", weight_map={str(name): name for name in names})


def as_adapter(folder: Path) -> None:
    (folder / "config.json").unlink()
    change(folder, "adapter_config.json", peft_type="LORA")


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda folder: (folder / "config.json").unlink(), "has no config.json"),
        (lambda folder: (folder / "config.json").write_text("{"), "cannot be read"),
        (lambda folder: (folder / "config.json").write_text("[]"), '"" is not a page model'),
        (lambda folder: (folder / "config.json").write_text("[" * 100_000), "cannot be read"),
        (lambda folder: (folder / "config.json").write_text(" " * 20_000_000), "too large"),
        (lambda folder: change(folder, "config.json", model_type="bert"), "It knows: colmodernvbert"),
        (lambda folder: change(folder, "config.json", model_type="paligemma"), "is vidore/colpali-v1.3-hf"),
        (lambda folder: change(folder, "config.json", model_type="qwen2_vl"), "is vidore/colqwen2-v1.0-hf"),
        (lambda folder: change(folder, "config.json", embedding_dim="many"), "does not describe"),
        (as_adapter, r"\(an adapter\).*colmodernvbert-merged or vidore/colpali-v1.3-hf or"),
        (lambda folder: (folder / "model.safetensors").unlink(), "holds no weights"),
        (lambda folder: (folder / "model.safetensors").rename(folder / "model.bin"), "holds no weights"),
        (lambda folder: as_index(folder, "part.safetensors", "gone.safetensors"), "lacks gone.safetensors"),
        (lambda folder: as_index(folder, "../model/part.safetensors"), "does not say where the weights are"),
        (lambda folder: as_index(folder, "pytorch_model.bin"), "does not say where the weights are"),
        (as_index, "does not say where the weights are"),
        (lambda folder: (folder / "tokenizer.json").unlink(), "lacks tokenizer.json"),
        (lambda folder: (folder / "processor_config.json").unlink(), "how pictures are prepared"),
        (lambda folder: change(folder, "processor_config.json", image_processor={"size": {}}), "how large"),
        (lambda folder: change(folder, "processor_config.json", image_processor={"size": 7}), "how large"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_folder_is_said(
    folder: Path, damage: Callable[[Path], object], sentence: str
) -> None:
    damage(folder)
    with pytest.raises(ModelError, match=sentence):
        page_input(read_folder(folder))


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda folder: (folder / "model.safetensors").write_bytes(b"\0" * 100), "can be loaded"),
        (lambda folder: (folder / "tokenizer.json").write_text("{}"), "can be loaded"),
        (lambda folder: change(folder, "config.json", vlm_config={"model_type": "nothing"}), "can be loaded"),
        (lambda folder: change(folder, "config.json", vlm_config=7), "can be loaded"),
        (lambda folder: change(folder, "config.json", embedding_dim=24), "or of another shape"),
        (lambda folder: change(folder, "config.json", quantization_config={"quant_method": "awq"}), "."),
        (lambda folder: forget(folder, "embedding_proj_layer.weight"), "layer.weight is missing"),
    ],
)  # fmt: skip
def test_files_that_are_no_model_are_refused(
    folder: Path, damage: Callable[[Path], object], sentence: str
) -> None:
    damage(folder)
    with pytest.raises(ModelError, match=sentence):
        load_page_model(folder, "broken", "1", Processor("cpu"))


def forget(folder: Path, key: str) -> None:
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    del weights[key]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def test_code_that_a_folder_brings_along_is_not_run(folder: Path, tmp_path: Path) -> None:
    (folder / "evil.py").write_text(f"open({str(tmp_path / 'run')!r}, 'w')\nclass Evil: pass\n")
    change(folder, "config.json", auto_map={"AutoConfig": "evil.Evil", "AutoModel": "evil.Evil"})
    change(folder, "processor_config.json", auto_map={"AutoProcessor": "evil.Evil"})
    change(folder, "tokenizer_config.json", auto_map={"AutoTokenizer": ["evil.Evil", "evil.Evil"]})
    assert "evil.py" not in read_folder(folder).files
    model = load_page_model(folder, "evil", "1", Processor("cpu"))
    assert len(model.embed_query("a page").vectors)
    assert not (tmp_path / "run").exists()


def test_a_model_in_parts_is_whole(folder: Path) -> None:
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    whole = load_page_model(folder, "m", "1", Processor("cpu")).embed_query("a page")
    (folder / "model.safetensors").unlink()
    parts = {"a.safetensors": sorted(weights)[::2], "b.safetensors": sorted(weights)[1::2]}
    for name, keys in parts.items():
        save_file({key: weights[key] for key in keys}, folder / name, metadata={"format": "pt"})
    change(
        folder, "model.safetensors.index.json",
        metadata={}, weight_map={key: name for name, keys in parts.items() for key in keys},
    )  # fmt: skip
    assert read_folder(folder).weights == ("a.safetensors", "b.safetensors")
    found = load_page_model(folder, "m", "1", Processor("cpu")).embed_query("a page")
    assert (found.vectors == whole.vectors).all()


GEOMETRIES: list[tuple[str, dict[str, Any], int]] = [
    ("colpali", {"size": {"height": 448, "width": 448}}, 896),
    ("colqwen2", {"size": {"longest_edge": 602_112, "shortest_edge": 3136}}, 1097),
    ("colqwen2", {"size": {"max_pixels": 602_112}, "max_pixels": 602_112}, 1097),
    ("colqwen2", {"size": {"longest_edge": 12_845_056}}, 2048),
    ("colmodernvbert", {"size": {"longest_edge": 2048}}, 2048),
    ("colmodernvbert", {"size": {"longest_edge": -5}}, 32),
]


@pytest.mark.parametrize(("model_type", "preprocessing", "size"), GEOMETRIES)
def test_pages_are_wanted_as_large_as_the_model_can_use(
    folder: Path, model_type: str, preprocessing: dict[str, Any], size: int
) -> None:
    change(folder, "config.json", model_type=model_type)
    (folder / "processor_config.json").write_text("{}")
    change(folder, "preprocessor_config.json", **preprocessing)  # where older versions wrote it
    assert page_input(read_folder(folder)) == PictureInput(size, "fit")


def test_only_what_describes_a_page_model_is_taken_for_one(folder: Path, tmp_path: Path) -> None:
    assert is_page_model(folder)
    change(folder, "config.json", model_type="modernvbert")
    assert is_page_model(folder)
    change(folder, "config.json", model_type="clip")
    assert not is_page_model(folder)
    as_adapter(folder)
    assert is_page_model(folder)
    assert not is_page_model(tmp_path)
