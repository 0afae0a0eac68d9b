"""A whole search by late interaction: the right pages in order, and where on a page the match is."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.index.candidate_index import CandidateIndex
from engine.records import HeatMap, PageVectors, QueryVectors, Vectors
from engine.search.pages import late_interaction as late_module
from engine.search.pages.late_interaction import LateInteractionSearch, ScoredPage
from engine.search.pages.maxsim import maxsim
from tests.engine.store.page_library import DIMENSION, PageLibrary, page_vectors, query_for, unit

PAGES = 400


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageLibrary]:
    library = PageLibrary(tmp_path_factory.mktemp("late"), PAGES + 1)
    library.keep(*library.items[:PAGES])
    yield library
    library.close()


@pytest.fixture(scope="module")
def search(library: PageLibrary) -> LateInteractionSearch:
    folder = library.store.folder / "index"
    index = CandidateIndex(library.pages, library.log, library.model, DIMENSION, folder, exhaustive=20)
    index.save()
    return LateInteractionSearch(library.pages, index, library.model, count=60)


def exact(library: PageLibrary, query: Vectors, allowed: set[int]) -> list[int]:
    pages = library.pages.load(library.model, sorted(allowed))
    return [int(item) for item in pages.items[np.argsort(-maxsim(query, pages), kind="stable")]]


def query(item: int) -> Vectors:
    return query_for(page_vectors(item), seed=item)


def test_the_page_that_was_asked_for_comes_first(library: PageLibrary, search: LateInteractionSearch) -> None:
    first = [search.search(query(item), 5)[0].item == item for item in library.items[:PAGES:9]]
    assert np.mean(first) >= 0.9


def test_the_best_come_in_order_of_their_exact_scores(
    library: PageLibrary, search: LateInteractionSearch
) -> None:
    asked = query(library.items[5])
    found = search.search(asked, 8)
    pages = library.pages.load(library.model, [hit.item for hit in found])
    scores = maxsim(asked, pages)
    assert [hit.score for hit in found] == scores.tolist() == sorted(scores.tolist(), reverse=True)
    assert -1.0 <= found[-1].score <= found[0].score <= 1.01
    assert found[0] == ScoredPage(exact(library, asked, set(library.items))[0], found[0].score)


@settings(max_examples=25, deadline=None)
@given(chosen=st.sets(st.integers(0, PAGES - 1), max_size=60), source=st.integers(0, PAGES - 1))
def test_among_allowed_pages_the_answer_is_exact(
    library: PageLibrary, search: LateInteractionSearch, chosen: set[int], source: int
) -> None:
    """So few that all are scored: exactly MaxSim's own order."""
    allowed = {library.items[number] for number in chosen}
    asked = query(library.items[source])
    found = search.search(asked, 10, np.array(sorted(allowed), dtype=np.int64))
    assert [hit.item for hit in found] == exact(library, asked, allowed)[:10]


def test_more_results_than_candidates_are_all_there(search: LateInteractionSearch) -> None:
    found = search.search(query(1), 200)
    assert len({hit.item for hit in found}) == 200


def test_equal_pages_come_in_order_of_their_items(
    library: PageLibrary, search: LateInteractionSearch
) -> None:
    copy, asked = library.items[PAGES], query(library.items[3])
    library.pages.save(library.model, [(copy, page_vectors(library.items[3]))])
    items, scores = search.score(asked, np.array([copy, library.items[3]]))
    assert scores[0] == scores[1]
    assert items.tolist() == [copy, library.items[3]]
    allowed = np.array([library.items[3], copy])
    index_sees = LateInteractionSearch(library.pages, search._candidates, library.model)
    search._candidates.catch_up()
    assert [hit.item for hit in index_sees.search(asked, 2, allowed)] == allowed.tolist()


