"""The preview: one result enlarged, with its explanation, and steps to the others."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QVBoxLayout, QWidget

from engine.errors import UserError
from engine.records import Hit, ItemKind, Query
from gui import strings
from gui.override import override
from gui.preview import shortcuts
from gui.preview.explanation import ExplanationController
from gui.preview.model.loader import PreviewLoader
from gui.preview.model.navigator import Navigator
from gui.preview.panels.facts_panel import FactsPanel
from gui.preview.panels.footer import PreviewFooter
from gui.preview.panels.header import PreviewHeader
from gui.preview.panels.legend import WhyLegend
from gui.preview.picture.canvas import PreviewCanvas
from gui.results.cards.thumbnails import ThumbnailStore
from gui.results.hits.results_model import ResultsModel
from gui.widgets.appearance.style import Style

POINT = 96 / 72  # logical pixels per point of a page at its actual size


class Preview(QWidget):
    """The preview of the results. `begin` opens it, `leave` frees what it holds."""

    close_requested = Signal()
    stepped = Signal(QModelIndex)  # the position in the results
    open_requested = Signal(object)  # Hit
    show_requested = Signal(object)  # Path of the file to show in its folder
    similar_requested = Signal(object)  # Hit
    region_requested = Signal(object, object)  # Hit, (left, top, right, bottom) in fractions of the picture
    menu_requested = Signal(object, QPoint)  # list[Hit], global place
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
        self.navigator = Navigator(model, loader, self)
        self.header = PreviewHeader(style)
        self.canvas = PreviewCanvas(style)
        self.facts = FactsPanel(loader, style)
        self.legend = WhyLegend(style)
        self.footer = PreviewFooter(style)
        self._explanation = ExplanationController(loader, self.canvas, self.legend)
        self._lay_out()
        for button in self.findChildren(QAbstractButton):
            # A click leaves the focus with the picture, so that Space closes the preview.
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._connect_buttons()
        self._connect_sources()
        acts = shortcuts.preview_acts(
            self.navigator, self.canvas, self.header, self.footer, self.find_similar
        )
        shortcuts.connect_keys(self, acts)

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
        header, footer, canvas, navigator = self.header, self.footer, self.canvas, self.navigator
        header.why_button.toggled.connect(self._explanation.set_wanted)
        header.facts_button.toggled.connect(self.facts.set_wanted)
        header.region_button.toggled.connect(self._arm_region)
        canvas.region.armed_changed.connect(header.region_button.setChecked)
        for button, act in (
            (header.close_button, self.close_requested.emit),
            (header.similar_button, self.find_similar),
            (header.open_button, self.open),
            (header.folder_button, self._show_in_folder),
            (header.more_button, self._show_menu),
            (footer.out_button, canvas.zoom_out),
            (footer.zoom_button, canvas.toggle_own_size),
            (footer.in_button, canvas.zoom_in),
            (footer.previous_button, navigator.previous),
            (footer.next_button, navigator.next),
            (footer.above_button, lambda: navigator.step_page(-1)),
            (footer.below_button, lambda: navigator.step_page(1)),
            (footer.match_above_button, lambda: navigator.step_match(-1)),
            (footer.match_below_button, lambda: navigator.step_match(1)),
        ):
            button.clicked.connect(act)
        footer.page_requested.connect(navigator.go_to_page)
        footer.page_edit_ended.connect(self._end_page_edit)

    def _connect_sources(self) -> None:
        loader = self._loader
        loader.picture_ready.connect(self._on_picture_ready)
        loader.picture_failed.connect(self._picture_failed)
        self._thumbnails.arrived.connect(self._on_thumbnail_ready)
        self.navigator.moved.connect(self._show_hit)
        self.navigator.position_changed.connect(self._on_position_changed)
        self.navigator.lost.connect(self.close_requested)
        self.canvas.zoomed.connect(self._zoomed)
        self.canvas.menu_requested.connect(self._show_menu_at)
        self.canvas.region.wanted.connect(self._search_region)
        self.facts.show_requested.connect(self.show_requested)
        for part in (self.facts, self._explanation):
            part.broken.connect(self.broken)

    # position

    @property
    def hit(self) -> Hit | None:
        """The hit in the preview; None while it is closed."""
        return self.navigator.hit

    @property
    def shows_why(self) -> bool:
        """Whether explanations are turned on."""
        return self.header.why_button.isChecked()

    def selected_hits(self) -> list[Hit]:
        """The hit that actions apply to, as a list."""
        return [self.hit] if self.hit is not None else []

    def begin(self, hit: Hit, query: Query) -> None:
        """Open a hit of the results of `query`, or any other hit on its own."""
        self._query = query
        self._explanation.set_query(query)
        self.navigator.start(hit)

    def leave(self) -> None:
        """Close the preview and free its pictures."""
        self.navigator.stop()
        self._explanation.stop()
        self.facts.stop()
        self._loader.stop()
        self.canvas.forget()

    def step_back(self) -> bool:
        """Cancel editing the page number or choosing a region. Returns False if neither is going on."""
        if self.footer.page_line.hasFocus():
            self._end_page_edit()
            return True
        if self.canvas.region.active:
            self.canvas.region.cancel()
            return True
        return False

    def _end_page_edit(self) -> None:
        """Show the current page number again and focus the picture."""
        self.footer.describe(self.navigator, self._query.has_question)
        self.canvas.setFocus()

    def _show_hit(self) -> None:
        """Show the picture that the navigator moved to."""
        hit = self.navigator.hit
        if hit is None:
            return
        self.header.describe(hit)
        self._describe_place()
        self.canvas.begin(QSize(hit.width, hit.height), self._own_size(hit), self._best_image(hit.item))
        self.canvas.setAccessibleName(strings.item_label(hit.path, hit.page))
        self._explanation.show_hit(hit, self.navigator.in_ranking)
        self.facts.show_hit(hit)
        if self.navigator.in_ranking:
            self.stepped.emit(self.navigator.index)

    def _on_position_changed(self) -> None:
        self._describe_place()
        self._ask_ahead()

    def _describe_place(self) -> None:
        focused = self.window().focusWidget()
        self.footer.describe(self.navigator, self._query.has_question)
        useless = focused is not None and (not focused.isEnabled() or focused.isHidden())
        if useless and self.footer.isAncestorOf(focused):
            self.canvas.setFocus()  # the focused button has been disabled

    # pictures

    def _own_size(self, hit: Hit) -> QSizeF:
        """The actual size in logical pixels: a photograph by its pixels, a page by its size on paper."""
        factor = POINT if hit.kind is ItemKind.PAGE else 1 / self.devicePixelRatioF()
        return QSizeF(hit.width, hit.height) * factor

    def _best_image(self, item: int) -> QImage:
        """The best picture that is loaded."""
        for image in (self._loader.pictures.picture(item), self._thumbnails.image(item)):
            if image is not None:
                return image
        return QImage()

    def _zoomed(self) -> None:
        """Request the resolution that the zoom needs."""
        self.footer.zoom_button.show_scale(self.canvas.scale)
        if self.hit is not None and not self.canvas.failed:
            self._loader.pictures.ask(self.hit.item, self.canvas.wanted_side())
            self._ask_ahead()

    def _ask_ahead(self) -> None:
        self._loader.pictures.ask_ahead(self.navigator.neighbours(), self.canvas.fitting_side())

    def _on_picture_ready(self, item: int) -> None:
        image = self._loader.pictures.picture(item)
        if self._is_at(item) and image is not None:
            self.canvas.show_image(image)
            self._ask_ahead()

    def _picture_failed(self, item: int, error: Exception) -> None:
        if not self._is_at(item) or self._loader.pictures.picture(item) is not None:
            return  # a smaller one is shown instead
        self.canvas.explain(self._sentence(error, strings.PREVIEW_NOT_SHOWN))
        self.legend.say("")
        self._ask_ahead()

    def _on_thumbnail_ready(self, item: int) -> None:
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

    # actions

    def open(self) -> None:
        """Open the file with its default program."""
        if self.hit is not None:
            self.open_requested.emit(self.hit)

    def find_similar(self) -> None:
        """Search for items that look like this one."""
        if self.hit is not None:
            self.similar_requested.emit(self.hit)

    def _show_in_folder(self) -> None:
        if self.hit is not None:
            self.show_requested.emit(self.hit.path)

    def _arm_region(self, on: bool) -> None:
        self.canvas.region.arm(on and not self.canvas.failed)
        self.header.region_button.setChecked(self.canvas.region.armed)
        if self.canvas.region.armed:
            self.canvas.setFocus()  # its keys move the region

    def _search_region(self, box: tuple[float, float, float, float]) -> None:
        if self.hit is not None:
            self.region_requested.emit(self.hit, box)

    def _show_menu(self) -> None:
        button = self.header.more_button
        self._show_menu_at(button.mapToGlobal(button.rect().bottomLeft()))

    def _show_menu_at(self, place: QPoint) -> None:
        if self.hit is not None:
            self.menu_requested.emit([self.hit], place)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Handle keys that are no shortcuts, since a focused button must get them first."""
        if event.key() == Qt.Key.Key_Space:
            self.close_requested.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.canvas.hasFocus():
            if self.canvas.region.box is not None:
                self.canvas.region.choose()
            else:
                self.open()
        else:
            super().keyPressEvent(event)
