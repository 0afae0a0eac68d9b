"""Messages over the lower edge of the window's content. They never require an answer."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gui import strings
from gui.messages import Bug, Level, Message
from gui.override import override
from gui.widgets.appearance.style import GRID, Style
from gui.widgets.controls.buttons import IconButton, TextButton
from gui.widgets.controls.icon_label import IconLabel

INFO_MILLISECONDS = 6000  # warnings and errors stay until they are dismissed
MOST_BANNERS = 3
WIDTH = 90 * GRID  # at most
MARGIN = 2 * GRID
MOST_BUGS = 20  # in the details of the dialog

_COLOURS = {Level.INFO: "accent", Level.WARNING: "weak", Level.ERROR: "error"}


class Banner(QFrame):
    """One message with its buttons; it emits `dismissed` when its time is up or the user closes it."""

    dismissed = Signal()

    def __init__(self, message: Message, style: Style, parent: QWidget) -> None:
        super().__init__(parent)
        self.message = message
        self.setObjectName("Banner")
        self.setProperty("level", message.level.value)
        sign = IconLabel(message.level.value, _COLOURS[message.level], style, self)
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID + 4, GRID, GRID, GRID)
        row.setSpacing(GRID + 4)
        row.addWidget(sign)
        row.addLayout(self._build_text(message), 1)
        if message.action is not None:
            self.action_button = TextButton(message.action_text, style, parent=self)
            self.action_button.clicked.connect(message.action)
            self.action_button.clicked.connect(self.dismissed)
            row.addWidget(self.action_button)
        self.close_button = IconButton("close", strings.DISMISS, style, self)
        self.close_button.clicked.connect(self.dismissed)
        row.addWidget(self.close_button)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._pass)
        self.renew(message)

    def same_text_as(self, message: Message) -> bool:
        """Whether both messages have the same level and no action, so that one can replace the other."""
        return message.level is self.message.level and message.action is None and self.message.action is None

    def renew(self, message: Message) -> None:
        """Take over an equal `message`: withdrawing it removes this banner. Its timer starts again."""
        self.message = message
        if message.level is Level.INFO:
            self._timer.start(INFO_MILLISECONDS)

    def retire(self) -> None:
        """Hide the banner for good and delete it."""
        self._timer.stop()
        self.hide()
        self.deleteLater()

    def holds_focus(self) -> bool:
        """Whether one of the banner's buttons has the focus."""
        focused = QApplication.focusWidget()
        return focused is not None and self.isAncestorOf(focused)

    def is_in_use(self) -> bool:
        """Whether the user points at the banner or has focused it, so that it must not vanish."""
        return self.holds_focus() or self.underMouse()

    def _pass(self) -> None:
        if self.is_in_use():
            self._timer.start(INFO_MILLISECONDS)
        else:
            self.dismissed.emit()

    @staticmethod
    def _build_text(message: Message) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(2)
        for text, kind in ((message.text, "heading"), (message.remedy, "muted")):
            if text:
                label = QLabel(text)
                label.setTextFormat(Qt.TextFormat.PlainText)
                label.setWordWrap(True)
                label.setProperty("kind", kind)
                label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                column.addWidget(label)
        return column


