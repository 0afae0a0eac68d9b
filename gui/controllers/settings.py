"""Opens the settings and the models, and applies changes of settings."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QWidget

from gui.activity.activity_bar import StatusLine
from gui.files import desktop
from gui.indexing import IndexingController
from gui.jobs import Lane
from gui.preferences import Preferences
from gui.session import Session
from gui.settings.model_controller import ModelController
from gui.settings.models_dialog import ModelsDialog
from gui.settings.settings_dialog import SettingsDialog
from gui.widgets import shortcut_table
from gui.widgets.appearance.style import Style
from gui.widgets.main_menu import MainMenuButton


class SettingsController(QObject):
    """Creates the dialogs on settings and models."""

    def __init__(
        self,
        session: Session,
        preferences: Preferences,
        indexing: IndexingController,
        style: Style,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session = session
        self._preferences = preferences
        self._indexing = indexing
        self._style = style
        self._window = window
        self._reads_text = preferences.settings.read_text
        self.work = ModelController(session, indexing)
        self.settings_dialog: SettingsDialog | None = None
        self.models_dialog: ModelsDialog | None = None
        style.choose(preferences.settings.appearance)
        preferences.changed.connect(lambda: style.choose(preferences.settings.appearance))
        preferences.saved.connect(self._apply_read_text)
        session.changed.connect(self._on_status)
        for keys in shortcut_table.sequences("settings"):
            QShortcut(keys, window, self.show_settings)

    def connect_parts(self, menu: MainMenuButton, line: StatusLine) -> None:
        """Connect the main menu and the status line to the dialogs."""
        menu.settings_requested.connect(self.show_settings)
        menu.models_requested.connect(self.show_models)
        line.models_requested.connect(self.show_models)
        self._session.models_changed.connect(line.show_models)

    def show_settings(self) -> None:
        """Open the settings, or bring them to the front."""
        if self.settings_dialog is None:
            location = self._session.location
            dialog = SettingsDialog(self._preferences, self.work, location, self._style, self._window)
            dialog.models_requested.connect(self.show_models)
            dialog.library_requested.connect(lambda: desktop.open_path(location))
            self.settings_dialog = dialog
        show_on_top(self.settings_dialog)

    def show_models(self) -> None:
        """Open the models, or bring them to the front."""
        if self.models_dialog is None:
            self.models_dialog = ModelsDialog(self.work, self._style, self._window)
        self._session.refresh_models()
        show_on_top(self.models_dialog)

    def close(self) -> None:
        """Cancel downloads at the end of the program."""
        self.work.close()

    def _apply_read_text(self) -> None:
        """Tell the library when text recognition is turned on or off."""
        if self._preferences.settings.read_text != self._reads_text:
            self._reads_text = self._preferences.settings.read_text
            library = self._session.library
            self._session.jobs.run(
                Lane.LIBRARY, library.on_settings_changed, lambda _none: self._continue_indexing()
            )

    def _continue_indexing(self) -> None:
        """Start indexing, unless the user has stopped it."""
        if not self._indexing.held:
            self._indexing.start()

    def _on_status(self) -> None:
        """Update how far a chosen model is while indexing prepares it."""
        if any(model.pending for model in self.work.models) and self._indexing.active:
            self._session.refresh_models()


def show_on_top(dialog: QWidget) -> None:
    """Show a dialog that is not modal, in front of the window and active."""
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()
