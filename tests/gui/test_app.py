"""A fault in the program is shown and survived; Ctrl+C closes the window in good order."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from tests.conftest import PROJECT

SURVIVES = """
import gc, sys, threading
from pathlib import Path
from PySide6.QtCore import QTimer
from gui import app
from gui.main_window import MainWindow

def fault():
    raise LookupError("planted in a slot")

def thread_fault():
    raise LookupError("planted in a thread")

def look(window):
    dialog = window.banners.bug_dialog
    if dialog is None or "thread" not in dialog.detailedText():
        QTimer.singleShot(20, lambda: look(window))
        return
    print("slot" in dialog.detailedText(), window.isVisible(), gc.isenabled())
    dialog.close()
    window.close()

shown = MainWindow.showEvent
def show_event(self, event):
    shown(self, event)
    QTimer.singleShot(0, fault)
    threading.Thread(target=thread_fault).start()
    QTimer.singleShot(0, lambda: look(self))
MainWindow.showEvent = show_event
raise SystemExit(app.run(Path(sys.argv[1])))
"""

MULTIPLIES = """
import sys
from pathlib import Path
import psutil
import main
from gui import app

def multiply(location):
    assert "numpy" not in sys.modules
    before = psutil.Process().num_threads()
    import numpy
    square = numpy.ones((512, 512), numpy.float32)
    square @ square
    print(psutil.Process().num_threads() - before)
    raise SystemExit(0)

app.build_window = multiply
raise SystemExit(app.run(Path(sys.argv[1])))
"""

COPIES = """
import sys
from pathlib import Path
from gui import app
from gui.files import desktop
from gui.main_window import MainWindow

shown = MainWindow.showEvent
def show_event(self, event):
    shown(self, event)
    desktop.copy_path(Path(sys.argv[1]))
    self.session.opened.connect(self.close)
MainWindow.showEvent = show_event
raise SystemExit(app.run(Path(sys.argv[1])))
"""

INTERRUPTED = """
import os, signal, sys
from pathlib import Path
from gui import app
from gui.main_window import MainWindow

shown = MainWindow.showEvent
def show_event(self, event):
    shown(self, event)
    self.session.opened.connect(lambda: os.kill(os.getpid(), signal.SIGINT))
MainWindow.showEvent = show_event
raise SystemExit(app.run(Path(sys.argv[1])))
"""

NAMED = """
import sys
import main
from gui.main_window import MainWindow

shown = MainWindow.showEvent
def show_event(self, event):
    shown(self, event)
    assert not {"numpy", "engine.cli"} & set(sys.modules)  # the window does not wait for them
    self.session.opened.connect(lambda: print(self.session.location))
    self.session.opened.connect(self.close)
MainWindow.showEvent = show_event
sys.argv[1:] = ["--library", sys.argv[1]]
raise SystemExit(main.main())
"""

DRAWS = """
import io, sys, threading
from PIL import Image
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from gui.widgets.appearance import resources
from gui.widgets.decoding import decoded

application = QApplication([])
encoded = io.BytesIO()
Image.new("RGB", (320, 240), "teal").save(encoded, "JPEG")

def decode():
    for _time in range(500):
        decoded(encoded.getvalue(), QSize(200, 150))

sys.setswitchinterval(0.00001)
threads = [threading.Thread(target=decode, daemon=True) for _thread in range(2)]
for thread in threads:
    thread.start()
while any(thread.is_alive() for thread in threads):
    resources.pixmap("pause", 20, QColor("red"))
"""


def start(script: str, location: Path) -> subprocess.CompletedProcess[str]:
    # Without what was set for this process, by a bench that a test takes parts of.
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    return subprocess.run(
        [sys.executable, "-c", script, str(location)],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_faults_in_slots_and_threads_are_shown_and_survived(empty: Path) -> None:
    done = start(SURVIVES, empty)
    assert (done.stdout.split(), done.returncode) == (["True"] * 3, 0), done.stderr
    assert "planted in a slot" in done.stderr  # logged too


def test_products_of_the_engine_take_no_further_threads(empty: Path) -> None:
    done = start(MULTIPLIES, empty)
    assert (done.returncode, done.stdout.split()) == (0, ["0"]), done.stderr


def test_control_c_closes_the_window(empty: Path) -> None:
    done = start(INTERRUPTED, empty)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_toolkit_does_not_wear_out_none(qapp: QApplication) -> None:
    # PySide6 6.12.0 takes a reference from None with every call that returns nothing; before Python 3.12
    # the process then ends with "deallocating None" after some thousand calls.
    del qapp
    thing = QObject()
    before = sys.getrefcount(None)
    for _call in range(500):
        thing.setObjectName("name")
    assert sys.getrefcount(None) - before > -100


def test_a_copied_path_does_not_break_the_end_of_the_program(tmp_path: Path) -> None:
    ended = start(COPIES, tmp_path)
    assert ended.returncode == 0, ended.stderr


def test_the_window_opens_on_the_library_that_is_named(tmp_path: Path) -> None:
    ended = start(NAMED, tmp_path / "named")
    assert (ended.returncode, ended.stdout) == (0, f"{tmp_path / 'named'}\n"), ended.stderr


def test_icons_are_drawn_while_thumbnails_are_decoded(tmp_path: Path) -> None:
    # Qt holds a lock while it asks a picture's device what format it is. A device made in Python needs the
    # interpreter for its answer, and a thread that has the interpreter may be waiting for that very lock.
    assert start(DRAWS, tmp_path).returncode == 0
