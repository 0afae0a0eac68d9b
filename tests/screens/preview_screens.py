"""One result large, and what lies over the results."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.records import ItemKind
from tests.gui.input_events import NO_MODIFIER, files, press
from tests.screens.wait import until
from tests.screens.window_driver import SHIFT, Stage, ask_for_menu

LEFT = Qt.MouseButton.LeftButton


def photograph(stage: Stage) -> None:
    stage.ask("a cat")
    stage.look_at(stage.row(lambda hit: hit.kind is ItemKind.PHOTO, "a photograph"))
    preview = stage.window.preview_controller.preview
    press(preview.canvas, Qt.Key.Key_I)
    until(lambda: preview.facts.isVisible() and not stage.window.preview_controller.loader.waiting, "facts")
    stage.take("15-photograph-with-facts")
    press(preview.canvas, Qt.Key.Key_I)


def region(stage: Stage) -> None:
    canvas = stage.window.preview_controller.preview.canvas
    area = canvas.area()

    def place(across: float, down: float) -> QPoint:
        return QPointF(area.left() + across * area.width(), area.top() + down * area.height()).toPoint()

    press(canvas, Qt.Key.Key_R)
    QTest.mousePress(canvas, LEFT, NO_MODIFIER, place(0.3, 0.2))
    QTest.mouseMove(canvas, place(0.5, 0.5))
    QTest.mouseMove(canvas, place(0.66, 0.72))
    QTest.mouseRelease(canvas, LEFT, NO_MODIFIER, place(0.66, 0.72))
    until(canvas.region.button.isVisible, "a part of a picture")
    stage.take("16-part-of-a-picture")


def page(stage: Stage) -> None:
    stage.ask("tomato soup with basil")
    stage.look_at(stage.row(lambda hit: hit.kind is ItemKind.PAGE, "a page"))
    preview = stage.window.preview_controller.preview
    until(lambda: len(preview.navigator.document().pages) > 1, "the pages of a document")
    stage.take("17-page-with-words")


def menu(stage: Stage) -> None:
    stage.ask("a cup of coffee")
    view = stage.window.results.view
    stage.click_card(0)
    press(view, Qt.Key.Key_Right, SHIFT)
    opened = ask_for_menu(view.viewport(), stage.card(1))
    stage.take("18-menu")
    opened.close()
    stage.rest()
    button = stage.window.main_menu
    main = button.menu()
    main.popup(button.mapToGlobal(QPoint(button.width() - main.sizeHint().width(), button.height())))
    until(main.isVisible, "the main menu")
    stage.take("19-main-menu")
    main.close()


def dragged_over(stage: Stage) -> None:
    window = stage.window
    stage.rest()
    data = files(stage.home.pictures / "Our cat" / "IMG_2001.jpg")
    QApplication.sendEvent(
        window,
        QDragEnterEvent(window.rect().center(), Qt.DropAction.CopyAction, data, LEFT, NO_MODIFIER),
    )
    until(window.drag_and_drop.overlay.isVisible, "what a drop would do")
    stage.take("20-dragged-over")
    QApplication.sendEvent(window, QDragLeaveEvent())
