"""Words on pictures, read by the real models from pictures that are drawn here."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.errors import FileProblem, ModelError, ProblemKind
from engine.ingest.ocr import recognition
from engine.ingest.ocr.recognition import OcrJob, OcrResult
from engine.ingest.pools import OcrPool
from engine.ingest.workers.limits import DecodeLimits
from engine.ingest.workers.worker_pool import PoolRole, WorkerPool
from engine.records import Word
from engine.samples import write_samples
from tests.conftest import PROJECT
from tests.engine.ingest import sample_files, text_pictures
from tests.engine.ingest.hostile_ocr import misread

DEADLINE = 240.0  # seconds until a test gives up waiting
SMALL_MACHINE = DecodeLimits.for_machine(1 << 30, 1).for_ocr()  # the least memory that a worker is ever given


def read(image: Image.Image, folder: Path) -> OcrResult:
    return recognition.recognise_text(OcrJob(text_pictures.saved(image, folder / "picture.png")))


def plain(text: str) -> str:
    return re.sub(r"[^a-z0-9.]+", " ", text.lower()).strip()


def word(result: OcrResult, wanted: str) -> Word:
    (found,) = [word for word in result.words if plain(word.text) == wanted]
    return found


def test_a_receipt_is_read_line_by_line(tmp_path: Path) -> None:
    result = read(text_pictures.receipt(), tmp_path)
    assert [plain(line) for line in result.text.splitlines()] == [
        plain(line) for line in text_pictures.RECEIPT
    ]
    assert result.confidence > 0.9


def test_words_have_boxes_around_them(tmp_path: Path) -> None:
    image = text_pictures.receipt()
    result = read(image, tmp_path)
    ink = np.asarray(image.convert("L")) < 128
    for name in ("total", "bakery", "croissant"):
        left, top, right, bottom = word(result, name).box
        columns = slice(round(left * image.width), round(right * image.width))
        rows = slice(round(top * image.height), round(bottom * image.height))
        inside = ink[rows, columns]
        assert inside.any(axis=0).mean() > 0.6  # letters from end to end
        assert 28 <= inside.shape[0] <= 60
    assert word(result, "total").box[1] > word(result, "bakery").box[3]


@pytest.mark.parametrize(
    ("turn", "back"),
    [
        (Image.Transpose.ROTATE_90, lambda x, y: (1 - y, x)),
        (Image.Transpose.ROTATE_180, lambda x, y: (1 - x, 1 - y)),
        (Image.Transpose.ROTATE_270, lambda x, y: (y, 1 - x)),
    ],
)
def test_a_turned_receipt_reads_the_same_and_its_boxes_are_on_the_picture_as_it_is(
    turn: Image.Transpose, back: Callable[[float, float], tuple[float, float]], tmp_path: Path
) -> None:
    upright = read(text_pictures.receipt(), tmp_path)
    result = read(text_pictures.receipt().transpose(turn), tmp_path)
    assert plain(result.text) == plain(upright.text)
    for name in ("bakery", "total", "whitby"):
        left, top, right, bottom = word(result, name).box
        across, down = zip(back(left, top), back(right, bottom), strict=True)
        there = (min(across), min(down), max(across), max(down))
        assert there == pytest.approx(word(upright, name).box, abs=0.04)


def test_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    text = plain(read(text_pictures.two_columns(), tmp_path).text)
    assert text.startswith("how the white stork")
    assert text.index("bosporus") < text.index("their young")


def test_a_page_of_a_tiff_is_read(tmp_path: Path) -> None:
    path = tmp_path / "scan.tif"
    path.write_bytes(
        sample_files.tiff([text_pictures.receipt(["First sheet"]), text_pictures.receipt(["Second sheet"])])
    )
    assert plain(recognition.recognise_text(OcrJob(path, page=2)).text) == "second sheet"


def test_a_page_of_a_pdf_is_read(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(
        sample_files.pdf([sample_files.Page(), sample_files.Page([(72, 700, "Second sheet of paper")])])
    )
    result = recognition.recognise_text(OcrJob(path, page=2))
    assert plain(result.text) == "second sheet of paper"
    assert result.words[0].box == pytest.approx((72 / 612, 0.10, 0.18, 0.12), abs=0.015)
    assert recognition.recognise_text(OcrJob(path, page=1)) == OcrResult("", (), 0.0)


def test_a_page_that_is_gone_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "short.pdf"
    path.write_bytes(sample_files.pdf([sample_files.Page()]))
    with pytest.raises(FileProblem) as raised:
        recognition.recognise_text(OcrJob(path, page=7))
    assert raised.value.kind is ProblemKind.NO_PAGES


@pytest.mark.parametrize(
    "image",
    [
        Image.new("RGB", (600, 800), "white"),
        Image.new("RGB", (1, 1), "black"),
        Image.new("L", (3000, 2), 255),
        Image.radial_gradient("L").resize((900, 700)),
        sample_files.noise(700, 500),
        sample_files.corners(),
    ],
    ids=["blank", "pixel", "thread", "gradient", "noise", "quarters"],
)
def test_a_picture_without_text_gives_none(image: Image.Image, tmp_path: Path) -> None:
    assert read(image, tmp_path) == OcrResult("", (), 0.0)


def test_photographs_without_text_give_none(tmp_path: Path) -> None:
    names = ("chelsea.png", "coffee.png", "retina.jpg")
    photographs = [path for path in write_samples(tmp_path) if path.name in names]
    assert [recognition.recognise_text(OcrJob(path)).text for path in photographs] == [""] * 3


def test_a_script_that_the_models_do_not_know_is_not_stored_as_nonsense(tmp_path: Path) -> None:
    """Blocks of a made-up script stand for all that nobody taught them."""
    image = Image.new("RGB", (500, 200), "white")
    shapes = np.random.default_rng(3).random((2, 20, 4, 3)) < 0.5
    for row, letters in enumerate(shapes):
        for column, letter in enumerate(letters):
            block = Image.fromarray(np.where(letter, 0, 255).astype(np.uint8)).resize((18, 24), 0)
            image.paste(block, (20 + 23 * column, 40 + 70 * row))
    assert len(read(image, tmp_path).words) <= 1


def test_a_changed_file_is_left_for_next_time(tmp_path: Path) -> None:
    path = text_pictures.saved(text_pictures.receipt(), tmp_path / "picture.png")
    with pytest.raises(FileProblem) as raised:
        recognition.recognise_text(OcrJob(path, size=7))
    assert raised.value.kind is ProblemKind.UNREADABLE


def test_a_damaged_file_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "broken.png"
    path.write_bytes(sample_files.encoded(text_pictures.receipt(), "PNG")[:200])
    with pytest.raises(FileProblem) as raised:
        recognition.recognise_text(OcrJob(path))
    assert raised.value.kind is ProblemKind.DAMAGED


# ---- the models --------------------------------------------------------------------------------------


def test_missing_models_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rapidocr").mkdir()
    (tmp_path / "rapidocr" / "__init__.py").touch()
    recognition.check_models()
    for name in [name for name in sys.modules if name.partition(".")[0] == "rapidocr"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ModelError, match=r"PP-OCRv6_det_small\.onnx"):
        recognition.check_models()


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.setattr(sys, "path_importer_cache", {})
    for name in [name for name in sys.modules if name.partition(".")[0] == "rapidocr"]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(ModelError, match="not installed"):
        recognition.check_models()


DAMAGED_MODEL = """
import shutil, sys
from pathlib import Path
import rapidocr
from engine.ingest.ocr import recognition
from engine.errors import ModelError
models = Path(sys.argv[1])
shutil.copytree(Path(rapidocr.__file__).parent / "models", models)
damaged = models / sys.argv[2]
damaged.write_bytes(b"character" * 100 if sys.argv[3] == "other" else damaged.read_bytes()[:1000])
rapidocr.__spec__.submodule_search_locations[:] = [str(models.parent), *rapidocr.__path__]
try:
    recognition.TextRecogniser()
