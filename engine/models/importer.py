"""Imports a model from files on disk: which files belong to it, what it is, and whether it works."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.errors import ModelError
from engine.models.clip import clip_folder
from engine.models.hub.file_copy import copy_and_hash
from engine.models.late_interaction import page_model_folder
from engine.models.manifest import Manifest, ModelKind
from engine.models.specs import PictureModelSpec, lookup_spec
from engine.records import ModelIdentity, PictureInput

_CHECKPOINT_SUFFIXES = (*clip_folder.CHECKPOINT_SUFFIXES, ".pt")


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """What an installed or staged folder contains, for either kind of model."""

    path: Path
    kind: ModelKind
    dimension: int
    picture_input: PictureInput


def detect_kind(source: Path, name: str) -> ModelKind:
    """The kind of model in a folder or file.

    Raises ModelError if the catalogue uses the name for the other.
    """
    is_clip = (source / clip_folder.CONFIG_FILE).is_file()
    found: ModelKind = "pages" if not is_clip and page_model_folder.is_page_model(source) else "pictures"
    spec = lookup_spec(name)
    if spec is not None and spec.kind != found:
        holds = "a page model" if found == "pages" else "no page model"
        raise ModelError(
            f"{name} is the name of a model for {spec.kind}, and {source} holds {holds}.",
            "Give it another name.",
        )
    return found


def read_model_folder(folder: Path, kind: ModelKind) -> ModelFolder:
    """Read the folder's description. Raises ModelError that says which part is missing or damaged."""
    if kind == "pages":
        late = page_model_folder.read_folder(folder)
        return ModelFolder(folder, kind, late.dimension, page_model_folder.page_input(late))
    clip = clip_folder.read_folder(folder)
    return ModelFolder(folder, kind, clip.dimension, clip_folder.picture_input(clip.config))


def make_manifest(contents: ModelFolder, identity: ModelIdentity, source: str) -> Manifest:
    """The manifest of a complete folder, described by the catalogue if it has the name.

    `source`: repository, or the path it was added from.
    """
    spec = lookup_spec(identity.name)
    files = {
        path.name: path.stat().st_size for path in contents.path.iterdir() if not path.name.startswith(".")
    }
    return Manifest(
        identity=identity,
        picture_input=contents.picture_input,
        title=spec.title if spec else identity.name,
        licence=spec.licence if spec else "unknown",
        languages=spec.languages if spec else "unknown",
        good_for=spec.good_for if spec else "Added from disk.",
        source=source,
        files=files,
        kind=contents.kind,
    )


def copy_model_files(source: Path, name: str, kind: ModelKind, staging: Path) -> str:
    """Copy the files of the model, and no others, into `staging`. Returns the hash of them all.

    Raises ModelError, OSError.
    """
    hashes = (
        _copy_page_model(source, staging) if kind == "pages" else _copy_picture_model(source, name, staging)
    )
    # The same weights give other vectors if the description or the tokenizer differs.
    return hashlib.sha256(json.dumps(hashes, sort_keys=True).encode()).hexdigest()[:16]


def _copy_page_model(source: Path, staging: Path) -> dict[str, str]:
    names = page_model_folder.read_folder(source).files
    return {name: copy_and_hash(source / name, staging / name) for name in names}


def _copy_picture_model(source: Path, name: str, staging: Path) -> dict[str, str]:
    folder = source if source.is_dir() else source.parent
    if source.is_dir() and (source / clip_folder.CONFIG_FILE).is_file():
        checkpoint = clip_folder.read_folder(source).checkpoint
        description = source / clip_folder.CONFIG_FILE
        hashes = {description.name: copy_and_hash(description, staging / description.name)}
    else:
        from engine.models.clip.adapter import architecture_config

        found = clip_folder.find_checkpoint(source) if source.is_dir() else source
        if found is None or found.suffix.lower() not in _CHECKPOINT_SUFFIXES:
            raise ModelError(
                f"{source} is neither a folder with {clip_folder.CONFIG_FILE} or a page model's "
                f"{page_model_folder.CONFIG_FILE} nor a file of weights ({', '.join(_CHECKPOINT_SUFFIXES)})."
            )
        checkpoint = found
        spec = lookup_spec(name)
        config = architecture_config(spec.architecture if isinstance(spec, PictureModelSpec) else name)
        content = json.dumps(config, indent=2).encode()
        (staging / clip_folder.CONFIG_FILE).write_bytes(content)
        hashes = {clip_folder.CONFIG_FILE: hashlib.sha256(content).hexdigest()}
    for file in (*clip_folder.TOKENIZER_FILES, clip_folder.TEXT_TOWER_FILE):
        if (folder / file).is_file():
            hashes[file] = copy_and_hash(folder / file, staging / file)
    safe = checkpoint.suffix.lower() == ".safetensors"
    weights = "open_clip_model.safetensors" if safe else "open_clip_pytorch_model.bin"
    hashes[weights] = copy_and_hash(checkpoint, staging / weights)
    return hashes


def verify_model(contents: ModelFolder, name: str, revision: str) -> None:
    """Raises ModelError unless the model turns a picture and a word into vectors of its own dimension."""
    try:
        vectors = (_run_page_model if contents.kind == "pages" else _run_picture_model)(
            contents, name, revision
        )
    except (RuntimeError, ValueError, AssertionError, IndexError, TypeError, KeyError) as error:
        raise ModelError(f"The model does not fit its own description: {error}") from error
    if not np.isfinite(vectors).all():
        raise ModelError("The model's weights are damaged: its vectors are not numbers.")
    if vectors.shape[1] != contents.dimension:
        raise ModelError("The model does not fit its own description: its vectors are of another dimension.")


def _run_picture_model(
    contents: ModelFolder, name: str, revision: str
) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    from engine.models.clip.adapter import load_clip

    model = load_clip(contents.path, name, revision)
    size = model.picture_input.size
    picture = model.embed_pictures(np.full((1, size, size, 3), 127, np.uint8))
    return np.vstack([picture, model.embed_texts(["a picture"])])


def _run_page_model(
    contents: ModelFolder, name: str, revision: str
) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    from engine.models.late_interaction.adapter import load_page_model

    model = load_page_model(contents.path, name, revision)
    page = model.embed_pages([np.full((40, 30, 3), 127, np.uint8)])[0]
    return np.vstack([page.vectors, model.embed_query("a page").vectors])
