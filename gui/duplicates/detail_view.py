"""One picture of a group enlarged, with what distinguishes it from the others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from engine.records import DuplicateFile
from gui import strings
from gui.duplicates.model import DuplicatesModel
from gui.jobs import Job, Jobs, Lane
from gui.override import override
from gui.results.cards.thumbnails import ThumbnailStore
from gui.strings import duplicates as words
from gui.widgets.appearance.style import GRID, Style
from gui.widgets.controls.buttons import IconButton
from gui.widgets.controls.check_box import CheckBox
from gui.widgets.decoding import decoded

LONGEST_SIDE = 2048  # device pixels


class DetailPicture(QWidget):
    """Shows an image scaled to fit, or a text instead."""

    def __init__(self, style: Style) -> None:
        super().__init__()
        self._style = style
        self._image = QImage()
        self.text = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(words.PICTURE)

    @property
    def empty(self) -> bool:
        """Whether there is no image."""
        return self._image.isNull()

    def show_image(self, image: QImage, text: str = "") -> None:
        """Show `image`, or `text` if it is null."""
        self._image = image
        self.text = text
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._style.colour("mat"))
        if self._image.isNull():
            painter.setPen(self._style.colour("muted"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text)
            return
        room = self.size() - QSize(2 * GRID, 2 * GRID)
        place = QRect(QPoint(0, 0), self._image.size().scaled(room, Qt.AspectRatioMode.KeepAspectRatio))
        place.moveCenter(self.rect().center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, self._image)


class DetailView(QWidget):
    """The enlarged picture; arrow keys step through the group."""

    closed = Signal()
    moved = Signal(int)  # row

    def __init__(
        self,
        model: DuplicatesModel,
        jobs: Jobs,
        fetch: Callable[[int, int], bytes],
        thumbnails: ThumbnailStore,
        style: Style,
    ) -> None:
        """`fetch` returns an item as JPEG with a maximum longer side, and is called in a thread."""
        super().__init__()
        self._model = model
        self._jobs = jobs
        self._fetch = fetch
        self._thumbnails = thumbnails
        self._row = -1
        self._file: DuplicateFile | None = None  # the file that is shown
        self._job: Job[QImage] | None = None
        self.picture = DetailPicture(style)
        self.title, self.facts, self.place = QLabel(), QLabel(), QLabel()
        self.title.setProperty("kind", "heading")
        for label in (self.title, self.facts, self.place):
            label.setTextFormat(Qt.TextFormat.PlainText)
        for label in (self.title, self.facts):
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.facts.setProperty("kind", "muted")
        self.place.setProperty("kind", "muted")
        self.tick = CheckBox(words.TICK, style)
        self.tick.clicked.connect(lambda ticked: self._model.tick(self._row, ticked))
        self.back_button = IconButton("close", words.BACK_TO_LIST, style)
        self.back_button.clicked.connect(self.closed)
        self.previous_button = IconButton("left", words.PREVIOUS, style)
        self.previous_button.clicked.connect(lambda: self._step(-1))
        self.next_button = IconButton("right", words.NEXT, style)
        self.next_button.clicked.connect(lambda: self._step(1))
        self._lay_out()

    @property
    def row(self) -> int:
        """The row that is shown."""
        return self._row

    @property
    def path(self) -> Path | None:
        """The path of the file that is shown; None if there is none."""
        return self._file.path if self._file is not None else None

    @property
    def loading(self) -> bool:
        """Whether a sharper picture is loading."""
        return self._job is not None

    def show_row(self, row: int) -> None:
        """Show the file of this row."""
        self._row = row
        file = self._model.arranged.files[row]
        rows = self._model.rows(self._model.arranged.group_of(row))
        best = row == rows.start
        name = strings.file_name(file.path)
        self.title.setText(f"{name} · {words.BEST}" if best else name)
        facts = words.facts(file.bytes, file.width, file.height)
        self.facts.setText(f"{facts} · {strings.plain(str(file.path.parent))}")
        self.facts.setToolTip(strings.tip(str(file.path)))
        self.place.setText(words.place_in_group(row - rows.start + 1, len(rows)))
        self.tick.setChecked(self._model.ticked(row))
        self.previous_button.setEnabled(row > rows.start)
        self.next_button.setEnabled(row < rows.stop - 1)
        self.picture.setAccessibleDescription(f"{name}, {facts}")
        if file != self._file:
            self._file = file
            self._ask(file)
        self.moved.emit(row)

    def leave(self) -> None:
        """Stop loading and free the picture."""
        if self._job is not None:
            self._job.cancel()
            self._job = None
        self._file = None
        self.picture.show_image(QImage())

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Space:
            self.closed.emit()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._step(1 if key == Qt.Key.Key_Right else -1)
        elif key == Qt.Key.Key_X:
            self.tick.click()
        else:
            super().keyPressEvent(event)

    def _step(self, by: int) -> None:
        row = self._row + by
        if row in self._model.rows(self._model.arranged.group_of(self._row)):
            self.show_row(row)

    def _ask(self, file: DuplicateFile) -> None:
        """Show the thumbnail and load the picture. Results for an earlier file are dropped."""
        if self._job is not None:
            self._job.cancel()
        self.picture.show_image(self._thumbnails.image(file.item) or QImage(), words.LOADING)
        side = min(round(max(self.width(), self.height()) * self.devicePixelRatioF()), LONGEST_SIDE)
        self._job = self._jobs.run(
            Lane.PICTURES,
            lambda: decoded(self._fetch(file.item, side), QSize(side, side)),
            self._on_answer,
            self._failed,
        )

    def _on_answer(self, image: QImage) -> None:
        self._job = None
        self.picture.show_image(image, words.NOT_SHOWN)

    def _failed(self, error: Exception) -> None:
        """Keep the thumbnail, if any; otherwise show the reason."""
        self._job = None
        if self.picture.empty:
            self.picture.show_image(QImage(), strings.plain(str(error)) or words.NOT_SHOWN)

    def _lay_out(self) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self.title)
        texts.addWidget(self.facts)
        top = QHBoxLayout()
        top.setSpacing(GRID)
        top.addWidget(self.back_button)
        top.addLayout(texts, 1)
        for widget in (self.tick, self.previous_button, self.place, self.next_button):
            top.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        column.setSpacing(GRID)
        column.addLayout(top)
        column.addWidget(self.picture, 1)
