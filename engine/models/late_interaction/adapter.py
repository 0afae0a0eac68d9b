"""Page models of the ColPali family through transformers' own classes, loaded only from files on disk."""

from __future__ import annotations

import copy
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import ModelError, QueryError
from engine.models.late_interaction.page_model_folder import Family, PageModelFolder, page_input, read_folder
from engine.models.late_interaction.pooling import POOL_FACTOR, pool, pooled_revision
from engine.models.late_interaction.token_grid import (
    Cells,
    break_special_tokens,
    find_tile_tags,
    grid_cells,
    has_word,
    square_cells,
    tiled_cells,
    words_at_spans,
)
from engine.models.precision import Precision, Processor, choose_precision, detect_processor
from engine.records import ModelIdentity, PageVectors, PictureInput, Pixels, QueryVectors

if TYPE_CHECKING:
    from torch import Tensor

_CLASSES: dict[Family, str] = {
    "colmodernvbert": "ColModernVBert",
    "colpali": "ColPali",
    "colqwen2": "ColQwen2",
}
_BATCH = {"cpu": 1, "mps": 2, "cuda": 4}  # a single page takes a CPU a second or more
_MAX_QUERY_LENGTH = 1_000  # characters
_MAX_ASPECT_RATIO = 100  # times the shorter side; ColQwen2's preprocessing refuses 200
# The weights' names in the publishers' training code and in earlier versions of transformers.
_EARLIER_WEIGHT_NAMES = {
    r"^(?:model\.)?custom_text_proj\.": "embedding_proj_layer.",
    r"^model\.": "vlm.",
    r"^vlm\.model\.(?=(?:embed_tokens|layers|norm)\.)": "vlm.language_model.",
}
_UNUSED_WEIGHTS = ".vision_model.head."  # pools a picture into one vector, which is not used here


@dataclass(frozen=True, slots=True)
class LateInteractionParts:
    """What transformers built, ready to run."""

    family: Family
    network: Any
    processor: Any
    device: str
    pool_factor: int


