"""Files go to the system's bin and come back from it; nothing is ever deleted or overwritten."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gui.files.transfer.trash import TrashedFile, move_to_trash, put_back


def write(path: Path, content: bytes = b"content") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_there_and_back_leaves_no_trace(tmp_path: Path, own_environment: Path) -> None:
    paths = [write(tmp_path / name / "same name.jpg", name.encode()) for name in ("one", "two")]
    moved = move_to_trash([*paths, *paths])
    assert ([entry.path for entry in moved.files], moved.problems) == (paths, ())
    assert not any(path.exists() for path in paths)
    kept = files_below(own_environment / "data" / "Trash")
    assert sorted(path.parent.name for path in kept) == ["files", "files", "info", "info"]
    (tmp_path / "one").rmdir()
    back = put_back(moved.files)
    assert (len(back.files), back.problems) == (2, ())
    assert [path.read_bytes() for path in paths] == [b"one", b"two"]
    assert files_below(own_environment / "data" / "Trash") == []


def test_what_took_the_place_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jpg", b"old")
    moved = move_to_trash([path])
    write(path, b"new")
    back = put_back(moved.files)
    assert (back.files, back.problems) == ((), ("“a.jpg” stays in the bin: something else is where it was.",))
    assert path.read_bytes() == b"new"
    place = moved.files[0].place
    assert place is not None
    assert place.read_bytes() == b"old"


def test_what_is_no_longer_in_the_bin_is_said(tmp_path: Path) -> None:
    moved = move_to_trash([write(tmp_path / "a.jpg")])
    assert moved.files[0].place is not None
    moved.files[0].place.unlink()
    assert put_back(moved.files).problems == ("“a.jpg” is no longer in the bin.",)
    assert put_back([TrashedFile(tmp_path / "b.jpg", None)]).problems == ("“b.jpg” is no longer in the bin.",)


def test_a_folder_a_link_and_a_file_that_is_gone_stay_as_they_are(tmp_path: Path) -> None:
    inside = write(tmp_path / "folder.jpg" / "inside.jpg")
    link = tmp_path / "link.jpg"
    link.symlink_to(inside)
    outcome = move_to_trash([tmp_path / "folder.jpg", link, tmp_path / "gone.jpg"])
    assert (outcome.files, len(outcome.problems)) == ((), 3)
    assert link.is_symlink()
    assert inside.exists()


def test_a_name_that_is_no_text_is_left_where_it_is(tmp_path: Path) -> None:
    path = write(tmp_path / os.fsdecode(b"caf\xe9.jpg"))
    outcome = move_to_trash([path])
    assert (outcome.files, len(outcome.problems)) == ((), 1)
    assert path.exists()


def test_without_a_bin_nothing_is_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = write(tmp_path / "no folder")  # where the bin would have to be made
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))
    path = write(tmp_path / "a.jpg")
    outcome = move_to_trash([path])
    assert outcome.files == ()
    assert outcome.problems == (
        "The system has no bin for “a.jpg”, or does not let it go. It stays where it is.",
    )
    assert path.exists()


def test_a_bin_on_another_drive_gives_back_too(tmp_path: Path) -> None:
    other = Path("/dev/shm")  # a file system of its own on Linux
    if not other.is_dir() or other.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("needs a second file system")
    place = other / f"findling-{os.getpid()}" / "files" / "a.jpg"
    note = write(place.parent.parent / "info" / "a.jpg.trashinfo")
    try:
        write(place, b"from afar")
        assert put_back([TrashedFile(tmp_path / "a.jpg", place)]).problems == ()
        assert (tmp_path / "a.jpg").read_bytes() == b"from afar"
        assert files_below(tmp_path) == [tmp_path / "a.jpg"]
        assert not place.exists()
        assert not note.exists()
    finally:
        for folder in (place.parent, note.parent, place.parent.parent):
            for file in files_below(folder):
                file.unlink()
            folder.rmdir()
