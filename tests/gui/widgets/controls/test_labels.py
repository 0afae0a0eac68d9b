"""Words that only say something, where there is little room for them."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from gui.widgets.controls.labels import ElidedLabel


def test_a_line_without_room_ends_in_dots_and_says_all_in_its_tool_tip(qtbot: QtBot) -> None:
    label = ElidedLabel("muted")
    qtbot.addWidget(label)
    label.say("20 of 118 pictures and pages & more · 3 a second")
    label.resize(label.sizeHint())
    assert label.shown == label.text()
    label.resize(label.width() // 2, label.height())
    assert label.shown.endswith("…")
    assert "3 a second" in label.toolTip()
    assert label.minimumSizeHint().width() < 60
