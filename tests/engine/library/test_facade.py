"""The façade as its users see it: real files, real processes, a model that sees colours."""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.errors import Cancelled, FolderError, LibraryInUse, ModelError, QueryError, UserError
from engine.library import Library
from engine.progress import CancelToken, Progress
from engine.records import (
    Filters,
    IndexReport,
    ItemKind,
    ModelIdentity,
    PictureInput,
    PixelBatch,
    Query,
    Scope,
    Vectors,
    Verdict,
)
from engine.samples import write_samples
from tests.fakes import COLOURS, ColourModel, ColourRegistry


class Home:
    """A library and a folder of pictures."""

    def __init__(self, folder: Path) -> None:
        self.location = folder / "library"
        self.location.mkdir()
        self.pictures = folder / "pictures"
        self.pictures.mkdir()
        self.registry = ColourRegistry(folder / "models")
        self.library = self.open()

    def open(self, model: str | None = None) -> Library:
        library = Library(self.location, self.registry, model, read_text=False)
        if model is None:
            library.use_model("colours")
        return library

    def paint(self, name: str, colour: str) -> Path:
        path = self.pictures / name
        path.parent.mkdir(exist_ok=True)
        Image.new("RGB", (40, 30), COLOURS[colour]).save(path)
        return path

    def index(self) -> IndexReport:
        return self.library.index(Progress(), CancelToken())

    def names(self, query: Query) -> list[str]:
        return [hit.path.name for hit in self.library.search(query).hits]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path)
    for colour in COLOURS:
        home.paint(f"{colour}.png", colour)
    home.library.add_folder(home.pictures)
    yield home
    home.library.close()


def test_a_sentence_finds_what_it_names(home: Home) -> None:
    home.index()
    results = home.library.search(Query("red"))
    assert results.hits[0].path == home.pictures / "red.png"
    assert (results.hits[0].rank, results.hits[0].kind, results.hits[0].page) == (1, ItemKind.PHOTO, None)
    assert results.hits[0].score == pytest.approx(1.0, abs=1e-3)
    assert (results.hits[0].width, results.hits[0].height) == (40, 30)
    assert results.model == "colours"


def test_a_picture_finds_itself_and_its_like(home: Home, tmp_path: Path) -> None:
    home.index()
    assert home.names(Query(like=(home.pictures / "blue.png",)))[0] == "blue.png"
    elsewhere = tmp_path / "elsewhere.jpg"
    Image.new("RGB", (90, 90), (0, 0, 240)).save(elsewhere)
    assert home.names(Query(like=(elsewhere,)))[0] == "blue.png"
    assert home.names(Query(like=(elsewhere.read_bytes(),)))[0] == "blue.png"


def test_more_like_an_item_leaves_the_item_out(home: Home) -> None:
    home.paint("dark blue.png", "blue")
    Image.new("RGB", (40, 30), (0, 0, 200)).save(home.pictures / "dark blue.png")
    home.index()
    (first, *_) = home.library.search(Query("blue")).hits
    names = home.names(Query(like_items=(first.item,)))
    assert first.path.name not in names
    assert names[0] in {"blue.png", "dark blue.png"}


def test_words_and_pictures_mix_and_take_away(home: Home) -> None:
    Image.new("RGB", (40, 30), (255, 255, 0)).save(home.pictures / "yellow.png")
    home.index()
    assert home.names(Query("green", like=(home.pictures / "red.png",)))[0] == "yellow.png"
    assert home.names(Query("red green -red", limit=1)) == ["green.png"]
    assert home.names(Query("red green", not_text=("green",), limit=1)) == ["red.png"]


def test_a_search_below_a_folder_loses_nothing_and_adds_nothing(home: Home) -> None:
    home.paint("below/bright.png", "white")
    Image.new("RGB", (40, 30), (220, 0, 0)).save(home.pictures / "below/dark.png")
    home.paint("below2/red.png", "red")
    home.index()
    found = home.names(Query("red", filters=Filters(folders=(home.pictures / "below",))))
    assert found == ["dark.png", "bright.png"]