class BannerArea(QWidget):
    """Shows banners, and one dialog for bugs. Implements `messages.MessageScreen`.

    It lies on top of `parent` and moves nothing, so that what the user is about to click stays where it is.
    """

    covered_height_changed = Signal(int)  # how much of the lower edge is covered, in logical pixels

    def __init__(self, style: Style, parent: QWidget) -> None:
        super().__init__(parent)
        self._under = parent
        self._lifted = 0
        parent.installEventFilter(self)
        self._style = style
        self._banners: list[Banner] = []
        self._bugs: list[Bug] = []
        self._before: QWidget | None = None  # the widget that had the focus before a banner took it
        self.bug_dialog: QMessageBox | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GRID)
        self.hide()
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._focus_changed)

    def banners(self) -> list[Banner]:
        """The banners on screen, newest first."""
        return list(self._banners)

    def show_message(self, message: Message) -> None:
        """Show the message above the older ones.

        A banner with the same text is replaced, unless the user is using it and the new one would offer
        another action.
        """
        for banner in self.banners():
            if (banner.message.text, banner.message.remedy) != (message.text, message.remedy):
                continue
            if not banner.is_in_use():
                self._dismiss(banner)
            elif banner.same_text_as(message):
                banner.renew(message)
                return
        banner = Banner(message, self._style, self)
        banner.dismissed.connect(lambda: self._dismiss(banner))
        self._banners.insert(0, banner)
        self._column.insertWidget(0, banner)
        if len(self._banners) > MOST_BANNERS:
            self._dismiss(self._least_needed())
        banner.show()  # a layout ignores hidden widgets
        self.show()
        self.raise_()
        self._place()

    def withdraw(self, message: Message) -> None:
        """Remove the banner of this very message object, if it is still shown."""
        for banner in self.banners():
            if banner.message is message:
                self._dismiss(banner)

    def forget_passing(self) -> None:
        """Remove messages that only concerned the previous search."""
        for banner in self.banners():
            if banner.message.passing:
                self._dismiss(banner)

    def show_bug(self, bug: Bug) -> None:
        """Show the bug in the one dialog for bugs; earlier ones are listed in its details."""
        self._bugs.append(bug)
        del self._bugs[:-MOST_BUGS]
        if self.bug_dialog is None:
            self.bug_dialog = self._build_bug_dialog()
        self.bug_dialog.setDetailedText("\n".join(known.details for known in self._bugs))
        self.bug_dialog.setInformativeText(f"{strings.BUG_TEXT}\n\n{strings.plain(bug.summary)}")
        self.bug_dialog.show()

    def _least_needed(self) -> Banner:
        """The banner to drop first: an informing one if any, then the oldest, one in use last."""
        older = self._banners[1:]
        free = [banner for banner in older if not banner.is_in_use()] or older
        informing = [banner for banner in free if banner.message.level is Level.INFO]
        return (informing or free)[-1]

    def _build_bug_dialog(self) -> QMessageBox:
        dialog = QMessageBox(self.window())
        dialog.setIcon(QMessageBox.Icon.Warning)
        dialog.setWindowModality(Qt.WindowModality.NonModal)
        dialog.setWindowTitle(strings.APPLICATION)
        dialog.setTextFormat(Qt.TextFormat.PlainText)
        dialog.setText(strings.BUG_TITLE)
        copy: QPushButton = dialog.addButton(strings.COPY_DETAILS, QMessageBox.ButtonRole.ActionRole)
        copy.clicked.disconnect()  # copying does not close the dialog
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(dialog.detailedText()))
        dialog.setEscapeButton(dialog.addButton(strings.CLOSE, QMessageBox.ButtonRole.RejectRole))
        dialog.finished.connect(self._bug_dialog_closed)
        return dialog

    def _bug_dialog_closed(self) -> None:
        self._bugs.clear()
        if self.bug_dialog is not None:
            self.bug_dialog.deleteLater()
            self.bug_dialog = None

    def _dismiss(self, banner: Banner) -> None:
        if banner not in self._banners:
            return
        self._banners.remove(banner)
        if banner.holds_focus():
            self._give_focus_back()
        self._column.removeWidget(banner)
        banner.retire()
        self.setVisible(bool(self._banners))
        self._place()

    def _focus_changed(self, old: QWidget | None, new: QWidget | None) -> None:
        if old is not None and new is not None and self.isAncestorOf(new) and not self.isAncestorOf(old):
            self._before = old

    def _give_focus_back(self) -> None:
        """Return the focus to where it was; Qt would pass it to whatever widget comes next."""
        if self._banners:
            self._banners[0].close_button.setFocus()
        elif self._before is not None and shiboken6.isValid(self._before):
            self._before.setFocus()

    def lift(self, height: int) -> None:
        """Keep banners above the lowest `height` logical pixels, where there are other controls."""
        self._lifted = height
        self._place()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._under and event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        """Centre the banners at the lower edge, as high as their texts need."""
        width = min(WIDTH, self._under.width() - 2 * MARGIN)
        height = self._column.totalHeightForWidth(width)
        left = (self._under.width() - width) // 2
        self.setGeometry(left, self._under.height() - self._lifted - height - MARGIN, width, height)
        self.covered_height_changed.emit(height + 2 * MARGIN if self._banners else 0)
