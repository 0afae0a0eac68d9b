"""What the walk through a folder meets, and what it leaves alone."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from engine.errors import Cancelled
from engine.ingest.scanning.scan import UnlistedPath, scan_folder
from engine.ingest.scanning.skip_rules import exclude_glob, excluded_path, is_now_skipped
from engine.progress import CancelToken

NOWHERE = Path("/nowhere")


def ignore(_: object) -> None: ...


def put(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"x")


def names(root: Path, excludes: Sequence[str] = (), avoid: Path = NOWHERE) -> list[str]:
    unreadable: list[UnlistedPath] = []
    found = scan_folder(root, excludes, avoid, CancelToken(), unreadable.append, ignore)
    result = [file.path.relative_to(root).as_posix() for file in found]
    assert unreadable == []
    return result


def test_supported_files_are_found_at_any_depth_in_a_fixed_order(tmp_path: Path) -> None:
    put(tmp_path, "b.JPG", "a/z.png", "a/deep/er/c.pdf", "notes.txt", "c")
    assert names(tmp_path) == ["b.JPG", "a/z.png", "a/deep/er/c.pdf"]


def test_hidden_files_and_folders_are_passed_over(tmp_path: Path) -> None:
    put(tmp_path, ".hidden/a.jpg", ".b.jpg", "seen.jpg")
    assert names(tmp_path) == ["seen.jpg"]


@pytest.mark.parametrize(
    "name",
    [
        *("$RECYCLE.BIN", "$Recycle.Bin", "Recycler", "#recycle", "@Recycle", "@eaDir", ".@__thumb"),
        *("Recycle Bin", "FOUND.000", "found.017", "LOST.DIR", "~snapshot"),
        *(".Trash-1000", ".Trashes", ".Spotlight-V100", ".fseventsd", "System Volume Information"),
        *("lost+found", "node_modules", "__pycache__"),
    ],
)
def test_bins_and_what_a_system_keeps_for_itself_are_passed_over(tmp_path: Path, name: str) -> None:
    put(tmp_path, f"{name}/a.jpg", f"2019/{name}/deep/b.jpg", "2019/c.jpg")
    assert names(tmp_path) == ["2019/c.jpg"]
    assert is_now_skipped(tmp_path / "2019" / name / "deep/b.jpg", tmp_path, ())


@pytest.mark.parametrize(
    "name", ["recycle", "Lost+Found", "eaDir", "Node_Modules", "my $RECYCLE.BIN", "found.1"]
)
def test_what_is_only_named_alike_is_searched(tmp_path: Path, name: str) -> None:
    put(tmp_path, f"{name}/a.jpg")
    assert names(tmp_path) == [f"{name}/a.jpg"]


def test_a_bin_that_is_itself_the_folder_is_searched(tmp_path: Path) -> None:
    put(tmp_path, "#recycle/a.jpg", "#recycle/@eaDir/b.jpg")
    assert names(tmp_path / "#recycle") == ["a.jpg"]
    assert not is_now_skipped(tmp_path / "#recycle/a.jpg", tmp_path / "#recycle", ())


@pytest.mark.parametrize("number", [0, 7])
def test_folders_that_are_all_numbered_alike_are_told_apart_and_a_loop_of_links_ends(
    tmp_path: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As network file systems do it. No such one can be mounted here, so what the system says is altered."""
    put(tmp_path, "a/1.jpg", "a/deep/2.jpg", "b/3.jpg", "b/deep/2.jpg")
    (tmp_path / "b/back").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "again").symlink_to(tmp_path / "a", target_is_directory=True)
    real = Path.stat

    def numbered(path: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        found = real(path, follow_symlinks=follow_symlinks)
        return os.stat_result((found[0], number, *found[2:]))

    monkeypatch.setattr(Path, "stat", numbered)
    assert names(tmp_path) == ["a/1.jpg", "a/deep/2.jpg", "b/3.jpg", "b/deep/2.jpg"]


def test_a_loop_of_links_ends(tmp_path: Path) -> None:
    put(tmp_path, "a/b/c.jpg")
    (tmp_path / "a/b/back").symlink_to(tmp_path, target_is_directory=True)
    assert names(tmp_path) == ["a/b/c.jpg"]


def test_a_linked_folder_is_entered(tmp_path: Path) -> None:
    put(tmp_path, "elsewhere/a.jpg", "root/b.jpg")
    (tmp_path / "root/linked").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    assert names(tmp_path / "root") == ["b.jpg", "linked/a.jpg"]


def test_a_folder_goes_by_its_own_name_where_a_link_comes_before_it(tmp_path: Path) -> None:
    put(tmp_path, "elsewhere/x.jpg", "root/z/a.jpg", "root/z/deep/b.jpg", "root/c/d.jpg", "root/y/e.jpg")
    (tmp_path / "root/b").symlink_to(tmp_path / "root/z", target_is_directory=True)
    (tmp_path / "root/c/up").symlink_to(tmp_path / "root/y", target_is_directory=True)
    (tmp_path / "root/a").symlink_to(tmp_path, target_is_directory=True)
    found = ["c/d.jpg", "y/e.jpg", "z/a.jpg", "z/deep/b.jpg", "a/elsewhere/x.jpg"]
    assert names(tmp_path / "root") == found


def test_what_is_no_regular_file_is_passed_over(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    put(tmp_path, "a.jpg")
    assert names(tmp_path) == ["a.jpg"]


def test_the_library_itself_is_not_indexed(tmp_path: Path) -> None:
    put(tmp_path, "library/thumbnail.jpg", "a.jpg")
    assert names(tmp_path, avoid=tmp_path / "library") == ["a.jpg"]


@pytest.mark.parametrize(
    ("glob", "left"),
    [
        ("*.png", ["a.jpg", "raw/c.jpg", "raw/sub/d.jpg"]),
        ("raw", ["a.jpg", "b.png"]),
        ("raw/", ["a.jpg", "b.png"]),
        ("raw/sub", ["a.jpg", "b.png", "raw/c.jpg"]),
        ("raw/*.jpg", ["a.jpg", "b.png"]),
    ],
)
def test_excludes_take_names_and_paths(tmp_path: Path, glob: str, left: list[str]) -> None:
    put(tmp_path, "a.jpg", "b.png", "raw/c.jpg", "raw/sub/d.jpg")
    assert names(tmp_path, [glob]) == left


def test_a_file_below_an_excluded_folder_is_unwanted() -> None:
    assert is_now_skipped(Path("/root/raw/deep/a.jpg"), Path("/root"), ["raw"])
    assert not is_now_skipped(Path("/root/rawness/a.jpg"), Path("/root"), ["raw"])


def test_a_folder_that_cannot_be_listed_is_told_and_the_walk_goes_on(tmp_path: Path) -> None:
    put(tmp_path, "a/a.jpg", "gone/b.jpg", "z/c.jpg")
    unreadable: list[UnlistedPath] = []
    walk = scan_folder(tmp_path, (), NOWHERE, CancelToken(), unreadable.append, ignore)
    assert next(walk).path.name == "a.jpg"
    (tmp_path / "gone/b.jpg").unlink()
    (tmp_path / "gone").rmdir()
    assert [file.path.name for file in walk] == ["c.jpg"]
    assert [(place.path, place.is_folder) for place in unreadable] == [(tmp_path / "gone", True)]


def test_a_link_to_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    put(tmp_path, "a.jpg")
    (tmp_path / "drive").symlink_to(tmp_path / "unplugged", target_is_directory=True)
    unreadable: list[UnlistedPath] = []
    walk = scan_folder(tmp_path, (), NOWHERE, CancelToken(), unreadable.append, ignore)
    assert [file.path.name for file in walk] == ["a.jpg"]
    assert [(place.path, place.is_folder) for place in unreadable] == [(tmp_path / "drive", False)]


def test_a_file_that_is_there_but_cannot_be_looked_at_is_told(tmp_path: Path) -> None:
    longest = os.pathconf(tmp_path, "PC_PATH_MAX") - 1
    folder = tmp_path
    while len(os.fsencode(folder)) + 110 < longest:
        folder = folder / ("d" * 100)
    folder.mkdir(parents=True)
    name = "x" * 120 + ".jpg"
    inside = os.open(folder, os.O_RDONLY)
    os.close(os.open(name, os.O_CREAT | os.O_WRONLY, dir_fd=inside))  # its path is too long for the system
    os.close(inside)
    unreadable: list[UnlistedPath] = []
    assert list(scan_folder(tmp_path, (), NOWHERE, CancelToken(), unreadable.append, ignore)) == []
    assert [(place.path, place.is_folder) for place in unreadable] == [(folder / name, False)]
    shutil.rmtree(tmp_path / ("d" * 100))


def test_a_file_deleted_during_the_walk_is_gone_and_nothing_more(tmp_path: Path) -> None:
    put(tmp_path, "a.jpg", "b.jpg", "c.jpg")
    unreadable: list[UnlistedPath] = []
    walk = scan_folder(tmp_path, (), NOWHERE, CancelToken(), unreadable.append, ignore)
    assert next(walk).path.name == "a.jpg"
    (tmp_path / "b.jpg").unlink()
    assert [file.path.name for file in walk] == ["c.jpg"]
    assert unreadable == []


def test_visible_files_of_other_kinds_are_told(tmp_path: Path) -> None:
    put(tmp_path, "a.jpg", "notes.txt", "deep/film.mov", ".hidden.txt", ".dark/b.txt", "raw/c.txt", "bare")
    os.mkfifo(tmp_path / "pipe")
    put(tmp_path, "library/catalogue.sqlite")
    passed: list[Path] = []
    list(scan_folder(tmp_path, ["raw"], tmp_path / "library", CancelToken(), ignore, passed.append))
    assert passed == [tmp_path / "bare", tmp_path / "notes.txt", tmp_path / "deep/film.mov"]


def test_a_root_that_cannot_be_listed_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="missing"):
        list(scan_folder(tmp_path / "missing", (), NOWHERE, CancelToken(), ignore, ignore))


def test_the_walk_stops_when_asked(tmp_path: Path) -> None:
    put(tmp_path, "a.jpg")
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        list(scan_folder(tmp_path, (), NOWHERE, cancel, ignore, ignore))


def test_the_walk_stops_within_a_folder(tmp_path: Path) -> None:
    put(tmp_path, "a.txt", "b.txt", "c.jpg")
    cancel, passed = CancelToken(), list[Path]()

    def stop(path: Path) -> None:
        passed.append(path)
        cancel.cancel()

    with pytest.raises(Cancelled):
        list(scan_folder(tmp_path, (), NOWHERE, cancel, ignore, stop))
    assert passed == [tmp_path / "a.txt"]


@pytest.mark.parametrize("name", ["raw", "2019/sea & [old]*", "what?", "[", "a]b"])
def test_an_exclude_of_one_folder_names_it(name: str) -> None:
    root = Path("/pictures")
    assert excluded_path(exclude_glob(root / name, root), root) == root / name


@pytest.mark.parametrize("exclude", ["raw", "*.tmp", "/*.tmp", "/raw/", "/", "//etc", "/../x", "/a/../../x"])
def test_an_exclude_of_another_form_names_nothing(exclude: str) -> None:
    assert excluded_path(exclude, Path("/pictures")) is None
