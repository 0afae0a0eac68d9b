"""Both sets of colours can be read, follow the system, and have their icons."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from gui.widgets.appearance import resources
from gui.widgets.appearance.style import DARK, LIGHT, Colours, Style
from tests.conftest import PROJECT

ICONS = sorted(path.stem for path in (PROJECT / "assets" / "icons").glob("*.svg"))


@pytest.fixture
def style(qapp: QApplication) -> Iterator[Style]:
    style = Style(qapp)
    style.put_on()
    yield style
    style.deleteLater()


def luminance(name: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    colour = QColor(name)
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (colour.redF(), colour.greenF(), colour.blueF())
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(first: str, second: str) -> float:
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_all_text_can_be_read(colours: Colours) -> None:
    for background in (colours.window, colours.surface, colours.mat, colours.hover):
        for text in (colours.text, colours.muted, colours.strong, colours.weak, colours.error):
            assert contrast(text, background) >= 4.5
    assert contrast(colours.on_accent, colours.accent) >= 4.5


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_the_focus_can_be_seen(colours: Colours) -> None:
    for background in (colours.window, colours.surface):
        assert contrast(colours.accent, background) >= 3


def test_the_sheet_comes_when_it_is_put_on(qapp: QApplication) -> None:
    """A window is built faster without it."""
    qapp.setStyleSheet("")
    style = Style(qapp)
    style.apply_colours(DARK)
    assert qapp.styleSheet() == ""
    style.put_on()
    assert DARK.surface in qapp.styleSheet()
    style.apply_colours(LIGHT)
    assert LIGHT.surface in qapp.styleSheet()
    style.deleteLater()


def test_the_style_follows_the_system(qapp: QApplication, style: Style) -> None:
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert style.colours is DARK
    assert qapp.palette().window().color() == QColor(DARK.window)
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert style.colours is LIGHT


@pytest.mark.parametrize("name", ICONS)
def test_every_icon_is_drawn_sharply(qapp: QApplication, name: str) -> None:
    del qapp  # pixmaps need it
    image = resources.pixmap(name, 20, QColor("#123456"), 2.0).toImage()
    assert (image.width(), image.height()) == (40, 40)
    assert any(image.pixelColor(x, y).alpha() for x in range(40) for y in range(40))
