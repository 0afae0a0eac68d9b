"""What other programs get to see: a file manager on a real message bus, and the clipboard at the very end."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import PROJECT

FILE_MANAGER = """
import sys
from PySide6.QtCore import ClassInfo, QCoreApplication, QObject, Slot
from PySide6.QtDBus import QDBusConnection

@ClassInfo({"D-Bus Interface": "org.freedesktop.FileManager1"})
class FileManager(QObject):
    @Slot("QStringList", str)
    def ShowItems(self, addresses, startup):
        print(*addresses, flush=True)
        QCoreApplication.quit()

application = QCoreApplication([])
bus = QDBusConnection.sessionBus()
manager = FileManager()
bus.registerObject(
    "/org/freedesktop/FileManager1", manager, QDBusConnection.RegisterOption.ExportAllSlots
)
print(bus.registerService("org.freedesktop.FileManager1"), flush=True)
application.exec()
"""

REVEALS = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from gui.files.desktop import reveal

application = QCoreApplication([])
print(reveal([Path(name) for name in sys.argv[1:]]))
"""

COPIES = """
import sys
from pathlib import Path
from PySide6.QtGui import QGuiApplication
from gui import app
from gui.widgets.file_drag import pack
from gui.main_window import MainWindow

shown = MainWindow.showEvent
def show_event(self, event):
    shown(self, event)
    self.file_operations.actions.clipboard.put(pack([Path("/x/a.png")]))
    QGuiApplication.instance().aboutToQuit.connect(
        lambda: print(QGuiApplication.clipboard().mimeData().formats(), QGuiApplication.clipboard().text())
    )
    self.session.opened.connect(self.close)
MainWindow.showEvent = show_event
raise SystemExit(app.run(Path(sys.argv[1])))
"""


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[dict[str, str]]:
    """An environment with a message bus of its own."""
    daemon = shutil.which("dbus-daemon")
    if daemon is None:
        pytest.skip("needs dbus-daemon")
    address = f"unix:path={tmp_path / 'bus'}"
    command = [daemon, "--session", "--nofork", "--nosyslog", f"--address={address}", "--print-address"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as running:
        assert running.stdout is not None
        running.stdout.readline()  # it is ready
        yield {**os.environ, "DBUS_SESSION_BUS_ADDRESS": address}
        running.terminate()


def run(script: str, *arguments: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_file_manager_is_asked_to_select_the_files(bus: dict[str, str]) -> None:
    assert run(REVEALS, "/x/a b.png", environment=bus).stdout == "False\n"  # nobody there yet
    command = [sys.executable, "-c", FILE_MANAGER]
    with subprocess.Popen(command, env=bus, stdout=subprocess.PIPE, text=True) as manager:
        assert manager.stdout is not None
        assert manager.stdout.readline() == "True\n"
        asked = run(REVEALS, "/x/a b.png", "/x/c.png", environment=bus)
        assert asked.stdout == "True\n", asked.stderr
        assert manager.stdout.readline() == "file:///x/a%20b.png file:///x/c.png\n"


def test_without_a_message_bus_it_is_somebody_elses_turn() -> None:
    alone = {name: value for name, value in os.environ.items() if name != "DBUS_SESSION_BUS_ADDRESS"}
    assert run(REVEALS, "/x/a.png", environment=alone).stdout == "False\n"


def test_copied_files_do_not_break_the_end_of_the_program(empty: Path) -> None:
    ended = run(COPIES, str(empty), environment=dict(os.environ))
    assert (ended.returncode, ended.stdout) == (0, "['text/plain'] /x/a.png\n"), ended.stderr