def test_a_search_among_files_of_a_type_loses_nothing_and_names_a_copy_of_that_type(home: Home) -> None:
    Image.new("RGB", (40, 30), (200, 0, 0)).save(home.pictures / "dark.BMP")
    shutil.copy(home.pictures / "red.png", home.pictures / "another.picture.png")
    home.index()
    assert home.names(Query("red", filters=Filters(file_types=(".bmp",)))) == ["dark.BMP"]
    assert home.names(Query("red", filters=Filters(file_types=(".bmp", ".picture.png")), limit=2)) == [
        "another.picture.png",
        "dark.BMP",
    ]
    below = (home.pictures / "nothing",)
    assert home.names(Query("red", filters=Filters(folders=below, file_types=(".bmp",)))) == []


def test_pages_are_found_by_their_words_and_counted_from_one(home: Home) -> None:
    write_samples(home.pictures / "samples")
    home.index()
    found = home.library.search(Query("invoice", scope=Scope.PAGES))
    assert found.hits
    assert all(hit.kind is ItemKind.PAGE and hit.page is not None and hit.page >= 1 for hit in found.hits)
    assert found.hits[0].verdict is Verdict.STRONG
    assert "invoice" in found.hits[0].snippet.lower()


def test_a_sentence_that_the_model_does_not_know_still_finds_pages(home: Home) -> None:
    write_samples(home.pictures / "samples")
    home.index()
    found = home.library.search(Query("invoice"))
    assert {hit.kind for hit in found.hits} == {ItemKind.PAGE}
    assert found.note == "The query names no colour."


@pytest.mark.parametrize(
    "text",
    [
        "Été_100%_IMG-04.png",
        "été_100%_img-04",
        "ÉTÉ 100% img 04.PNG",
        '"Été 100% IMG-04"',
        " Été-100%-IMG-04 ",
    ],
)
def test_a_photograph_is_found_by_the_name_of_a_file_of_it(home: Home, text: str) -> None:
    home.paint("copies/Été_100%_IMG-04.png", "white")
    for other in ("Été_100x_IMG-04.png", "Été_100%_IMG-04 (2).png", "Été_100%_IMG-041.png"):
        home.paint(other, "black")
    home.paint("Été_100%_IMG-04/green.png", "green")
    home.index()
    hits = home.library.search(Query(text, limit=5)).hits
    assert [hit.verdict for hit in hits].count(Verdict.STRONG) == 1
    assert (hits[0].verdict, hits[0].snippet) == (Verdict.STRONG, "Été_100%_IMG-04.png")
    assert hits[0].copies == 1
    assert home.library.search(Query(text, scope=Scope.PAGES)).hits == ()
    for elsewhere in (
        Query(text, filters=Filters(folders=(home.pictures / "Été_100%_IMG-04",))),
        Query(text, like_items=(hits[0].item,)),
    ):
        with pytest.raises(QueryError, match="names no colour"):  # so says the model
            home.library.search(elsewhere)


def test_a_photograph_with_the_name_comes_first_once(home: Home) -> None:
    Image.new("RGB", (40, 30), (9, 9, 9)).save(home.pictures / "red_2.png")
    home.index()
    first = home.names(Query("red 2", limit=2))
    assert first == ["red_2.png", "red.png"]
    rest = home.names(Query("red 2", limit=10, offset=2))
    assert sorted(first + rest) == sorted(["red_2.png", *(f"{colour}.png" for colour in COLOURS)])


def test_the_limit_is_kept_and_ranks_count_from_one(home: Home) -> None:
    home.index()
    hits = home.library.search(Query("red", limit=3)).hits
    assert [hit.rank for hit in hits] == [1, 2, 3]


@pytest.mark.parametrize("query", [Query(), Query("   ")])
def test_a_query_that_asks_for_nothing_is_refused(home: Home, query: Query) -> None:
    with pytest.raises(QueryError, match="empty"):
        home.library.search(query)


@pytest.mark.parametrize("query", [Query("-red"), Query(not_text=("red",)), Query(not_like=(b"a picture",))])
def test_a_query_that_only_takes_away_says_that_it_lacks_what_is_wanted(home: Home, query: Query) -> None:
    with pytest.raises(QueryError, match="only what to keep away") as refused:
        home.library.search(query)
    assert "Say also what you want" in refused.value.remedy


