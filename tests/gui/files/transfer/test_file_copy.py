"""An export copies whole files, overwrites nothing, and can be stopped or killed at any moment."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from engine.errors import UserError
from engine.progress import CancelToken, Progress
from gui.files.transfer.file_copy import BLOCK, export, place_without_overwriting
from tests.conftest import PROJECT

FILLS = """
import resource, sys
from pathlib import Path
from engine.errors import UserError
from engine.progress import CancelToken, Progress
from gui.files.transfer.file_copy import export
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
sources = [Path(name) for name in sys.argv[2:]]
try:
    export(sources, Path(sys.argv[1]), Progress(), CancelToken())
except UserError as error:
    print(error)
"""

KILLED = """
import os, signal, sys
from pathlib import Path
from engine.progress import CancelToken, Progress
from gui.files.transfer.file_copy import export

class Killing(CancelToken):
    blocks = 0
    def checkpoint(self):
        self.blocks += 1
        if self.blocks == 5:
            os.kill(os.getpid(), signal.SIGKILL)

sources = [Path(name) for name in sys.argv[2:]]
export(sources, Path(sys.argv[1]), Progress(), Killing())
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "exported"
    folder.mkdir()
    return folder


def write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_files_arrive_whole_with_their_dates_and_each_once(tmp_path: Path, folder: Path) -> None:
    one = write(tmp_path / "one.jpg", os.urandom(BLOCK + 1))
    two = write(tmp_path / os.fsdecode(b"caf\xe9.pdf"), b"two")
    os.utime(one, ns=(1_000_000_000, 1_500_000_000_123_456_789))
    progress = Progress()
    copied = export([one, two, one], folder, progress, CancelToken())
    assert (copied.files, copied.problems, copied.cancelled) == (2, (), False)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        one.name: one.read_bytes(),
        two.name: b"two",
    }
    assert (folder / "one.jpg").stat().st_mtime_ns == 1_500_000_000_123_456_789
    assert progress.snapshot().done == progress.snapshot().found == 2


def test_nothing_is_overwritten(tmp_path: Path, folder: Path) -> None:
    write(folder / "a.jpg", b"was there")
    (folder / "a (2).jpg").mkdir()
    sources = [write(tmp_path / name / "a.jpg", name.encode()) for name in ("x", "y")]
    assert export(sources, folder, Progress(), CancelToken()).files == 2
    assert (folder / "a.jpg").read_bytes() == b"was there"
    assert (folder / "a (3).jpg").read_bytes() == b"x"
    assert (folder / "a (4).jpg").read_bytes() == b"y"


def test_what_cannot_be_read_is_left_out_and_said(tmp_path: Path, folder: Path) -> None:
    pipe = tmp_path / "pipe.jpg"
    os.mkfifo(pipe)
    good = write(tmp_path / "good.jpg", b"good")
    copied = export([tmp_path / "gone.jpg", pipe, tmp_path, good], folder, Progress(), CancelToken())
    assert copied.files == 1
    assert len(copied.problems) == 3
    assert "gone.jpg" in copied.problems[0]
    assert [path.name for path in folder.iterdir()] == ["good.jpg"]


def test_a_name_that_the_folder_does_not_take_is_left_out_and_the_rest_is_copied(
    tmp_path: Path, folder: Path
) -> None:
    longest = "x" * 251 + ".jpg"
    sources = [write(tmp_path / "a" / longest, b"one"), write(tmp_path / "b" / longest, b"two")]
    sources.append(write(tmp_path / "c.jpg", b"three"))
    copied = export(sources, folder, Progress(), CancelToken())  # the second would be called "… (2).jpg"
    assert copied.files == 2
    assert [longest in problem for problem in copied.problems] == [True]
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {longest: b"one", "c.jpg": b"three"}


def test_a_disk_that_takes_no_more_ends_it_in_a_sentence(tmp_path: Path, folder: Path) -> None:
    small = write(tmp_path / "small.jpg", b"small")
    large = write(tmp_path / "large.jpg", bytes(2000))
    done = run(FILLS, folder, small, large)
    said = "“exported” does not take a file this large. 1 of 2 file"  # whose plural is the translator's
    assert done.stdout.startswith(said), done.stderr
    assert [path.name for path in folder.iterdir()] == ["small.jpg"]


