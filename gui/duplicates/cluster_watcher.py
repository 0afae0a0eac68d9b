"""Reloads themes and groups of duplicates when they may have changed."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from engine.progress import Snapshot
from engine.records import DuplicateGroup, Theme
from gui.indexing import IndexingController
from gui.jobs import Lane
from gui.session import Session

DISCOVERING = "finding themes and duplicates"  # the phase of indexing that changes them


@dataclass(frozen=True, slots=True)
class _Found:
    themes: tuple[Theme, ...]
    groups: tuple[DuplicateGroup, ...]


class ClusterWatcher(QObject):
    """Loads themes and duplicates in the background and emits what has changed."""

    themes_changed = Signal(object)  # tuple[Theme, ...]
    duplicates_changed = Signal(object)  # tuple[DuplicateGroup, ...]

    def __init__(self, session: Session, indexing: IndexingController) -> None:
        super().__init__(session)
        self._session = session
        self._found = _Found((), ())
        self._asking = False
        self._again = False
        self._phase = ""
        session.opened.connect(self.refresh)
        session.folder_removed.connect(self.refresh)
        indexing.finished.connect(self.refresh)
        indexing.stopped.connect(self.refresh)
        indexing.advanced.connect(self._follow)

    @property
    def groups(self) -> tuple[DuplicateGroup, ...]:
        """The groups of duplicates loaded last."""
        return self._found.groups

    def refresh(self) -> None:
        """Reload; if that is going on, once more afterwards."""
        if self._asking:
            self._again = True
            return
        library, before = self._session.library, self._found
        self._asking, self._again = True, False

        def ask() -> tuple[_Found, bool, bool]:
            # Compared in this thread: there may be thousands of groups, and usually nothing has changed.
            found = _Found(library.themes(), library.duplicates())
            return found, found.themes != before.themes, found.groups != before.groups

        self._session.jobs.run(Lane.LIBRARY, ask, self._on_answer, self._failed)

    def _follow(self, snapshot: Snapshot) -> None:
        before, self._phase = self._phase, snapshot.phase
        if before == DISCOVERING != snapshot.phase:
            self.refresh()

    def _on_answer(self, answer: tuple[_Found, bool, bool]) -> None:
        self._asking = False
        self._found, themes, groups = answer
        if themes:
            self.themes_changed.emit(self._found.themes)
        if groups:
            self.duplicates_changed.emit(self._found.groups)
        if self._again:
            self.refresh()

    def _failed(self, error: Exception) -> None:
        self._asking = False
        self._session.messages.report(error)
