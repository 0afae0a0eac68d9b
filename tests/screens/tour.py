"""Goes through every state of the window, each light and dark; fails where one is not reached."""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication

from engine.settings import SETTINGS_FILE, Settings, SettingsFile
from gui import strings, translation
from gui.app import SWITCH_SECONDS
from gui.widgets.appearance import resources
from tests.conftest import PROJECT
from tests.screens import dialogs, first_start, preview_screens, search_screens, upkeep_screens
from tests.screens.sample_home import Home, make_home, remove_home
from tests.screens.screenshots import Camera
from tests.screens.window_driver import Stage, Step

HOME = Path("/tmp/anna")  # as short as a person's own; it is seen on the pictures
OUTPUT = PROJECT / "docs" / "screens"

STEPS: tuple[Step, ...] = (
    first_start.opening,
    first_start.first_start,
    first_start.indexing,
    first_start.ready,
    search_screens.both_kinds,
    search_screens.opened_and_selected,
    search_screens.by_date,
    search_screens.chips_and_filters,
    search_screens.filter_menu,
    search_screens.nothing,
    search_screens.remembered,
    preview_screens.photograph,
    preview_screens.region,
    preview_screens.page,
    preview_screens.menu,
    preview_screens.dragged_over,
    upkeep_screens.duplicates,
    upkeep_screens.left_out,
    upkeep_screens.confirmations,
    upkeep_screens.failures,
    upkeep_screens.missed,
    upkeep_screens.problem_banner,
    upkeep_screens.sidebar_menu,
    dialogs.shortcuts,
    dialogs.about,
    dialogs.models,
    dialogs.settings,
    dialogs.cannot_be_opened,
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.screens", description=__doc__)
    parser.add_argument("--output", type=Path, default=OUTPUT, help="the folder of the pictures")
    parser.add_argument(
        "--home", type=Path, default=HOME, help="made, seen on the pictures, and removed at the end"
    )
    arguments = parser.parse_args()
    begun = time.monotonic()
    camera = Camera(arguments.output.absolute())
    home = make_home(arguments.home)
    tour(home, camera)  # after a failure the home stays, to be looked at; the next run removes it
    remove_home(home)
    camera.forget_others()
    size = sum(path.stat().st_size for path in camera.taken)
    sys.stdout.write(
        f"{len(camera.taken)} pictures, {size / 1e6:.1f} MB, {time.monotonic() - begun:.0f} seconds\n"
    )
    return 0


def tour(home: Home, camera: Camera) -> None:
    """Raises Unreached, and whatever goes wrong in the program."""
    application = _application(home)
    faults: list[BaseException] = []
    sys.excepthook = lambda _kind, error, _trace: faults.append(error)
    threading.excepthook = lambda fault: faults.append(fault.exc_value or fault.exc_type())
    # Reading text takes seconds a picture, and finds none on these.
    home.library.mkdir(parents=True)
    SettingsFile(home.library / SETTINGS_FILE).save(replace(Settings(), read_text=False, appearance="light"))
    stage = Stage(home, camera)
    try:
        for step in STEPS:
            step(stage)
            if faults:
                raise faults[0]
    finally:
        sys.excepthook, threading.excepthook = sys.__excepthook__, threading.__excepthook__
    application.clipboard().clear()


def _application(home: Home) -> QApplication:
    screen = {"name": "screen", "x": 0, "y": 0, "width": 1920, "height": 1080, "dpr": 1}
    configuration = home.root / ".config" / "screen.json"
    configuration.write_text(
        json.dumps({"synchronousWindowSystemEvents": False, "screens": [screen]}), "utf-8"
    )
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={configuration}"
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))
    application = QApplication(sys.argv[:1])
    translation.install(application, QLocale())
    application.setApplicationName(strings.APPLICATION)
    application.setWindowIcon(resources.application_icon())
    application.setCursorFlashTime(0)  # or no two pictures would be the same
    sys.setswitchinterval(SWITCH_SECONDS)
    return application
