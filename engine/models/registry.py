"""The folder of installed models: what is there, loading models, adding new ones from a hub or from disk."""

from __future__ import annotations

import dataclasses
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from engine.errors import ModelError
from engine.models.hub.download import DEFAULT_ENDPOINT, Hub
from engine.models.hub.file_copy import to_disk_error
from engine.models.hub.staging import ADDING, REPLACED, remove_leftovers, staging_folder
from engine.models.importer import (
    copy_model_files,
    detect_kind,
    make_manifest,
    read_model_folder,
    verify_model,
)
from engine.models.late_interaction.pooling import POOL_FACTOR, pooled_revision
from engine.models.manifest import Manifest, ModelKind, read_manifest, write_manifest
from engine.models.package_files import find_package_file
from engine.models.protocols import PageEmbedder, PictureEmbedder, TextEncoder
from engine.models.specs import (
    PAGE_MODELS,
    PAGE_STARTER_IDENTITY,
    PICTURE_MODELS,
    get_spec,
    lookup_spec,
    unknown_model_error,
)
from engine.models.starter.adapter import STARTER_IDENTITY, StarterModel, read_starter_file
from engine.models.starter.backbone import PICTURE_INPUT
from engine.models.text.sentence_encoder import PACKAGE, WEIGHTS, SentenceEncoder
from engine.progress import CancelToken, Progress
from engine.records import ModelIdentity, ModelStatus, PictureInput

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]{0,99}")
_BUILT_IN = {identity.name: identity for identity in (STARTER_IDENTITY, PAGE_STARTER_IDENTITY)}
_DOWNLOADING = ".downloading"


