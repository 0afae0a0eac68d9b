"""Filters, order, scrolling and browsing through the façade: one small library, looked at from all sides."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.errors import QueryError, UserError
from engine.library import CATALOGUE_FILE, Library
from engine.progress import CancelToken, Progress
from engine.records import (
    FileSituation,
    Filters,
    Hit,
    ItemKind,
    Order,
    Orientation,
    Query,
    Scope,
    Vector,
    Verdict,
)
from engine.store.clusters.cluster_store import ClusterStore, SimilarGroup, StoredTheme
from engine.store.database.connection import Database
from engine.store.database.schema import migrate
from tests.fakes import ColourRegistry

DATE_TAKEN = 0x9003  # the EXIF tags
EXIF = 0x8769


class Album:
    """Photographs with and without dates, of every shape, and a document of three pages."""

    def __init__(self, folder: Path) -> None:
        self.location = folder / "library"
        self.location.mkdir()
        self.pictures = folder / "pictures"
        self.pictures.mkdir()
        self.paint("spring.jpg", (255, 0, 0), (40, 30), "2020:05:01 00:00:00")
        self.paint("summer.jpg", (220, 40, 0), (30, 40), "2021:07:31 23:59:59")
        self.paint("trips/winter.jpg", (200, 60, 0), (40, 40), "2022:12:24 18:00:00")
        self.paint("trips/sea.jpg", (0, 0, 255), (41, 40), "2020:06:01 12:00:00")
        self.paint("undated.png", (180, 80, 0), (80, 40))
        self.paint("meadow.png", (0, 255, 0), (40, 80))
        pages = [Image.new("RGB", (40, 60), colour) for colour in ((190, 70, 0), (0, 0, 200), (0, 200, 0))]
        pages[0].save(self.pictures / "pages.tif", save_all=True, append_images=pages[1:])
        for name, year in (("undated.png", 2019), ("meadow.png", 2023), ("pages.tif", 2018)):
            moment = time.mktime((year, 1, 1, 12, 0, 0, 0, 0, -1))
            os.utime(self.pictures / name, (moment, moment))
        self.library = Library(self.location, ColourRegistry(folder / "models"), None, read_text=False)
        self.library.use_model("colours")
        self.library.add_folder(self.pictures)
        self.index()

    def index(self) -> None:
        self.library.index(Progress(), CancelToken())

    def paint(
        self, name: str, colour: tuple[int, int, int], size: tuple[int, int], taken: str | None = None
    ) -> Path:
        path = self.pictures / name
        path.parent.mkdir(exist_ok=True)
        exif = Image.Exif()
        if taken is not None:
            exif.get_ifd(EXIF)[DATE_TAKEN] = taken
        Image.new("RGB", size, colour).save(path, exif=exif)
        return path

    def found(self, query: Query) -> list[str]:
        return names(self.library.search(query).hits)

    def browsed(self, query: Query) -> list[str]:
        return names(self.library.browse(query).hits)

    def item(self, name: str) -> int:
        return next(hit.item for hit in self.library.browse(Query()).hits if hit.path.name == name)

    def discover(self, groups: list[SimilarGroup], themes: list[StoredTheme]) -> None:
        with closing(Database(self.location / CATALOGUE_FILE, migrate)) as database:
            ClusterStore(database).publish(groups, themes, {})


def names(hits: tuple[Hit, ...]) -> list[str]:
    return [hit.path.name if hit.page is None else f"{hit.path.name}:{hit.page}" for hit in hits]


@pytest.fixture(scope="module")
def album(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Album]:
    album = Album(tmp_path_factory.mktemp("album"))
    yield album
    album.library.close()


@pytest.fixture
def more(album: Album) -> Iterator[Path]:
    """A folder for what a test adds; it goes with the test."""
    folder = album.pictures / "more"
    folder.mkdir()
    yield folder
    shutil.rmtree(folder)
    album.index()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Query("red", filters=Filters(taken_from="2021-07-31")), {"summer.jpg", "winter.jpg"}),
        (Query("red", filters=Filters(taken_to="2021-07-31")), {"spring.jpg", "sea.jpg", "summer.jpg"}),
        (Query("red", filters=Filters(taken_from="2020-05-01", taken_to="2020-05-01")), {"spring.jpg"}),
        (Query("red", filters=Filters(orientation=Orientation.LANDSCAPE)), {"spring.jpg", "undated.png"}),
        (Query("red", filters=Filters(orientation=Orientation.PORTRAIT)), {"summer.jpg", "meadow.png"}),
        (Query("red", filters=Filters(orientation=Orientation.SQUARE)), {"winter.jpg", "sea.jpg"}),
        (
            Query("red", filters=Filters(orientation=Orientation.SQUARE, taken_from="2021-01-01")),
            {"winter.jpg"},
        ),
        (
            Query("red", filters=Filters(file_types=(".png",), orientation=Orientation.LANDSCAPE)),
            {"undated.png"},
        ),
        (Query("red", scope=Scope.PAGES, filters=Filters(orientation=Orientation.SQUARE)), set()),
    ],
)
def test_filters_leave_what_fits_all_of_them_and_lose_none(
    album: Album, query: Query, expected: set[str]
) -> None:
    assert set(album.found(query)) == expected


def test_a_filter_comes_before_the_ranking(album: Album) -> None:
    """The only blue picture is far down among the reds, and still the first of those that are left."""
    below = (album.pictures / "trips",)
    assert album.found(Query("red", filters=Filters(folders=below, taken_to="2020-12-31"), limit=1)) == [
        "sea.jpg"
    ]


@pytest.mark.parametrize(
    "day", ["2026-13-40", "2026-02-30", "20260101", "2026-W01-1", "yesterday", "2026-1-1"]
)
def test_a_day_that_is_none_is_a_sentence(album: Album, day: str) -> None:
    with pytest.raises(QueryError, match=f"“{day}” is no date"):
        album.library.search(Query("red", filters=Filters(taken_from=day)))
    with pytest.raises(QueryError, match="is no date"):
        album.library.browse(Query(filters=Filters(taken_to=day)))


def test_days_the_wrong_way_round_are_a_sentence(album: Album) -> None:
    with pytest.raises(QueryError, match="later than the last"):
        album.library.browse(Query(filters=Filters(taken_from="2022-01-02", taken_to="2022-01-01")))


def test_pictures_can_be_kept_away_from(album: Album, tmp_path: Path) -> None:
    yellow = tmp_path / "yellow.png"
    Image.new("RGB", (40, 40), (255, 255, 0)).save(yellow)
    red, green = album.pictures / "spring.jpg", album.pictures / "meadow.png"

    def first(query: Query) -> str:
        return album.found(replace(query, like=(yellow,), limit=1))[0]

    assert first(Query(not_like_items=(album.item("spring.jpg"),))) == "meadow.png"
    assert first(Query(not_like=(red.read_bytes(),))) == "meadow.png"
    assert first(Query(not_like=(green,))) not in {"meadow.png", "sea.jpg"}
    assert first(Query(not_like=(red,), scope=Scope.PAGES)) == "pages.tif:3"
    assert first(Query(not_like=(green,), scope=Scope.PAGES)) == "pages.tif:1"
    with pytest.raises(QueryError, match="There is no picture"):
        album.found(Query("red", not_like=(tmp_path / "gone.png",)))


def test_examples_are_no_answers(album: Album) -> None:
    wanted, unwanted = album.item("spring.jpg"), album.item("sea.jpg")
    found = album.found(Query("red", like_items=(wanted,), not_like_items=(unwanted,)))
    assert "spring.jpg" not in found
    assert "sea.jpg" not in found
    assert found[0] == "summer.jpg"
    with pytest.raises(QueryError, match="only what to keep away"):
        album.found(Query(not_like_items=(unwanted,)))


def test_several_wishes_are_as_sure_as_the_least_of_them(album: Album) -> None:
    red, sea = album.pictures / "spring.jpg", album.pictures / "trips/sea.jpg"
    assert album.library.search(Query("red", like=(red,), limit=1)).verdict is Verdict.STRONG
    assert album.library.search(Query("red", like=(sea,), scope=Scope.PHOTOS)).verdict is Verdict.NONE


def test_by_date_only_what_matches_is_shown(album: Album) -> None:
    newest = album.library.search(Query("red", filters=Filters(order=Order.NEWEST)))
    assert all(hit.verdict is not Verdict.NONE for hit in newest.hits)
    assert names(newest.hits) == ["winter.jpg", "summer.jpg", "spring.jpg", "undated.png"]
    assert [hit.rank for hit in newest.hits] == [1, 2, 3, 4]
    assert album.found(Query("red", filters=Filters(order=Order.OLDEST))) == names(newest.hits)[::-1]
    assert album.found(Query("red", filters=Filters(order=Order.NEWEST), limit=3, offset=1)) == [
        "summer.jpg",
        "spring.jpg",
    ]


def test_where_nothing_matches_the_order_is_that_of_relevance(album: Album) -> None:
    query = Query("black", scope=Scope.PHOTOS)
    by_relevance = album.library.search(query)
    assert by_relevance.verdict is Verdict.NONE
    assert album.found(Query("black", scope=Scope.PHOTOS, filters=Filters(order=Order.OLDEST))) == names(
        by_relevance.hits
    )


def test_scrolling_shows_every_hit_once_with_its_rank(album: Album) -> None:
    like = (album.pictures / "spring.jpg",)
    whole = album.library.search(Query("red", like=like)).hits
    assert len(whole) == 9
    parts = [
        album.library.search(Query("red", like=like, offset=at, limit=at + 2)).hits for at in (0, 2, 4, 6, 8)
    ]
    together = [hit for part in parts for hit in part]
    assert [hit.rank for hit in together] == list(range(1, 10))
    assert [hit.item for hit in together] == [hit.item for hit in whole]
    assert album.library.search(Query("red", like=like, offset=9, limit=20)).hits == ()
    # Who comes in the middle finds the same as who scrolls there.
    assert (
        album.found(Query("red", like=like, scope=Scope.PHOTOS, offset=2, limit=4))
        == album.found(Query("red", like=like, scope=Scope.PHOTOS))[2:4]
    )


def test_an_order_that_was_begun_is_gone_on_with_whatever_is_indexed_meanwhile(
    album: Album, more: Path
) -> None:
    for number in range(60):  # more than are ranked when few are asked for
        album.paint(f"{more.name}/{number}.png", (0, 210 - 3 * number, 30 + 3 * number), (8, 8))
    album.index()
    before = album.library.search(Query("green", scope=Scope.PHOTOS, limit=5)).hits
    album.paint(f"{more.name}/lawn.png", (0, 255, 0), (40, 40))
    album.index()
    slices = [
        Query("green", scope=Scope.PHOTOS, offset=at, limit=end) for at, end in ((5, 20), (20, 50), (50, 200))
    ]
    after = [hit for query in slices for hit in album.library.search(query).hits]
    assert names(before) == ["meadow.png", "0.png", "1.png", "2.png", "3.png"]
    assert [hit.rank for hit in after] == list(range(6, 68))
    assert len({hit.item for hit in (*before, *after)}) == 67
    assert names(tuple(after))[:3] == ["lawn.png", "4.png", "5.png"]
    assert set(album.found(Query("green", limit=2))) == {"meadow.png", "lawn.png"}  # asked anew


def test_browsing_is_by_date_of_all_there_is(album: Album) -> None:
    results = album.library.browse(Query())
    everything = [
        "meadow.png", "winter.jpg", "summer.jpg", "sea.jpg", "spring.jpg", "undated.png",
        "pages.tif:1", "pages.tif:2", "pages.tif:3",
    ]  # fmt: skip
    assert names(results.hits) == everything
    assert not results.ranked
    assert results.verdict is Verdict.NONE
    assert {hit.verdict for hit in results.hits} == {Verdict.NONE}
    assert results.hits[1].taken == "2022-12-24 18:00:00"
    assert results.hits[0].taken is None
    assert [hit.dated for hit in results.hits[:2]] == ["2023-01-01", "2022-12-24"]
    oldest = album.browsed(Query(filters=Filters(order=Order.OLDEST)))
    assert oldest == [*everything[6:], *everything[:6][::-1]]
    assert [hit.rank for hit in album.library.browse(Query(offset=3, limit=5)).hits] == [4, 5]
    assert album.browsed(Query(offset=3, limit=5)) == everything[3:5]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Query(scope=Scope.PAGES), ["pages.tif:1", "pages.tif:2", "pages.tif:3"]),
        (Query(filters=Filters(file_types=(".png",))), ["meadow.png", "undated.png"]),
        (Query(filters=Filters(taken_from="2020-05-02", taken_to="2021-12-31")), ["summer.jpg", "sea.jpg"]),
        (
            Query(filters=Filters(orientation=Orientation.SQUARE, order=Order.OLDEST)),
            ["sea.jpg", "winter.jpg"],
        ),
    ],
)
def test_browsing_keeps_to_the_filters(album: Album, query: Query, expected: list[str]) -> None:
    assert album.browsed(query) == expected


def test_browsing_below_a_folder_names_the_copy_in_it(album: Album, more: Path) -> None:
    folders = Query(filters=Filters(folders=(album.pictures / "trips", more)))
    assert album.browsed(folders) == ["winter.jpg", "sea.jpg"]
    shutil.copy(album.pictures / "spring.jpg", more / "again.jpg")
    album.index()
    assert album.browsed(folders) == ["winter.jpg", "sea.jpg", "again.jpg"]
    (more / "again.jpg").unlink()
    album.index()
    assert album.browsed(folders) == ["winter.jpg", "sea.jpg"]


def test_a_file_of_an_impossible_date_is_found_all_the_same(album: Album, more: Path) -> None:
    for name, changed, colour in (("future.png", 15 * 10**18, 71), ("past.png", -(10**19), 72)):
        path = album.paint(f"more/{name}", (0, 0, colour), (40, 30))
        os.utime(path, ns=(0, changed))
    album.index()
    assert album.browsed(Query(filters=Filters(folders=(more,)))) == ["future.png", "past.png"]
    for path in more.iterdir():
        assert album.library.diagnose(path).situation is FileSituation.SEARCHABLE


def test_a_theme_and_a_group_are_what_the_library_discovered(album: Album) -> None:
    members = np.array(sorted([album.item("sea.jpg"), album.item("summer.jpg")]))
    centre: Vector = np.eye(1, 4, dtype=np.float32)[0]
    theme = StoredTheme(3, "warm", centre, members, members)
    album.discover([SimilarGroup(tuple(members.tolist()), "alike")], [theme])
    assert album.browsed(Query(filters=Filters(theme=3))) == ["summer.jpg", "sea.jpg"]
    assert album.found(Query("red", filters=Filters(theme=3), limit=1)) == ["summer.jpg"]
    assert album.browsed(Query(filters=Filters(theme=3, orientation=Orientation.SQUARE))) == ["sea.jpg"]
    assert album.browsed(Query(filters=Filters(theme=4))) == []
    groups = {hit.path.name: hit.group for hit in album.library.browse(Query()).hits}
    assert groups["sea.jpg"] == groups["summer.jpg"] == members[0]
    assert groups["winter.jpg"] == 0


def test_items_are_described_in_the_order_they_are_named(album: Album) -> None:
    sea, winter = album.item("sea.jpg"), album.item("winter.jpg")
    hits = album.library.hits([winter, 999_999, sea])
    assert names(hits) == ["winter.jpg", "sea.jpg"]
    assert (hits[1].width, hits[1].height, hits[1].kind, hits[1].available) == (41, 40, ItemKind.PHOTO, True)
    assert album.library.hits([]) == ()


def test_a_page_leads_to_its_whole_document(album: Album) -> None:
    second = album.library.search(Query(like=(album.pictures / "trips/sea.jpg",), scope=Scope.PAGES)).hits[0]
    assert second.page == 2
    assert names(album.library.document(second.item)) == ["pages.tif:1", "pages.tif:2", "pages.tif:3"]
    photo = album.item("sea.jpg")
    assert [hit.item for hit in album.library.document(photo)] == [photo]
    assert album.library.document(999_999) == ()


def test_a_region_is_that_part_of_the_upright_picture(album: Album, more: Path) -> None:
    halves = Image.new("RGB", (3000, 1000), (255, 0, 0))
    halves.paste((0, 0, 255), (1500, 0, 3000, 1000))
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down: shown, the left half is blue
    halves.save(more / "halves.jpg", exif=exif)
    album.index()
    item = album.item("halves.jpg")
    part = Image.open(io.BytesIO(album.library.region(item, (0.1, 0.25, 0.4, 0.75)))).convert("RGB")
    assert part.size == (616, 343)  # of 2,048 x 683
    red, _, blue = np.asarray(part)[100, 300].tolist()
    assert blue > 200 > 50 > red
    assert Image.open(io.BytesIO(album.library.region(item, (0.5, 0.5, 0.50001, 0.50001)))).size == (1, 1)
    assert album.found(Query(like=(album.library.region(item, (0.6, 0, 1, 1)),), limit=1)) == ["spring.jpg"]
    (more / "halves.jpg").unlink()
    with pytest.raises(UserError, match="cannot be shown"):
        album.library.region(item, (0, 0, 1, 1))


@pytest.mark.parametrize(
    "box",
    [(0.5, 0, 0.5, 1), (0, 0.6, 1, 0.4), (-0.1, 0, 1, 1), (0, 0, 1.01, 1), (float("nan"), 0, 1, 1)],
)
def test_a_box_that_is_no_part_of_the_picture_is_a_sentence(
    album: Album, box: tuple[float, float, float, float]
) -> None:
    with pytest.raises(QueryError, match="no part of the picture"):
        album.library.region(album.item("sea.jpg"), box)


BROWSE = """
import sys
from pathlib import Path
from engine.library import Library
from engine.records import Query
with Library.open(Path(sys.argv[1])) as library:
    assert len(library.browse(Query()).hits) == 9
print(*(name for name in ("torch", "usearch", "onnxruntime", "numkong") if name in sys.modules))
"""


def test_browsing_needs_no_model(album: Album, tmp_path: Path) -> None:
    shutil.copy(album.location / CATALOGUE_FILE, tmp_path / CATALOGUE_FILE)
    shutil.copy(album.location / f"{CATALOGUE_FILE}-wal", tmp_path / f"{CATALOGUE_FILE}-wal")
    ran = subprocess.run(
        [sys.executable, "-c", BROWSE, str(tmp_path)], capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stdout.strip() == ""
