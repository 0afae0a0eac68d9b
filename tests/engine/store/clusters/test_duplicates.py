"""What counts as a copy: never a second name of the same file."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from engine.library import Library
from engine.progress import CancelToken, Progress
from tests.fakes import ColourRegistry


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    (tmp_path / "library").mkdir()
    with Library(tmp_path / "library", ColourRegistry(tmp_path / "models"), None, read_text=False) as library:
        library.use_model("colours")
        yield library


def picture(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (60, 40), (255, 0, 0)).save(path)
    return path


def copies(library: Library, *folders: Path) -> list[list[str]]:
    for folder in folders:
        library.add_folder(folder)
    library.index(Progress(), CancelToken())
    return [sorted(file.path.name for file in group.files) for group in library.duplicates()]


def test_a_link_is_no_copy_of_what_it_leads_to(library: Library, tmp_path: Path) -> None:
    long = picture(tmp_path / "mine" / "a long name.png")
    (tmp_path / "mine" / "a.png").symlink_to(long)
    (tmp_path / "mine" / "b.png").hardlink_to(long)
    assert copies(library, tmp_path / "mine") == []


def test_beside_a_real_copy_the_file_itself_stands_and_not_its_link(library: Library, tmp_path: Path) -> None:
    long = picture(tmp_path / "mine" / "a long name.png")
    (tmp_path / "mine" / "a.png").symlink_to(long)
    shutil.copy(long, tmp_path / "mine" / "copy.png")
    assert copies(library, tmp_path / "mine") == [["a long name.png", "copy.png"]]


def test_a_file_in_a_folder_that_two_ways_lead_to_is_no_copy(library: Library, tmp_path: Path) -> None:
    picture(tmp_path / "disk" / "2020" / "x.png")
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "album").symlink_to(tmp_path / "disk" / "2020")
    assert copies(library, tmp_path / "home", tmp_path / "disk") == []


def test_of_exact_copies_the_oldest_is_kept(library: Library, tmp_path: Path) -> None:
    picture(tmp_path / "mine" / "the original.png")
    shutil.copy(tmp_path / "mine" / "the original.png", tmp_path / "mine" / "a.png")
    os.utime(tmp_path / "mine" / "the original.png", (1, 1))
    assert copies(library, tmp_path / "mine")
    assert library.duplicates()[0].files[0].path.name == "the original.png"


def test_of_several_names_of_a_file_the_first_one_stands_whichever_came_first(
    library: Library, tmp_path: Path
) -> None:
    c = picture(tmp_path / "mine" / "c.png")
    shutil.copy(c, tmp_path / "mine" / "copy.png")
    for name in ("b.png", "d.png", "a.png"):
        (tmp_path / "mine" / name).hardlink_to(c)
        assert copies(library, tmp_path / "mine") == [[min(name, "b.png"), "copy.png"]]


def test_of_copies_of_one_date_the_first_by_path_is_kept(library: Library, tmp_path: Path) -> None:
    b = picture(tmp_path / "mine" / "b.png")
    for name in ("c.png", "a.png"):
        shutil.copy2(b, tmp_path / "mine" / name)
        copies(library, tmp_path / "mine")
    assert [file.path.name for file in library.duplicates()[0].files] == ["a.png", "b.png", "c.png"]