def test_a_folder_that_is_gone_is_said(tmp_path: Path) -> None:
    source = write(tmp_path / "a.jpg", b"a")
    with pytest.raises(UserError, match="Nothing more can be written to “gone”"):
        export([source], tmp_path / "gone", Progress(), CancelToken())


def test_stopping_leaves_what_is_whole(tmp_path: Path, folder: Path) -> None:
    class Stopping(CancelToken):
        """Stops itself in the middle of the second file."""

        looks = 0

        def checkpoint(self) -> None:
            self.looks += 1
            if self.looks == 4:
                self.cancel()
            super().checkpoint()

    sources = [write(tmp_path / f"{number}.jpg", bytes(BLOCK + 1)) for number in range(3)]
    copied = export(sources, folder, Progress(), Stopping())
    assert (copied.files, copied.cancelled) == (1, True)
    assert [path.name for path in folder.iterdir()] == ["0.jpg"]


def test_what_a_killed_export_leaves_is_removed_by_the_next(tmp_path: Path, folder: Path) -> None:
    sources = [write(tmp_path / f"{number}.jpg", bytes(BLOCK + 1)) for number in range(3)]
    assert run(KILLED, folder, *sources).returncode == -signal.SIGKILL
    left = sorted(path.name for path in folder.iterdir())
    assert len(left) == 2
    assert left[0].startswith(".findling-export-")
    assert (folder / left[1]).read_bytes() == sources[0].read_bytes()
    running = write(folder / f".findling-export-{os.getppid()}.part", b"of an export that runs elsewhere")
    assert export(sources, folder, Progress(), CancelToken()).files == 3
    names = sorted(path.name for path in folder.iterdir())
    assert names == [running.name, "0 (2).jpg", "0.jpg", "1.jpg", "2.jpg"]


def test_a_name_that_is_taken_is_refused(tmp_path: Path) -> None:
    source, target = write(tmp_path / "source", b"new"), write(tmp_path / "target", b"old")
    with pytest.raises(FileExistsError) as refused:
        place_without_overwriting(source, target)
    assert refused.value.errno == errno.EEXIST
    assert (source.read_bytes(), target.read_bytes()) == (b"new", b"old")


@pytest.fixture
def without_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on memory sticks, which cannot be had in a test."""

    def refuse(_target: Path, _source: Path) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(Path, "hardlink_to", refuse)


@pytest.mark.usefixtures("without_links")
def test_a_name_that_is_taken_is_refused_where_there_are_no_links(tmp_path: Path) -> None:
    source, target = write(tmp_path / "source", b"new"), write(tmp_path / "target", b"old")
    with pytest.raises(FileExistsError) as refused:
        place_without_overwriting(source, target)
    assert refused.value.errno == errno.EEXIST
    assert (source.read_bytes(), target.read_bytes()) == (b"new", b"old")
    target.unlink()
    target.symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileExistsError):
        place_without_overwriting(source, target)
    target.unlink()
    place_without_overwriting(source, target)
    assert (source.exists(), target.read_bytes()) == (False, b"new")


@pytest.mark.usefixtures("without_links")
def test_of_several_that_want_one_name_only_one_gets_it_where_there_are_no_links(tmp_path: Path) -> None:
    target, start = tmp_path / "target", threading.Barrier(8)
    sources = [write(tmp_path / f"{number}", b"%d" % number) for number in range(8)]
    placed: list[Path] = []

    def place(source: Path) -> None:
        start.wait()
        try:
            place_without_overwriting(source, target)
        except FileExistsError:
            return
        placed.append(source)

    threads = [threading.Thread(target=place, args=(source,)) for source in sources]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(placed) == 1
    assert target.read_bytes() == placed[0].name.encode()
    assert [source for source in sources if not source.exists()] == placed


@pytest.mark.usefixtures("without_links")
def test_what_cannot_be_placed_leaves_nothing_in_its_place(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        place_without_overwriting(tmp_path / "gone", tmp_path / "target")
    assert list(tmp_path.iterdir()) == []


def run(script: str, *paths: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script, *map(str, paths)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
