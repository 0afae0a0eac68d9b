"""Windows on real libraries: real files, the real engine, with a model that only knows colours."""

from __future__ import annotations

import contextlib
import gc
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import shiboken6
from PIL import Image
from PySide6.QtCore import QLocale, Qt, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.library import Library
from engine.models.text.word_vectors import WordVectors
from engine.progress import CancelToken, Progress
from engine.search.query import synonyms
from gui import translation
from gui.app import build_window
from gui.main_window import FIRST_SIZE, MainWindow
from gui.window_state import STATE_FILE
from tests.engine.ingest.sample_files import Page, pdf
from tests.fakes import COLOURS, ColourRegistry
from tests.gui.input_events import press, type_text

SECONDS = 60_000  # milliseconds that a wait may take at most, on a machine that is busy with other things

OpenWindow = Callable[[Path], MainWindow]


def open_library(location: Path) -> Library:
    """A real library whose model knows colours by their names."""
    library = Library(location, ColourRegistry(location.parent / "models"), None, read_text=False)
    library.use_model("colours")
    return library


def paint(path: Path, colour: str, size: tuple[int, int] = (60, 40)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, COLOURS[colour]).save(path)
    return path


def draw_document(path: Path) -> Path:
    """Three pages, each with a band of colour and a line that names it."""
    bands = {"red": "1 0 0", "green": "0 1 0", "blue": "0 0 1"}
    path.write_bytes(
        pdf(
            [
                Page([(72, 600, f"All that is {name} on one page")], drawing=f"{colour} rg 0 700 612 92 re f")
                for name, colour in bands.items()
            ]
        )
    )
    return path


@pytest.fixture(scope="session", autouse=True)
def only_new_objects_are_counted() -> Iterator[None]:
    """What earlier tests imported is millions of objects; looking through them takes very long."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(scope="session", autouse=True)
def words_are_read_once() -> Iterator[None]:
    """Those that mean nearly the same. Each library reads them for itself, and hundreds of windows open."""
    known = WordVectors.load()
    with contextlib.closing(sqlite3.connect(":memory:")) as db:
        unclear = synonyms.ambiguous_words(db, known.words, known.vectors)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WordVectors, "load", lambda: known)
        patch.setattr(synonyms, "ambiguous_words", lambda _db, _words, _vectors: unclear)
        yield


@pytest.fixture(scope="session", autouse=True)
def english(qapp: QApplication) -> None:
    """What the window says in tests is English, whatever the language of the machine."""
    translation.install(qapp, QLocale(QLocale.Language.English))


@pytest.fixture(scope="session", autouse=True)
def empty_clipboard(qapp: QApplication) -> Iterator[None]:
    """Qt destroys what the clipboard holds after Python is gone: nothing of a test's may be among it."""
    yield
    qapp.clipboard().clear()


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve pictures, a document of three pages, and two files that cannot be read."""
    folder = tmp_path_factory.mktemp("pictures")
    for colour in ("red", "green", "blue"):
        for number in range(4):
            paint(folder / f"{colour} {number}.png", colour, (60, 40 + 10 * number))
    draw_document(folder / "three pages.pdf")
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "no picture.png").write_text("only words", "utf-8")
    return folder


@pytest.fixture(scope="session")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Enough pictures to catch a run in the middle: each its own content."""
    folder = tmp_path_factory.mktemp("many")
    for number in range(300):
        paint(folder / f"{number:03}.png", "red", (20 + number % 20, 20 + number // 20))
    return folder


@pytest.fixture(scope="session")
def indexed_once(tmp_path_factory: pytest.TempPathFactory, pictures: Path) -> Path:
    location = tmp_path_factory.mktemp("indexed") / "library"
    location.mkdir()
    with open_library(location) as library:
        library.add_folder(pictures)
        library.index(Progress(), CancelToken())
    return location


@pytest.fixture
def indexed(indexed_once: Path, tmp_path: Path) -> Path:
    """The place of a library that knows the pictures, and may be changed."""
    return Path(shutil.copytree(indexed_once, tmp_path / "library"))


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    location = tmp_path / "library"
    location.mkdir()
    return location


@pytest.fixture(autouse=True)
def nothing_left_behind(qtbot: QtBot) -> Iterator[None]:
    """Fails a test after which threads, running timers or visible windows are left."""
    threads = set(threading.enumerate())
    timers = set(map(id, running_timers()))
    yield
    qtbot.waitUntil(lambda: set(threading.enumerate()) <= threads, timeout=SECONDS)
    assert [timer for timer in running_timers() if id(timer) not in timers] == []
    assert [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()] == []


def running_timers() -> list[QTimer]:
    # By its type: `isinstance` would also ask the object itself, and some of other packages warn when asked.
    timers = (thing for thing in gc.get_objects() if issubclass(type(thing), QTimer))
    return [timer for timer in timers if shiboken6.isValid(timer) and timer.isActive()]


@pytest.fixture
def open_window(qtbot: QtBot, nothing_left_behind: None) -> Iterator[OpenWindow]:
    """Shows a window on a library and waits until the library is open and nothing is being read."""
    del nothing_left_behind  # named, so that it looks after the windows are closed
    windows: list[MainWindow] = []

    def open_one(location: Path) -> MainWindow:
        window = build_window(location, open_library)
        windows.append(window)
        if not (location / STATE_FILE).exists():
            window.resize(FIRST_SIZE)  # also where the screen has less room
        window.show()
        qtbot.waitUntil(lambda: window.session.status is not None, timeout=SECONDS)
        wait_until_idle(qtbot, window)
        window.activateWindow()
        return window

    yield open_one
    for window in windows:
        close(qtbot, window)


def close(qtbot: QtBot, window: MainWindow) -> None:
    if shiboken6.isValid(window):
        window.close()
        qtbot.waitUntil(lambda: not window.isVisible(), timeout=SECONDS)
        window.deleteLater()
        qtbot.waitUntil(lambda: not shiboken6.isValid(window), timeout=SECONDS)


def wait_until_idle(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: not window.indexing.active, timeout=SECONDS)


def names(window: MainWindow) -> list[str]:
    """The names of the files on the cards, best first."""
    return [hit.path.name for hit in window.results.model.hits]


def ask(qtbot: QtBot, window: MainWindow, text: str) -> None:
    """Type a question, press Enter, and wait for the answer."""
    window.search_bar.line.clear()
    type_text(window.search_bar.line, text)
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        press(window.search_bar.line, Qt.Key.Key_Return)
    # What was read meanwhile is asked for at once: the next answer is to be that to the next question.
    qtbot.waitUntil(lambda: not window.search_runner.running, timeout=SECONDS)
