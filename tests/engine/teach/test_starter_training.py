"""The whole training of the starter, over two dozen pictures of plain shapes and with the real backbone."""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from engine.errors import Cancelled, UserError
from engine.models.starter_heads import HEADS_FILE, StarterHeads
from engine.models.token_vectors import TokenVectors
from engine.progress import CancelToken, Progress
from engine.teach.starter_card import CARD_FILE, Report
from engine.teach.starter_training import StarterPlan, main, train_starter
from engine.teach.training import Plan

PLAN = StarterPlan(crops=1, training=Plan(epochs=2, batch_size=8))
COLOURS = ("red", "green", "blue", "yellow", "orange", "purple")
SHAPES = ("square", "ball", "wall", "mountain")
DEV_COLOURS = ("yellow", "purple")


def draw(colour: str, shape: str) -> Image.Image:
    image = Image.new("RGB", (120, 90), "white")
    pen = ImageDraw.Draw(image)
    if shape == "ball":
        pen.ellipse((30, 15, 90, 75), fill=colour)
    elif shape == "mountain":
        pen.polygon(((0, 90), (60, 10), (120, 90)), fill=colour)
    else:
        pen.rectangle((30, 15, 90, 75) if shape == "square" else (0, 40, 120, 90), fill=colour)
    return image


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds one called `data`, and in which all else belongs to the training."""
    folder = tmp_path_factory.mktemp("training")
    (folder / "data" / "images").mkdir(parents=True)
    lines = ["image,split,caption"]
    for colour in COLOURS:
        for shape in SHAPES:
            name = f"{colour} {shape}.png"
            draw(colour, shape).save(folder / "data" / "images" / name)
            split = "dev" if colour in DEV_COLOURS else "train"
            lines += [f"{name},{split},A {colour} {shape}.", f"{name},{split},the {shape} is {colour}"]
    (folder / "data" / "captions.csv").write_text("\n".join(lines), encoding="utf-8")
    return folder


class StopInTraining(CancelToken):
    """Stops as soon as there is something to go on with."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._checkpoint = folder / "cache" / "training.pt"

    def checkpoint(self) -> None:
        if self._checkpoint.exists():
            self.cancel()
        super().checkpoint()


def train(folder: Path, output: Path, plan: StarterPlan = PLAN, cancel: CancelToken | None = None) -> Report:
    return train_starter(folder / "data", folder / "cache", output, plan, Progress(), cancel or CancelToken())


@pytest.fixture(scope="module")
def report(folder: Path, one_thread: None) -> Report:  # noqa: ARG001
    return train(folder, folder / "output")


def test_weights_are_written_that_the_starter_reads(folder: Path, report: Report) -> None:
    from safetensors.numpy import load_file

    path = folder / "output" / HEADS_FILE
    assert path.stat().st_size < 12_000_000
    heads = StarterHeads(load_file(path), TokenVectors.load())
    assert heads.conse_share == pytest.approx(report.judgement.share)
    vectors = heads.texts(["a red ball", "a harpsichord"])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    known, unknown = heads.strangeness(["a red ball", "a harpsichord"])
    assert known < unknown


def test_the_report_counts_what_there_was(report: Report) -> None:
    assert (report.photographs, report.captions) == (16, 32)
    assert (report.dev_photographs, report.dev_captions) == (8, 16)
    assert 1 <= report.best_epoch <= report.epochs == 2
    assert 0 < report.judgement.both.words <= 1
    assert 0 < report.judgement.raw_alike <= 1


def test_the_card_says_what_came_of_it(folder: Path, report: Report) -> None:
    card, judged = (folder / "output" / CARD_FILE).read_text(encoding="utf-8"), report.judgement
    assert card.startswith(f"# {HEADS_FILE}\n")
    assert "\n16 photographs with 32 captions to train on. 8 others with\n16 captions chose" in card
    for reached in (judged.conse, judged.heads, judged.both):
        row = [str(reached.captions.pictures_by_text), str(reached.captions.texts_by_picture)]
        assert f"| {' | '.join(row)} | {reached.words:.3f} | {reached.alike:.3f} |\n" in card
    assert f"a share of {judged.share:.2f} of ConSE" in card
    assert f"| {judged.raw_alike:.3f} |" in card
    assert "{" not in card
    assert max(map(len, card.splitlines())) <= 120


