"""The window comes first, says where it stands, and remembers how it was."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from engine.errors import DiskFull
from engine.library import Library
from engine.records import LibraryStatus
from gui import strings
from gui.app import build_window
from gui.main_window import first_size
from gui.strings import activity as words
from tests.conftest import PROJECT
from tests.fakes import ColourRegistry
from tests.gui.conftest import SECONDS, OpenWindow, ask, close, open_library, paint, wait_until_idle
from tests.gui.input_events import click, drop, files, press, type_text

FIRST_PICTURE = """
import sys
from pathlib import Path
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication
from gui.app import build_window

HEAVY = ("numpy", "psutil", "torch", "usearch", "sqlite3", "transformers", "open_clip", "engine.library")

class Watch(QObject):
    def eventFilter(self, watched, event):
        if watched is window and event.type() == QEvent.Type.Paint:
            application.removeEventFilter(self)
            print("painted with", [name for name in HEAVY if name in sys.modules])
        return False

def opened():
    print("opened with", [name for name in ("torch", "usearch") if name in sys.modules])
    QTimer.singleShot(0, window.close)

application = QApplication([])
window = build_window(Path(sys.argv[1]))
watch = Watch()
application.installEventFilter(watch)
window.session.opened.connect(opened)
window.show()
raise SystemExit(application.exec())
"""


def test_the_window_is_painted_before_the_engine_is_read(empty: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FIRST_PICTURE, str(empty)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.stdout.splitlines(), done.returncode) == (["painted with []", "opened with []"], 0), (
        done.stderr
    )


def test_an_empty_library_says_what_the_program_does(open_window: OpenWindow, empty: Path) -> None:
    window = open_window(empty)
    assert window.pages.currentWidget() is window.welcome
    assert "stays on this computer" in window.welcome.text.text()
    assert not window.sidebar.isVisible()
    assert not window.activity.isVisible()


def test_a_library_with_folders_says_what_can_be_searched(open_window: OpenWindow, indexed: Path) -> None:
    window = open_window(indexed)
    assert window.pages.currentWidget() is window.ready
    assert window.ready.title.text() == "Search 12 photographs and 3 pages"


def test_the_model_that_answers_is_named_and_a_better_one_is_mentioned(qtbot: QtBot, empty: Path) -> None:
    window = build_window(empty)
    window.show()
    qtbot.waitUntil(lambda: bool(window.status_line.model.text()), timeout=SECONDS)
    assert "Starter" in window.status_line.model.text()
    assert strings.MODEL_BETTER in window.status_line.model.text()
    close(qtbot, window)


def test_a_question_typed_before_the_library_is_open_is_answered(qtbot: QtBot, indexed: Path) -> None:
    window = build_window(indexed, open_library)
    window.search_bar.set_text("green")
    assert not window.session.is_open
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        window.show()
    wait_until_idle(qtbot, window)
    close(qtbot, window)


def test_typing_at_once_does_not_keep_the_files_from_being_read(qtbot: QtBot, indexed: Path) -> None:
    window = build_window(indexed, open_library)
    window.session.opened.connect(lambda: window.search_bar.set_text("green"))
    with qtbot.waitSignals([window.search_runner.found, window.indexing.finished], timeout=SECONDS):
        window.show()
    assert not window.results.refresh_link.isVisible()
    close(qtbot, window)


def test_folders_given_before_the_library_is_open_are_read(
    qtbot: QtBot, empty: Path, pictures: Path, tmp_path: Path
) -> None:
    paint(tmp_path / "more" / "black.png", "black")
    window = build_window(empty, open_library)
    drop(window, files(pictures))
    window.folders.pick()
    dialog = window.folders.dialog
    assert isinstance(dialog, QFileDialog)
    dialog.setDirectory(str(tmp_path / "more"))
    dialog.accept()
    assert not window.session.is_open
    window.show()
    qtbot.waitUntil(lambda: window.status_line.holdings.text() == "13 photographs · 3 pages", timeout=SECONDS)
    wait_until_idle(qtbot, window)
    assert {folder.path for folder in window.session.library.folders()} == {pictures, tmp_path / "more"}
    close(qtbot, window)


def test_a_library_that_opens_but_cannot_be_read_says_why_and_can_be_tried_again(
    qtbot: QtBot, indexed: Path
) -> None:
    class Unreadable(Library):
        asked = 0

        def status(self) -> LibraryStatus:
            self.asked += 1
            if self.asked == 1:
                raise DiskFull("The library cannot be read.")
            return super().status()

    def opened(location: Path) -> Library:
        library = Unreadable(location, ColourRegistry(location.parent / "models"), None, read_text=False)
        library.use_model("colours")
        return library

    window = build_window(indexed, opened)
    window.show()
    qtbot.waitUntil(lambda: window.pages.currentWidget() is window.problem, timeout=SECONDS)
    assert window.problem.text.text().startswith("The library cannot be read.")
    click(window.problem.retry_button)
    qtbot.waitUntil(lambda: window.pages.currentWidget() is window.ready, timeout=SECONDS)
    wait_until_idle(qtbot, window)
    close(qtbot, window)


def test_what_a_first_question_needs_is_loaded_before_there_is_anything_to_find(
    qtbot: QtBot, empty: Path
) -> None:
    loaded: list[Path] = []

    class Telling(Library):
        def warm_up(self) -> None:
            super().warm_up()
            loaded.append(empty)

    def opened(location: Path) -> Library:
        library = Telling(location, ColourRegistry(location.parent / "models"), None, read_text=False)
        library.use_model("colours")
        return library

    window = build_window(empty, opened)
    window.show()
    qtbot.waitUntil(lambda: loaded == [empty], timeout=SECONDS)
    close(qtbot, window)


def test_the_focus_stays_where_it_is_when_the_window_comes_back(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    assert window.search_bar.line.hasFocus()
    ask(qtbot, window, "red")
    window.results.view.setFocus()
    window.showMinimized()
    QApplication.sendEvent(window, QShowEvent())  # as the window system says that it is back
    window.showNormal()
    window.activateWindow()
    assert window.results.view.hasFocus()


def test_a_library_that_cannot_be_opened_says_why_and_can_be_tried_again(
    qtbot: QtBot, tmp_path: Path
) -> None:
    location = tmp_path / "library"
    location.write_text("a file, where a folder should be", "utf-8")
    window = build_window(location, open_library)
    window.show()
    qtbot.waitUntil(lambda: window.pages.currentWidget() is window.problem, timeout=SECONDS)
    assert str(location) in window.problem.text.text()
    assert location.read_text("utf-8") == "a file, where a folder should be"
    type_text(window.search_bar.line, "dog")
    press(window.search_bar.line, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert window.search_controller.save_dialogs.dialog is None  # there is nothing yet to save it in
    window.search_bar.clear()
    location.unlink()
    location.mkdir()
    click(window.problem.retry_button)
    qtbot.waitUntil(lambda: window.pages.currentWidget() is window.welcome, timeout=SECONDS)
    close(qtbot, window)


def test_size_and_sidebar_are_as_they_were_left(qtbot: QtBot, open_window: OpenWindow, indexed: Path) -> None:
    first = open_window(indexed)
    first.resize(777, 555)
    click(first.sidebar_button)
    assert not first.sidebar.isVisible()
    close(qtbot, first)
    second = open_window(indexed)
    assert (second.width(), second.height()) == (777, 555)
    assert not second.sidebar.isVisible()


def test_a_damaged_window_file_does_no_harm(open_window: OpenWindow, indexed: Path) -> None:
    (indexed / "window.ini").write_bytes(b"\x00\xff[General\ngeometry=@ByteArray(no")
    assert open_window(indexed).isVisible()


def test_everything_that_can_be_clicked_has_a_name_and_is_reached_by_the_keyboard(
    open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    buttons: list[QWidget] = [*window.findChildren(QToolButton), *window.findChildren(QPushButton)]
    ours = [button for button in buttons if button.property("kind") is not None]
    assert len(ours) > 10
    for button in ours:
        assert isinstance(button, (QToolButton, QPushButton))
        assert button.accessibleName() or button.text() or button is window.status_line.failures_link
        assert button.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_the_window_is_dressed_when_it_is_shown(
    qapp: QApplication, open_window: OpenWindow, indexed: Path
) -> None:
    qapp.setStyleSheet("")  # of the windows before
    window = open_window(indexed)
    assert qapp.styleSheet()
    window.activity.toggle_details()
    stop = window.activity.stop_button
    assert stop.text() == words.STOP_WATCHING
    assert stop.minimumWidth() >= stop.sizeHint().width() > 0


@pytest.mark.parametrize("free", [(1366, 728), (960, 560), (1440, 860)])
def test_the_first_window_is_no_larger_than_what_the_screen_has_free(free: tuple[int, int]) -> None:
    size = first_size(QSize(*free))
    assert size.width() < free[0]
    assert size.height() < free[1] - 30  # the title of the window has its place too
    assert first_size(QSize(3440, 1400)) == QSize(1200, 800)


def test_f11_fills_the_screen_and_gives_it_back(open_window: OpenWindow, indexed: Path) -> None:
    window = open_window(indexed)
    press(window, Qt.Key.Key_F11)
    assert window.isFullScreen()
    press(window, Qt.Key.Key_F11)
    assert not window.isFullScreen()
