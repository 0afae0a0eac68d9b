"""The options that narrow and order a search, through the real engine."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PIL import Image

from tests.command_line import Here, findling

DATE_TAKEN = 0x9003  # the EXIF tags
EXIF = 0x8769


def take(path: Path, size: tuple[int, int], taken: str, colour: str) -> None:
    """A photograph of that colour and shape."""
    exif = Image.Exif()
    if taken:
        exif.get_ifd(EXIF)[DATE_TAKEN] = taken
    Image.new("RGB", size, colour).save(path, exif=exif)


@pytest.fixture(scope="module")
def album(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library beside the folder of its pictures."""
    root = tmp_path_factory.mktemp("album")
    pictures = root / "pictures"
    (pictures / "trips").mkdir(parents=True)
    (pictures / "trips" / ".hidden").mkdir()
    (pictures / "left out").mkdir()
    take(pictures / "spring.jpg", (120, 90), "2019:05:01 08:00:00", "crimson")
    take(pictures / "summer.jpg", (90, 120), "2019:08:31 23:59:59", "firebrick")
    take(pictures / "trips" / "winter.jpg", (90, 90), "2020:12:24 18:00:00", "red")
    take(pictures / "undated.png", (120, 90), "", "darkred")
    assert findling("index", pictures, "--exclude", "left out", "--library", root / "library").status == 0
    return root


@pytest.fixture
def here(capsys: pytest.CaptureFixture[str], album: Path) -> Here:
    return Here(capsys, album / "library")


def found(here: Here, album: Path, *options: str | Path) -> list[str]:
    """The names of what looks like one of the pictures."""
    like = album / "pictures" / "spring.jpg"
    return [
        Path(str(hit["path"])).name for hit in here("search", "--like", like, "--json", *options).objects()
    ]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((), {"spring.jpg", "summer.jpg", "winter.jpg", "undated.png"}),
        (("--from", "2020"), {"winter.jpg"}),
        (("--to", "2019-08"), {"spring.jpg", "summer.jpg"}),
        (("--from", "2019-08", "--to", "2019-08-31"), {"summer.jpg"}),
        (("--to", "2019-08-30"), {"spring.jpg"}),
        (("--shape", "landscape"), {"spring.jpg", "undated.png"}),
        (("--shape", "portrait"), {"summer.jpg"}),
        (("--shape", "square"), {"winter.jpg"}),
        (("--shape", "landscape", "--from", "2019"), {"spring.jpg"}),
        (("--type", "png"), {"undated.png"}),
    ],
)
def test_what_fits_the_options_is_found(
    here: Here, album: Path, options: tuple[str, ...], expected: set[str]
) -> None:
    assert set(found(here, album, *options)) == expected


def test_the_order_is_that_of_the_dates(here: Here, album: Path) -> None:
    dated = ("--type", "jpg")
    assert found(here, album, *dated, "--sort", "newest") == ["winter.jpg", "summer.jpg", "spring.jpg"]
    assert found(here, album, *dated, "--sort", "oldest") == ["spring.jpg", "summer.jpg", "winter.jpg"]
    assert found(here, album, *dated, "--sort", "relevance") == found(here, album, *dated)


def test_in_the_order_of_dates_a_person_sees_them(here: Here, album: Path) -> None:
    like = album / "pictures" / "spring.jpg"
    shown = here("search", "--like", like, "--type", "jpg", "--sort", "oldest").output.splitlines()
    assert [line.split()[2] for line in shown] == ["2019-05-01", "2019-08-31", "2020-12-24"]


@pytest.mark.parametrize(
    ("folder", "told"),
    [
        ("nowhere", "There is no folder"),
        ("undated.png", "is not a folder"),
        ("left out", "is not searched. It is left out"),
        ("trips/.hidden", "is not searched. It is hidden"),
        ("..", ""),
        (".", ""),
        ("trips", ""),
    ],
)
def test_only_below_a_folder_where_something_can_be_found(
    here: Here, album: Path, folder: str, told: str
) -> None:
    outcome = here("search", "red", "--below", album / "pictures" / folder)
    if not told:
        assert (outcome.status, outcome.errors) == (0, "")
        return
    assert outcome.status == 1
    assert told in outcome.sentence()


def test_a_folder_outside_the_library_is_named(here: Here, tmp_path: Path) -> None:
    outcome = here("search", "red", "--below", tmp_path)
    assert outcome.status == 1
    assert outcome.sentence() == (
        f"{tmp_path} lies in no folder of the library, so nothing of it can be found."
    )


def test_below_a_folder_that_is_away_what_is_known_of_it_is_found(here: Here, album: Path) -> None:
    pictures, away = album / "pictures", album / "away"
    before = found(here, album, "--below", pictures / "trips")
    query = shutil.copy(pictures / "spring.jpg", album / "query.jpg")
    pictures.rename(away)
    try:
        outcome = here("search", "--like", query, "--json", "--below", pictures / "trips")
    finally:
        away.rename(pictures)
    assert [Path(str(hit["path"])).name for hit in outcome.objects()] == before == ["winter.jpg"]


def test_a_type_that_is_not_read_is_wrong_usage(here: Here) -> None:
    outcome = here("search", "red", "--type", "exe")
    assert outcome.status == 2
    assert "'exe' is no type of file that is read" in outcome.sentence()
