from __future__ import annotations

import math
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from engine.errors import QueryError
from engine.models.late_interaction.adapter import LateInteractionModel, load_page_model
from engine.models.late_interaction.page_model_folder import Family
from engine.models.precision import Precision, Processor
from engine.records import PageVectors, Pixels, QueryVectors
from tests.engine.models.small_page_models import (
    DIMENSION,
    FAMILIES,
    as_colpali_engine_saves_it,
    make_late_folder,
    rename_weights,
)

CPU = Processor("cpu")
TEXT = "What does the invoice of March say about 1,234.56?"
SHAPES = ((90, 60), (60, 90), (33, 120), (90, 60), (200, 200))
LIBRARY = {"colmodernvbert": "ColModernVBert", "colpali": "ColPali", "colqwen2": "ColQwen2"}


def noise(height: int, width: int, seed: int = 0) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


PAGES = [noise(*shape, seed) for seed, shape in enumerate(SHAPES)]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[Family, Path]:
    root = tmp_path_factory.mktemp("late")
    return {family: make_late_folder(root / family, family) for family in FAMILIES}


@pytest.fixture(scope="module")
def models(folders: dict[Family, Path]) -> dict[Family, LateInteractionModel]:
    """Unpooled, so that they can be held against the library."""
    return {family: load(folder) for family, folder in folders.items()}


@pytest.fixture(params=FAMILIES)
def family(request: pytest.FixtureRequest) -> Family:
    found: Family = request.param
    return found


@pytest.fixture
def model(models: dict[Family, LateInteractionModel], family: Family) -> LateInteractionModel:
    return models[family]


def load(
    folder: Path, precision: Precision = Precision.FLOAT32, pool_factor: int = 1
) -> LateInteractionModel:
    return load_page_model(folder, "small", "1", CPU, precision, pool_factor)


def score(query: QueryVectors, page: PageVectors) -> float:
    return float((query.vectors @ page.vectors.T).max(axis=1).sum())


class Library:
    """The model as transformers' own documentation uses it."""

    def __init__(self, folder: Path, family: Family) -> None:
        import transformers

        self.network = getattr(transformers, f"{LIBRARY[family]}ForRetrieval").from_pretrained(folder).eval()
        self.processor = getattr(transformers, f"{LIBRARY[family]}Processor").from_pretrained(folder)

    def pages(self, pages: list[Pixels]) -> Any:  # noqa: ANN401
        import torch

        with torch.inference_mode():
            inputs = self.processor.process_images(images=[Image.fromarray(page) for page in pages])
            return self.network(**inputs).embeddings

    def score(self, text: str, pages: Any) -> list[float]:  # noqa: ANN401
        import torch

        with torch.inference_mode():
            queries = self.network(**self.processor.process_queries(text=[text])).embeddings
            scores: list[float] = self.processor.score_retrieval(queries, pages)[0].tolist()
        return scores


def test_scores_are_the_librarys_own_for_a_page_alone(
    model: LateInteractionModel, folders: dict[Family, Path], family: Family
) -> None:
    library = Library(folders[family], family)
    query = model.embed_query(TEXT)
    ours = [score(query, page) for page in model.embed_pages(PAGES)]
    theirs = [library.score(TEXT, library.pages([page]))[0] for page in PAGES]
    np.testing.assert_allclose(ours, theirs, atol=1e-3)
    assert np.ptp(ours) > 0.1  # the pages differ, so the comparison says something


def test_a_page_is_the_same_alone_and_with_longer_pages(model: LateInteractionModel) -> None:
    for one, shape in zip(model.embed_pages(PAGES), PAGES, strict=True):
        (alone,) = model.embed_pages([shape])
        np.testing.assert_allclose(one.vectors, alone.vectors, atol=1e-4)
        np.testing.assert_array_equal(one.cells, alone.cells)


def test_pages_of_one_shape_share_a_batch_and_come_back_in_order(
    folders: dict[Family, Path], family: Family
) -> None:
    model = load(folders[family])
    model.batch_size = len(PAGES)
    counts: list[int] = []
    forward = model._parts.network.forward

    def counted(**inputs: Any) -> Any:  # noqa: ANN401
        counts.append(len(inputs["input_ids"]))
        return forward(**inputs)

    model._parts.network.forward = counted
    together = model.embed_pages(PAGES)
    assert sum(counts) == len(PAGES)
    assert max(counts) > 1
    model.batch_size = 1
    for one, alone in zip(together, model.embed_pages(PAGES), strict=True):
        np.testing.assert_allclose(one.vectors, alone.vectors, atol=1e-4)