def test_nothing_is_written_beside_output_and_cache(folder: Path, report: Report) -> None:
    assert report
    assert {path.name for path in folder.iterdir()} == {"data", "cache", "output"}
    assert {path.name for path in (folder / "output").iterdir()} == {HEADS_FILE, CARD_FILE}
    assert {path.suffix for path in (folder / "cache").iterdir()} == {".npy"}
    assert {path.name for path in (folder / "data").iterdir()} == {"captions.csv", "images"}
    assert len(list((folder / "data" / "images").iterdir())) == 24


def test_who_was_stopped_comes_to_the_very_same_weights(
    folder: Path, report: Report, tmp_path: Path, own_environment: Path
) -> None:
    output = tmp_path / "again"
    with pytest.raises(Cancelled):
        train(folder, output, cancel=StopInTraining(folder))
    assert not output.exists()
    assert train(folder, output) == report
    assert (output / HEADS_FILE).read_bytes() == (folder / "output" / HEADS_FILE).read_bytes()
    assert not list(own_environment.iterdir())


def test_another_plan_does_not_go_on_with_what_was_stopped(
    folder: Path, report: Report, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(Cancelled):
        train(folder, tmp_path / "other", cancel=StopInTraining(folder))
    other = replace(PLAN, training=replace(PLAN.training, seed=1))
    with caplog.at_level(logging.INFO):
        assert train(folder, tmp_path / "other", other) != report
    assert "begins anew" in caplog.text
    ours, theirs = (folder / "output" / HEADS_FILE, tmp_path / "other" / HEADS_FILE)
    assert ours.read_bytes() != theirs.read_bytes()


def test_a_folder_without_captions_is_refused_before_anything_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_status:
        main([str(tmp_path), "--cache", str(tmp_path / "cache"), "--output", str(tmp_path / "output")])
    assert exit_status.value.code == 1
    assert "captions.csv cannot be read" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_captions_that_tell_nothing_apart_are_refused(folder: Path, tmp_path: Path, one_thread: None) -> None:  # noqa: ARG001
    data = tmp_path / "data"
    data.mkdir()
    (data / "images").symlink_to(folder / "data" / "images")
    names = sorted(path.name for path in (data / "images").iterdir())
    lines = ["image,split,caption", f"{names[0]},train,a red ball", f"{names[1]},train,a red ball"]
    (data / "captions.csv").write_text("\n".join([*lines, f"{names[2]},dev,a blue ball"]), encoding="utf-8")
    with pytest.raises(UserError, match="no two captions of different photographs"):
        train(tmp_path, tmp_path / "output")
    assert not (tmp_path / "output").exists()


def test_a_cache_that_cannot_be_is_told_in_a_sentence(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(SystemExit) as exit_status:
        main([str(folder / "data"), "--cache", str(tmp_path / "cache"), "--output", str(tmp_path / "output")])
    assert exit_status.value.code == 1
    assert "cache" in capsys.readouterr().err


def test_an_interrupt_is_told_in_a_sentence(folder: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "engine.teach.starter_training", str(folder / "data")]
    places = ["--cache", str(tmp_path / "cache"), "--output", str(tmp_path / "output")]
    with subprocess.Popen([*command, *places], stderr=subprocess.PIPE, text=True) as program:
        assert program.stderr is not None
        assert "looked at 24 pictures: whole" in program.stderr.readline()
        program.send_signal(signal.SIGINT)
        rest = program.stderr.read()
    assert program.returncode == 130
    assert rest.endswith("Stopped. The same command goes on from here.\n")
    assert "Traceback" not in rest
    assert not (tmp_path / "output").exists()
