from __future__ import annotations

import io
import logging
from pathlib import Path

import pytest
import torch

from engine.training.checkpoint import Checkpoint, TrainingState


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "training.pt"


def state_of(step: int) -> TrainingState:
    """As it is after a real step of a real optimiser."""
    weight = torch.ones(3, requires_grad=True)
    optimiser = torch.optim.AdamW([{"params": [weight], "pace": 0.5}])
    weight.square().sum().backward()  # type: ignore[no-untyped-call]  # torch does not annotate it
    optimiser.step()
    return {
        "now": {"weight": weight.detach().clone()},
        "kept": {"weight": torch.zeros(3)},
        "optimiser": optimiser.state_dict(),
        "seen": step,
        "epochs": [(float("nan"), 0.1, 0.2, 0.3, 0.4, 0.5, 0.6)],
    }


def written(content: object) -> bytes:
    file = io.BytesIO()
    torch.save(content, file)
    return file.getvalue()


def test_what_was_saved_is_loaded(path: Path) -> None:
    saved = state_of(7)
    Checkpoint(path, "plan").save(saved)
    loaded = Checkpoint(path, "plan").load()
    assert loaded is not None
    torch.testing.assert_close(loaded["now"], saved["now"], rtol=0, atol=0)
    torch.testing.assert_close(loaded["kept"], saved["kept"], rtol=0, atol=0)
    torch.testing.assert_close(loaded["optimiser"], saved["optimiser"], rtol=0, atol=0)
    assert loaded["seen"] == 7
    assert str(loaded["epochs"]) == str(saved["epochs"])


def test_the_latest_state_takes_the_place_of_the_one_before(path: Path) -> None:
    checkpoint = Checkpoint(path, "plan")
    for step in (1, 2):
        checkpoint.save(state_of(step))
    loaded = checkpoint.load()
    assert loaded is not None
    assert loaded["seen"] == 2
    assert list(path.parent.iterdir()) == [path]


def test_a_state_that_cannot_be_written_leaves_the_one_before(path: Path) -> None:
    checkpoint = Checkpoint(path, "plan")
    checkpoint.save(state_of(1))
    path.with_name("training.pt.part").mkdir()
    with pytest.raises(OSError, match="directory"):
        checkpoint.save(state_of(2))
    loaded = checkpoint.load()
    assert loaded is not None
    assert loaded["seen"] == 1


def test_without_a_file_there_is_nothing_to_go_on_with(path: Path) -> None:
    checkpoint = Checkpoint(path, "plan")
    assert checkpoint.load() is None
    checkpoint.remove()
    checkpoint.save(state_of(1))
    checkpoint.remove()
    assert checkpoint.load() is None


def test_the_state_of_another_training_is_passed_over(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    Checkpoint(path, "plan").save(state_of(1))
    with caplog.at_level(logging.INFO):
        assert Checkpoint(path, "another plan").load() is None
    assert "begins anew" in caplog.text


@pytest.fixture(scope="module")
def whole() -> bytes:
    return written({"purpose": "plan", "state": state_of(1)})


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"a text that is rather long and says nothing to torch\n" * 20,
        bytes(1000),
        b"\x80\x02]q",
        b"\x80\x02J\x01",
        b"\x80\x02X\x04\x00\x00\x00\xff\xff\xff\xff.",
    ],
)
def test_a_file_of_another_kind_is_passed_over(
    path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    assert Checkpoint(path, "plan").load() is None
    assert "cannot be read" in caplog.text


@pytest.mark.parametrize("content", [None, [1, 2], {"purpose": "plan"}, {"state": {}}], ids=str)
def test_a_file_of_torch_that_holds_no_state_is_passed_over(
    path: Path, content: object, caplog: pytest.LogCaptureFixture
) -> None:
    path.parent.mkdir()
    path.write_bytes(written(content))
    assert Checkpoint(path, "plan").load() is None
    assert "cannot be read" in caplog.text


def test_a_damaged_file_is_passed_over(path: Path, whole: bytes, caplog: pytest.LogCaptureFixture) -> None:
    path.parent.mkdir()
    half, name = len(whole) // 2, b"purpose"
    for content in (whole[:half], whole[half:], whole[:-10], whole.replace(name, b"\xff" * len(name))):
        path.write_bytes(content)
        caplog.clear()
        assert Checkpoint(path, "plan").load() is None
        assert "cannot be read" in caplog.text


class Malicious:
    """Whoever unpickles it writes a file."""

    def __init__(self, target: Path) -> None:
        self._target = target

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self._target,)


def test_a_pickle_that_would_do_something_is_not_run(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    planted = path.parent / "planted"
    path.parent.mkdir()
    path.write_bytes(written({"purpose": "plan", "state": Malicious(planted)}))
    assert Checkpoint(path, "plan").load() is None
    assert "cannot be read" in caplog.text
    assert not planted.exists()
    torch.load(path, weights_only=False)
    assert planted.exists()  # it would have