def test_a_query_picture_that_is_none_is_a_sentence(home: Home, tmp_path: Path) -> None:
    home.index()
    (tmp_path / "note.jpg").write_text("no picture at all")
    with pytest.raises(QueryError, match=r"note\.jpg cannot be searched by"):
        home.library.search(Query(like=(tmp_path / "note.jpg",)))
    with pytest.raises(QueryError, match="There is no picture"):
        home.library.search(Query(like=(tmp_path / "gone.jpg",)))
    with pytest.raises(QueryError, match="is not a picture"):
        home.library.search(Query(like=(tmp_path,)))


def test_an_empty_library_answers_with_nothing_and_says_why(tmp_path: Path) -> None:
    home = Home(tmp_path)
    results = home.library.search(Query("red"))
    assert results.hits == ()
    assert "add a folder" in results.note
    home.library.close()


def test_copies_are_one_hit(home: Home) -> None:
    shutil.copy(home.pictures / "red.png", home.pictures / "a copy.png")
    home.index()
    (first, second, *_) = home.library.search(Query("red")).hits
    assert first.path.name == "a copy.png"
    assert first.copies == 1
    assert second.path.name != "red.png"


def test_what_is_deleted_is_found_no_more_and_what_comes_back_is_at_once(home: Home) -> None:
    home.index()
    (home.pictures / "red.png").rename(home.pictures.parent / "red.png")
    assert home.index().files_missing == 1
    assert "red.png" not in home.names(Query("red"))
    (home.pictures.parent / "red.png").rename(home.pictures / "red.png")
    assert home.index().embedded == 0
    assert home.names(Query("red"))[0] == "red.png"


def test_pages_that_are_added_leave_the_verdict_of_photographs_as_it_was(home: Home) -> None:
    Image.new("RGB", (40, 30), (255, 60, 60)).save(home.pictures / "red.png")
    home.index()
    assert home.library.search(Query("red")).verdict is Verdict.STRONG
    first, *rest = [Image.new("RGB", (40, 30), (128, 128, 128)) for _ in range(3)]  # as phrases ask for
    first.save(home.pictures / "grey.tif", save_all=True, append_images=rest)
    home.index()
    results = home.library.search(Query("red"))
    assert [hit.path.name for hit in results.hits if hit.verdict is Verdict.STRONG] == ["red.png"]


def test_a_moved_file_is_not_called_missing(home: Home) -> None:
    home.index()
    (home.pictures / "red.png").rename(home.pictures / "moved.png")
    report = home.index()
    assert (report.files_new, report.files_missing, report.embedded) == (1, 0, 0)


def test_an_unplugged_folder_is_kept_and_badged(home: Home) -> None:
    home.index()
    home.pictures.rename(home.pictures.with_name("unplugged"))
    home.index()
    assert [hit.available for hit in home.library.search(Query("red", limit=1)).hits] == [False]
    assert [folder.available for folder in home.library.folders()] == [False]
    item = home.library.search(Query("red", limit=1)).hits[0].item
    with pytest.raises(UserError, match="Its drive is not connected"):
        home.library.picture(item, 100)
    home.pictures.with_name("unplugged").rename(home.pictures)
    assert [hit.available for hit in home.library.search(Query("red", limit=1)).hits] == [True]
    (home.pictures / "red.png").unlink()
    with pytest.raises(UserError, match="The file is gone"):
        home.library.picture(item, 100)


def test_a_removed_folder_takes_its_items_and_touches_no_file(home: Home) -> None:
    home.index()
    home.library.remove_folder(home.pictures)
    assert home.library.status().items == 0
    assert home.library.search(Query("red")).hits == ()
    assert (home.pictures / "red.png").exists()


def test_a_folder_above_keeps_what_is_known_where_a_link_leads_there_as_well(
    home: Home, tmp_path: Path
) -> None:
    """As "/proc/1/cwd" does, somewhere below "/"."""
    home.index()
    (tmp_path / "cwd").symlink_to(home.pictures, target_is_directory=True)
    home.library.add_folder(tmp_path)
    report = home.index()
    assert (report.files_new, report.files_missing) == (0, 0)
    assert home.library.search(Query("red")).hits[0].path == home.pictures / "red.png"


def test_removing_a_folder_that_is_none_of_ours_is_a_sentence(home: Home, tmp_path: Path) -> None:
    with pytest.raises(FolderError, match="not a folder of this library"):
        home.library.remove_folder(tmp_path)


