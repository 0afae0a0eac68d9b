"""What is done with models: choosing one, bringing it here, and how far that is."""

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
_NO_NAME = re.compile(r"[^A-Za-z0-9_.+-]+")  # what a model's name may not hold


_COMMAND = "models add NAME --from PATH"  # the engine's advice to who is at the command line
_ERROR_NUMBER = re.compile(r"\[(?:Errno|WinError) -?\d+\] ?")


@dataclass(slots=True)
class DownloadState:
    progress: Progress
    cancel: CancelToken
    job: Job[None] | None = None
    begun: bool = False


class ModelController(QObject):
    """Downloads follow one another in a lane of their own: the window, searches and the index go on."""

    changed = Signal()  # the models, or what is done with them
    advanced = Signal()  # a download went on
    added = Signal(str, str)  # a folder's name, and why it could not be added, or ""

    def __init__(self, session: Session, indexing: IndexingController) -> None:
        super().__init__(session)
        self._session = session
        self._indexing = indexing
        self._downloads: dict[str, DownloadState] = {}
        self._failures: dict[str, str] = {}
        self._kept: set[str] = set()  # of which a part has arrived
        self.models: tuple[ModelStatus, ...] = ()
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MILLISECONDS)
        self._timer.timeout.connect(self.advanced)
        session.models_changed.connect(self._on_models)

    def snapshot(self, name: str) -> Snapshot | None:
        """How far its download is; None when there is none."""
        download = self._downloads.get(name)
        return download.progress.snapshot() if download is not None else None

    def waits(self, name: str) -> bool:
        """Whether its download begins only when another one has ended."""
        return name in self._downloads and name != next(iter(self._downloads))

    def can_continue(self, name: str) -> bool:
        """Whether a part has arrived of what did not come to its end."""
        return name in self._kept

    def failure(self, name: str) -> str:
        """Why its last download did not come to its end, or ""."""
        return self._failures.get(name, "")

    def answering(self, kind: str) -> ModelStatus | None:
        return next((model for model in self.models if model.kind == kind and model.active), None)

    def use(self, name: str) -> None:
        self._session.jobs.run(
            Lane.LIBRARY, lambda: self._session.library.use_model(name), lambda _none: self._chosen()
        )

    def download(self, name: str) -> None:
        """Bring a model here, and use it then. What an earlier attempt brought is kept."""
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
        if (download := self._downloads.get(name)) is None:
            return
        download.cancel.cancel()
        if not download.begun and download.job is not None:
            download.job.cancel()  # nothing would be heard of it before its turn
            self._on_download_failed(name, Cancelled())

    def add(self, folder: Path) -> None:
        """Install a model from disk, under the name of its folder."""
        name = _NO_NAME.sub("-", folder.name).strip("-.") or "model"
        library = self._session.library
        self._session.jobs.run(
            Lane.EXPORT,  # it copies files, too, and need not wait for a download
            lambda: library.add_model(name, folder),
            lambda _none: self._added(folder, ""),
            self._not_added(folder),
        )

    def close(self) -> None:
        """The window closes: what has arrived is kept for another time."""
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
    """Why a model did not come, and what can be done about it here."""
    advice = words.ADD_INSTEAD.format(button=words.ADD_MODEL)
    return _ERROR_NUMBER.sub("", str(error)).replace(_COMMAND, advice)
