"""What a library discovers in real files: the same picture saved again, bursts, themes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont, ImageOps

from engine.clustering.cluster_update import PHASE
from engine.errors import Cancelled
from engine.progress import CancelToken
from tests.engine.clustering.sample_library import Album, Phases, names, paint, save_versions, scene
from tests.engine.clustering.synthetic_pictures import certificates, numbered, pages, surroundings


def with_subject(view: Image.Image, left: int) -> Image.Image:
    moved = view.copy()
    ImageDraw.Draw(moved).ellipse((left, 150, left + 60, 250), fill=(250, 250, 250))
    return moved


@pytest.fixture
def album(tmp_path: Path) -> Iterator[Album]:
    album = Album(tmp_path)
    yield album
    album.library.close()


def test_versions_of_one_picture_are_a_group_and_other_pictures_are_not(album: Album) -> None:
    versions = save_versions(album)
    for seed in range(2, 12):
        album.save(f"other {seed}.jpg", scene(seed))
    album.index()
    (group,) = album.library.duplicates()
    assert names(group) == ("alike", versions)
    assert group.files[0].path.name == "original.jpg"
    assert group.files[-1].path.name == "small.jpg"


def test_copies_join_the_group_of_their_picture_and_what_frees_most_comes_first(album: Album) -> None:
    versions = save_versions(album)
    shutil.copy(album.pictures / "small.jpg", album.pictures / "small copy.jpg")
    lone = album.save("lone.jpg", scene(2, (60, 40)))
    shutil.copy(lone, album.pictures / "lone copy.jpg")
    album.index()
    assert album.groups() == [
        ("alike", versions | {"small copy.jpg"}),
        ("copies", {"lone.jpg", "lone copy.jpg"}),
    ]
    assert [file.path.name for file in album.library.duplicates()[1].files] == ["lone.jpg", "lone copy.jpg"]
    for name in versions - {"small.jpg"}:
        (album.pictures / name).unlink()
    album.index()
    assert ("copies", {"small.jpg", "small copy.jpg"}) in album.groups()


def test_photographs_of_one_moment_are_a_burst_and_those_of_later_are_not(album: Album) -> None:
    view = scene(1)
    album.save("first.jpg", with_subject(view, 120), "2024:05:01 10:00:00")
    album.save("second.jpg", with_subject(view, 150), "2024:05:01 10:00:02")
    album.save("later.jpg", with_subject(view, 121), "2024:05:01 11:00:00")
    album.save("clockless.jpg", with_subject(view, 260))
    album.index()
    assert album.groups() == [("burst", {"first.jpg", "second.jpg"})]


def test_pages_of_one_form_are_different_pictures(album: Album) -> None:
    for number in range(3):
        page = Image.new("RGB", (600, 800), "white")
        draw = ImageDraw.Draw(page)
        draw.rectangle((40, 40, 560, 120), fill=(40, 60, 120))
        for line in range(12):
            draw.text((60, 160 + 48 * line), f"Item {line}", fill="black", font_size=30)
            draw.text((420, 160 + 48 * line), f"{number}{line}{7 - number}.90", fill="black", font_size=30)
        album.save(f"receipt {number}.jpg", page)
    album.save("receipt 0 again.jpg", Image.open(album.pictures / "receipt 0.jpg"), quality=95)
    album.index()
    assert album.groups() == [("alike", {"receipt 0.jpg", "receipt 0 again.jpg"})]


def test_what_comes_later_is_compared_with_all_and_nothing_is_done_twice(album: Album) -> None:
    album.save("original.jpg", scene(1))
    album.save("other.jpg", scene(2))
    assert PHASE in album.index()
    assert PHASE not in album.index()
    assert album.groups() == []
    album.save("again.jpg", scene(1), quality=60)
    assert PHASE in album.index()
    assert album.groups() == [("alike", {"original.jpg", "again.jpg"})]
    (album.pictures / "original.jpg").unlink()
    album.index()
    assert album.groups() == []


def test_what_was_cancelled_is_done_by_the_next_run(album: Album) -> None:
    versions = save_versions(album)
    cancel = CancelToken()
    with pytest.raises(Cancelled):
        album.library.index(Phases(cancel, PHASE), cancel)
    assert album.groups() == []
    assert PHASE in album.index()
    assert album.groups() == [("alike", versions)]


def test_discoveries_outlast_a_change_of_model(album: Album) -> None:
    versions = save_versions(album)
    album.index()
    album.library.use_model("colours-2")
    assert album.groups() == [("alike", versions)]
    assert PHASE in album.index()
    assert album.groups() == [("alike", versions)]


def themes(album: Album) -> dict[str, int]:
    return {theme.name: theme.items for theme in album.library.themes()}


def test_themes_are_named_counted_and_kept(album: Album) -> None:
    paint(album, "green", 14)
    paint(album, "blue", 11)
    paint(album, "red", 9)
    album.index()
    assert themes(album) == {"Grass": 14, "The sea": 11, "Roses": 9}
    first, *_ = album.library.themes()
    (hit,) = album.library.hits([first.cover])
    assert hit.path.name.startswith("green")
    paint(album, "blue", 2, first=20)  # too few for themes to be found anew
    for number in range(3):
        (album.pictures / f"green {number}.png").unlink()
    album.index()
    assert themes(album) == {"The sea": 13, "Grass": 11, "Roses": 9}


def test_a_new_kind_of_photographs_becomes_a_theme_once_it_counts(album: Album) -> None:
    paint(album, "green", 12)
    assert album.index().count(PHASE) == 1
    assert themes(album) == {}  # so few are seen at a glance
    paint(album, "blue", 14)
    paint(album, "red", 10)
    album.index()
    assert themes(album) == {"The sea": 14, "Grass": 12, "Roses": 10}
    before = {theme.name: theme.number for theme in album.library.themes()}
    paint(album, "red", 24, first=300)
    album.index()
    assert next(iter(themes(album))) == "Roses"  # they were found anew, and another one is the biggest
    assert {theme.name: theme.number for theme in album.library.themes()} == before


def test_certificates_for_others_are_different_pictures(album: Album) -> None:
    for number, certificate in enumerate(certificates(640)):
        album.save(f"certificate {number}.jpg", certificate)
    album.save("certificate 1 again.jpg", Image.open(album.pictures / "certificate 1.jpg"), quality=60)
    album.index()
    assert album.groups() == [("alike", {"certificate 1.jpg", "certificate 1 again.jpg"})]


def test_pages_that_differ_in_a_digit_of_small_print_are_different_pictures(album: Album) -> None:
    for number, page in enumerate(pages(1280)):
        album.save(f"page {number}.png", page)
    album.save("page 1 again.jpg", Image.open(album.pictures / "page 1.png"), quality=90)
    album.index()
    assert album.groups() == [("alike", {"page 1.png", "page 1 again.jpg"})]


def test_pictures_that_differ_in_a_digit_that_thumbnails_lose_are_different(album: Album) -> None:
    for number, certificate in enumerate(numbered(900)):
        album.save(f"numbered {number}.jpg", certificate)
    album.index()
    assert album.groups() == []


def test_a_gif_black_and_white_a_border_and_a_mark_are_copies(album: Album) -> None:
    picture = surroundings(640)
    album.save("picture.jpg", picture)
    album.save("picture.gif", picture)
    album.save("grey.jpg", picture.convert("L"))
    album.save("bordered.jpg", ImageOps.expand(picture, 20, "white"))
    letters = Image.new("L", picture.size)
    ImageDraw.Draw(letters).text(
        (620, 470), "(c) J. Doe", fill=128, anchor="rs", font=ImageFont.load_default(20)
    )
    album.save("marked.jpg", Image.composite(Image.new("RGB", picture.size, "white"), picture, letters))
    album.index()
    versions = {"picture.jpg", "picture.gif", "grey.jpg", "bordered.jpg", "marked.jpg"}
    assert album.groups() == [("alike", versions)]
