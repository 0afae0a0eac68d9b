"""Changes on a real disk, as the system tells them."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from engine.ingest.scanning.watch import watch_changes
from engine.progress import CancelToken
from tests.permissions import without_privileges

QUIET = 0.5  # seconds
DEADLINE = 60.0  # seconds until a test gives up waiting for what must happen


class Watched:
    """A folder with the library in it, and the steps of one watch."""

    def __init__(self, folder: Path, avoid: Path, linked: Sequence[Path] = ()) -> None:
        self.folder = folder
        self.cancel = CancelToken()
        self._steps = watch_changes([folder], avoid, QUIET, self.cancel, linked=linked)

    def begin(self) -> None:
        """Returns when the system watches: what was made before may still be told."""
        self.settle()

    def settle(self) -> None:
        while self.step():
            pass

    def step(self) -> bool:
        return next(self._steps)

    def rest(self) -> list[bool]:
        return list(self._steps)

    def put(self, name: str) -> None:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    (folder / "library").mkdir(parents=True)
    (folder / ".cache").mkdir()
    return folder


@pytest.fixture
def watched(folder: Path) -> Iterator[Watched]:
    watched = Watched(folder, folder / "library")
    watched.begin()
    yield watched
    watched.cancel.cancel()
    watched.rest()


def test_a_new_picture_is_told_and_then_it_is_quiet(watched: Watched) -> None:
    watched.put("new.jpg")
    assert watched.step() is True
    assert watched.step() is False


def test_a_picture_that_comes_while_one_waits_is_told(watched: Watched) -> None:
    threading.Thread(target=watched.put, args=("new.jpg",)).start()
    assert any(watched.step() for _ in range(int(DEADLINE / QUIET)))


def test_a_picture_in_a_new_folder_and_its_deletion_are_told(watched: Watched) -> None:
    watched.put("summer 20.24/new.jpg")
    assert watched.step() is True
    watched.settle()
    (watched.folder / "summer 20.24/new.jpg").unlink()
    assert watched.step() is True


def test_nothing_is_missed_while_the_caller_is_busy(watched: Watched) -> None:
    watched.put("first.jpg")
    assert watched.step() is True
    watched.settle()
    for number in range(50):
        watched.put(f"{number}.jpg")
    assert watched.step() is True


@pytest.mark.parametrize(
    "name",
    [".hidden.jpg", ".cache/a.jpg", "$RECYCLE.BIN/a.jpg", "@eaDir/a.jpg", "library/a.jpg", "notes.txt"],
)
def test_what_is_not_indexed_is_not_told(watched: Watched, name: str) -> None:
    watched.put(name)
    assert watched.step() is False


def test_a_library_known_by_a_link_is_not_told(folder: Path) -> None:
    (folder.parent / "link").symlink_to(folder / "library", target_is_directory=True)
    watched = Watched(folder, folder.parent / "link")
    watched.begin()
    watched.put("library/a.jpg")
    assert watched.step() is False


def test_a_folder_known_by_a_link_is_watched_without_the_library_in_it(folder: Path) -> None:
    (folder.parent / "link").symlink_to(folder, target_is_directory=True)
    watched = Watched(folder.parent / "link", folder / "library")
    watched.begin()
    watched.put("library/a.jpg")
    assert watched.step() is False
    watched.put("a.jpg")
    assert watched.step() is True


def test_a_folder_below_a_hidden_one_is_watched_all_the_same(tmp_path: Path) -> None:
    folder = tmp_path / ".photos"
    folder.mkdir()
    watched = Watched(folder, tmp_path / "library")
    watched.begin()
    watched.put(".hidden.jpg")
    assert watched.step() is False
    watched.put("a.jpg")
    assert watched.step() is True


def test_a_hidden_folder_that_is_watched_itself_counts_below_another(tmp_path: Path) -> None:
    (tmp_path / ".photos").mkdir()
    steps = watch_changes([tmp_path, tmp_path / ".photos"], tmp_path / "library", QUIET, CancelToken())
    while next(steps):
        pass
    (tmp_path / ".photos/a.jpg").write_bytes(b"x")
    assert next(steps) is True


def test_what_changes_behind_a_link_that_appears_is_told_until_the_link_goes(
    watched: Watched, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere" / "deep").mkdir(parents=True)
    (watched.folder / "link").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    assert watched.step() is True
    watched.settle()
    watched.put("../elsewhere/a.jpg")
    assert watched.step() is True
    watched.settle()
    watched.put("../elsewhere/deep/b.jpg")
    assert watched.step() is True
    watched.settle()
    (watched.folder / "link").unlink()
    assert watched.step() is True
    watched.settle()
    watched.put("../elsewhere/c.jpg")
    assert watched.step() is False


def test_a_link_that_leads_to_another_folder_is_followed_there(watched: Watched, tmp_path: Path) -> None:
    link, new = watched.folder / "link", tmp_path / "new"
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
    link.symlink_to(tmp_path / "one", target_is_directory=True)
    watched.step()
    watched.settle()
    new.symlink_to(tmp_path / "other", target_is_directory=True)
    new.rename(link)
    assert watched.step() is True
    watched.settle()
    watched.put("../other/a.jpg")
    assert watched.step() is True


def test_a_file_that_a_link_leads_to_is_watched_also_when_it_is_replaced(
    folder: Path, tmp_path: Path
) -> None:
    target, new = tmp_path / "target.jpg", tmp_path / "new"
    target.write_bytes(b"1")
    (folder / "link.jpg").symlink_to(target)
    watched = Watched(folder, folder / "library", [target])
    watched.begin()
    for number in range(2):
        target.write_bytes(b"in place" * number)
        assert watched.step() is True
        watched.settle()
        new.write_bytes(b"anew")
        new.replace(target)
        assert watched.step() is True
        watched.settle()
    target.unlink()
    assert watched.step() is True
    watched.settle()
    watched.put("a.jpg")
    assert watched.step() is True


def test_a_loop_of_links_does_not_end_the_watch(watched: Watched) -> None:
    (watched.folder / "loop.jpg").symlink_to(watched.folder / "loop.jpg")
    watched.settle()
    watched.put("a.jpg")
    assert watched.step() is True


def ended(action: Callable[[], object]) -> bool:
    thread = threading.Thread(target=action, daemon=True)
    thread.start()
    thread.join(DEADLINE)
    return not thread.is_alive()


def test_the_watch_ends_when_it_is_cancelled(folder: Path) -> None:
    cancel = CancelToken()
    steps = watch_changes([folder], folder / "library", 10 * DEADLINE, cancel)
    threading.Thread(target=cancel.cancel).start()
    assert ended(lambda: list(steps))


def test_where_the_system_cannot_watch_a_scan_is_asked_for_again_and_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cancel = CancelToken()
    steps = watch_changes([tmp_path / "missing"], tmp_path, QUIET, cancel, rescan_seconds=0.01)
    assert [next(steps), next(steps)] == [True, True]
    assert "cannot watch" in caplog.text
    cancel.cancel()
    assert list(steps) == []


@pytest.mark.skipif(sys.platform != "linux", reason="names are Unicode on this system")
def test_a_folder_whose_name_is_no_unicode_is_scanned_again_and_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "caf\udce9"
    folder.mkdir()
    cancel = CancelToken()
    steps = watch_changes([folder], tmp_path / "library", QUIET, cancel, rescan_seconds=0.01)
    assert [next(steps), next(steps)] == [True, True]
    assert caplog.text.count("cannot watch") == 1
    cancel.cancel()
    assert list(steps) == []


def test_as_soon_as_the_system_can_watch_it_does(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    cancel = CancelToken()
    folder = tmp_path / "later"
    steps = watch_changes([folder], tmp_path / "library", QUIET, cancel, rescan_seconds=0.01)
    assert [next(steps), next(steps)] == [True, True]
    folder.mkdir()
    assert next(steps) is True  # what came while nobody watched was told by nobody
    assert next(steps) is False
    (folder / "a.jpg").write_bytes(b"x")
    assert next(steps) is True
    assert caplog.text.count("cannot watch") == 1
    cancel.cancel()
    assert list(steps) == []


def test_what_the_system_lost_is_found_in_the_end(folder: Path) -> None:
    cancel = CancelToken()
    steps = watch_changes([folder], folder / "library", QUIET, cancel, full_rescan_seconds=0.0)
    assert [next(steps), next(steps)] == [True, True]
    cancel.cancel()
    assert list(steps) == []


FOLLOWED = """
import logging
import sys
from pathlib import Path
from engine.ingest.scanning.watch import watch_changes
from engine.progress import CancelToken