@pytest.mark.parametrize("name", ["missing", "file"])
def test_a_folder_that_cannot_be_added_is_a_sentence(home: Home, tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FolderError):
        home.library.add_folder(tmp_path / name)


def test_the_library_is_no_folder_of_pictures(home: Home) -> None:
    with pytest.raises(FolderError, match="own folder"):
        home.library.add_folder(home.location)


def test_only_one_changes_a_library_at_a_time(home: Home) -> None:
    with home.library._write_lock.try_exclusive(), pytest.raises(LibraryInUse, match="another"):
        home.index()
    assert home.index().embedded == len(COLOURS)


def test_status_counts_what_there_is(home: Home) -> None:
    write_samples(home.pictures / "samples")
    (home.pictures / "bad.jpg").write_bytes(b"\xff\xd8\xff\xe0 cut short")
    before = home.library.status()
    assert (before.files, before.items) == (0, 0)
    home.index()
    status = home.library.status()
    assert status.files == len([path for path in home.pictures.rglob("*") if path.is_file()])
    assert (status.failed, status.missing, status.pending) == (1, 0, 0)
    assert status.items == status.photos + status.pages
    assert status.copies == 0
    for name in ("red.png", "bad.jpg"):  # of what cannot be read a copy is one more that cannot
        shutil.copy(home.pictures / name, home.pictures / "samples" / f"again {name}")
    home.index()
    again = home.library.status()
    assert (again.files, again.items, again.copies, again.failed) == (status.files + 2, status.items, 1, 2)
    assert status.pages > 0
    assert status.library_bytes > 0
    (folder,) = status.folders
    assert (folder.files, folder.items, folder.failed) == (status.files, status.items, 1)


def test_failures_can_be_tried_again(home: Home) -> None:
    (home.pictures / "bad.jpg").write_bytes(b"\xff\xd8\xff\xe0 cut short")
    home.index()
    assert [failure.kind for failure in home.library.failures()] == ["damaged"]
    assert home.index().failed == 0
    assert home.library.retry_failed() == 1
    assert home.index().failed == 1


def test_thumbnails_come_back_when_they_are_lost(home: Home) -> None:
    home.index()
    item = home.library.search(Query("red")).hits[0].item
    before = home.library.thumbnail(item)
    assert before is not None
    assert before.startswith(b"\xff\xd8")
    home.library.close()
    for file in home.location.glob("thumbnails*"):
        file.write_bytes(b"damaged")
    home.library = home.open()
    assert home.library.thumbnail(item) == before
    assert home.library.thumbnail(999_999) is None


def test_the_old_model_answers_until_the_new_one_is_complete(home: Home) -> None:
    home.index()
    home.library.use_model("colours-2")
    assert home.library.search(Query("red")).model == "colours"
    assert home.library.status().pending == len(COLOURS)
    assert [model.name for model in home.library.models() if model.pending] == ["colours-2"]
    assert home.index().embedded == len(COLOURS)
    assert home.library.search(Query("red")).model == "colours-2"
    home.library.use_model("colours")
    assert home.index().embedded == 0
    assert home.library.search(Query("red")).model == "colours"


def test_a_model_for_once_does_not_change_the_choice(home: Home) -> None:
    home.index()
    with home.open("colours-2") as once:
        assert once.index(Progress(), CancelToken()).embedded == len(COLOURS)
        assert once.search(Query("red")).model == "colours-2"
    assert home.library.search(Query("red")).model == "colours"


def test_a_model_chosen_during_a_run_waits_for_its_own(home: Home) -> None:
    class Choosing(Progress):
        def start(self, phase: str, unit: str, found: int = 0) -> None:
            super().start(phase, unit, found)
            home.library.use_model("colours-2")  # once the run knows its model

    assert home.library.index(Choosing(), CancelToken()).embedded == len(COLOURS)
    assert home.library.search(Query("red")).model == "colours"
    assert len(home.library.search(Query("red")).hits) == len(COLOURS)
    assert home.index().embedded == len(COLOURS)
    assert home.library.search(Query("red")).model == "colours-2"


def test_a_model_that_is_gone_from_disk_leaves_the_starter(home: Home) -> None:
    home.index()
    del home.registry.colours["colours"]
    assert home.library.status().model == "starter"
    assert [model.name for model in home.library.models() if model.active] == ["starter", "words"]
    home.library.use_model("starter")
    assert home.index().embedded == len(COLOURS)
    assert home.library.search(Query("a dog")).model == "starter"


