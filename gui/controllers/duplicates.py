"""Opens the duplicates page, keeps it up to date, and closes it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QStackedWidget

from engine.records import DuplicateGroup
from gui.duplicates.cluster_watcher import ClusterWatcher
from gui.duplicates.model import ArrangedGroups, arranged
from gui.duplicates.page import DuplicatesPage
from gui.files.file_actions import FileActions
from gui.files.transfer.trash_controller import TrashController
from gui.indexing import IndexingController
from gui.jobs import Job, Lane
from gui.results.cards.thumbnails import ThumbnailStore
from gui.session import Session
from gui.widgets.appearance.style import Style


class DuplicatesController(QObject):
    """Adds the duplicates page to `pages`; the page shown before is unchanged behind it."""

    closed = Signal()  # another page should be shown
    counted = Signal(int)  # number of groups of all kinds

    def __init__(
        self,
        session: Session,
        indexing: IndexingController,
        pages: QStackedWidget,
        thumbnails: ThumbnailStore,
        style: Style,
    ) -> None:
        super().__init__(pages)
        self._session = session
        self._indexing = indexing
        self._pages = pages
        self._gone: frozenset[Path] = frozenset()  # moved to the trash; the library may not know it yet
        self._job: Job[ArrangedGroups] | None = None
        self.cluster_watcher = ClusterWatcher(session, indexing)
        self.page = DuplicatesPage(session.jobs, self._picture, thumbnails, style)
        pages.addWidget(self.page)
        self.cluster_watcher.duplicates_changed.connect(self._found)
        self.page.kind_chosen.connect(self._arrange)
        self.page.close_requested.connect(self.close)
        indexing.state_changed.connect(lambda _state: self.page.show_empty(indexing.active))

    @property
    def is_open(self) -> bool:
        """Whether the page is shown."""
        return self._pages.currentWidget() is self.page

    def connect_files(self, files: FileActions, trash_controller: TrashController) -> None:
        """Connect what the page requests to what opens and trashes files."""
        self.page.view.open_requested.connect(files.open)
        self.page.view.trash_requested.connect(trash_controller.confirm_trash_duplicates)
        trash_controller.moved.connect(self._moved_to_bin)
        trash_controller.returned.connect(self._returned)

    def show(self) -> None:
        """Show the page and focus it."""
        self.page.show_empty(self._indexing.active)
        self._pages.setCurrentWidget(self.page)
        self.page.enter()

    def close(self) -> None:
        """Leave the page, if it is shown; emits `closed`."""
        if self.is_open:
            self.closed.emit()

    def step_back(self) -> bool:
        """Return from a large picture to the list, or leave the page. Returns False if it is not open."""
        if not self.is_open:
            return False
        if not self.page.step_back():
            self.close()
        return True

    def _picture(self, item: int, side: int) -> bytes:
        """Called in any thread."""
        return self._session.library.picture(item, side)

    def _arrange(self) -> None:
        if self._job is not None:
            self._job.cancel()
        groups, kind, gone = self.cluster_watcher.groups, self.page.kind, self._gone
        self._job = self._session.jobs.run(
            Lane.FILES, lambda: arranged(groups, kind, gone), self._on_arranged
        )

    def _on_arranged(self, groups: ArrangedGroups) -> None:
        self._job = None
        self.page.show_groups(groups)
        self.counted.emit(sum(groups.kinds.values()))

    def _found(self, groups: Sequence[DuplicateGroup]) -> None:
        if self._gone:  # files that the library knows to be missing are shown again when they return
            self._gone &= {file.path for group in groups for file in group.files}
        self._arrange()

    def _moved_to_bin(self, paths: Collection[Path]) -> None:
        self._gone |= frozenset(paths)
        self._arrange()

    def _returned(self, paths: Collection[Path]) -> None:
        self._gone -= frozenset(paths)
        self._arrange()
