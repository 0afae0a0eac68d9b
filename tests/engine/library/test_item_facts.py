"""What a person is told of an item."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import ExifTags, Image

from engine.errors import UserError
from engine.library import Library
from engine.progress import CancelToken, Progress
from tests.engine.ingest.sample_files import Page, pdf
from tests.fakes import COLOURS, ColourRegistry


def test_facts_come_from_the_disk_the_catalogue_and_the_camera(tmp_path: Path) -> None:
    pictures, location = tmp_path / "pictures", tmp_path / "library"
    pictures.mkdir()
    location.mkdir()
    exif = Image.Exif()
    exif[ExifTags.Base.Model] = "Box No. 2"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2019:07:06 05:04:03"
    photograph = pictures / "a.jpg"
    Image.new("RGB", (64, 48), COLOURS["red"]).save(photograph, exif=exif)
    (pictures / "copy.jpg").write_bytes(photograph.read_bytes())
    document = pictures / "report.pdf"
    document.write_bytes(pdf([Page([(72, 600, f"page {number}")]) for number in range(3)]))
    with Library(location, ColourRegistry(tmp_path / "models"), None, read_text=False) as library:
        library.use_model("colours")
        library.add_folder(pictures)
        library.index(Progress(), CancelToken())
        (item,) = library.diagnose(photograph).items
        facts = library.facts(item)
        assert facts.paths == (photograph, pictures / "copy.jpg")
        assert (facts.width, facts.height, facts.pages, facts.page) == (64, 48, None, None)
        assert facts.bytes == photograph.stat().st_size
        assert (facts.camera, facts.taken) == ("Box No. 2", "2019-07-06 05:04:03")
        second = library.facts(library.diagnose(document).items[1])
        assert (second.page, second.pages, second.camera) == (2, 3, "")

        os.utime(photograph, ns=(0, 10**20))  # a date that no calendar reaches
        photograph.write_bytes(b"\xff\xd8 no longer what it was")
        broken = library.facts(item)
        assert (broken.camera, broken.bytes) == ("", photograph.stat().st_size)
        photograph.unlink()
        (pictures / "copy.jpg").unlink()
        with pytest.raises(UserError, match=r"a\.jpg is not where it was"):
            library.facts(item)
        with pytest.raises(UserError, match="no longer in the library"):
            library.facts(item + 99)