def test_a_model_replaced_under_its_name_is_another_model(home: Home) -> None:
    home.index()
    home.registry.colours["colours"] = ColourModel("3")
    assert home.index().embedded == len(COLOURS)
    assert home.names(Query("red"))[0] == "red.png"


class Negatives(ColourModel):
    """The next revision of the colour model: it wants other pixels, takes them for a negative, and its
    vectors are longer. So what it answers differs from what the first answers, and nothing can be mixed."""

    def __init__(self) -> None:
        super().__init__()
        self.identity = ModelIdentity("colours", "2", 5)
        self.picture_input = PictureInput(8, "squash")

    def embed_pictures(self, pictures: PixelBatch) -> Vectors:
        return np.pad(super().embed_pictures(255 - pictures), ((0, 0), (0, 1)))

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        return np.pad(super().embed_texts(texts), ((0, 0), (0, 1)))


class Renewed:
    """A library that the first revision has indexed, opened by a program that has the second as well."""

    def __init__(self, home: Home, folder: Path) -> None:
        home.index()
        home.library.close()
        self.home = home
        self.first = home.registry.colours["colours"]
        self.second = home.registry.colours["colours"] = Negatives()
        home.registry.earlier = {self.first.identity: self.first}
        home.library = Library(home.location, home.registry, None, read_text=False)
        self.elsewhere = folder / "elsewhere.png"  # no picture of the library: it must be embedded
        Image.new("RGB", (90, 90), (0, 0, 240)).save(self.elsewhere)

    def index_half(self) -> None:
        """Search in the middle of a run, then stop it."""
        renewed = self

        class HalfWay(CancelToken):
            def checkpoint(self) -> None:
                if renewed.second.embedded:
                    renewed.check_first_answers()
                    raise Cancelled

        with pytest.raises(Cancelled):
            self.home.library.index(Progress(), HalfWay())

    def check_first_answers(self) -> None:
        assert self._answers() == (1, 0)
        assert self.home.names(Query("white"))[0] == "white.png"
        assert len(self.home.names(Query("white"))) == len(COLOURS)
        (model,) = (model for model in self.home.library.models() if model.name == "colours")
        assert (model.active, model.pending) == (True, True)

    def check_second_answers(self) -> None:
        assert self._answers() == (0, 1)
        assert self.home.names(Query("white"))[0] == "black.png"
        (model,) = (model for model in self.home.library.models() if model.name == "colours")
        assert (model.active, model.pending) == (True, False)
        assert self.home.library.status().pending == 0

    def _answers(self) -> tuple[int, int]:
        """How many pictures each revision embeds when a picture is looked for."""
        before = self.first.embedded, self.second.embedded
        assert self.home.names(Query(like=(self.elsewhere,)))[0] == "blue.png"
        assert self.home.names(Query(like=(self.home.pictures / "red.png",)))[0] == "red.png"
        return self.first.embedded - before[0], self.second.embedded - before[1]


@pytest.fixture
def renewed(home: Home, tmp_path: Path) -> Renewed:
    return Renewed(home, tmp_path)


def test_the_earlier_revision_of_a_model_answers_until_the_new_one_is_complete(renewed: Renewed) -> None:
    home = renewed.home
    renewed.check_first_answers()
    assert (home.library.status().model, home.library.status().pending) == ("colours", len(COLOURS))
    renewed.index_half()
    assert 0 < renewed.second.embedded < len(COLOURS)
    home.library.close()
    home.library = home.open()
    renewed.check_first_answers()
    assert home.index().embedded == len(COLOURS) - home.registry.colours["colours"].batch_size
    renewed.check_second_answers()


def test_new_files_wait_for_the_new_revision(renewed: Renewed) -> None:
    home, before = renewed.home, renewed.first.embedded
    Image.new("RGB", (40, 30), (255, 255, 0)).save(home.pictures / "yellow.png")
    assert home.names(Query(like=(home.pictures / "yellow.png",)))[0] == "white.png"
    renewed.index_half()
    assert home.index().embedded == len(COLOURS) + 1 - renewed.second.batch_size
    renewed.check_second_answers()
    assert home.names(Query("blue"))[0] == "yellow.png"
    assert len(home.names(Query("blue"))) == len(COLOURS) + 1
    assert renewed.first.embedded == before + 2  # the pictures that were looked for


