"""The preview: one result large, with what made it match, and steps to the others."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QVBoxLayout, QWidget

from engine.errors import UserError
from engine.records import Hit, ItemKind, Query
from gui import strings
from gui.preview import keys
from gui.preview.explanation import ExplanationController
from gui.preview.loader import PreviewLoader
from gui.preview.navigator import Navigator
from gui.preview.panels.facts import FactsPanel
from gui.preview.panels.footer import PreviewFooter
from gui.preview.panels.header import PreviewHeader
from gui.preview.panels.legend import WhyLegend
from gui.preview.picture.canvas import PreviewCanvas
from gui.results.cards.thumbnails import ThumbnailStore
from gui.results.model import ResultsModel
from gui.widgets.style import Style

POINT = 96 / 72  # logical pixels of a page's point at its own size


class Preview(QWidget):
    """`begin` starts it, `leave` lets go of everything that it holds."""

    close_wanted = Signal()
    stepped = Signal(QModelIndex)  # where it stands in the ranking now
    open_wanted = Signal(object)  # Hit
    show_wanted = Signal(object)  # Path: its folder
    similar_wanted = Signal(object)  # Hit
    region_wanted = Signal(object, object)  # Hit, (left, top, right, bottom) in fractions of the picture
    menu_wanted = Signal(object, QPoint)  # list[Hit], global place
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
        self._loader = loader
        self._thumbnails = thumbnails
        self._query = Query()
        self.walk = Navigator(model, loader, self)
        self.header = PreviewHeader(style)
        self.canvas = PreviewCanvas(style)
        self.facts = FactsPanel(loader, style)
        self.legend = WhyLegend(style)
        self.footer = PreviewFooter(style)
        self._reasons = ExplanationController(loader, self.canvas, self.legend)
        self._lay_out()
        for button in self.findChildren(QAbstractButton):
            # A click leaves the focus with the picture, so that Space goes on closing the preview.
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._connect_buttons()
        self._connect_sources()
        keys.connect_keys(self)

    # building

    def _lay_out(self) -> None:
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.canvas, 1)
        middle.addWidget(self.facts)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addLayout(middle, 1)
        column.addWidget(self.legend)
        column.addWidget(self.footer)

    def _connect_buttons(self) -> None:
        header, footer, canvas, walk = self.header, self.footer, self.canvas, self.walk
        header.why_button.toggled.connect(self._reasons.want)
        header.facts_button.toggled.connect(self.facts.want)
        header.region_button.toggled.connect(self._arm_region)
        canvas.region.armed_changed.connect(header.region_button.setChecked)
        for button, act in (
            (header.close_button, self.close_wanted.emit),
            (header.similar_button, self.find_similar),
            (header.open_button, self.open),
            (header.folder_button, self._show_in_folder),
            (header.more_button, self._show_menu),
            (footer.out_button, canvas.zoom_out),
            (footer.zoom_button, canvas.toggle_own_size),
            (footer.in_button, canvas.zoom_in),
            (footer.previous_button, walk.previous),
            (footer.next_button, walk.next),
            (footer.above_button, lambda: walk.step_page(-1)),
            (footer.below_button, lambda: walk.step_page(1)),
            (footer.match_above_button, lambda: walk.step_match(-1)),
            (footer.match_below_button, lambda: walk.step_match(1)),
        ):
            button.clicked.connect(act)
        footer.page_wanted.connect(walk.go_to_page)
        footer.page_left.connect(self._end_typing)

    def _connect_sources(self) -> None:
        loader = self._loader
        loader.picture_came.connect(self._picture_came)
        loader.picture_failed.connect(self._picture_failed)
        self._thumbnails.arrived.connect(self._thumbnail_came)
        self.walk.moved.connect(self._look)
        self.walk.surroundings_changed.connect(self._surroundings_changed)
        self.walk.lost.connect(self.close_wanted)
        self.canvas.zoomed.connect(self._zoomed)
        self.canvas.menu_wanted.connect(self._show_menu_at)
        self.canvas.region.wanted.connect(self._search_region)
        self.facts.show_wanted.connect(self.show_wanted)
        for part in (self.facts, self._reasons):
            part.broken.connect(self.broken)

    # where it stands

    @property
    def hit(self) -> Hit | None:
        """What is looked at; None while the preview is not in use."""
        return self.walk.hit

    @property
    def shows_why(self) -> bool:
        return self.header.why_button.isChecked()

    def selected_hits(self) -> list[Hit]:
        """What is to be done is done with this."""
        return [self.hit] if self.hit is not None else []

    def begin(self, hit: Hit, query: Query) -> None:
        """Look at a hit of the ranking that `query` led to, or at any other alone."""
        self._query = query
        self._reasons.ask_for(query)
        self.walk.start(hit)

    def leave(self) -> None:
        self.walk.stop()
        self._reasons.stop()
        self.facts.stop()
        self._loader.stop()
        self.canvas.forget()

    def step_back(self) -> bool:
        """End what is under way within the preview; False when nothing is."""
        if self.footer.page_line.hasFocus():
            self._end_typing()
            return True
        if self.canvas.region.active:
            self.canvas.region.cancel()
            return True
        return False

    def _end_typing(self) -> None:
        """The number of the page is again the one that is shown."""
        self.footer.describe(self.walk, self._query.asks)
        self.canvas.setFocus()

    def _look(self) -> None:
        """At another picture."""
        hit = self.walk.hit
        if hit is None:
            return
        self.header.describe(hit)
        self._describe_place()
        self.canvas.begin(QSize(hit.width, hit.height), self._own_size(hit), self._at_hand(hit.item))
        self.canvas.setAccessibleName(strings.item_label(hit.path, hit.page))
        self._reasons.look_at(hit, self.walk.in_ranking)
        self.facts.look_at(hit)
        if self.walk.in_ranking:
            self.stepped.emit(self.walk.index)

    def _surroundings_changed(self) -> None:
        self._describe_place()
        self._ask_ahead()

    def _describe_place(self) -> None:
        focused = self.window().focusWidget()
        self.footer.describe(self.walk, self._query.asks)
        useless = focused is not None and (not focused.isEnabled() or focused.isHidden())
        if useless and self.footer.isAncestorOf(focused):
            self.canvas.setFocus()  # the button has nothing more to do

    # pictures

    def _own_size(self, hit: Hit) -> QSizeF:
        """In logical pixels: a photograph by its pixels, a page by its measure on paper."""
        factor = POINT if hit.kind is ItemKind.PAGE else 1 / self.devicePixelRatioF()
        return QSizeF(hit.width, hit.height) * factor

    def _at_hand(self, item: int) -> QImage:
        """The best picture that can be shown at once."""
        for image in (self._loader.pictures.picture(item), self._thumbnails.image(item)):
            if image is not None:
                return image
        return QImage()

    def _zoomed(self) -> None:
        """As many pixels are asked for as are seen."""
        self.footer.zoom_button.show_scale(self.canvas.scale)
        if self.hit is not None and not self.canvas.failed:
            self._loader.pictures.ask(self.hit.item, self.canvas.wanted_side())
            self._ask_ahead()

    def _ask_ahead(self) -> None:
        self._loader.pictures.ask_ahead(self.walk.neighbours(), self.canvas.fitting_side())

    def _picture_came(self, item: int) -> None:
        image = self._loader.pictures.picture(item)
        if self._is_at(item) and image is not None:
            self.canvas.show_image(image)
            self._ask_ahead()

    def _picture_failed(self, item: int, error: Exception) -> None:
        if not self._is_at(item) or self._loader.pictures.picture(item) is not None:
            return  # a smaller one is shown, and stays
        self.canvas.explain(self._sentence(error, strings.PREVIEW_NOT_SHOWN))
        self.legend.say("")
        self._ask_ahead()

    def _thumbnail_came(self, item: int) -> None:
        image = self._thumbnails.image(item)
        if self._is_at(item) and self._loader.pictures.picture(item) is None and image is not None:
            self.canvas.show_stand_in(image)

    def _is_at(self, item: int) -> bool:
        return self.hit is not None and self.hit.item == item

    def _sentence(self, error: Exception, otherwise: str) -> str:
        if isinstance(error, UserError):
            return strings.plain(str(error))
        self.broken.emit(error)
        return otherwise

    # what can be done

    def open(self) -> None:
        if self.hit is not None:
            self.open_wanted.emit(self.hit)

    def find_similar(self) -> None:
        if self.hit is not None:
            self.similar_wanted.emit(self.hit)

    def _show_in_folder(self) -> None:
        if self.hit is not None:
            self.show_wanted.emit(self.hit.path)

    def _arm_region(self, on: bool) -> None:
        self.canvas.region.arm(on and not self.canvas.failed)
        self.header.region_button.setChecked(self.canvas.region.armed)
        if self.canvas.region.armed:
            self.canvas.setFocus()  # its keys move the part

    def _search_region(self, box: tuple[float, float, float, float]) -> None:
        if self.hit is not None:
            self.region_wanted.emit(self.hit, box)

    def _show_menu(self) -> None:
        button = self.header.more_button
        self._show_menu_at(button.mapToGlobal(button.rect().bottomLeft()))

    def _show_menu_at(self, place: QPoint) -> None:
        if self.hit is not None:
            self.menu_wanted.emit([self.hit], place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Not shortcuts: a button that has the focus comes first."""
        if event.key() == Qt.Key.Key_Space:
            self.close_wanted.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.canvas.hasFocus():
            if self.canvas.region.box is not None:
                self.canvas.region.choose()
            else:
                self.open()
        else:
            super().keyPressEvent(event)
