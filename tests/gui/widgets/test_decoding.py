"""JPEGs become pictures in threads, and the main thread goes on meanwhile."""

from __future__ import annotations

import threading
import time

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor

from gui.widgets.decoding import decoded
from tests.gui.results.conftest import jpeg

BOX = QSize(200, 152)
TRIES = 5


@pytest.mark.parametrize("stored", [None, b"", b"no picture", jpeg()[:80], jpeg()[:-200]])
def test_what_cannot_be_decoded_is_a_null_image(stored: bytes | None) -> None:
    assert decoded(stored, BOX).isNull()


def test_a_picture_that_claims_to_be_too_large_is_a_null_image(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("PIL.Image.MAX_IMAGE_PIXELS", 100)
    assert decoded(jpeg(), BOX).isNull()


@pytest.mark.parametrize(
    ("stored", "shown"), [((320, 240), (200, 150)), ((100, 320), (47, 152)), ((30, 20), (30, 20))]
)
def test_a_picture_keeps_its_shape_and_is_never_enlarged(
    stored: tuple[int, int], shown: tuple[int, int]
) -> None:
    image = decoded(jpeg(*stored), BOX)
    assert (image.width(), image.height()) == pytest.approx(shown, abs=1)


def test_without_a_box_it_is_as_large_as_it_was_stored_and_has_its_colours() -> None:
    image = decoded(jpeg(320, 240))
    assert image.size() == QSize(320, 240)
    seen, teal = image.pixelColor(100, 100), QColor("teal")
    assert (seen.red(), seen.green(), seen.blue()) == pytest.approx((0, teal.green(), teal.blue()), abs=6)
    assert set(bytes(image.constBits())[3::4]) == {255}  # what else is there is painted as if one saw through


def test_sharp_screens_get_sharp_pictures() -> None:
    image = decoded(jpeg(), BOX * 1.5, 1.5)
    assert image.deviceIndependentSize().width() == pytest.approx(200, abs=1)
    assert image.width() == pytest.approx(300, abs=1)


@pytest.mark.parametrize("box", [BOX, None])
def test_the_interpreter_is_free_while_a_large_picture_is_decoded(box: QSize | None) -> None:
    encoded = jpeg(6000, 4000)
    assert any(longest < took / 2 for longest, took in (stalled(encoded, box) for _try in range(TRIES)))


def stalled(encoded: bytes, box: QSize | None) -> tuple[float, float]:
    """The longest time in which this thread could not go on, and how long the decoding took; seconds."""
    ended: list[float] = []

    def decode() -> None:
        decoded(encoded, box)
        ended.append(time.perf_counter())

    thread = threading.Thread(target=decode)
    began = last = time.perf_counter()
    longest = 0.0
    thread.start()
    while not ended:
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
    thread.join()
    return longest, ended[0] - began