except ModelError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("name", "damage"), [("PP-OCRv6_rec_small.onnx", "cut"), ("PP-OCRv6_det_small.onnx", "other")]
)
def test_damaged_models_are_refused(name: str, damage: str, tmp_path: Path) -> None:
    told = in_a_fresh_process(DAMAGED_MODEL, str(tmp_path / "models"), name, damage)
    assert "Install Findling again" in told


WITNESSED = """
import os, sys
from pathlib import Path
seen = []
def witness(event, arguments):
    if event.startswith("socket.") and event not in ("socket.__new__", "socket.gethostname"):
        seen.append((event, arguments))
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR):
        seen.append((event, arguments))
    if event in ("os.mkdir", "os.rename", "subprocess.Popen"):
        seen.append((event, arguments))
sys.addaudithook(witness)
from engine.ingest.ocr import recognition
result = recognition.recognise_text(recognition.OcrJob(Path(sys.argv[1])))
print(result.text)
print(seen)
"""


def in_a_fresh_process(code: str, *arguments: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert not done.stderr
    return done.stdout


def test_reading_opens_no_connection_writes_no_file_and_says_nothing(
    tmp_path: Path, own_environment: Path
) -> None:
    path = text_pictures.saved(text_pictures.receipt(["Harbour bakery"]), tmp_path / "picture.png")
    told = in_a_fresh_process(WITNESSED, str(path)).splitlines()
    assert [plain(told[0]), *told[1:]] == ["harbour bakery", "[]"]
    assert list(own_environment.iterdir()) == []


# ---- in a worker -------------------------------------------------------------------------------------


def test_the_least_memory_that_a_worker_is_given_is_enough(tmp_path: Path) -> None:
    """Detection takes the most, and what it takes depends on the size of the page alone."""
    lines = [f"{number} " + "lorem ipsum dolor sit amet " * 4 for number in range(6)]
    page = text_pictures.saved(text_pictures.receipt(lines, (1600, 1600)), tmp_path / "page.png")
    duty = PoolRole(recognition.load_models, niceness=0, worker_name="The reader", work_name="Reading")
    with WorkerPool(SMALL_MACHINE, 1, recognition.recognise_text, duty) as pool:
        result = pool.submit(OcrJob(page)).result(DEADLINE)
    assert len(result.text.splitlines()) == len(lines)


def test_workers_give_way_and_tell_what_is_missing() -> None:
    with OcrPool(SMALL_MACHINE, 1, misread) as pool:
        niceness = pool.submit(OcrJob(Path("niceness"))).result(DEADLINE).text
        error = pool.submit(OcrJob(Path("lack"))).exception(DEADLINE)
    assert niceness == "10"
    assert isinstance(error, ModelError)
    assert str(error) == "The model is missing. Install it."