class ModelRegistry:
    """The models that libraries can use, for pictures and for pages, each in a folder of its name.

    Thread-safe. The starters are always there and need no folder. A name stands for its current revision, an
    identity for exactly one revision. Everything except loading, downloading and `add_from_disk` is cheap: it
    reads a small file and imports nothing heavy.
    """

    def __init__(self, directory: Path, endpoint: str | None = None, hub: Hub | None = None) -> None:
        self._directory = directory
        self._hub = hub or Hub(endpoint or DEFAULT_ENDPOINT)
        self._encoder_lock = threading.Lock()
        self._encoder: SentenceEncoder | None = None

    # ---- what is there

    def model_names(self) -> tuple[str, ...]:
        """All names: of picture models, then of page models."""
        return self.picture_model_names() + self.page_model_names()

    def picture_model_names(self) -> tuple[str, ...]:
        """The catalogue's names in its order, then those of models added from disk."""
        return tuple(spec.name for spec in PICTURE_MODELS) + self._imported_names("pictures")

    def page_model_names(self) -> tuple[str, ...]:
        """The catalogue's names in its order, then those of models added from disk."""
        return tuple(spec.name for spec in PAGE_MODELS) + self._imported_names("pages")

    def kind_of(self, name: str) -> ModelKind:
        """What a model finds. Raises ModelError if it is neither in the catalogue nor installed."""
        spec = lookup_spec(name)
        return spec.kind if spec is not None else self._installed_manifest(name).kind

    def is_installed(self, name: str) -> bool:
        """Whether the model is complete on disk, or built in."""
        return name in _BUILT_IN or self._manifest(name) is not None

    def identity_of(self, name: str) -> ModelIdentity:
        """The current identity of a model of either kind.

        Raises ModelError if it is unknown or not installed.
        """
        if name in _BUILT_IN:
            return _BUILT_IN[name]
        manifest = self._installed_manifest(name)
        if manifest.kind == "pictures":
            return manifest.identity
        # The revision includes our pooling, since vectors pooled differently cannot be compared.
        revision = pooled_revision(manifest.identity.revision, POOL_FACTOR)
        return dataclasses.replace(manifest.identity, revision=revision)

    def can_load(self, identity: ModelIdentity) -> bool:
        """Whether exactly this revision, of either kind, can be loaded."""
        if identity == STARTER_IDENTITY:
            return True
        return self.is_installed(identity.name) and self.identity_of(identity.name) == identity

    def picture_input_of(self, identity: ModelIdentity) -> PictureInput:
        """The geometry of a picture model. Raises ModelError if exactly this revision is not installed."""
        if identity == STARTER_IDENTITY:
            return PICTURE_INPUT
        return self._picture_manifest(identity).picture_input

    def page_input_of(self, name: str) -> PictureInput:
        """The geometry of a page model. Raises ModelError if it is not installed, or is the page starter."""
        return self._installed_manifest(name, "pages").picture_input

    def model_status(self, name: str, *, active: bool, pending: bool) -> ModelStatus:
        """The model as the user sees it.

        Raises ModelError if it is neither in the catalogue nor installed.
        """
        manifest = None if name in _BUILT_IN else self._manifest(name)
        if manifest is None:
            spec = get_spec(name)
            return ModelStatus(
                name, spec.title, name in _BUILT_IN, active, pending, spec.licence, spec.languages,
                spec.download_bytes, spec.dimension, spec.good_for, spec.repository, spec.kind,
            )  # fmt: skip
        description = lookup_spec(name) or manifest  # the catalogue may have changed since it was installed
        return ModelStatus(
            name, description.title, True, active, pending, description.licence, description.languages,
            manifest.total_bytes, manifest.identity.dimension, description.good_for, manifest.source,
            manifest.kind,
        )  # fmt: skip

    # ---- loading

    def load_picture_model(self, identity: ModelIdentity) -> PictureEmbedder:
        """Load a picture model.

        Slow (seconds) except for the starter; opens no connection. Raises ModelError.
        """
        if identity == STARTER_IDENTITY:
            return StarterModel.from_bytes(self._shared_encoder(), read_starter_file())
        self._picture_manifest(identity)  # raises unless it is installed
        from engine.models.clip.adapter import load_clip

        return load_clip(self._directory / identity.name, identity.name, identity.revision)

    def load_page_model(self, name: str) -> PageEmbedder:
        """Load a page model. Slow (seconds); opens no connection.

        Raises ModelError, also for the page starter, which has no network: its vectors come from a page's
        words.
        """
        identity = self._installed_manifest(name, "pages").identity
        from engine.models.late_interaction.adapter import load_page_model

        return load_page_model(self._directory / name, identity.name, identity.revision)

    def load_text_encoder(self) -> TextEncoder:
        """The built-in encoder of sentences and passages. Takes some 0.2 s; raises ModelError."""
        return self._shared_encoder()

    def text_encoder_problem(self) -> str:
        """A sentence on why there is no text encoder; "" if its files are there."""
        try:
            find_package_file(PACKAGE, WEIGHTS)
        except ModelError as error:
            return str(error)
        return ""

    def _shared_encoder(self) -> SentenceEncoder:
        """One for all users, since it takes 90 MB."""
        with self._encoder_lock:
            if self._encoder is None:
                self._encoder = SentenceEncoder.load()
            return self._encoder

    # ---- adding models

    def download(self, name: str, progress: Progress, cancel: CancelToken) -> None:
        """Download a model of the catalogue; an interrupted download is continued.

        The model counts as installed only once everything is there and verified. Raises ModelError, HubError,
        DiskFull, Cancelled.
        """
        if self.is_installed(name):
            return
        spec = get_spec(name)
        staging = self._directory / f"{_DOWNLOADING}-{name}"
        with self._download_lock(name):
            if self.is_installed(name):  # another process has just downloaded it
                return
            commit = self._hub.fetch(spec.repository, spec.revision, spec.files, staging, progress, cancel)
            contents = read_model_folder(staging, spec.kind)
            identity = ModelIdentity(name, commit, contents.dimension)
            self._install(staging, make_manifest(contents, identity, spec.repository))

    def add_from_disk(self, name: str, source: Path) -> None:
        """Install a model from disk, after loading it once and embedding a picture and a word with it.

        `source` is a folder in OpenCLIP's form, a folder in transformers' form with a page model, or a
        checkpoint file (or a folder with one) if `name` is one of OpenCLIP's architectures or in the
        catalogue; the tokenizer's files, if the model has its own, must be beside the checkpoint. The files
        are copied. Raises ModelError, DiskFull.
        """
        if name in _BUILT_IN:
            raise ModelError(f"{name} is part of the program and cannot be replaced.")
        if not _NAME.fullmatch(name):
            raise ModelError(
                f'"{name}" cannot be the name of a model.', "Use letters, digits, '-', '_' and '.'."
            )
        if not source.exists():
            raise ModelError(f"{source} does not exist.")
        source = source.resolve()
        kind = detect_kind(source, name)
        with self._staging_folder() as staging:
            revision = copy_model_files(source, name, kind, staging)
            contents = read_model_folder(staging, kind)
            verify_model(contents, name, revision)
            identity = ModelIdentity(name, revision, contents.dimension)
            self._install(staging, make_manifest(contents, identity, str(source)))

    def remove_leftovers(self) -> None:
        """Remove what killed processes left unfinished. Fast if there is nothing."""
        remove_leftovers(self._directory, self._restore)

    def close(self) -> None:
        """Release what loaded models hold outside this process; here there is nothing."""

    # ---- implementation

    def _manifest(self, name: str) -> Manifest | None:
        return read_manifest(self._directory / name) if _NAME.fullmatch(name) else None

    def _installed_manifest(self, name: str, kind: ModelKind | None = None) -> Manifest:
        manifest = self._manifest(name)
        if manifest is None:
            raise self._not_installed(name)
        if kind is not None and manifest.kind != kind:
            raise ModelError(f"{name} is a model for {manifest.kind}, not for {kind}.")
        return manifest

    def _picture_manifest(self, identity: ModelIdentity) -> Manifest:
        manifest = self._installed_manifest(identity.name, "pictures")
        if manifest.identity != identity:  # another process replaced it since its identity was read
            raise ModelError(f"{identity.name} was replaced by another revision.", "Try again.")
        return manifest

    def _not_installed(self, name: str) -> ModelError:
        if name in _BUILT_IN:
            return ModelError(f"{name} is part of the program and is no model for this.")
        if lookup_spec(name) is None:
            return unknown_model_error(name, list(self.model_names()))
        return ModelError(
            f"The model {name} is not installed.",
            f"Get it with: models get {name}, or from a folder: models add {name} --from PATH.",
        )

    def _imported_names(self, kind: ModelKind) -> tuple[str, ...]:
        """The names of this kind that are not in the catalogue."""
        folders = sorted(path.name for path in self._directory.glob("[!.]*"))
        manifests = ((name, self._manifest(name)) for name in folders if lookup_spec(name) is None)
        return tuple(name for name, manifest in manifests if manifest is not None and manifest.kind == kind)

    @contextmanager
    def _download_lock(self, name: str) -> Iterator[None]:
        """Two downloads of one model would write to the same files."""
        path = self._directory / f"{_DOWNLOADING}-{name}.lock"
        lock = FileLock(path, timeout=0, thread_local=False)
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            self.remove_leftovers()
            lock.acquire()
        except Timeout as error:
            raise ModelError(
                f"{name} is being downloaded by another Findling.", "Wait until it is done, or stop it."
            ) from error
        except OSError as error:
            raise to_disk_error(error, path) from error
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def _staging_folder(self) -> Iterator[Path]:
        try:
            self.remove_leftovers()
            with staging_folder(self._directory, ADDING) as folder:
                folder.mkdir()
                yield folder
        except OSError as error:
            raise to_disk_error(error, self._directory) from error

    def _restore(self, replaced: Path) -> bool:
        """A process was killed before the new model got the old one's name: give it back to the old one."""
        manifest = read_manifest(replaced)
        if manifest is None or (target := self._directory / manifest.identity.name).exists():
            return False
        replaced.rename(target)
        return True

    def _install(self, staging: Path, manifest: Manifest) -> None:
        """Rename a complete folder to its final name atomically.

        An existing model of that name is replaced.
        """
        target = self._directory / manifest.identity.name
        try:
            write_manifest(staging, manifest)
            with staging_folder(self._directory, REPLACED) as replaced:
                if target.exists():
                    target.rename(replaced)
                try:
                    staging.rename(target)
                except OSError:
                    if replaced.exists():
                        replaced.rename(target)
                    raise
        except OSError as error:
            raise to_disk_error(error, target) from error
