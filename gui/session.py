"""Access to the library from the window: calls run in the background, answers arrive as signals."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from engine.errors import UserError
from engine.records import Explanation, FailedFile, LibraryChanges, LibraryStatus, Query
from gui.jobs import Job, Jobs, Lane
from gui.messages import Messages

if TYPE_CHECKING:
    from engine.library import Library

POLL_MILLISECONDS = 2_000
LOOK_SECONDS = 0.25  # between two updates of the status while the library changes constantly
LOOK_SHARE = 0.05  # of the time, at most, spent on updates: counting a large library is slow

logger = logging.getLogger(__name__)


def open_library(location: Path) -> Library:
    """Open the library with its models in a process of their own. Slow. Raises UserError."""
    # Imported here, in a background thread, so that the window appears before the engine is loaded.
    from engine.library import Library

    return Library.open(location, models_apart=True)


def damage(location: Path) -> UserError | None:
    """Check the catalogue. Returns the error to show, or None if it is intact. Slow."""
    from engine.library import Library

    return Library.find_damage(location)


class Session(QObject):
    """Holds the library once it is open, and runs short operations on it. Main thread unless noted."""

    opened = Signal()
    open_failed = Signal(object)  # Exception
    changed = Signal(object)  # LibraryChanges
    models_changed = Signal(object)  # tuple[ModelStatus, ...]
    folder_added = Signal(object)  # Path
    folder_already_known = Signal(object)  # Path of a folder that is in the library already
    folder_removed = Signal(object)  # FolderStatus before it was removed
    _committed = Signal()  # from any thread

    def __init__(
        self,
        location: Path,
        messages: Messages,
        opener: Callable[[Path], Library] = open_library,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.location = location
        self.messages = messages
        self.jobs = Jobs(messages.report, self)
        self.status: LibraryStatus | None = None
        self._opener = opener
        self._library: Library | None = None
        self._status_job: Job[tuple[LibraryStatus, float]] | None = None
        self._status_stale = False
        self._commit_pending = False  # a commit was announced and its changes are not loaded yet
        self._look_timer = QTimer(self)
        self._look_timer.setSingleShot(True)
        self._look_timer.timeout.connect(self.refresh_status)
        self._next_look = 0.0  # in monotonic seconds
        self._poll_timer = QTimer(self)
        self._poll_timer.setInterval(POLL_MILLISECONDS)
        self._poll_timer.timeout.connect(self._schedule_look)
        self._committed.connect(self._schedule_look)
        self._folders_waiting: list[Path] = []
        messages.bug_reported.connect(self._look_for_damage)

    @property
    def library(self) -> Library:
        """The library. Raises RuntimeError before `opened`."""
        if self._library is None:
            raise RuntimeError("The library is not open yet")
        return self._library

    @property
    def read_only(self) -> bool:
        """Whether the library is open and can only be searched."""
        return self._library is not None and self._library.read_only

    @property
    def is_open(self) -> bool:
        """Whether the library is open."""
        return self._library is not None

    def open(self) -> None:
        """Open the library; if it is open already, load its status again."""
        if self.is_open:
            self.refresh_status()
            return
        self.jobs.run(
            Lane.LIBRARY, lambda: self._opener(self.location), self._on_opened, self._on_open_failed
        )

    def refresh_status(self) -> None:
        """Load the status and emit what has changed.

        If that is under way already, it is repeated afterwards, since it may have been too early.
        """
        if not self.is_open:
            return
        if self._status_job is not None:
            self._status_stale = True
            return
        self._status_stale = self._commit_pending = False
        self._look_timer.stop()
        self._status_job = self.jobs.run(
            Lane.LIBRARY, self._timed_status, self._on_status, self._status_failed
        )

    def poll(self, wanted: bool) -> None:
        """Load the status every two seconds, or stop. Other programs index too, and drives come and go."""
        if wanted and not self._poll_timer.isActive():
            self._poll_timer.start()
        elif not wanted:
            self._poll_timer.stop()

    def refresh_models(self) -> None:
        """Load the models and emit `models_changed`."""
        if self.is_open:
            self.jobs.run(Lane.LIBRARY, self.library.models, self.models_changed.emit)

    def add_folders(self, folders: list[Path]) -> None:
        """Add folders to the library; they wait until it is open."""
        if not self.is_open:
            self._folders_waiting += folders
            return
        for folder in folders:
            self.jobs.run(Lane.FOLDERS, self._adding(folder), partial(self._folder_added, folder))

    def remove_folder(self, folder: Path) -> None:
        """Remove a folder from the library and emit `folder_removed`."""
        self.jobs.run(Lane.FOLDERS, lambda: self.library.remove_folder(folder), self.folder_removed.emit)

    def retry_failed(self, paths: Sequence[Path] | None, done: Callable[[int], None]) -> None:
        """Queue failed files for another attempt, all of them for None. `done` gets their number."""
        self.jobs.run(Lane.LIBRARY, lambda: self.library.retry_failed(paths), done)

    def list_failures(self, show: Callable[[tuple[FailedFile, ...]], None]) -> None:
        """Load the failed files and pass them to `show`."""
        self.jobs.run(Lane.LIBRARY, lambda: tuple(self.library.failures()), show)

    def thumbnail(self, item: int) -> bytes | None:
        """The stored JPEG of an item, or None. May be called from any thread."""
        return self._library.thumbnail(item) if self._library is not None else None

    def why(self, query: Query, item: int) -> Explanation:
        """Why an item matches the query. May be called from any thread. Raises UserError, ModelError."""
        return self.library.explanation(query, item)

    def region(self, item: int, box: tuple[float, float, float, float]) -> bytes:
        """A part of an item as JPEG. May be called from any thread. Raises UserError."""
        return self.library.region(item, box)

    def close(self, seconds: float) -> bool:
        """Wait for running work and close the library. Returns False if work still ran after `seconds`."""
        self._poll_timer.stop()
        self._look_timer.stop()
        finished = self.jobs.shutdown(seconds)
        library, self._library = self._library, None
        if library is not None:
            library.on_commit(lambda: None)  # remaining work must not call a window that is gone
        if not finished:
            logger.warning("Background work did not end in time; the library is left as it is")
        elif library is not None:
            library.close()
        return finished

    def _adding(self, folder: Path) -> Callable[[], bool]:
        """Make the job that adds a folder; its result is whether that changed anything."""

        def add() -> bool:
            before = _searched(self.library)
            self.library.add_folder(folder)
            return _searched(self.library) != before

        return add

    def _note_commit(self) -> None:
        """Announce a commit; called in the writing thread. Many commits are announced as one."""
        if not self._commit_pending:
            self._commit_pending = True
            self._committed.emit()

    def _schedule_look(self) -> None:
        """Load the status soon; if that is under way, what is written meanwhile is looked at after it."""
        if self.is_open and self._status_job is None and not self._look_timer.isActive():
            wait = max(self._next_look - time.monotonic(), 0.0)
            self._look_timer.start(round(wait * 1000))

    def _timed_status(self) -> tuple[LibraryStatus, float]:
        """The status, and the seconds it took."""
        began = time.monotonic()
        status = self.library.status()
        return status, time.monotonic() - began

    def _on_opened(self, library: Library) -> None:
        self._library = library
        library.on_commit(self._note_commit)
        for notice in library.notices:
            self.messages.warning(notice)
        if library.read_only:
            self.messages.warning(library.unwritable.message, library.unwritable.remedy)
        self.refresh_status()
        self.refresh_models()
        waiting, self._folders_waiting = self._folders_waiting, []
        self.add_folders(waiting)
        self.opened.emit()

    def _on_open_failed(self, error: Exception) -> None:
        if not isinstance(error, UserError):
            self.messages.report(error)
        self.open_failed.emit(error)

    def _look_for_damage(self) -> None:
        """Check whether an unexpected error comes from a damaged catalogue, which can be repaired."""
        self.jobs.run(
            Lane.TRACE,
            lambda: damage(self.location),
            lambda found: self.messages.report(found) if found is not None else None,
            lambda error: logger.warning("The catalogue could not be looked through: %s", error),
        )

    def _on_status(self, timed: tuple[LibraryStatus, float]) -> None:
        status, seconds = timed
        self._status_job = None
        self._next_look = time.monotonic() + max(seconds / LOOK_SHARE, LOOK_SECONDS)
        if self._status_stale:
            self.refresh_status()
            return
        changes, self.status = LibraryChanges(status, self.status), status
        self.changed.emit(changes)
        self._look_at_pending()

    def _look_at_pending(self) -> None:
        if self._commit_pending:
            self._schedule_look()

    def _status_failed(self, error: Exception) -> None:
        self._status_job = None
        self._look_at_pending()
        if self.status is None:
            self._on_open_failed(error)
        else:
            self.messages.report(error)

    def _folder_added(self, folder: Path, is_news: bool) -> None:
        if not is_news:
            self.folder_already_known.emit(folder)
        self.folder_added.emit(folder)


def _searched(library: Library) -> set[tuple[Path, tuple[str, ...]]]:
    """The folders with their exclusions."""
    return {(folder.path, folder.excludes) for folder in library.folders()}
