"""The preview: one result large, with what made it match, and steps to the others."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QVBoxLayout, QWidget

from engine.errors import UserError
from engine.records import Hit, Kind, Query, Why
from gui import strings
from gui.parts.style import Style
from gui.preview import marks
from gui.preview.canvas import PreviewCanvas
from gui.preview.footer import PreviewFooter
from gui.preview.header import PreviewHeader
from gui.preview.legend import WhyLegend
from gui.preview.loader import PreviewLoader
from gui.preview.walk import InDocument, in_document
from gui.results.model import ResultsModel
from gui.results.thumbnails import ThumbnailStore


class Preview(QWidget):
    """Walks along a ranking. `begin` starts it, `leave` lets go of everything that it holds."""

    close_wanted = Signal()
    stepped = Signal(QModelIndex)  # where it stands now
    open_wanted = Signal(object)  # Hit
    show_wanted = Signal(object)  # Hit
    why_toggled = Signal(bool)
    broken = Signal(object)  # Exception that is a fault of the program

    def __init__(
        self,
        model: ResultsModel,
        loader: PreviewLoader,
        thumbnails: ThumbnailStore,
        style: Style,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("Preview")
        self.setAccessibleName(strings.PREVIEW)
        self._model = model
        self._loader = loader
        self._thumbnails = thumbnails
        self._query = Query()
        self._hit: Hit | None = None
        self._forward = False  # a step is waiting for more of the ranking
        self.header = PreviewHeader(style)
        self.canvas = PreviewCanvas(style)
        self.legend = WhyLegend()
        self.footer = PreviewFooter(style)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self.header, self.canvas, self.legend, self.footer):
            column.addWidget(part, 1 if part is self.canvas else 0)
        for button in self.findChildren(QAbstractButton):
            # A click leaves the focus with the picture, so that Space goes on closing the preview.
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._connect_buttons()
        self._connect_sources()
        self._add_shortcuts()

    # building

    def _connect_buttons(self) -> None:
        header, footer = self.header, self.footer
        header.why_button.toggled.connect(self._toggle_why)
        header.close_button.clicked.connect(self.close_wanted)
        for button, act in (
            (header.out_button, self.canvas.zoom_out),
            (header.fit_button, self.canvas.fit),
            (header.in_button, self.canvas.zoom_in),
            (header.open_button, self._open),
            (header.folder_button, self._show_in_folder),
            (footer.previous_button, self.previous),
            (footer.next_button, self.next),
            (footer.above_button, self.previous_in_document),
            (footer.below_button, self.next_in_document),
        ):
            button.clicked.connect(act)

    def _connect_sources(self) -> None:
        loader = self._loader
        loader.picture_came.connect(self._picture_came)
        loader.picture_failed.connect(self._picture_failed)
        loader.why_came.connect(self._why_came)
        loader.why_failed.connect(self._why_failed)
        self._thumbnails.arrived.connect(self._thumbnail_came)
        self.canvas.zoomed.connect(self._ask_picture)
        self.legend.word_shown.connect(self._mark)
        self._model.rowsInserted.connect(self._ranking_grew)
        self._model.modelReset.connect(self._ranking_changed)

    def _add_shortcuts(self) -> None:
        key = Qt.Key
        keys: tuple[tuple[QKeySequence | Qt.Key, Callable[[], None]], ...] = (
            (key.Key_Left, self.previous),
            (key.Key_Right, self.next),
            (key.Key_Up, self.previous_in_document),
            (key.Key_PageUp, self.previous_in_document),
            (key.Key_Down, self.next_in_document),
            (key.Key_PageDown, self.next_in_document),
            (key.Key_W, self.header.why_button.toggle),
            (key.Key_Plus, self.canvas.zoom_in),
            (key.Key_Equal, self.canvas.zoom_in),  # where plus takes a shift
            (key.Key_Minus, self.canvas.zoom_out),
            (key.Key_0, self.canvas.fit),
        )
        for sequence, act in keys:
            shortcut = QShortcut(QKeySequence(sequence), self, act)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    # where it stands

    @property
    def hit(self) -> Hit | None:
        """What is looked at; None while the preview is not in use."""
        return self._hit

    @property
    def shows_why(self) -> bool:
        return self.header.why_button.isChecked()

    def begin(self, row: int, query: Query) -> None:
        """Look at a row of the ranking that `query` led to."""
        self._query = query
        self.legend.start_over()
        self._go(row)

    def leave(self) -> None:
        self._hit = None
        self._forward = False
        self._loader.stop()
        self.canvas.forget()
        self.legend.say("")

    def next(self) -> None:
        row = self._row() + 1
        if row < len(self._model.hits):
            self._go(row)
        elif self._more():
            self._forward = True
            self._model.fetchMore(QModelIndex())

    def previous(self) -> None:
        if self._row() > 0:
            self._go(self._row() - 1)

    def next_in_document(self) -> None:
        self._step_in_document(1)

    def previous_in_document(self) -> None:
        self._step_in_document(-1)

    def _step_in_document(self, by: int) -> None:
        row = self._document().step(by)
        if row is not None:
            self._go(row)

    def _document(self) -> InDocument:
        return in_document(self._model.hits, self._row())

    def _row(self) -> int:
        return self._model.index_of(self._hit.item).row() if self._hit is not None else 0

    def _more(self) -> bool:
        return self._model.canFetchMore(QModelIndex())

    def _go(self, row: int) -> None:
        self._forward = False
        hit = self._hit = self._model.hits[row]
        self.header.describe(hit)
        self._describe_place()
        self.canvas.begin(QSize(hit.width, hit.height), self._at_hand(hit.item))
        self.canvas.setAccessibleName(strings.item_label(hit.path, hit.page))
        self._explain()
        self.stepped.emit(self._model.index(row))

    def _describe_place(self) -> None:
        focused = self.window().focusWidget()
        self.footer.describe(self._row(), len(self._model.hits), self._more(), self._document())
        if focused is not None and self.footer.isAncestorOf(focused) and not focused.isEnabled():
            self.canvas.setFocus()  # the button has nothing more to do

    # pictures

    def _at_hand(self, item: int) -> QImage:
        """The best picture that can be shown at once."""
        for image in (self._loader.picture(item), self._thumbnails.image(item)):
            if image is not None:
                return image
        return QImage()

    def _ask_picture(self) -> None:
        """As many pixels as are seen."""
        if self._hit is not None and not self.canvas.failed:
            self._loader.ask_picture(self._hit.item, self.canvas.wanted_side())

    def _picture_came(self, item: int) -> None:
        image = self._loader.picture(item)
        if self._is_at(item) and image is not None:
            self.canvas.show_image(image)

    def _picture_failed(self, item: int, error: Exception) -> None:
        if not self._is_at(item) or self._loader.picture(item) is not None:
            return  # a smaller one is shown, and stays
        self.canvas.explain(self._sentence(error, strings.PREVIEW_NOT_SHOWN))
        self.legend.say("")

    def _thumbnail_came(self, item: int) -> None:
        image = self._thumbnails.image(item)
        if self._is_at(item) and self._loader.picture(item) is None and image is not None:
            self.canvas.show_stand_in(image)

    def _is_at(self, item: int) -> bool:
        return self._hit is not None and self._hit.item == item

    def _sentence(self, error: Exception, otherwise: str) -> str:
        if isinstance(error, UserError):
            return strings.plain(str(error))
        self.broken.emit(error)
        return otherwise

    # reasons

    def _toggle_why(self, wanted: bool) -> None:
        self._explain()
        self.why_toggled.emit(wanted)

    def _explain(self) -> None:
        """Show the reasons if they are wanted, and ask for them if they are not here."""
        hit = self._hit
        self.canvas.mark(Why())
        self.legend.setVisible(self.shows_why)
        if hit is None or not self.shows_why:
            return
        if not may_have_why(hit, self._query):
            self.legend.say(strings.WHY_LOOK)
            return
        self.legend.say(strings.WHY_WAITING)
        self._loader.ask_why(self._query, hit.item)
        self._why_came(hit.item)

    def _why_came(self, item: int) -> None:
        why = self._loader.why(item)
        if why is not None and self._is_at(item) and self.shows_why and not self.canvas.failed:
            if why == Why():
                photo = self._hit is not None and self._hit.kind is Kind.PHOTO
                self.legend.say(strings.WHY_LOOK if photo else strings.WHY_WHOLE)
                return
            words = marks.query_words(why, self._query.text)
            self.legend.show_words(words)
            self.canvas.setAccessibleDescription(", ".join(words))
            self._mark(self.legend.picked)

    def _why_failed(self, item: int, error: Exception) -> None:
        if self._is_at(item):
            self.legend.say(self._sentence(error, strings.WHY_UNKNOWN))

    def _mark(self, query_word: str) -> None:
        why = self._loader.why(self._hit.item) if self._hit is not None else None
        if why is not None and self.shows_why:
            self.canvas.mark(marks.of_word(why, query_word))

    # the ranking

    def _ranking_grew(self) -> None:
        if self._hit is None:
            return
        if self._forward:
            self.next()
        else:
            self._describe_place()

    def _ranking_changed(self) -> None:
        if self._hit is None:
            return
        if self._model.index_of(self._hit.item).isValid():
            self._describe_place()
        else:
            self.close_wanted.emit()

    # what can be done

    def _open(self) -> None:
        self.open_wanted.emit(self._hit)

    def _show_in_folder(self) -> None:
        self.show_wanted.emit(self._hit)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Not shortcuts: a button that has the focus comes first."""
        if event.key() == Qt.Key.Key_Space:
            self.close_wanted.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.canvas.hasFocus():
            self._open()
        else:
            super().keyPressEvent(event)


def may_have_why(hit: Hit, query: Query) -> bool:
    """Photographs are found by their look as a whole, unless words were asked for that they may show."""
    return hit.kind is Kind.PAGE or bool(query.text.strip())
