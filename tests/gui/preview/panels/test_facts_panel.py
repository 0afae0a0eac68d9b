"""What is known of the file, beside its picture."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.records import ItemFacts
from gui.main_window import MainWindow
from gui.preview.panels.facts_panel import MOST_COPIES, FactsPanel, PathLine, described
from gui.strings import preview as words
from tests.fakes import COLOURS
from tests.gui.conftest import SECONDS, OpenWindow, ask, close, wait_until_idle
from tests.gui.input_events import click, press
from tests.gui.preview.preview_helpers import open_page, open_preview, preview_of, wait_for_picture

CAMERA, GPS, EXPOSURE = 0x0110, 0x8825, 0x8769


def photograph(path: Path) -> Path:
    """Red, and of a camera that knows where it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.new("RGB", (640, 480), COLOURS["red"])
    exif = Image.Exif()
    exif[CAMERA] = "Box 54"
    exif.get_ifd(EXPOSURE)[0x9003] = "2021:07:14 18:30:05"
    exif.get_ifd(GPS).update({1: "N", 2: (52.0, 30.0, 58.68), 3: "W", 4: (13.0, 22.0, 39.72)})
    image.save(path, exif=exif)
    return path


def shown(panel: FactsPanel) -> dict[str, str]:
    return {caption: row.value.text() for caption, row in panel.rows.items() if row.isVisible()}


def wait_for_facts(qtbot: QtBot, window: MainWindow) -> FactsPanel:
    preview = preview_of(window)
    assert preview.hit is not None
    item = preview.hit.item
    qtbot.waitUntil(lambda: window.preview_controller.loader.facts(item) is not None, timeout=SECONDS)
    return preview.facts


def test_i_shows_what_the_camera_wrote_and_the_copies(
    qtbot: QtBot, open_window: OpenWindow, empty: Path, tmp_path: Path
) -> None:
    first = photograph(tmp_path / "files" / "first.jpg")
    other = tmp_path / "files" / "other" / "again <b>.jpg"
    other.parent.mkdir()
    shutil.copy(first, other)
    window = open_window(empty)
    with qtbot.waitSignal(window.indexing.finished, timeout=SECONDS):
        window.session.add_folders([tmp_path / "files"])
    wait_until_idle(qtbot, window)
    ask(qtbot, window, "red")
    preview = open_preview(qtbot, window)
    assert not preview.facts.isVisible()
    press(preview.canvas, Qt.Key.Key_I)
    panel = wait_for_facts(qtbot, window)
    assert panel.isVisible()
    told = shown(panel)
    assert told[words.CAMERA] == "Box 54"
    assert told[words.DIMENSIONS] == words.pixels(640, 480)
    assert told[words.PLACE] == "52.51630° N, 13.37770° W"
    assert "2021" in told[words.TAKEN] or "21" in told[words.TAKEN]
    assert words.PAGES not in told
    click(panel.copy_button)
    assert QApplication.clipboard().text() == "52.516300, -13.377700"
    assert preview.hit is not None
    assert panel.path.toolTip().count(preview.hit.path.name.replace("<b>", "&lt;b&gt;")) == 1
    copies = panel.copies.findChildren(PathLine)
    assert [line.accessibleDescription() for line in copies] == [
        str({first, other}.difference({preview.hit.path}).pop())
    ]
    press(panel.path, Qt.Key.Key_Space)
    assert not window.preview_controller.is_open


def test_a_page_tells_which_it_is_of_how_many_and_the_panel_is_remembered(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "green")
    preview = open_page(qtbot, window, 2)
    click(preview.header.facts_button)
    told = shown(wait_for_facts(qtbot, window))
    assert told[words.PAGES] == "Page 2 of 3"
    assert told[words.DIMENSIONS] == words.paper(612, 792)
    assert words.CAMERA not in told
    close(qtbot, window)
    window = open_window(indexed)
    ask(qtbot, window, "green")
    assert open_page(qtbot, window, 2).facts.isVisible()
    press(preview_of(window).canvas, Qt.Key.Key_I)
    assert not preview_of(window).facts.isVisible()


def test_of_a_file_that_is_gone_it_says_so_and_shows_what_the_result_knows(
    qtbot: QtBot, open_window: OpenWindow, pictures: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "files"
    shutil.copytree(pictures, folder)
    (tmp_path / "new").mkdir()
    window = open_window(tmp_path / "new")
    with qtbot.waitSignal(window.indexing.finished, timeout=SECONDS):
        window.session.add_folders([folder])
    wait_until_idle(qtbot, window)
    ask(qtbot, window, "red")
    hits = [hit for hit in window.results.model.hits if hit.page is None]
    hits[0].path.unlink()
    preview = preview_of(window)
    preview.header.facts_button.setChecked(True)
    window.preview_controller.show(hits[0])
    panel = preview.facts
    qtbot.waitUntil(panel.problem.isVisible, timeout=SECONDS)
    assert panel.problem.text()
    assert shown(panel) == {words.DIMENSIONS: words.pixels(hits[0].width, hits[0].height)}
    window.preview_controller.show(hits[1])
    wait_for_picture(qtbot, window)
    wait_for_facts(qtbot, window)
    assert not panel.problem.isVisible()
    assert words.SIZE in shown(panel)


@pytest.mark.parametrize(("latitude", "longitude"), [(-33.85, 151.2), (0.0, 0.0)])
def test_places_are_told_by_their_hemisphere(latitude: float, longitude: float) -> None:
    facts = ItemFacts(
        1, (Path("/a.jpg"),), None, None, 0, "", 1, 1, None, latitude=latitude, longitude=longitude
    )
    south = "S" if latitude < 0 else "N"
    assert described(facts)[words.PLACE] == f"{abs(latitude):.5f}° {south}, {longitude:.5f}° E"


def test_many_copies_are_counted_instead_of_listed(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    preview = open_preview(qtbot, window)
    press(preview.canvas, Qt.Key.Key_I)
    copies = wait_for_facts(qtbot, window).copies
    copies.show_paths(tuple(Path(f"/x/{number}.jpg") for number in range(MOST_COPIES + 5)))
    assert len([line for line in copies.findChildren(PathLine) if line.isVisible()]) == MOST_COPIES
    copies.show_paths(())
    assert not copies.isVisible()
