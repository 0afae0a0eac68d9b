"""The whole training of the starter, over two dozen pictures of plain shapes: real backbone, real encoder."""

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
from engine.ingest.decoding.resizing import resize_for_model
from engine.models.starter.adapter import StarterModel
from engine.models.starter.familiarity import MAX_CONSE_SHARE
from engine.models.text.sentence_encoder import SentenceEncoder
from engine.progress import CancelToken, Progress
from engine.training.captions import read_captions
from engine.training.retrieval_metrics import measure_retrieval
from engine.training.starter.model_card import CARD_FILE, TrainingReport
from engine.training.starter.train import StarterPlan, main, train_starter
from engine.training.training_loop import TrainingPlan

pytestmark = pytest.mark.usefixtures("one_thread")

WEIGHTS = "starter.safetensors"
PLAN = StarterPlan(training=TrainingPlan(epochs=2, batch_size=8, learning_rate=3e-4))
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


def train(
    folder: Path, output: Path, plan: StarterPlan = PLAN, cancel: CancelToken | None = None
) -> TrainingReport:
    return train_starter(folder / "data", folder / "cache", output, plan, Progress(), cancel or CancelToken())


@pytest.fixture(scope="module")
def report(folder: Path) -> TrainingReport:
    """What is computed first lies in the cache for all other trainings of this module."""
    return train(folder, folder / "output")


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return SentenceEncoder.load()


def starter_of(output: Path, encoder: SentenceEncoder) -> StarterModel:
    return StarterModel.from_bytes(encoder, (output / WEIGHTS).read_bytes())


def share_of_conse(starter: StarterModel, text: str) -> float:
    """As the joined vector tells it."""
    vector = starter.embed_texts([text])[0]
    heads, conse = np.linalg.norm(vector[:256]), np.linalg.norm(vector[256:])
    return float(conse / (heads + conse))


def test_weights_are_written_that_the_starter_reads(
    folder: Path, report: TrainingReport, encoder: SentenceEncoder
) -> None:
    assert (folder / "output" / WEIGHTS).stat().st_size < 12_000_000
    starter = starter_of(folder / "output", encoder)
    vectors = starter.embed_texts(["a red ball", "a harpsichord"])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert report
    assert share_of_conse(starter, "ball") < share_of_conse(starter, "harpsichord") - 0.01
    assert share_of_conse(starter, "harpsichord") == pytest.approx(MAX_CONSE_SHARE, abs=0.01)


def test_the_figures_are_those_of_the_starter_as_it_answers(
    folder: Path, report: TrainingReport, encoder: SentenceEncoder
) -> None:
    """From pixels, and from captions as they are typed: but for the one or two that are equally near."""
    captioned, starter = read_captions(folder / "data"), starter_of(folder / "output", encoder)
    numbers, picture_of = np.unique(captioned.dev.pictures, return_inverse=True)
    pictures = [
        resize_for_model(Image.open(captioned.images[number]).convert("RGB"), starter.picture_input)
        for number in numbers
    ]
    texts = starter.embed_texts([captioned.texts[text] for text in captioned.dev.texts])
    reached = measure_retrieval(texts @ starter.embed_pictures(np.stack(pictures)).T, picture_of)
    np.testing.assert_allclose(reached.numbers(), report.judgement.both.captions.numbers(), atol=2 / 16)


def test_the_report_counts_what_there_was(report: TrainingReport) -> None:
    assert (report.photographs, report.captions) == (16, 32)
    assert (report.dev_photographs, report.dev_captions) == (8, 16)
    assert 1 <= report.best_epoch <= report.epochs == 2
    assert 0 < report.judgement.both.words <= 1
    assert 0 < report.judgement.raw_neighbour_overlap <= 1


def test_the_card_says_what_came_of_it(folder: Path, report: TrainingReport) -> None:
    card, judged = (folder / "output" / CARD_FILE).read_text(encoding="utf-8"), report.judgement
    assert card.startswith(f"# {WEIGHTS}\n")
    assert "\n16 photographs with 32 captions to train on. 8 others with\n16 captions chose" in card
    for reached in (judged.conse, judged.heads, judged.both):
        row = [str(reached.captions.pictures_by_text), str(reached.captions.texts_by_picture)]
        assert f"| {' | '.join(row)} | {reached.words:.3f} | {reached.neighbour_overlap:.3f} |\n" in card
    assert f"up to {MAX_CONSE_SHARE:.2f} the stranger\nits words are" in card
    assert f"| {judged.raw_neighbour_overlap:.3f} |" in card
    assert "| 60 everyday words, mAP |" in card
    assert "{" not in card
    assert max(map(len, card.splitlines())) <= 120


def test_nothing_is_written_beside_output_and_cache(folder: Path, report: TrainingReport) -> None:
    assert report
    assert {path.name for path in folder.iterdir()} == {"data", "cache", "output"}
    assert {path.name for path in (folder / "output").iterdir()} == {WEIGHTS, CARD_FILE}
    assert {path.suffix for path in (folder / "cache").iterdir()} == {".npy"}
    assert {path.name for path in (folder / "data").iterdir()} == {"captions.csv", "images"}
    assert len(list((folder / "data" / "images").iterdir())) == 24