def test_vectors_of_the_earlier_revision_are_kept(renewed: Renewed) -> None:
    home = renewed.home
    home.index()
    home.registry.colours["colours"] = renewed.first  # the program before it was renewed
    assert home.names(Query("white"))[0] == "white.png"
    assert home.index().embedded == 0
    assert home.names(Query("white"))[0] == "white.png"


def test_a_renewed_model_for_once_is_the_new_revision(renewed: Renewed) -> None:
    with renewed.home.open("colours") as once:
        assert once.search(Query("white")).hits == ()
        assert once.index(Progress(), CancelToken()).embedded == len(COLOURS)
        assert once.search(Query("white")).hits[0].path.name == "black.png"
    renewed.check_first_answers()
    assert renewed.home.index().embedded == 0
    renewed.check_second_answers()


def test_the_earlier_revision_answers_until_another_model_is_complete(renewed: Renewed) -> None:
    home = renewed.home
    home.library.use_model("colours-2")
    states = {model.name: (model.active, model.pending) for model in home.library.models()}
    assert (states["colours"], states["colours-2"]) == ((True, False), (False, True))
    home.library.use_model("colours")
    renewed.check_first_answers()


def test_watching_waits_its_turn_and_follows_changes(home: Home) -> None:
    cancel = CancelToken()
    with home.library._write_lock.try_exclusive():
        watcher = threading.Thread(target=watched, args=(home.library, cancel))
        watcher.start()
    until(lambda: home.library.status().items == len(COLOURS))
    Image.new("RGB", (40, 30), (255, 255, 0)).save(home.pictures / "yellow.png")
    until(lambda: home.library.status().items == len(COLOURS) + 1)
    cancel.cancel()
    watcher.join()


def watched(library: Library, cancel: CancelToken) -> None:
    with contextlib.suppress(Cancelled):
        library.watch(Progress(), cancel)


def until(holds: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        threading.Event().wait(0.05)


def test_a_preview_is_a_small_picture_or_a_sentence(home: Home, tmp_path: Path) -> None:
    assert home.library.preview(home.pictures / "red.png").startswith(b"\xff\xd8")
    (tmp_path / "note.jpg").write_text("no picture at all")
    with pytest.raises(QueryError, match=r"note\.jpg cannot be searched by"):
        home.library.preview(tmp_path / "note.jpg")
    home.library.close()
    with pytest.raises(QueryError, match="closed"):
        home.library.preview(home.pictures / "red.png")


def test_a_page_that_is_gone_has_no_thumbnail(home: Home) -> None:
    pages = [Image.new("RGB", (20, 20), COLOURS[name]) for name in ("red", "blue")]
    path = home.pictures / "a.tif"
    pages[0].save(path, save_all=True, append_images=pages[1:])
    home.index()
    hits = home.library.search(Query(like=(path,), scope=Scope.PAGES)).hits
    second = next(hit.item for hit in hits if hit.page == 2)
    home.library.close()
    for file in home.location.glob("thumbnails*"):
        file.unlink()
    pages[0].save(path)
    home.library = home.open()
    assert home.library.thumbnail(second) is None


def test_a_model_that_is_not_installed_cannot_be_chosen(home: Home) -> None:
    with pytest.raises(ModelError, match="not installed"):
        home.library.use_model("siglip2-base")


def test_a_library_opened_anew_answers_the_same(home: Home) -> None:
    home.index()
    before = home.library.search(Query("green")).hits
    home.library.close()
    home.library = home.open()
    assert home.library.search(Query("green")).hits == before


def test_nothing_below_the_folders_is_changed(home: Home) -> None:
    (home.pictures / "bad.jpg").write_bytes(b"\xff\xd8\xff\xe0 cut short")

    def state() -> dict[str, tuple[int, int, bytes]]:
        return {
            entry.name: (entry.stat().st_mtime_ns, entry.stat().st_mode, Path(entry.path).read_bytes())
            for entry in os.scandir(home.pictures)
        }

    before = state()
    home.index()
    home.library.search(Query("red", like=(home.pictures / "blue.png",)))
    assert state() == before
