"""The details of the work keep their places, however long the words become."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.activity.activity_panel import ActivityPanel
from gui.activity.progress_steps import Step, StepState
from gui.widgets.appearance.style import Style
from gui.widgets.controls.labels import ElidedLabel


def test_words_without_room_end_in_dots_and_move_nothing(qtbot: QtBot, qapp: QApplication) -> None:
    panel = ActivityPanel(Style(qapp))
    qtbot.addWidget(panel)
    panel.resize(700, 160)
    panel.show()
    panel.show_steps([Step("indexing", StepState.NOW, "1 of 2")])
    (state,) = panel.findChildren(ElidedLabel)
    qapp.processEvents()
    place = state.geometry()
    assert state.shown == "now · 1 of 2"
    panel.show_steps([Step("indexing", StepState.NOW, "62 of 69 pictures and pages · " * 4)])
    qapp.processEvents()
    assert state.geometry() == place
    assert state.shown.endswith("…")
    assert "62 of 69" in state.toolTip()
