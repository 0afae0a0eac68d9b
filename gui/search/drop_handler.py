"""Handles what is dropped, pasted or picked: adds folders to the library, searches by pictures."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.errors import QueryError
from engine.records import Hit
from gui import strings
from gui.jobs import Lane
from gui.messages import Level, Message
from gui.search import picture_query
from gui.search.picture_query import CHIP, PICTURE_LIMIT, QueryPicture
from gui.session import Session
from gui.strings import search as words
from gui.widgets.decoding import decoded


@dataclass(frozen=True, slots=True)
class _Sorted:
    folders: list[Path]
    pictures: list[QueryPicture]
    refused: list[QueryError]
    left_out: int


class DropHandler(QObject):
    """Sorts files and pictures in a background thread and emits what each is for."""

    folders_dropped = Signal(object)  # list[Path], to add to the library
    pictures_dropped = Signal(object, bool)  # list[QueryPicture] to add to the search; whether negated
    query_replaced = Signal(object)  # list[QueryPicture] that replace the search
    similar_prepared = Signal(object)  # QueryPicture to search for alone

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self._waiting: list[tuple[tuple[Path, ...], bool]] = []
        self.dialog: QFileDialog | None = None
        session.opened.connect(self._take_waiting)

    def take(self, data: QMimeData, adds: bool = True) -> bool:
        """Handle a drop or the clipboard. Returns False if it has no files or image.

        `adds`: pictures are added to the search instead of replacing it. Files are examined in the
        background, since they may be large or on a slow drive.
        """
        offered = picture_query.offer(data)
        if offered.paths:
            self.take_paths(offered.paths, adds)
        elif offered.image is not None:
            self._take_image(offered.image, adds)
        return not offered.empty

    def pick(self) -> None:
        """Let the user choose pictures to search by."""
        dialog = QFileDialog(self._window, strings.PICK_PICTURE, str(Path.home()), strings.PICTURE_FILES)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(lambda names: self.take_paths(tuple(Path(name) for name in names)))
        dialog.open()
        self.dialog = dialog

    def take_paths(self, paths: tuple[Path, ...], adds: bool = True) -> None:
        """Handle files and folders, as `take` does; they wait until the library is open."""
        if not self._session.is_open:
            self._waiting.append((paths, adds))
            return
        ratio, preview = self._window.devicePixelRatioF(), self._session.library.preview
        self._session.jobs.run(Lane.FILES, lambda: _sort(paths, preview, ratio), partial(self._give, adds))

    def search_by_hit(self, hit: Hit) -> None:
        """Search for what looks like an item of the library."""
        self._session.jobs.run(Lane.FILES, self._making(hit), self.similar_prepared.emit)

    def add_hit_to_query(self, hit: Hit, minus: bool) -> None:
        """Add an item of the library to the search. `minus`: negated."""
        self._session.jobs.run(
            Lane.FILES, self._making(hit), lambda picture: self.pictures_dropped.emit([picture], minus)
        )

    def search_by_region(self, hit: Hit, box: tuple[float, float, float, float]) -> None:
        """Search by a part of an item. `box`: left, top, right, bottom as fractions of its size."""
        label = words.PART_OF.format(name=strings.item_label(hit.path, hit.page))
        ratio, library = self._window.devicePixelRatioF(), self._session.library

        def make() -> QueryPicture:
            encoded = library.region(hit.item, box)
            return QueryPicture(encoded, label, decoded(encoded, CHIP * ratio, ratio))

        self._session.jobs.run(Lane.FILES, make, self.similar_prepared.emit)

    def _making(self, hit: Hit) -> Callable[[], QueryPicture]:
        label, ratio = strings.item_label(hit.path, hit.page), self._window.devicePixelRatioF()
        return lambda: picture_query.from_item(hit.item, label, self._session.thumbnail(hit.item), ratio)

    def _take_image(self, image: QImage, adds: bool) -> None:
        ratio = self._window.devicePixelRatioF()
        self._session.jobs.run(
            Lane.FILES,
            lambda: picture_query.from_image(image, ratio),
            lambda picture: self._hand_on([picture], adds),
        )

    def _take_waiting(self) -> None:
        waiting, self._waiting = self._waiting, []
        for paths, adds in waiting:
            self.take_paths(paths, adds)

    def _hand_on(self, pictures: list[QueryPicture], adds: bool) -> None:
        if adds:
            self.pictures_dropped.emit(pictures, False)
        else:
            self.query_replaced.emit(pictures)

    def _give(self, adds: bool, found: _Sorted) -> None:
        if found.folders:
            self.folders_dropped.emit(found.folders)
        if found.pictures:
            self._hand_on(found.pictures, adds)
        for error in found.refused:
            refused = Message(Level.ERROR, error.message, error.remedy, passing=True)
            self._session.messages.post(refused)
        if found.left_out:
            self._session.messages.warning(strings.too_many_pictures(PICTURE_LIMIT))


def _sort(paths: tuple[Path, ...], preview: Callable[[Path], bytes], ratio: float) -> _Sorted:
    folders = [path for path in paths if os.path.isdir(path)]  # noqa: PTH112  # Path.is_dir may raise
    others = [path for path in paths if path not in folders]
    pictures, refused = [], []
    for path in others[:PICTURE_LIMIT]:
        try:
            pictures.append(picture_query.from_file(path, preview, ratio))
        except QueryError as error:
            refused.append(error)
    return _Sorted(folders, pictures, refused, max(len(others) - PICTURE_LIMIT, 0))
