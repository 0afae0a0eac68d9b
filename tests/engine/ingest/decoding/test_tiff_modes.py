"""Kinds of TIFF that scanners, presses and microscopes write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.errors import FileProblem
from engine.ingest.decode import DecodeJob, decode
from engine.records import PictureInput
from tests.engine.ingest.sample_files import plain_tiff

WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, CMYK, LAB = 0, 1, 2, 5, 8
HEIGHT, WIDTH = 48, 64
ACROSS = np.tile(np.linspace(0, 1, WIDTH), (HEIGHT, 1))
DOWN = np.tile(np.linspace(0, 1, HEIGHT)[:, np.newaxis], (1, WIDTH))
HALF = np.full((HEIGHT, WIDTH), 0.5)

Samples = NDArray[np.generic]
Order = Literal["<", ">"]
orders = pytest.mark.parametrize("order", "<>")
laid = pytest.mark.parametrize("planes", [False, True])
packed = pytest.mark.parametrize("zipped", [False, True])


def corners(source: bytes) -> list[list[int]]:
    """RGB at the top left, the top right, the bottom left and the bottom right."""
    (item,) = decode(DecodeJob(source, PictureInput(64, "squash"))).items
    assert (item.width, item.height) == (WIDTH, HEIGHT)
    return [item.pixels[row, column].tolist() for row in (0, -1) for column in (0, -1)]


def of_bits(bits: int) -> Callable[..., Samples]:
    def stacked(*planes: NDArray[np.float64]) -> Samples:
        numbers: Samples = (np.dstack(planes) * (2**bits - 1)).round().astype(f"u{bits // 8}")
        return numbers

    return stacked


def assert_close(found: list[list[int]], expected: list[list[int]], within: int = 6) -> None:
    assert np.abs(np.array(found) - np.array(expected)).max() <= within


@orders
@laid
@packed
@pytest.mark.parametrize("bits", [8, 16])
def test_colours_of_any_depth_and_order(bits: int, order: Order, planes: bool, zipped: bool) -> None:
    rgb = plain_tiff(of_bits(bits)(ACROSS, DOWN, HALF), RGB, order, planes, zipped)
    assert_close(corners(rgb), [[0, 0, 128], [255, 0, 128], [0, 255, 128], [255, 255, 128]])
    cmyk = plain_tiff(of_bits(bits)(ACROSS, DOWN, 0 * HALF, 0 * HALF), CMYK, order, planes, zipped)
    assert_close(corners(cmyk), [[255, 255, 255], [0, 255, 255], [255, 0, 255], [0, 0, 255]])


@orders
@laid
@packed
@pytest.mark.parametrize("bits", [8, 16])
def test_lab_of_any_depth_and_order(bits: int, order: Order, planes: bool, zipped: bool) -> None:
    # sRGB's red, green, blue and white (CIE 15, D50), in the quarters of the picture
    quarters = np.array([[54.3, 80.8, 69.9], [87.8, -79.3, 81.0], [29.6, 68.3, -112.0], [100.0, 0.0, 0.0]])
    whole = 2 ** (bits - 8)
    numbers = np.column_stack([quarters[:, 0] / 100 * (2**bits - 1), quarters[:, 1:] * whole]).round()
    grid = numbers.astype(np.int64).astype(f"u{bits // 8}").reshape(2, 2, 3)
    source = plain_tiff(np.kron(grid, np.ones((24, 32, 1), grid.dtype)), LAB, order, planes, zipped)
    assert_close(corners(source), [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]], within=24)


@orders
@laid
@packed
@pytest.mark.parametrize(
    "samples",
    [
        (ACROSS * 65535).astype(np.uint16),
        (ACROSS * 4095).astype(np.uint16),
        (ACROSS * 60000 - 30000).astype(np.int16),
        ACROSS.astype(np.float32),
        (ACROSS * 7e4 - 20).astype(np.float32),
        ACROSS.astype(np.float64),
        (ACROSS * 1e9).astype(np.uint32),
    ],
    ids=["16 bits", "12 of 16", "signed", "float", "float of any range", "double", "32 bits"],
)
def test_deep_grey_is_neither_all_white_nor_all_black(
    samples: Samples, order: Order, planes: bool, zipped: bool
) -> None:
    source = plain_tiff(samples[:, :, np.newaxis], BLACK_IS_ZERO, order, planes, zipped)
    assert_close(corners(source), [[0] * 3, [255] * 3] * 2)


@orders
@packed
def test_deep_grey_may_be_negative(order: Order, zipped: bool) -> None:
    source = plain_tiff(of_bits(16)(ACROSS), WHITE_IS_ZERO, order, zipped=zipped)
    assert_close(corners(source), [[255] * 3, [0] * 3] * 2)


@orders
@pytest.mark.parametrize(
    "samples",
    [np.dstack([ACROSS, ACROSS]).astype(np.float16), of_bits(16)(ACROSS, ACROSS), of_bits(16)(*[ACROSS] * 5)],
    ids=["half floats", "grey with alpha", "five channels"],
)
def test_what_cannot_be_read_is_not_taken_for_what_a_sensor_saw(samples: Samples, order: Order) -> None:
    """As LibRaw takes any unpacked numbers: what it develops of them is noise."""
    with pytest.raises(FileProblem, match="made in a way that cannot be read"):
        decode(DecodeJob(plain_tiff(samples, BLACK_IS_ZERO, order), PictureInput(64, "squash")))
