"""Folders that may not be listed, or not be opened, as the command line tells of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.command_line import Outcome, findling
from tests.permissions import without_privileges


class Home:
    def __init__(self, folder: Path) -> None:
        self.pictures = folder / "pictures"
        self.library = folder / "library"
        self.pictures.mkdir()

    def paint(self, name: str, colour: str) -> Path:
        path = self.pictures / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (40, 30), colour).save(path)
        return path

    def __call__(self, *arguments: str | Path) -> Outcome:
        outcome = findling(*arguments, "--library", self.library, prefix=without_privileges())
        assert outcome.status == 0, outcome.errors
        return outcome


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path)
    yield home
    for folder in home.pictures.rglob("*/"):
        folder.chmod(0o755)


def test_a_folder_that_may_not_be_listed_is_told_and_keeps_what_was_read_of_it(home: Home) -> None:
    home.paint("open.png", "red")
    closed = home.paint("2019/closed/in.png", "blue").parent
    home("index", home.pictures)
    closed.chmod(0)
    report = home("index").output
    assert f"not listed: {closed}" in report
    assert "missing" not in report
    assert home("status", "--failed").output.splitlines() == [
        str(closed),
        "    unreadable: You have no permission to list this folder.",
    ]
    status = home("status").output
    assert f"not listed: {closed}" in status
    assert "0 files and 1 folder (see --failed)" in status
    assert "2 photographs" in status
    closed.chmod(0o755)
    assert "not listed" not in home("index").output
    assert home("status", "--failed").output == ""


def test_a_folder_whose_files_may_not_be_opened_is_told_once(home: Home) -> None:
    home.paint("open.png", "red")
    for number in range(3):
        home.paint(f"shut/{number}.png", "blue")
    (home.pictures / "shut").chmod(0o644)
    home("index", home.pictures)
    assert home("status", "--failed").output.splitlines() == [
        str(home.pictures / "shut"),
        "    unreadable: You have no permission to open what is in this folder.",
    ]


def test_a_folder_of_the_library_that_may_no_longer_be_listed_is_told(home: Home) -> None:
    home.paint("open.png", "red")
    home("index", home.pictures)
    home.pictures.chmod(0)
    try:
        assert f"not listed: {home.pictures}" in home("index").output
        assert home("status", "--failed").output.splitlines()[:1] == [str(home.pictures)]
    finally:
        home.pictures.chmod(0o755)
