"""Starting Findling a second time brings its window to the front instead of opening another."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gui.single_instance import TOKEN, SingleInstance
from tests.conftest import PROJECT
from tests.gui.conftest import SECONDS

FIRST = """
import os, sys
from pathlib import Path
from PySide6.QtCore import QEvent
from gui import app
from gui.main_window import MainWindow

def put_away(window):
    window.showMinimized()
    print("open", flush=True)

def change_event(self, event):
    changed(self, event)
    if event.type() == QEvent.Type.WindowStateChange and not self.isMinimized():
        print("in front", os.environ.get("XDG_ACTIVATION_TOKEN"), flush=True)
        self.close()

shown, changed = MainWindow.showEvent, MainWindow.changeEvent
def show_event(self, event):
    shown(self, event)
    self.session.opened.connect(lambda: put_away(self))
MainWindow.showEvent, MainWindow.changeEvent = show_event, change_event
raise SystemExit(app.run(Path(sys.argv[1])))
"""

OPENS = """
import sys
from pathlib import Path
from gui import app
from gui.main_window import MainWindow

shown = MainWindow.showEvent
def show_event(self, event):
    shown(self, event)
    self.session.opened.connect(lambda: (print("open", flush=True), self.close()))
MainWindow.showEvent = show_event
raise SystemExit(app.run(Path(sys.argv[1])))
"""

GONE_WHILE_ASKED = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer
from PySide6.QtNetwork import QLocalSocket
from gui.single_instance import SingleInstance

application, asked = QCoreApplication([]), []
window = SingleInstance(Path(sys.argv[1]))
assert window.claim()
window.answer_by(lambda: bool(asked.append("once")))
later = QLocalSocket()
later.connectToServer(window._address)
assert later.waitForConnected(60_000)
later.write(b"\\n")
while not asked:
    application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
window.release()
del window
loop = QEventLoop()
QTimer.singleShot(0, loop.quit)
loop.exec()  # what was to be deleted later is deleted now
"""


@pytest.fixture(autouse=True)
def session_of_the_user(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder as a desktop session has one; its name is short, as the address of a socket must be."""
    with tempfile.TemporaryDirectory() as folder:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        yield


def begun(script: str, location: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", script, str(location)]
    return subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


@pytest.fixture
def first(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    with begun(FIRST, tmp_path / "library") as process:
        assert line_of(process) == "open\n"
        yield process
        process.kill()


def start_again(location: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", OPENS, str(location)],
        cwd=PROJECT,
        env={**os.environ, TOKEN: "of the desktop"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_open_window_comes_to_the_front(first: subprocess.Popen[str], tmp_path: Path) -> None:
    again = start_again(tmp_path / "library")
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout == "Findling is open already. Its window has been asked to come to the front.\n"
    assert line_of(first) == "in front of the desktop\n"
    assert first.wait(60) == 0
    assert start_again(tmp_path / "library").stdout == "open\n"  # once that one is closed


def test_another_library_has_a_window_of_its_own(first: subprocess.Popen[str], tmp_path: Path) -> None:
    assert start_again(tmp_path / "another").stdout == "open\n"
    assert first.poll() is None


def test_one_that_has_crashed_is_in_nobodys_way(first: subprocess.Popen[str], tmp_path: Path) -> None:
    first.kill()
    first.wait(60)
    assert start_again(tmp_path / "library").stdout == "open\n"


def test_a_second_window_is_better_than_none(qtbot: QtBot, tmp_path: Path) -> None:
    del qtbot  # there is an application, but its loop does not run: this one hangs
    hanging = SingleInstance(tmp_path / "library")
    assert hanging.claim()
    try:
        assert start_again(tmp_path / "library").stdout == "open\n"
    finally:
        hanging.release()


def test_one_that_is_about_to_close_is_waited_for(qtbot: QtBot, tmp_path: Path) -> None:
    closing = SingleInstance(tmp_path / "library")
    assert closing.claim()
    asked: list[bool] = []

    def refuse() -> bool:
        asked.append(True)
        return False

    closing.answer_by(refuse)
    with begun(OPENS, tmp_path / "library") as again:
        qtbot.waitUntil(lambda: bool(asked), timeout=SECONDS)
        closing.release()
        assert line_of(again) == "open\n"
    assert SingleInstance(tmp_path / "library").claim()  # it held the lock itself, and is gone


def test_one_that_is_gone_has_ended_its_conversations(tmp_path: Path) -> None:
    command = [sys.executable, "-c", GONE_WHILE_ASKED, str(tmp_path / "library")]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_without_a_folder_for_the_lock_a_window_opens(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "file" / "folder"))
    assert SingleInstance(tmp_path / "library").claim()


def as_another_user(script: str, argument: str) -> str:
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("nobody but root may become somebody else")
    command = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", sys.executable, "-c"]
    done = subprocess.run([*command, script, argument], capture_output=True, text=True, check=True)
    return done.stdout


def address_of(window: SingleInstance) -> str:
    return window._address


CONNECTS = """
import socket, sys
try:
    socket.socket(socket.AF_UNIX).connect(sys.argv[1])
    print("connected")
except PermissionError:
    print("refused")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="sockets are no files there")
def test_only_its_own_user_can_wake_a_window(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del qtbot
    session = Path(tempfile.mkdtemp())
    session.chmod(0o777)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(session))
    window = SingleInstance(tmp_path / "library")
    try:
        assert window.claim()
        address = Path(address_of(window))
        assert address.is_socket()
        assert stat.S_IMODE(address.stat().st_mode) & 0o077 == 0
        assert stat.S_IMODE(address.parent.stat().st_mode) == 0o700
        assert as_another_user(CONNECTS, str(address)) == "refused\n"
    finally:
        window.release()
        shutil.rmtree(session)


@pytest.mark.skipif(sys.platform == "win32", reason="sockets are no files there")
def test_a_folder_that_another_user_put_in_the_way_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root may give files away")
    (tmp_path / "session" / "findling").mkdir(parents=True)
    os.chown(tmp_path / "session" / "findling", 65534, 65534)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "session"))
    assert str(tmp_path / "session") not in address_of(SingleInstance(tmp_path / "library"))
    assert list((tmp_path / "session" / "findling").iterdir()) == []


def test_a_library_behind_a_ring_of_links_opens_a_window_too(tmp_path: Path) -> None:
    (tmp_path / "one").symlink_to(tmp_path / "other")
    (tmp_path / "other").symlink_to(tmp_path / "one")
    assert SingleInstance(tmp_path / "one").claim()
