"""Who asks the built-in model in another language than English is told so; whatever is asked is answered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from engine.library import Library
from engine.progress import CancelToken, Progress
from engine.records import Filters, Query, Scope
from tests.engine.ingest.sample_files import Page, pdf
from tests.fakes import COLOURS, ColourRegistry

GERMAN = "Ein Hund rennt am Strand"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with five pictures and a document, read with the starter."""
    home = tmp_path_factory.mktemp("home")
    (home / "library").mkdir()
    for folder in ("pictures", "papers"):
        (home / folder).mkdir()
    for name, colour in COLOURS.items():
        Image.new("RGB", (40, 30), colour).save(home / "pictures" / f"{name}.png")
    (home / "papers" / "paper.pdf").write_bytes(pdf([Page([(72, 600, GERMAN)])]))
    with _open(home) as library:
        for folder in ("pictures", "papers"):
            library.add_folder(home / folder)
        library.index(Progress(), CancelToken())
    return home


def _open(home: Path) -> Library:
    return Library(home / "library", ColourRegistry(home / "models"), None, read_text=False)


@pytest.fixture
def library(home: Path) -> Iterator[Library]:
    with _open(home) as library:
        yield library


def test_the_starter_is_asked_in_english(library: Library) -> None:
    results = library.search(Query(GERMAN))
    assert (results.model, results.question_language) == ("starter", "German")
    assert len(results.hits) == 6  # answered all the same
    assert library.search(Query("A dog runs on the beach")).question_language is None


def test_what_comes_further_down_says_it_again(library: Library) -> None:
    first = Query(GERMAN, limit=2)
    assert library.search(first).question_language == "German"
    assert library.search(Query(GERMAN, limit=4, offset=2)).question_language == "German"


def test_only_what_is_wanted_in_words_is_looked_at(library: Library, home: Path) -> None:
    assert library.search(Query(f"a dog -{GERMAN}")).question_language is None
    assert library.search(Query("a dog", not_text=(GERMAN,))).question_language is None
    assert library.search(Query(f'"{GERMAN}"')).question_language is None
    picture = (home / "pictures" / "red.png",)
    assert library.search(Query(like=picture)).question_language is None
    assert library.search(Query(GERMAN, like=picture)).question_language == "German"
    assert library.browse(Query(GERMAN)).question_language is None


def test_where_no_photograph_can_be_found_nothing_is_said(library: Library, home: Path) -> None:
    assert library.search(Query(GERMAN, scope=Scope.PHOTOS)).question_language == "German"
    pages = library.search(Query(GERMAN, scope=Scope.PAGES))
    assert (len(pages.hits), pages.question_language) == (1, None)
    assert (
        library.search(Query(GERMAN, filters=Filters(folders=(home / "papers",)))).question_language is None
    )


def test_another_model_is_asked_in_any_language(home: Path, tmp_path: Path) -> None:
    location = tmp_path / "library"
    location.mkdir()
    with Library(location, ColourRegistry(tmp_path / "models"), None, read_text=False) as library:
        library.use_model("colours")
        library.add_folder(home / "pictures")
        library.index(Progress(), CancelToken())
        results = library.search(Query(f"{GERMAN} red"))
    assert (results.model, results.question_language) == ("colours", None)
