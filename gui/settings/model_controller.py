"""Activates, downloads and adds models, and tracks the progress."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from engine.errors import Cancelled
from engine.progress import CancelToken, Progress, Snapshot
from engine.records import ModelStatus
from gui.indexing import IndexingController
from gui.jobs import Job, Lane
from gui.session import Session
from gui.strings import settings as words

POLL_MILLISECONDS = 200
_NO_NAME = re.compile(r"[^A-Za-z0-9_.+-]+")  # characters that a model's name cannot have


_COMMAND = "models add NAME --from PATH"  # the engine's advice for the command line
_ERROR_NUMBER = re.compile(r"\[(?:Errno|WinError) -?\d+\] ?")


@dataclass(slots=True)
class DownloadState:
    """A download that is queued or running."""

    progress: Progress
    cancel: CancelToken
    job: Job[None] | None = None
    begun: bool = False


class ModelController(QObject):
    """Runs downloads one after another in their own lane. Main thread only."""

    changed = Signal()  # the models or their downloads
    advanced = Signal()  # a download has progressed
    added = Signal(str, str)  # the name of a folder, and why it could not be added, or ""

    def __init__(self, session: Session, indexing: IndexingController) -> None:
        super().__init__(session)
        self._session = session
        self._indexing = indexing
        self._downloads: dict[str, DownloadState] = {}
        self._failures: dict[str, str] = {}
        self._kept: set[str] = set()  # models with a partial download
        self.models: tuple[ModelStatus, ...] = ()
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MILLISECONDS)
        self._timer.timeout.connect(self.advanced)
        session.models_changed.connect(self._on_models)

    def snapshot(self, name: str) -> Snapshot | None:
        """The progress of a model's download; None if there is none."""
        download = self._downloads.get(name)
        return download.progress.snapshot() if download is not None else None

    def waits(self, name: str) -> bool:
        """Whether the download of this model is queued behind another one."""
        return name in self._downloads and name != next(iter(self._downloads))

    def can_continue(self, name: str) -> bool:
        """Whether there is a partial download of this model."""
        return name in self._kept

    def failure(self, name: str) -> str:
        """Why the last download of this model failed, or ""."""
        return self._failures.get(name, "")

    def answering(self, kind: str) -> ModelStatus | None:
        """The active model of a kind; None if there is none."""
        return next((model for model in self.models if model.kind == kind and model.active), None)

    def use(self, name: str) -> None:
        """Make a model the chosen one of its kind, in the background."""
        self._session.jobs.run(
            Lane.LIBRARY, lambda: self._session.library.use_model(name), lambda _none: self._chosen()
        )

    def download(self, name: str) -> None:
        """Download a model and make it the chosen one. A partial download is continued."""
        if name in self._downloads:
            return
        download = self._downloads[name] = DownloadState(Progress(), CancelToken())
        self._failures.pop(name, None)
        library = self._session.library

        def fetch() -> None:
            download.begun = True
            library.get_model(name, download.progress, download.cancel)

        download.job = self._session.jobs.run(
            Lane.DOWNLOAD,
            fetch,
            lambda _none: self._on_downloaded(name),
            lambda error: self._on_download_failed(name, error),
        )
        self._timer.start()
        self.changed.emit()

    def cancel(self, name: str) -> None:
        """Cancel a download; what has arrived is kept."""
        if (download := self._downloads.get(name)) is None:
            return
        download.cancel.cancel()
        if not download.begun and download.job is not None:
            download.job.cancel()  # it would be cancelled only when its turn comes
            self._on_download_failed(name, Cancelled())

    def add(self, folder: Path) -> None:
        """Install a model from a folder on disk, under the folder's name."""
        name = _NO_NAME.sub("-", folder.name).strip("-.") or "model"
        library = self._session.library
        self._session.jobs.run(
            Lane.EXPORT,  # it copies files, and should not wait for downloads
            lambda: library.add_model(name, folder),
            lambda _none: self._added(folder, ""),
            self._not_added(folder),
        )

    def close(self) -> None:
        """Cancel all downloads at the end of the program; what has arrived is kept."""
        for download in self._downloads.values():
            download.cancel.cancel()
        self._timer.stop()

    def _not_added(self, folder: Path) -> Callable[[Exception], None]:
        return lambda error: self._added(folder, _in_the_window(error))

    def _added(self, folder: Path, failure: str) -> None:
        self._session.refresh_models()
        self.added.emit(folder.name, failure)

    def _on_models(self, models: tuple[ModelStatus, ...]) -> None:
        self.models = models
        self.changed.emit()

    def _chosen(self) -> None:
        self._session.refresh_models()
        self._indexing.start()

    def _on_downloaded(self, name: str) -> None:
        self._forget(name)
        self._kept.discard(name)
        self.use(name)

    def _on_download_failed(self, name: str, error: Exception) -> None:
        if self._downloads[name].progress.snapshot().done > 0:
            self._kept.add(name)
        self._forget(name)
        stopped = words.STOPPED if name in self._kept else words.STOPPED_AT_ONCE
        self._failures[name] = stopped if isinstance(error, Cancelled) else _in_the_window(error)
        self._session.refresh_models()
        self.changed.emit()

    def _forget(self, name: str) -> None:
        del self._downloads[name]
        if not self._downloads:
            self._timer.stop()


def _in_the_window(error: Exception) -> str:
    """Rewrite an error message of the engine for the window."""
    advice = words.ADD_INSTEAD.format(button=words.ADD_MODEL)
    return _ERROR_NUMBER.sub("", str(error)).replace(_COMMAND, advice)