class LateInteractionModel:
    """Implements `PageEmbedder`. Scores equal those of transformers' `score_retrieval` for a single page.

    So every token counts, for page and query, including those of the prompt and those that the model's makers
    append to a query. There is no padding, since only pages of the same shape share a batch.
    """

    def __init__(self, identity: ModelIdentity, geometry: PictureInput, parts: LateInteractionParts) -> None:
        self.identity = identity
        self.page_input = geometry
        self.batch_size = _BATCH[parts.device]
        self._parts = parts
        self._processor = parts.processor
        # Tokenizers have state, and queries arrive while pages are being prepared.
        self._query_processor = copy.deepcopy(parts.processor)
        self._tile_tags = find_tile_tags(parts.processor.tokenizer.get_vocab())
        self._special_tokens = {*parts.processor.tokenizer.all_special_tokens, parts.processor.image_token}

    def embed_pages(self, pages: Sequence[Pixels]) -> list[PageVectors]:
        """Pages of (height, width, 3) uint8 RGB, any shapes. A page's vectors do not depend on its batch."""
        result: list[PageVectors] = []
        for start in range(0, len(pages), self.batch_size):
            result += self._embed_batch(pages[start : start + self.batch_size])
        return result

    def embed_query(self, text: str) -> QueryVectors:
        """One vector for each token, including the model's own prompt.

        Text beyond 1,000 characters is cut off. Raises QueryError for a text without a word.
        """
        text = text[:_MAX_QUERY_LENGTH]
        if not has_word(text):
            raise QueryError("The query has no word to look for.")
        plain = break_special_tokens(text, self._special_tokens)
        inputs = dict(self._query_processor.process_queries(text=[plain], return_offsets_mapping=True))
        spans = inputs.pop("offset_mapping")[0].numpy() - len(self._query_prefix())
        return QueryVectors(self._run(inputs)[0], words_at_spans(text, [(int(a), int(b)) for a, b in spans]))

    # ---- implementation

    def _embed_batch(self, pages: Sequence[Pixels]) -> list[PageVectors]:
        import torch

        prepared = [self._prepare(page) for page in pages]
        same_shape: dict[tuple[Any, ...], list[int]] = defaultdict(list)
        for index, inputs in enumerate(prepared):
            same_shape[tuple((name, tuple(value.shape)) for name, value in inputs.items())].append(index)
        vectors: dict[int, NDArray[np.float32]] = {}
        for indices in same_shape.values():
            names = prepared[indices[0]]
            together = {name: torch.cat([prepared[index][name] for index in indices]) for name in names}
            vectors |= zip(indices, self._run(together), strict=True)
        return [
            pool(PageVectors(vectors[index], self._cells(inputs)), self._parts.pool_factor)
            for index, inputs in enumerate(prepared)
        ]

    def _prepare(self, page: Pixels) -> dict[str, Tensor]:
        """The network's inputs for one page, each with a first dimension of 1."""
        from PIL import Image

        picture = Image.fromarray(np.ascontiguousarray(_limit_aspect_ratio(page)))
        inputs = dict(self._processor.process_images(images=[picture]))
        inputs.pop("labels", None)  # for training only
        return inputs

    def _run(self, inputs: dict[str, Tensor]) -> NDArray[np.float32]:
        """(count, tokens, dimension), rows of unit length."""
        import torch

        with torch.inference_mode():
            moved = {name: value.to(self._parts.device) for name, value in inputs.items()}
            embeddings = self._parts.network(**moved).embeddings.float()
            rows = torch.nn.functional.normalize(embeddings, dim=-1)
            result: NDArray[np.float32] = rows.cpu().numpy()
        return result

    def _cells(self, inputs: dict[str, Tensor]) -> Cells:
        tokens = inputs["input_ids"][0].numpy()
        image_token = int(self._processor.image_token_id)
        if self._parts.family == "colpali":
            return square_cells(tokens, image_token)
        if self._parts.family == "colqwen2":
            _, rows, columns = (int(count) for count in inputs["image_grid_thw"][0])
            merged = int(self._processor.image_processor.merge_size)
            return grid_cells(tokens, image_token, rows // merged, columns // merged)
        return tiled_cells(tokens, image_token, self._tile_tags, int(self._processor.image_seq_len))

    def _query_prefix(self) -> str:
        """What the processor puts before a query."""
        prefix: str = self._processor.query_prefix
        if self._parts.family == "colpali":
            return f"{self._processor.tokenizer.bos_token}{prefix}"
        return prefix


def load_page_model(
    folder: Path,
    name: str,
    revision: str,
    processor: Processor | None = None,
    precision: Precision | None = None,
    pool_factor: int = POOL_FACTOR,
) -> LateInteractionModel:
    """Load a model from a folder in transformers' form. Slow (seconds); opens no connection.

    Uses this machine's best processor and the precision that suits it, unless they are given. Weights are
    read only as safetensors, and no code in the folder is run. A page's vectors are pooled to 1/`pool_factor`
    of their number, which the identity's revision records. Raises ModelError.
    """
    contents = read_folder(folder)
    geometry = page_input(contents)
    processor = processor or detect_processor()
    precision = precision or choose_precision(processor)
    try:
        network = _build_network(contents, precision).to(processor.kind)
        reader = _find_class(contents.family, "Processor").from_pretrained(
            contents.path, local_files_only=True, trust_remote_code=False
        )
    except ModelError:
        raise
    except ImportError as error:
        raise ModelError(
            f"The model {name} needs the package {error.name}, which is not installed."
        ) from error
    except Exception as error:  # the packages that read the files raise anything, Exception itself included
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise ModelError(f"The files in {folder} are not a model that can be loaded: {reason}") from error
    parts = LateInteractionParts(contents.family, network, reader, processor.kind, pool_factor)
    identity = ModelIdentity(name, pooled_revision(revision, pool_factor), contents.dimension)
    return LateInteractionModel(identity, geometry, parts)


def _build_network(contents: PageModelFolder, precision: Precision) -> Any:  # noqa: ANN401
    import torch

    network, found = _find_class(contents.family, "ForRetrieval").from_pretrained(
        contents.path,
        config=_network_config(contents),
        dtype=getattr(torch, precision.value),
        key_mapping=_EARLIER_WEIGHT_NAMES,
        attn_implementation="sdpa",  # a config may name one that would be fetched from a hub
        use_safetensors=True,
        local_files_only=True,
        trust_remote_code=False,
        ignore_mismatched_sizes=True,  # reported below, in words
        output_loading_info=True,
    )
    lacking = {*found["missing_keys"], *(name for name, *_shapes in found["mismatched_keys"])}
    missing = sorted(name for name in lacking if _UNUSED_WEIGHTS not in name)
    if missing:
        raise ModelError(
            f"The weights in {contents.path} are not those of the model: {missing[0]} is missing, "
            "or of another shape."
        )
    return network.eval().requires_grad_(False)


def _network_config(contents: PageModelFolder) -> Any:  # noqa: ANN401
    description = contents.config
    if "vlm_config" not in description:
        description = {"vlm_config": description, "embedding_dim": contents.dimension}
    config = _find_class(contents.family, "Config").from_dict(description)
    if contents.family == "colmodernvbert":
        # Its training code counts the tokens added to the vocabulary separately.
        config.vlm_config.text_config.vocab_size = _vocabulary_size(contents)
    return config


def _vocabulary_size(contents: PageModelFolder) -> int:
    from safetensors import safe_open

    for name in contents.weights:
        with safe_open(contents.path / name, framework="numpy") as weights:
            for key in weights.keys():  # noqa: SIM118  # not a dictionary: it has only this method
                if key.endswith("tok_embeddings.weight"):
                    return int(weights.get_slice(key).get_shape()[0])
    raise ModelError(f"The weights in {contents.path} are not those of the model: it has no words.")


def _find_class(family: Family, part: str) -> Any:  # noqa: ANN401
    return getattr(_import_transformers(), _CLASSES[family] + part)


def _import_transformers() -> ModuleType:
    import transformers

    output: Any = transformers.utils.logging  # has no annotations
    output.set_verbosity_error()  # otherwise it writes to the terminal
    output.disable_progress_bar()
    return transformers


def _limit_aspect_ratio(page: Pixels) -> Pixels:
    """Stretch a page that is too long for its width; positions on it stay the same."""
    height, width = page.shape[:2]
    if height > width * _MAX_ASPECT_RATIO:
        return page.repeat(math.ceil(height / (width * _MAX_ASPECT_RATIO)), axis=1)
    if width > height * _MAX_ASPECT_RATIO:
        return page.repeat(math.ceil(width / (height * _MAX_ASPECT_RATIO)), axis=0)
    return page
