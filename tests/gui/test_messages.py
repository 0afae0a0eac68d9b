"""Every message reaches the user once, whenever and wherever it comes from."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from engine.errors import Cancelled, DiskFull, UserError
from gui import strings
from gui.messages import Level, Message, Messages
from gui.widgets.appearance.style import Style
from gui.widgets.banner import MOST_BANNERS, BannerArea
from tests.gui.conftest import SECONDS
from tests.gui.input_events import click, press


@pytest.fixture
def messages() -> Messages:
    return Messages()


@pytest.fixture
def area(qtbot: QtBot, qapp: QApplication) -> Iterator[BannerArea]:
    parent = QWidget()
    qtbot.addWidget(parent)
    style = Style(qapp)
    style.put_on()
    area = BannerArea(style, parent)
    parent.show()
    yield area
    parent.close()
    style.deleteLater()


def texts(area: BannerArea) -> list[str]:
    return [banner.message.text for banner in area.banners()]


def test_messages_wait_for_the_window(messages: Messages, area: BannerArea) -> None:
    messages.warning("early")
    assert texts(area) == []
    messages.attach(area)
    assert texts(area) == ["early"]
    messages.warning("late")
    assert texts(area) == ["late", "early"]


def test_what_is_not_true_any_more_is_not_said(messages: Messages, area: BannerArea) -> None:
    early, late, other = (Message(Level.WARNING, text) for text in ("early", "late", "other"))
    messages.post(early)
    messages.withdraw(early)
    messages.attach(area)
    messages.post(late)
    messages.post(other)
    messages.withdraw(late)
    assert texts(area) == ["other"]


def test_a_user_error_shows_its_sentence_and_what_to_do(messages: Messages, area: BannerArea) -> None:
    messages.attach(area)
    messages.report(DiskFull("The disk is full.", "Free some room."))
    shown = area.banners()[0].findChildren(QLabel)
    assert [label.text() for label in shown if label.text()] == ["The disk is full.", "Free some room."]
    assert area.banners()[0].message.level is Level.ERROR


def test_a_wish_to_stop_is_no_error(messages: Messages, area: BannerArea) -> None:
    messages.attach(area)
    messages.report(Cancelled())
    assert texts(area) == []
    assert area.bug_dialog is None


def test_faults_of_the_program_come_in_one_dialog(messages: Messages, area: BannerArea) -> None:
    messages.attach(area)
    for name in ("first", "second"):
        messages.report(ValueError(name))
    dialog = area.bug_dialog
    assert dialog is not None
    assert dialog.windowModality() is Qt.WindowModality.NonModal
    assert "ValueError: first" in dialog.detailedText()
    assert "ValueError: second" in dialog.detailedText()
    copy = next(button for button in dialog.buttons() if button.text() == strings.COPY_DETAILS)
    copy.click()
    assert QGuiApplication.clipboard().text() == dialog.detailedText()
    assert dialog.isVisible()
    dialog.close()
    assert area.bug_dialog is None


def test_a_message_may_come_from_any_thread(qtbot: QtBot, messages: Messages, area: BannerArea) -> None:
    messages.attach(area)
    thread = threading.Thread(target=messages.report, args=(UserError("from afar"),))
    thread.start()
    qtbot.waitUntil(lambda: texts(area) == ["from afar"], timeout=SECONDS)
    thread.join()


def test_the_same_message_is_on_the_screen_once(messages: Messages, area: BannerArea) -> None:
    messages.attach(area)
    for text in ("again", "other", "again"):
        messages.warning(text)
    assert texts(area) == ["again", "other"]


def test_what_only_informs_goes_before_what_went_wrong(messages: Messages, area: BannerArea) -> None:
    messages.attach(area)
    messages.report(DiskFull("The disk is full."))
    for number in range(MOST_BANNERS):
        messages.info(f"note {number}")
    assert texts(area) == ["note 2", "note 1", "The disk is full."]
    for banner in area.banners():
        click(banner.close_button)


def test_a_banner_is_dismissed_by_its_button(messages: Messages, area: BannerArea) -> None:
    messages.attach(area)
    messages.warning("read me")
    click(area.banners()[0].close_button)
    assert texts(area) == []
    assert not area.isVisible()


def test_the_focus_goes_back_to_where_it_came_from(
    messages: Messages, area: BannerArea, qtbot: QtBot
) -> None:
    parent = area.parentWidget()
    assert parent is not None
    line, other = QLineEdit(parent), QLineEdit(parent)
    for each in (line, other):
        each.show()
    parent.activateWindow()
    line.setFocus()
    qtbot.waitUntil(line.hasFocus, timeout=SECONDS)
    messages.attach(area)
    messages.warning("first")
    messages.warning("second")
    area.banners()[0].close_button.setFocus()
    press(area.banners()[0].close_button, Qt.Key.Key_Space)
    assert texts(area) == ["first"]
    assert area.banners()[0].close_button.hasFocus()
    press(area.banners()[0].close_button, Qt.Key.Key_Space)
    assert texts(area) == []
    assert line.hasFocus()


def test_what_passes_by_itself_stays_while_somebody_is_at_it(
    messages: Messages, area: BannerArea, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gui.widgets.banner.INFO_MILLISECONDS", 1)
    parent = area.parentWidget()
    assert parent is not None
    line = QLineEdit(parent)
    line.show()
    parent.activateWindow()
    messages.attach(area)
    messages.info("passes")
    banner = area.banners()[0]
    timer = banner.findChild(QTimer)
    assert timer is not None
    banner.close_button.setFocus()
    with qtbot.waitSignals([timer.timeout] * 2, timeout=SECONDS):
        pass
    assert texts(area) == ["passes"]
    line.setFocus()
    qtbot.waitUntil(lambda: texts(area) == [], timeout=SECONDS)


def test_no_message_goes_from_under_the_mouse(messages: Messages, area: BannerArea, qtbot: QtBot) -> None:
    messages.attach(area)
    messages.info("in hands")
    banner = area.banners()[0]
    QTest.mouseMove(banner, banner.rect().center())
    qtbot.waitUntil(banner.is_in_use, timeout=SECONDS)
    same = Message(Level.INFO, "in hands")
    messages.post(same)
    assert area.banners() == [banner]
    for number in range(MOST_BANNERS):
        messages.info(f"note {number}")
    assert texts(area) == ["note 2", "note 1", "in hands"]
    messages.post(Message(Level.ERROR, "in hands"))
    assert [shown.message.level for shown in area.banners()] == [Level.ERROR, Level.INFO, Level.INFO]
    undo = Message(Level.INFO, "in hands", action_text="Undo", action=lambda: None)
    messages.post(undo)  # of something else that is called the same
    assert texts(area) == ["in hands", "note 2", "in hands"]
    messages.withdraw(same)
    assert [shown.message for shown in area.banners() if shown.message.text == "in hands"] == [undo]
    for left in area.banners():
        click(left.close_button)


def test_a_hostile_name_is_drawn_as_it_is(messages: Messages, area: BannerArea) -> None:
    messages.attach(area)
    messages.warning('<img src="x"><b>loud</b>')
    label = next(label for label in area.banners()[0].findChildren(QLabel) if label.text())
    assert label.textFormat() is Qt.TextFormat.PlainText


def test_the_action_of_a_message_is_done_when_clicked(messages: Messages, area: BannerArea) -> None:
    done: list[str] = []
    messages.attach(area)
    messages.post(Message(Level.INFO, "stopped", action_text="Go on", action=lambda: done.append("on")))
    button = next(button for button in area.findChildren(QPushButton) if button.text() == "Go on")
    click(button)
    assert done == ["on"]
    assert texts(area) == []
