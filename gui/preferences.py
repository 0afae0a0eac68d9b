"""The settings, which parts of the window read and follow."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TypedDict, Unpack

from PySide6.QtCore import QObject, Signal

from engine.errors import UserError
from engine.settings import SETTINGS_FILE, Appearance, Settings, SettingsFile
from gui.jobs import Lane
from gui.session import Session
from gui.strings import settings as words

logger = logging.getLogger(__name__)


class SettingsChanges(TypedDict, total=False):
    """The fields of `Settings` that `Preferences.change` accepts."""

    appearance: Appearance
    card_height: int
    fold_alike: bool
    watch: bool
    keep_history: bool
    read_text: bool


class Preferences(QObject):
    """Holds the settings. A change takes effect at once and is written in the background."""

    changed = Signal()
    saved = Signal()  # the library reads the file itself

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        """Read the file at once, since the first paint needs the chosen colours."""
        super().__init__(parent or session)
        self._session = session
        self._file = SettingsFile(session.location / SETTINGS_FILE)
        self._settings = self._file.load()
        if self._file.damaged:
            session.messages.warning(words.DAMAGED, words.DAMAGED_REMEDY)
        self._unsaved = False
        self._saving = False
        self._may_write = False  # nothing is written if the library could not be opened
        session.opened.connect(self._on_opened)

    @property
    def settings(self) -> Settings:
        """The current settings."""
        return self._settings

    def change(self, **fields: Unpack[SettingsChanges]) -> None:
        """Change settings and emit `changed`, unless nothing differs."""
        changed = replace(self._settings, **fields)
        if changed == self._settings:
            return
        self._settings = changed
        self._unsaved = True
        self._save()
        self.changed.emit()

    def close(self) -> None:
        """Write unsaved changes at once; called after the lanes have stopped."""
        if self._may_write and (self._unsaved or self._saving):
            try:
                self._file.save(self._settings)
            except UserError as error:
                logger.warning("The settings are not kept: %s", error)  # there is no window left to show it

    def _on_opened(self) -> None:
        self._may_write = True
        self._save()

    def _save(self) -> None:
        """Write the settings, one write at a time: zooming changes them many times a second."""
        if self._saving or not self._unsaved or not self._may_write:
            return
        self._saving, self._unsaved = True, False
        settings = self._settings
        self._session.jobs.run(Lane.FILES, lambda: self._file.save(settings), self._saved, self._not_saved)

    def _saved(self, _none: None) -> None:
        self._saving = False
        self.saved.emit()
        self._save()

    def _not_saved(self, error: Exception) -> None:
        self._saving, self._unsaved = False, True  # retried with the next change, or at the end
        self._session.messages.report(error)