def test_vectors_are_of_unit_length_and_of_the_models_dimension(model: LateInteractionModel) -> None:
    assert model.identity.dimension == DIMENSION
    for vectors in (*(page.vectors for page in model.embed_pages(PAGES)), model.embed_query(TEXT).vectors):
        assert vectors.dtype == np.float32
        assert vectors.shape[1] == DIMENSION
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert model.embed_pages([]) == []


CELLS = {
    "colmodernvbert": [(8, 6), (6, 8), (4, 8), (8, 6), (8, 8)],  # tiles of 2 x 2, up to 4 of them
    "colpali": [(4, 4)] * 5,
    "colqwen2": [(6, 4), (4, 6), (2, 8), (6, 4), (6, 6)],
}


def test_every_cell_has_a_vector_of_its_own(model: LateInteractionModel, family: Family) -> None:
    pages = model.embed_pages(PAGES)
    assert [page.cells.shape for page in pages] == CELLS[family]
    for page in pages:
        assert page.cells.dtype == np.uint16
        assert len(np.unique(page.cells)) == page.cells.size
        assert page.cells.max() < len(page.vectors)


@pytest.mark.parametrize("row", [0, 1])
@pytest.mark.parametrize("column", [0, 1])
def test_a_cell_stands_for_its_part_of_the_page(model: LateInteractionModel, row: int, column: int) -> None:
    """What is drawn in one quarter of a page changes what the network is given for that quarter's cells."""
    blank = np.full((96, 96, 3), 255, np.uint8)
    marked = blank.copy()
    marked[48 * row : 48 * row + 48, 48 * column : 48 * column + 48] = noise(48, 48)
    change = np.abs(token_inputs(model, marked) - token_inputs(model, blank)).sum(axis=1)
    (page,) = model.embed_pages([blank])
    heat = change[page.cells]
    quarters = [part.mean() for half in np.split(heat, 2, axis=0) for part in np.split(half, 2, axis=1)]
    assert int(np.argmax(quarters)) == 2 * row + column
    assert max(quarters) > 2 * sorted(quarters)[-2]


def token_inputs(model: LateInteractionModel, page: Pixels) -> NDArray[np.float32]:
    """What the language tower is given for each token, before they look at one another: (tokens, hidden)."""
    found: list[NDArray[np.float32]] = []
    inner = model._parts.network.vlm
    tower = inner.text_model if hasattr(inner, "text_model") else inner.language_model

    def keep(_tower: object, _arguments: object, named: dict[str, Any]) -> None:
        found.append(named["inputs_embeds"][0].numpy().copy())

    hook = tower.register_forward_pre_hook(keep, with_kwargs=True)
    try:
        model.embed_pages([page])
    finally:
        hook.remove()
    return found[0]


@pytest.mark.parametrize("shape", [(1, 1), (1, 3000), (3000, 1), (3, 3), (2, 400), (1500, 1100)], ids=str)
def test_pages_of_any_shape_are_embedded(model: LateInteractionModel, shape: tuple[int, int]) -> None:
    (page,) = model.embed_pages([noise(*shape)])
    assert np.isfinite(page.vectors).all()
    assert page.cells.size > 0


def test_each_token_of_a_query_knows_its_word(model: LateInteractionModel) -> None:
    query = model.embed_query(TEXT)
    assert len(query.words) == len(query.vectors)
    assert list(dict.fromkeys(filter(None, query.words))) == [
        "What", "does", "the", "invoice", "of", "March", "say", "about", "1,234.56",
    ]  # fmt: skip
    assert query.words[-2:] == ("", "")  # what the model's makers append


def test_a_query_may_not_speak_to_the_model_itself(model: LateInteractionModel) -> None:
    plain = model.embed_query("the image of March")
    for mark in (model._processor.image_token, model._processor.tokenizer.pad_token):
        query = model.embed_query(f"the {mark} of March")
        assert np.isfinite(query.vectors).all()
        assert len(query.vectors) > len(plain.vectors)  # it is read as letters


def test_a_query_without_a_word_is_refused(model: LateInteractionModel) -> None:
    for text in ("", "  ", "?!", "<>"):
        with pytest.raises(QueryError, match="no word"):
            model.embed_query(text)


def test_an_endless_query_is_cut(model: LateInteractionModel) -> None:
    query = model.embed_query("invoice " * 100_000)
    assert len(query.vectors) < 1_100
    assert np.isfinite(query.vectors).all()