logging.basicConfig(stream=sys.stdout, format="%(message)s")
folder = Path(sys.argv[1])
listed = []

def watched(ends=lambda: False, rescan_seconds=3600):
    library = folder / "library"
    return watch_changes([folder], library, 0.3, CancelToken(), ends, rescan_seconds=rescan_seconds)

def until(wanted):
    next(changed for changed in steps if changed is wanted)

def tell(*names):
    for name in names:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"picture")
        until(True)
        until(False)
        print(name)

def when_listed(happens):
    # What happens right before each folder is listed.
    sys.addaudithook(lambda event, of: happens(Path(of[0])) if event == "os.scandir" else None)
"""


def followed(folder: Path, script: str, shut: str = "lost+found") -> list[str]:
    """What is printed by a program that watches a folder in which one may not be listed."""
    (folder / shut).mkdir(exist_ok=True)
    (folder / shut).chmod(0)
    command = [*without_privileges(), sys.executable, "-c", FOLLOWED + script, str(folder)]
    try:
        told = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE, check=False)
    finally:
        (folder / shut).chmod(0o700)
    assert told.returncode == 0, told.stderr
    return told.stdout.splitlines()


def test_a_folder_that_may_not_be_listed_does_not_keep_the_others_from_being_watched(folder: Path) -> None:
    (folder / "inner").mkdir()
    names = ["inner/new.jpg", "fresh/1.jpg", "fresh/2.jpg", "fresh/deep/3.jpg", "fresh/deep/4.jpg"]
    assert followed(folder, f"steps = watched(); until(False); tell(*{names})") == names


def test_a_link_that_leads_nowhere_does_not_keep_its_folder_from_being_watched(folder: Path) -> None:
    (folder / "loop").symlink_to(folder / "loop")
    (folder / "lost+found").mkdir()
    (folder / "lost+found/deep").mkdir()
    (folder / "shut").symlink_to(folder / "lost+found/deep")
    names = ["new.jpg", "fresh/1.jpg"]
    assert followed(folder, f"steps = watched(); until(False); tell(*{names})") == names


def test_where_nothing_may_be_listed_a_scan_is_asked_for_again_and_again(folder: Path) -> None:
    script = "steps = watched(rescan_seconds=0.01); print([next(steps) for _ in range(3)])"
    warned, *told = followed(folder, script, shut=".")
    assert "cannot watch" in warned
    assert told == ["[True, True, True]"]


def test_the_search_for_what_can_be_watched_ends_when_the_watch_does(folder: Path) -> None:
    for number in range(20):
        (folder / str(number)).mkdir()
    script = """
when_listed(listed.append)
print(list(watched(ends=lambda: len(listed) > 4)), len(listed))
"""
    assert followed(folder, script) == ["[] 5"]


def test_a_folder_that_comes_before_the_watch_begins_is_watched(folder: Path) -> None:
    (folder / "inner").mkdir()
    script = """
when_listed(lambda path: path.name == "inner" and (folder / "late").mkdir(exist_ok=True))
steps = watched()
until(False)
tell("late/1.jpg")
"""
    assert followed(folder, script) == ["late/1.jpg"]


def test_a_folder_that_goes_before_the_watch_begins_does_not_keep_the_others_unwatched(folder: Path) -> None:
    (folder / "one").mkdir()
    (folder / "two").mkdir()
    script = """
def remove_the_other(path):
    listed.append(path)
    for name, other in (("one", "two"), ("two", "one")):
        if path.name == name and folder / other in listed and (folder / other).exists():
            (folder / other).rmdir()

when_listed(remove_the_other)
steps = watched()
until(False)
tell("new.jpg")
"""
    assert followed(folder, script) == ["new.jpg"]