def test_pages_are_scored_in_parts_by_two_threads(
    library: PageLibrary, search: LateInteractionSearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, items = query(2), np.array(library.items[:50])
    whole = search.score(asked, items)
    monkeypatch.setattr(late_module, "LOADED", 7)
    parts = search.score(asked, items)
    assert parts[0].tolist() == whole[0].tolist()
    assert parts[1].tolist() == whole[1].tolist()


def test_a_page_that_is_gone_meanwhile_is_left_out(
    library: PageLibrary, search: LateInteractionSearch
) -> None:
    items, scores = search.score(query(2), np.array([10**9, library.items[0]]))
    assert items.tolist() == [library.items[0]]
    assert len(scores) == 1


def test_the_best_score_of_a_phrase_is_that_of_its_best_page(
    library: PageLibrary, search: LateInteractionSearch
) -> None:
    phrases = [query(item) for item in library.items[:20]]
    best = search.best_scores(phrases)
    assert best.dtype == np.float32
    expected = [search.search(phrase, 1)[0].score for phrase in phrases]
    assert np.allclose(best, expected, atol=0.02)
    assert np.mean(best == np.array(expected, np.float32)) > 0.8
    some = np.array(sorted(library.items)[20:], np.int64)
    among = search.best_scores(phrases, some)
    assert np.allclose(among, [search.search(phrase, 1, some)[0].score for phrase in phrases], atol=0.02)
    assert (among < best).mean() > 0.8


@pytest.mark.parametrize(
    "asked",
    [
        np.empty((0, DIMENSION), np.float32),
        np.ones(DIMENSION, np.float32),
        np.ones((2, DIMENSION + 1), np.float32),
        np.full((2, DIMENSION), np.nan, np.float32),
    ],
    ids=["no tokens", "no matrix", "another dimension", "not a number"],
)
def test_a_bad_query_is_refused(search: LateInteractionSearch, asked: Vectors) -> None:
    with pytest.raises(ValueError, match="a query must be finite vectors"):
        search.search(asked, 5)


def test_an_empty_library_has_no_answer(tmp_path_factory: pytest.TempPathFactory) -> None:
    library = PageLibrary(tmp_path_factory.mktemp("empty"), 1)
    index = CandidateIndex(
        library.pages, library.log, library.model, DIMENSION, library.store.folder / "index"
    )
    empty = LateInteractionSearch(library.pages, index, library.model)
    assert empty.search(query(1), 5) == ()
    assert empty.best_scores([query(1), query(2)]).tolist() == [-1.0, -1.0]
    library.close()


# where on the page


@pytest.fixture
def painted(library: PageLibrary) -> tuple[int, Vectors]:
    """A page of 2 x 3 cells with a vector of its own in each, at right angles to one another."""
    item = library.items[PAGES]
    vectors = np.eye(6, DIMENSION, dtype=np.float32)
    cells = np.array([[0, 1, 2], [3, 4, 5]], np.uint16)
    library.pages.save(library.model, [(item, PageVectors(vectors, cells))])
    return item, vectors


def brightest(heat: HeatMap) -> tuple[int, int]:
    cells = np.array(heat.cells)
    row, column = np.unravel_index(cells.argmax(), cells.shape)
    return int(row), int(column)


def test_each_word_is_shown_where_it_stands(
    search: LateInteractionSearch, painted: tuple[int, Vectors]
) -> None:
    item, vectors = painted
    asked = QueryVectors(vectors[[4, 2, 0]], ("tax", "year", ""))
    together, tax, year = search.heat_maps(asked, item)
    assert [together.query_word, tax.query_word, year.query_word] == ["", "tax", "year"]
    assert (brightest(tax), brightest(year)) == ((1, 1), (0, 2))
    assert np.array(tax.cells).shape == (2, 3)
    assert np.allclose(np.array(tax.cells), [[0, 0, 0], [0, 1, 0]], atol=0.02)
    assert np.allclose(np.array(together.cells), [[0, 0, 1], [0, 1, 0]], atol=0.02)  # not the token without


def test_the_tokens_of_a_word_are_averaged(
    search: LateInteractionSearch, painted: tuple[int, Vectors]
) -> None:
    item, vectors = painted
    _, word, _ = search.heat_maps(QueryVectors(vectors[[4, 2, 1, 1]], ("split", "split", "one", "one")), item)
    assert np.allclose(np.array(word.cells), [[0, 0, 0.5], [0, 0.5, 0]], atol=0.02)


def test_a_word_that_the_page_does_not_show_stays_dim(
    search: LateInteractionSearch, painted: tuple[int, Vectors]
) -> None:
    item, vectors = painted
    strange = np.eye(1, DIMENSION, 20, dtype=np.float32) + 0.05 * vectors[3]
    asked = QueryVectors(np.concatenate([vectors[:1], unit(strange)]), ("here", "elsewhere"))
    _, here, elsewhere = search.heat_maps(asked, item)
    assert np.max(here.cells) == 1.0
    assert 0.0 < np.max(elsewhere.cells) < 0.1
    _, alone = search.heat_maps(QueryVectors(unit(strange), ("elsewhere",)), item)
    assert np.max(alone.cells) < 0.6


def test_there_is_nothing_to_show(
    search: LateInteractionSearch, library: PageLibrary, painted: tuple[int, Vectors]
) -> None:
    item, vectors = painted
    assert search.heat_maps(QueryVectors(vectors[:2], ("", "")), item) == ()
    assert search.heat_maps(QueryVectors(vectors[:1], ("word",)), 10**9) == ()
    placeless = PageVectors(vectors, np.zeros((0, 0), np.uint16))
    library.pages.save(library.model, [(item, placeless)])
    assert search.heat_maps(QueryVectors(vectors[:1], ("word",)), item) == ()