def test_who_was_stopped_comes_to_the_very_same_weights(
    folder: Path, report: TrainingReport, tmp_path: Path, own_environment: Path
) -> None:
    output = tmp_path / "again"
    with pytest.raises(Cancelled):
        train(folder, output, cancel=StopInTraining(folder))
    assert not output.exists()
    assert train(folder, output) == report
    assert (output / WEIGHTS).read_bytes() == (folder / "output" / WEIGHTS).read_bytes()
    assert not list((folder / "cache").glob("*.pt"))
    assert not list(own_environment.iterdir())


def test_another_plan_does_not_go_on_with_what_was_stopped(
    folder: Path, report: TrainingReport, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(Cancelled):
        train(folder, tmp_path / "other", cancel=StopInTraining(folder))
    other = replace(PLAN, training=replace(PLAN.training, seed=1))
    with caplog.at_level(logging.INFO):
        assert train(folder, tmp_path / "other", other) != report
    assert "begins anew" in caplog.text
    ours, theirs = (folder / "output" / WEIGHTS, tmp_path / "other" / WEIGHTS)
    assert ours.read_bytes() != theirs.read_bytes()


def test_what_is_kept_back_is_measured_and_strange(
    folder: Path, report: TrainingReport, tmp_path: Path, encoder: SentenceEncoder
) -> None:
    kept_back = train(folder, tmp_path / "output", replace(PLAN, without=("ball", "wall")))
    assert (kept_back.photographs, kept_back.captions) == (8, 16)
    assert (kept_back.dev_photographs, kept_back.dev_captions) == (8, 16)
    assert kept_back.without == ("ball", "wall")
    card = (tmp_path / "output" / CARD_FILE).read_text(encoding="utf-8")
    assert 'Words: "ball", "wall", right where two captions name them. No photograph' in card
    assert "| words kept back, mAP |" in card
    assert "starter.train FOLDER --without ball,wall\n" in card
    assert "everyday" not in card
    before, after = (starter_of(output, encoder) for output in (folder / "output", tmp_path / "output"))
    assert report
    assert share_of_conse(before, "ball") < share_of_conse(after, "ball") - 0.01
    assert share_of_conse(after, "ball") == pytest.approx(MAX_CONSE_SHARE, abs=0.01)


def refused(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    """The sentence with which the program ends."""
    with pytest.raises(SystemExit) as exit_status:
        main([str(argument) for argument in arguments])
    assert exit_status.value.code == 1
    return capsys.readouterr().err


def test_what_was_kept_from_some_words_never_takes_the_place_of_the_starter(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_status:
        main([str(folder / "data"), "--without", "ball"])
    assert exit_status.value.code == 2
    assert "needs another --output" in capsys.readouterr().err


@pytest.mark.parametrize("words", ["square,ball,wall,mountain", " Square, BALL, wall mountain,,"])
def test_who_keeps_all_back_is_told_so_before_anything_is_computed(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: str
) -> None:
    cache, output = tmp_path / "cache", tmp_path / "output"
    told = refused(capsys, folder / "data", "--cache", cache, "--output", output, "--without", words)
    assert "fewer than two photographs to train on" in told
    assert not list(tmp_path.iterdir())


def test_a_folder_without_captions_is_refused_before_anything_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = refused(capsys, tmp_path, "--cache", tmp_path / "cache", "--output", tmp_path / "output")
    assert "captions.csv cannot be read" in told
    assert not list(tmp_path.iterdir())


def small_folder(folder: Path, tmp_path: Path, *lines: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "images").symlink_to(folder / "data" / "images")
    text = "\n".join(["image,split,caption", *lines, "yellow ball.png,dev,a yellow ball"])
    (tmp_path / "data" / "captions.csv").write_text(text, encoding="utf-8")


def test_one_photograph_is_too_few_to_train_on(folder: Path, tmp_path: Path) -> None:
    small_folder(folder, tmp_path, "red ball.png,train,a red ball", "red ball.png,train,it is red")
    with pytest.raises(UserError, match="fewer than two photographs"):
        train(tmp_path, tmp_path / "output")
    assert {path.name for path in tmp_path.iterdir()} == {"data"}


def test_two_photographs_whose_captions_share_no_word_are_enough(
    folder: Path, report: TrainingReport, tmp_path: Path, encoder: SentenceEncoder
) -> None:
    """No word is said often enough to be learnt by itself."""
    assert report  # the labels are in the cache
    small_folder(folder, tmp_path, "red ball.png,train,a red ball", "green wall.png,train,something green")
    (tmp_path / "cache").symlink_to(folder / "cache")
    assert train(tmp_path, tmp_path / "output").photographs == 2
    assert starter_of(tmp_path / "output", encoder).embed_texts(["a red ball"]).shape[0] == 1


def test_a_cache_that_cannot_be_is_told_in_a_sentence(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "cache").write_text("a file")
    arguments = ("--cache", tmp_path / "cache", "--output", tmp_path / "output")
    assert "cache" in refused(capsys, folder / "data", *arguments)


def test_an_interrupt_is_told_in_a_sentence(folder: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "engine.training.starter.train", str(folder / "data")]
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
