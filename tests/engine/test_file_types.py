"""A type of file means its format, whatever the name."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from engine.file_types import CAMERA_RAW, RAW_SUFFIXES, SUFFIXES_OF
from engine.ingest.scanning.file_formats import SUPPORTED_SUFFIXES, FileFormat
from engine.records import Filters, Query
from tests.engine.library.test_folders import Home
from tests.fakes import COLOURS


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path)
    yield home
    home.library.close()


def found(home: Home, *types: str) -> set[str]:
    hits = home.library.search(Query(text="red", filters=Filters(file_types=types))).hits
    return {hit.path.name for hit in hits}


def test_every_file_that_is_read_is_of_one_format() -> None:
    suffixes = [suffix for suffixes in SUFFIXES_OF.values() for suffix in suffixes]
    assert sorted([*suffixes, *RAW_SUFFIXES]) == sorted(SUPPORTED_SUFFIXES)
    assert {*SUFFIXES_OF, CAMERA_RAW, FileFormat.UNKNOWN.value} == {content.value for content in FileFormat}


def test_a_type_means_its_format_whatever_the_name(home: Home) -> None:
    forms = {"a.jpg": "JPEG", "b.jpeg": "JPEG", "c.JPE": "JPEG", "d.tif": "TIFF", "e.tiff": "TIFF"}
    forms |= {"a jpeg.png": "JPEG", "a png.jpg": "PNG", "f.png": "PNG", "a tiff.nef": "TIFF"}
    for number, (name, form) in enumerate(forms.items()):
        Image.new("RGB", (40 + number, 30), COLOURS["red"]).save(home.pictures / name, form)
    home.index()
    jpegs = {name for name, form in forms.items() if form == "JPEG"}
    for written in (".jpg", ".jpeg", ".jpe"):
        assert found(home, written) == jpegs
    assert found(home, ".tif") == found(home, ".tiff") == {"d.tif", "e.tiff", "a tiff.nef"}
    assert found(home, ".png") == {"a png.jpg", "f.png"}
    assert found(home, ".jpg", ".png") == jpegs | {"a png.jpg", "f.png"}
    assert found(home, ".nef") == {"a tiff.nef"}
    assert found(home, ".gif") == set()


def test_a_hit_is_named_by_a_copy_that_says_its_type(home: Home) -> None:
    path = home.paint("z.png", "red")
    for name in ("a.jpg", "b.picture"):
        shutil.copy(path, home.pictures / name)
    home.index()
    assert found(home, ".png") == {"z.png"}
    path.unlink()
    home.index()
    assert found(home, ".png") == {"a.jpg"}