def test_pooling_leaves_a_third_of_the_vectors_and_says_so(
    folders: dict[Family, Path], family: Family
) -> None:
    whole, pooled = load(folders[family]), load(folders[family], pool_factor=3)
    assert (whole.identity.revision, pooled.identity.revision) == ("1", "1+pool3")
    for all_of_them, fewer in zip(whole.embed_pages(PAGES), pooled.embed_pages(PAGES), strict=True):
        assert len(all_of_them.vectors) / 6 < len(fewer.vectors) <= math.ceil(len(all_of_them.vectors) / 3)
        assert fewer.cells.shape == all_of_them.cells.shape
        assert fewer.cells.max() < len(fewer.vectors)
        near = (all_of_them.vectors[all_of_them.cells] * fewer.vectors[fewer.cells]).sum(axis=-1)
        assert near.mean() > 0.7


def test_a_query_while_pages_are_embedded(model: LateInteractionModel) -> None:
    expected_pages, expected = model.embed_pages(PAGES * 3), model.embed_query(TEXT).vectors
    results: list[list[PageVectors]] = []
    indexing = threading.Thread(target=lambda: results.append(model.embed_pages(PAGES * 3)))
    indexing.start()
    for _ in range(20):
        np.testing.assert_allclose(model.embed_query(TEXT).vectors, expected, atol=1e-4)
    indexing.join()
    for found, one in zip(results[0], expected_pages, strict=True):
        np.testing.assert_allclose(found.vectors, one.vectors, atol=1e-4)


def test_bfloat16_stays_near_float32(
    model: LateInteractionModel, folders: dict[Family, Path], family: Family
) -> None:
    half = load(folders[family], precision=Precision.BFLOAT16)
    pairs = [
        (half.embed_query(TEXT).vectors, model.embed_query(TEXT).vectors),
        *zip(
            (page.vectors for page in half.embed_pages(PAGES)),
            (page.vectors for page in model.embed_pages(PAGES)),
            strict=True,
        ),
    ]
    for found, expected in pairs:
        assert np.median((found * expected).sum(axis=1)) > 0.99


def test_the_form_that_its_makers_publish_is_the_same_model(
    models: dict[Family, LateInteractionModel], folders: dict[Family, Path], tmp_path: Path
) -> None:
    folder = shutil.copytree(folders["colmodernvbert"], tmp_path / "model")
    as_colpali_engine_saves_it(folder)
    assert_same(load(folder), models["colmodernvbert"])


EARLIER: list[tuple[Family, dict[str, str]]] = [
    ("colpali", {r"^vlm\.vision_tower\.": "vlm.vision_tower.vision_model."}),
    ("colqwen2", {r"^vlm\.language_model\.": "vlm.model."}),
    ("colqwen2", {r"^vlm\.(language_model|visual)\.": r"vlm.model.\1."}),
]


@pytest.mark.parametrize(("family", "names"), EARLIER)
def test_weights_with_the_names_of_earlier_versions_are_understood(
    models: dict[Family, LateInteractionModel], folders: dict[Family, Path], tmp_path: Path, family: Family,
    names: dict[str, str],
) -> None:  # fmt: skip
    folder = shutil.copytree(folders[family], tmp_path / "model")
    rename_weights(folder, names)
    assert_same(load(folder), models[family])


def assert_same(model: LateInteractionModel, other: LateInteractionModel) -> None:
    np.testing.assert_allclose(model.embed_query(TEXT).vectors, other.embed_query(TEXT).vectors, atol=1e-5)
    for found, expected in zip(model.embed_pages(PAGES), other.embed_pages(PAGES), strict=True):
        np.testing.assert_allclose(found.vectors, expected.vectors, atol=1e-5)


def test_loading_and_embedding_open_no_connection_and_write_nothing(folders: dict[Family, Path]) -> None:
    code = """
import sys
def refuse(event, arguments):
    if event.startswith("socket.") and event != "socket.__new__":
        print("connection", event, arguments); sys.stdout.flush()
        raise OSError("refused")
sys.addaudithook(refuse)
from pathlib import Path
import numpy as np
from engine.models.late_interaction.adapter import load_page_model
for folder in sys.argv[1:]:
    model = load_page_model(Path(folder), "m", "1")
    pages = model.embed_pages([np.zeros((40, 30, 3), np.uint8)])
    print(len(pages), len(model.embed_query("a dog").words) > 10)
"""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("HF_", "TRANSFORMERS_"))}
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, folders.values())],
        capture_output=True, text=True, check=True, env=environment,
    )  # fmt: skip
    assert done.stdout.split("\n")[:3] == ["1 True"] * 3
    assert "connection" not in done.stdout
    assert done.stderr == ""
