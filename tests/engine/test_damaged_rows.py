"""What is damaged of all that is derived changes no answer for long: it is passed over, and made anew."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from engine.errors import UserError
from engine.library import CATALOGUE_FILE, Library
from engine.records import Filters, Query, Scope, SearchResults
from tests.engine.ingest.sample_files import Page, pdf
from tests.engine.library.test_facade import Home
from tests.mounts import mounted

RED = Query("red", scope=Scope.PHOTOS)
TEXT = Query("walrus", scope=Scope.PAGES)


class Damaged:
    """A library of colours and a document, and ways to harm it while it is closed."""

    def __init__(self, folder: Path) -> None:
        self.home = Home(folder)
        for colour in ("red", "green", "blue"):
            self.home.paint(f"{colour}.png", colour)
        self.home.paint("copies/red.jpg", "red")
        (self.home.pictures / "letter.pdf").write_bytes(
            pdf(
                [
                    Page([(72, 600, "The walrus and the carpenter")]),
                    Page([(72, 600, "were walking close at hand")]),
                ]
            )
        )
        self.home.library.add_folder(self.home.pictures)
        self.home.index()
        self.before = self.answers()

    @property
    def library(self) -> Library:
        return self.home.library

    def answers(self) -> list[object]:
        found = [self.library.search(RED), self.library.search(TEXT)]
        why = self.library.explanation(TEXT, found[1].hits[0].item) if found[1].hits else None
        return [*map(_told, found), why, self.library.duplicates(), self.library.status().items]

    def harm(self, *statements: str, keep_index: bool = False) -> None:
        self.library.close()
        if not keep_index:
            shutil.rmtree(self.home.location / "index")
        with closing(sqlite3.connect(self.home.location / CATALOGUE_FILE, isolation_level=None)) as db:
            for statement in statements:
                assert db.execute(statement).rowcount
        self.home.library = self.home.open()


def _told(results: SearchResults) -> list[tuple[str, int | None, float]]:
    return [(hit.path.name, hit.page, round(hit.score, 3)) for hit in results.hits]


@pytest.fixture
def damaged(tmp_path: Path) -> Iterator[Damaged]:
    damaged = Damaged(tmp_path)
    yield damaged
    damaged.home.library.close()


def of(name: str) -> str:
    return (
        "WHERE item_id IN (SELECT item.id FROM item JOIN file ON file.content_id = item.content_id "
        f"WHERE CAST(file.path AS TEXT) LIKE '%/{name}')"
    )


def test_vectors_that_cannot_be_are_passed_over_and_made_anew_by_the_next_run(damaged: Damaged) -> None:
    damaged.harm(
        f"UPDATE vector SET bytes = CAST(x'007e' || substr(bytes, 3) AS BLOB) {of('red.png')}",  # no number
        f"UPDATE vector SET bytes = substr(bytes, 2) {of('green.png')}",
        f"UPDATE vector SET bytes = 'text' {of('blue.png')}",
    )
    assert ("red.png", None) not in [hit[:2] for hit in _told(damaged.library.search(RED))]
    assert damaged.home.index().embedded == 3
    assert damaged.answers() == damaged.before


def test_one_run_makes_all_vectors_anew(damaged: Damaged) -> None:
    damaged.harm("UPDATE vector SET bytes = x'00'")
    assert damaged.home.index().embedded == 6
    assert damaged.answers() == damaged.before


def test_whatever_else_is_damaged_is_no_fault_and_is_made_anew(damaged: Damaged) -> None:
    damaged.harm(
        "UPDATE page_text SET words = x'00ff'",
        "UPDATE page_terms SET terms = x'00ff00'",
        "UPDATE derived_index SET vector_sequence = 'word'",
        "UPDATE meta SET value = 'word' WHERE key LIKE 'answering%'",
        "UPDATE meta SET value = 'word' WHERE key = 'themes_numbered'",
        "UPDATE meta SET value = '{' WHERE key = 'themes_in_order'",
        "UPDATE grey_print SET levels = x'00'",
        "UPDATE item SET taken = 'some day' WHERE page = 0",
        "INSERT INTO theme VALUES (7, 'word', x'00', x'00', x'00', 0, 0)",
        keep_index=True,
    )
    damaged.answers()
    assert damaged.library.themes() == ()
    assert damaged.library.search(Query("red", filters=Filters(theme=7))).hits == ()
    damaged.home.paint("white.png", "white")  # so that everything is compared and discovered once more
    damaged.home.index()
    damaged.answers()
    (damaged.home.pictures / "white.png").unlink()
    damaged.home.index()
    assert damaged.answers() == damaged.before


def test_meta_rows_that_are_gone_change_no_answer(damaged: Damaged) -> None:
    damaged.harm("DELETE FROM meta", keep_index=True)
    assert damaged.answers() == damaged.before


def a_file(place: Path) -> None:
    place.write_text("in the way")


def a_dangling_link(place: Path) -> None:
    place.symlink_to(place.parent / "nowhere" / "else")


@pytest.mark.parametrize("put", [a_file, a_dangling_link])
def test_what_is_in_the_place_of_the_index_is_in_nobodys_way(
    damaged: Damaged, put: Callable[[Path], None]
) -> None:
    index = damaged.home.location / "index"
    shutil.rmtree(index)
    put(index)
    damaged.library.close()
    damaged.home.library = damaged.home.open()
    damaged.home.paint("more.png", "white")
    damaged.home.index()
    assert _told(damaged.library.search(RED))[:1] == damaged.before[0][:1]  # type: ignore[index]
    assert any(path.suffix == ".usearch" for path in index.iterdir() if path.is_file())


def test_an_index_that_cannot_be_written_is_a_sentence(damaged: Damaged) -> None:
    index = damaged.home.location / "index"
    with mounted(index, "-t", "tmpfs", "-o", "ro", "tmpfs"):
        damaged.home.paint("more.png", "white")
        with pytest.raises(UserError, match=r"index.* cannot be used"):
            damaged.home.index()
    damaged.home.index()


def test_a_thumbnail_that_is_no_picture_is_as_good_as_none(damaged: Damaged) -> None:
    damaged.library.close()
    with closing(sqlite3.connect(damaged.home.location / "thumbnails.sqlite", isolation_level=None)) as db:
        db.execute("UPDATE thumbnail SET jpeg = x'00'")
    damaged.home.library = damaged.home.open()
    damaged.home.paint("new.png", "red")
    damaged.home.index()
    assert _told(damaged.library.search(RED))
