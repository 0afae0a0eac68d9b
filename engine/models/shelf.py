"""The folder of installed models: what is there, loading one, bringing new ones from a hub or from disk."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from engine.errors import ModelError
from engine.models import clip_config
from engine.models.base import PictureEmbedder
from engine.models.copying import copy_hashed, disk_error
from engine.models.download import DEFAULT_ENDPOINT, Hub
from engine.models.manifest import Manifest, read_manifest, write_manifest
from engine.models.specs import CATALOGUE, STARTER, PictureModelSpec, find_spec, unknown_model
from engine.models.starter import IDENTITY, StarterModel
from engine.progress import CancelToken, Progress
from engine.records import ModelIdentity, ModelStatus, PictureInput

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]{0,99}")
_CHECKPOINT_SUFFIXES = (*clip_config.CHECKPOINT_SUFFIXES, ".pt")
_DOWNLOADING, _ADDING, _REPLACED = ".downloading", ".adding", ".replaced"
_A_DAY = 86_400.0  # seconds


class ModelShelf:
    """The models of a library, each in a folder of its name. The starter is always there and needs none.

    Everything but `load` and `add` is cheap: it reads a small file and imports nothing heavy.
    """

    def __init__(self, directory: Path, endpoint: str | None = None, hub: Hub | None = None) -> None:
        self._directory = directory
        self._hub = hub or Hub(endpoint or DEFAULT_ENDPOINT)

    # what there is

    def names(self) -> tuple[str, ...]:
        """The catalogue's names in its order, then those of models that were added from disk."""
        catalogue = tuple(spec.name for spec in CATALOGUE)
        folders = sorted(path.name for path in self._directory.glob("[!.]*"))
        return catalogue + tuple(name for name in folders if name not in catalogue and self.installed(name))

    def installed(self, name: str) -> bool:
        return name == STARTER or self._manifest(name) is not None

    def identity(self, name: str) -> ModelIdentity:
        """Raises ModelError when the model is unknown or not installed."""
        return IDENTITY if name == STARTER else self._installed_manifest(name).identity

    def picture_input(self, name: str) -> PictureInput:
        """Raises ModelError when the model is unknown or not installed."""
        if name == STARTER:
            return find_spec(STARTER).picture_input
        return self._installed_manifest(name).picture_input

    def status(self, name: str, *, active: bool, pending: bool) -> ModelStatus:
        """The model as the user sees it. Raises ModelError when neither catalogue nor shelf has the name."""
        manifest = None if name == STARTER else self._manifest(name)
        if manifest is None:
            spec = find_spec(name)
            return ModelStatus(
                name, spec.title, name == STARTER, active, pending, spec.licence, spec.languages,
                spec.download_bytes, spec.dimension, spec.good_for, spec.repository,
            )  # fmt: skip
        return ModelStatus(
            name, manifest.title, True, active, pending, manifest.licence, manifest.languages,
            manifest.total_bytes, manifest.identity.dimension, manifest.good_for, manifest.source,
        )  # fmt: skip

    # loading

    def load(self, name: str) -> PictureEmbedder:
        """Slow (seconds) for all but the starter; opens no connection. Raises ModelError."""
        if name == STARTER:
            return StarterModel.load()
        from engine.models.clip import load_clip

        identity = self._installed_manifest(name).identity
        return load_clip(self._directory / name, identity.name, identity.revision)

    # bringing new ones

    def download(self, name: str, progress: Progress, cancel: CancelToken) -> None:
        """Get a model of the catalogue; an earlier, broken off download is continued.

        Until all is there and verified, nothing is seen as installed. Raises ModelError, HubError, DiskFull,
        Cancelled.
        """
        if self.installed(name):
            return
        spec = find_spec(name)
        staging = self._directory / f"{_DOWNLOADING}-{name}"
        with self._downloading_alone(name):
            if self.installed(name):  # another process has just done it
                return
            commit = self._hub.fetch(spec.repository, spec.revision, spec.files, staging, progress, cancel)
            contents = clip_config.read_folder(staging)
            identity = ModelIdentity(name, commit, contents.dimension)
            self._install(staging, _manifest_of(identity, contents, spec, spec.repository))

    def add(self, name: str, source: Path) -> None:
        """Install a model from disk, after loading it once and embedding a picture and a word with it.

        `source` is a folder in OpenCLIP's form, or a checkpoint file (or a folder with one) when `name` is
        one of OpenCLIP's architectures or of the catalogue; the tokenizer's files, if the model has its own,
        lie beside the checkpoint. The files are copied. Raises ModelError, DiskFull.
        """
        if name == STARTER:
            raise ModelError("The starter is part of the program and cannot be replaced.")
        if not _NAME.fullmatch(name):
            raise ModelError(
                f'"{name}" cannot be the name of a model.', "Use letters, digits, '-', '_' and '.'."
            )
        if not source.exists():
            raise ModelError(f"{source} does not exist.")
        spec = next((spec for spec in CATALOGUE if spec.name == name), None)
        with self._temporary_folder() as staging:
            revision = _gather(source.resolve(), name, spec, staging)
            contents = clip_config.read_folder(staging)
            identity = _try_out(staging, name, revision)
            self._install(staging, _manifest_of(identity, contents, spec, str(source.resolve())))

    # inside

    def _manifest(self, name: str) -> Manifest | None:
        return read_manifest(self._directory / name) if _NAME.fullmatch(name) else None

    def _installed_manifest(self, name: str) -> Manifest:
        manifest = self._manifest(name)
        if manifest is not None:
            return manifest
        if name not in {spec.name for spec in CATALOGUE}:
            raise unknown_model(name, list(self.names()))
        raise ModelError(
            f"The model {name} is not installed.",
            f"Get it with: models get {name}, or from a folder: models add {name} --from PATH.",
        )

    @contextmanager
    def _downloading_alone(self, name: str) -> Iterator[None]:
        """Two downloads of one model would write into the same files."""
        path = self._directory / f"{_DOWNLOADING}-{name}.lock"
        lock = FileLock(path, timeout=0, thread_local=False)
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            self._sweep()
            lock.acquire()
        except Timeout as error:
            raise ModelError(
                f"{name} is being downloaded by another Findling.", "Wait until it is done, or stop it."
            ) from error
        except OSError as error:
            raise disk_error(error, path) from error
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def _temporary_folder(self) -> Iterator[Path]:
        folder = self._directory / f"{_ADDING}-{uuid.uuid4().hex}"
        try:
            self._sweep()
            folder.mkdir(parents=True)
            yield folder
        except OSError as error:
            raise disk_error(error, folder) from error
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _sweep(self) -> None:
        """Remove what a killed process left behind; what a running one uses is younger than a day."""
        for prefix in (_ADDING, _REPLACED):
            for folder in self._directory.glob(f"{prefix}-*"):
                if time.time() - folder.stat().st_mtime > _A_DAY:
                    shutil.rmtree(folder, ignore_errors=True)

    def _install(self, staging: Path, manifest: Manifest) -> None:
        """Give a complete folder its name in one step; a model of that name gives way."""
        target = self._directory / manifest.identity.name
        replaced = self._directory / f"{_REPLACED}-{uuid.uuid4().hex}"
        try:
            write_manifest(staging, manifest)
            if target.exists():
                target.rename(replaced)
            try:
                staging.rename(target)
            except OSError:
                if replaced.exists():
                    replaced.rename(target)
                raise
        except OSError as error:
            raise disk_error(error, target) from error
        shutil.rmtree(replaced, ignore_errors=True)


