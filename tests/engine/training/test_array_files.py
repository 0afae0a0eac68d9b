from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest

from engine.training.array_files import load_array

ARRAY = np.arange(6, dtype=np.float32).reshape(3, 2)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "array.npy"
    np.save(path, ARRAY)
    return path


def test_what_was_written_is_loaded(path: Path) -> None:
    loaded = load_array(path, ARRAY.shape)
    assert loaded is not None
    np.testing.assert_array_equal(loaded, ARRAY)
    assert loaded.dtype == np.float32


def test_without_a_file_there_is_nothing_to_load(tmp_path: Path) -> None:
    assert load_array(tmp_path / "array.npy", (3, 2)) is None


@pytest.mark.parametrize("shape", [(), (6,), (2, 3), (3, 2, 1)])
def test_an_array_of_another_shape_is_none_of_ours(
    path: Path, shape: tuple[int, ...], caplog: pytest.LogCaptureFixture
) -> None:
    assert load_array(path, shape) is None
    assert "computed again" in caplog.text


@pytest.mark.parametrize("content", [b"", b"a text", bytes(1000), b"\x80\x02]q"])
def test_a_file_of_another_kind_is_passed_over(
    path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path.write_bytes(content)
    assert load_array(path, ARRAY.shape) is None
    assert "cannot be read" in caplog.text


def test_whatever_byte_is_damaged_nothing_else_is_raised(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    whole, damaged = path.read_bytes(), 0
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        assert load_array(path, ARRAY.shape) is None
    for place, byte in enumerate(whole):
        for other in {byte ^ 1, byte ^ 32, 91} - {byte}:
            path.write_bytes(whole[:place] + bytes([other]) + whole[place + 1 :])
            loaded = load_array(path, ARRAY.shape)
            damaged += loaded is None
            assert loaded is None or loaded.shape == ARRAY.shape
    assert damaged > len(whole) / 2


def test_a_pickle_is_not_run(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    planted, path = tmp_path / "planted", tmp_path / "array.npy"

    class Malicious:
        """Whoever unpickles it writes a file."""

        def __reduce__(self) -> tuple[object, ...]:
            return Path.touch, (planted,)

    np.save(path, np.array([Malicious()], dtype=object), allow_pickle=True)
    assert load_array(path, (1,)) is None
    assert "cannot be read" in caplog.text
    assert not planted.exists()
    np.load(path, allow_pickle=True)
    assert planted.exists()  # it would have
