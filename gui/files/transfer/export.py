"""Copies files into a folder chosen by the user, with progress."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QLabel, QProgressBar, QWidget

from engine.progress import CancelToken, Progress
from gui import strings
from gui.files.transfer.file_copy import CopyResult, export
from gui.jobs import Lane
from gui.messages import Level, Message
from gui.session import Session
from gui.strings import file_work as words
from gui.widgets.appearance.style import GRID, Style
from gui.widgets.controls.buttons import TextButton

POLL_MILLISECONDS = 100
_BAR_WIDTH = 24 * GRID


class ExportStrip(QFrame):
    """One line while an export runs: target, progress, and a button to stop it."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("ExportStrip")
        self.title = QLabel()
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setProperty("kind", "heading")
        self.count = QLabel()
        self.count.setProperty("kind", "muted")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(_BAR_WIDTH)
        self.bar.setAccessibleName(words.EXPORT_PROGRESS)
        self.cancel_button = TextButton(words.CANCEL, style)
        self.cancel_button.setAccessibleName(words.EXPORT_CANCEL)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        row.setSpacing(2 * GRID)
        for widget in (self.title, self.bar, self.count):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.cancel_button)
        self.hide()

    def begin(self, folder: Path, count: int) -> None:
        """Show the start of an export of `count` files to `folder`."""
        self.title.setText(words.EXPORTING.format(name=strings.file_name(folder)))
        self.cancel_button.setEnabled(True)
        self.advance(0, count)
        self.show()

    def advance(self, done: int, count: int) -> None:
        """Show that `done` of `count` files are copied."""
        self.bar.setRange(0, count)
        self.bar.setValue(done)
        self.count.setText(strings.done_of(done, count, "files"))

    def show_stopping(self) -> None:
        """Show that the export is being stopped."""
        self.cancel_button.setEnabled(False)
        self.count.setText(words.EXPORT_STOPPING)


class ExportController(QObject):
    """Runs one export at a time in the background."""

    def __init__(
        self, session: Session, show_folder: Callable[[Path], None], style: Style, window: QWidget
    ) -> None:
        super().__init__(window)
        self._session = session
        self._show_folder = show_folder
        self._window = window
        self._last_folder = Path.home()
        self._progress = Progress()
        self._cancel: CancelToken | None = None  # of the running export
        self.dialog: QFileDialog | None = None
        self.strip = ExportStrip(style)
        self.strip.cancel_button.clicked.connect(self.stop)
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MILLISECONDS)
        self._timer.timeout.connect(self._look)

    @property
    def running(self) -> bool:
        """Whether an export is running."""
        return self._cancel is not None

    def ask(self, paths: Sequence[Path]) -> None:
        """Let the user choose a folder and export there, unless an export is running."""
        if self.running:
            self._session.messages.info(words.EXPORT_BUSY)
            return
        dialog = QFileDialog(self._window, words.PICK_EXPORT_FOLDER, str(self._last_folder))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda chosen: self.start(paths, Path(chosen)))
        dialog.open()
        self.dialog = dialog

    def start(self, paths: Sequence[Path], folder: Path) -> None:
        """Copy `paths` into `folder`."""
        self._last_folder = folder
        progress, cancel = Progress(), CancelToken()
        self._progress, self._cancel = progress, cancel
        self.strip.begin(folder, len(paths))
        self._timer.start()
        self._session.jobs.run(
            Lane.EXPORT, lambda: export(paths, folder, progress, cancel), self._ended, self._failed
        )

    def stop(self) -> None:
        """Cancel the export; files that are copied completely stay."""
        if self._cancel is not None:
            self._cancel.cancel()
            self._timer.stop()
            self.strip.show_stopping()

    def _look(self) -> None:
        snapshot = self._progress.snapshot()
        self.strip.advance(snapshot.done + snapshot.failed, snapshot.found)

    def _rest(self) -> None:
        self._cancel = None
        self._timer.stop()
        self.strip.hide()

    def _ended(self, copied: CopyResult) -> None:
        self._rest()
        say = words.export_stopped if copied.cancelled else words.exported
        self._session.messages.post(
            Message(
                Level.WARNING if copied.problems else Level.INFO,
                say(copied.files, copied.folder),
                words.left_out(copied.problems),
                words.SHOW,
                lambda: self._show_folder(copied.folder),
            )
        )

    def _failed(self, error: Exception) -> None:
        self._rest()
        self._session.messages.report(error)
