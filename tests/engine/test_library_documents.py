"""Documents through the façade: hits of one document are one hit, asked for in any number of steps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.library import Library
from engine.progress import CancelToken, Progress
from engine.records import Query, Scope, Verdict
from tests.command_line import Here
from tests.engine.ingest.sample_files import Page, pdf
from tests.fakes import ColourRegistry

MANUAL = 9  # pages about one thing


def say(*lines: str) -> Page:
    return Page([(72.0, 700.0 - 20 * place, line) for place, line in enumerate(lines)])


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Library]:
    """A manual whose every page speaks of descaling, page 4 of nothing else, and two letters of one page."""
    papers = tmp_path / "papers"
    papers.mkdir()
    chapters = [
        say("descaling", f"chapter {number} of valves, hoses and pumps") for number in range(1, MANUAL + 1)
    ]
    chapters[3] = say("descaling descaling descaling")
    (papers / "manual.pdf").write_bytes(pdf(chapters))
    (papers / "letter.pdf").write_bytes(pdf([say("a letter on descaling, dear neighbour, and on much else")]))
    (papers / "other.pdf").write_bytes(pdf([say("nothing about it at all")]))
    location = tmp_path / "library"
    location.mkdir()
    with Library(location, ColourRegistry(tmp_path / "models"), "colours", read_text=False) as library:
        library.add_folder(papers)
        library.index(Progress(), CancelToken())
        yield library


def ask(library: Library, limit: int = 50, offset: int = 0) -> list[tuple[str, int | None]]:
    query = Query("descaling", scope=Scope.PAGES, limit=limit, offset=offset, by_document=True)
    return [(hit.path.name, hit.page) for hit in library.search(query).hits]


def test_a_document_is_one_hit_with_its_best_page_and_all_that_match(registry: Library) -> None:
    first, second = registry.search(Query("descaling", scope=Scope.PAGES, by_document=True)).hits
    assert (first.path.name, first.page, second.path.name) == ("manual.pdf", 4, "letter.pdf")
    assert first.document is not None
    assert second.document is not None
    assert first.document.pages == MANUAL
    assert sorted(first.document.matching) == list(range(1, MANUAL + 1))
    assert first.document.matching[0] == 4
    assert [hit.page for hit in first.document.further] == list(first.document.matching[1:4])
    assert all(hit.snippet and hit.verdict is not Verdict.NONE for hit in first.document.further)
    assert (second.document.matching, second.document.further) == ((1,), ())


def test_each_page_is_a_hit_of_its_own_where_that_is_asked_for(registry: Library) -> None:
    hits = registry.search(Query("descaling", scope=Scope.PAGES)).hits
    assert len(hits) == MANUAL + 1
    assert {hit.document for hit in hits} == {None}


def test_documents_further_down_are_asked_for_in_steps(registry: Library) -> None:
    assert ask(registry, limit=1) == [("manual.pdf", 4)]
    assert ask(registry, limit=5, offset=1) == [("letter.pdf", 1)]
    assert ask(registry, limit=5) == [("manual.pdf", 4), ("letter.pdf", 1)]
    assert ask(registry, limit=5, offset=2) == []


def test_the_command_line_groups_and_with_flat_does_not(
    registry: Library, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    registry.close()
    here = Here(capsys, tmp_path / "library")
    grouped = here("search", "descaling", "--in", "pages", "--json").objects()
    documents = [hit["document"] for hit in grouped]
    assert [isinstance(document, dict) and len(document["pages"]) for document in documents] == [MANUAL, 1]
    flat = here("search", "descaling", "--in", "pages", "--json", "--flat").objects()
    assert [hit["document"] for hit in flat] == [None] * (MANUAL + 1)