def _manifest_of(
    identity: ModelIdentity, contents: clip_config.ClipFolder, spec: PictureModelSpec | None, source: str
) -> Manifest:
    files = {
        path.name: path.stat().st_size for path in contents.path.iterdir() if not path.name.startswith(".")
    }
    return Manifest(
        identity=identity,
        picture_input=clip_config.picture_input(contents.config),
        title=spec.title if spec else identity.name,
        licence=spec.licence if spec else "unknown",
        languages=spec.languages if spec else "unknown",
        good_for=spec.good_for if spec else "Added from disk.",
        source=source,
        files=files,
    )


def _gather(source: Path, name: str, spec: PictureModelSpec | None, staging: Path) -> str:
    """Copy what belongs to the model, and nothing else, into `staging`. Returns the hash of it all."""
    folder = source if source.is_dir() else source.parent
    if source.is_dir() and (source / clip_config.CONFIG_FILE).is_file():
        checkpoint = clip_config.read_folder(source).checkpoint
        description = source / clip_config.CONFIG_FILE
        hashes = {description.name: copy_hashed(description, staging / description.name)}
    else:
        from engine.models.clip import architecture_config

        found = clip_config.find_checkpoint(source) if source.is_dir() else source
        if found is None or found.suffix.lower() not in _CHECKPOINT_SUFFIXES:
            raise ModelError(
                f"{source} is neither a folder with {clip_config.CONFIG_FILE} nor a file of weights "
                f"({', '.join(_CHECKPOINT_SUFFIXES)})."
            )
        checkpoint = found
        config = architecture_config(spec.architecture if spec else name)
        content = json.dumps(config, indent=2).encode()
        (staging / clip_config.CONFIG_FILE).write_bytes(content)
        hashes = {clip_config.CONFIG_FILE: hashlib.sha256(content).hexdigest()}
    for file in (*clip_config.TOKENIZER_FILES, clip_config.TEXT_TOWER_FILE):
        if (folder / file).is_file():
            hashes[file] = copy_hashed(folder / file, staging / file)
    safe = checkpoint.suffix.lower() == ".safetensors"
    weights = "open_clip_model.safetensors" if safe else "open_clip_pytorch_model.bin"
    hashes[weights] = copy_hashed(checkpoint, staging / weights)
    # Vectors of the same weights differ when the description or the tokenizer does.
    return hashlib.sha256(json.dumps(hashes, sort_keys=True).encode()).hexdigest()[:16]


def _try_out(folder: Path, name: str, revision: str) -> ModelIdentity:
    """Raises ModelError unless the model turns a picture and a word into vectors."""
    from engine.models.clip import load_clip

    model = load_clip(folder, name, revision)
    size = model.picture_input.size
    try:
        picture = model.embed_pictures(np.full((1, size, size, 3), 127, np.uint8))
        vectors = np.vstack([picture, model.embed_texts(["a picture"])])
    except (RuntimeError, ValueError, AssertionError, IndexError) as error:
        raise ModelError(f"The model does not fit its own description: {error}") from error
    if not np.isfinite(vectors).all():
        raise ModelError("The model's weights are damaged: its vectors are not numbers.")
    return model.identity
