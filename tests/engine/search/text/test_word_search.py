"""Pages are found by their words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import engine.search.text.word_search
from engine.models.text.word_vectors import WordVectors
from engine.records import Word
from engine.search.query.synonyms import LoadWords
from engine.search.text.word_search import MOST_MATCHED, WordHit, WordSearch
from engine.store.pages.page_texts import write_text
from tests.engine.store.conftest import Store

PAGES = (
    "The invoice of March: total 120 euro.",
    "A recipe for bread. Bake the bread for forty minutes.",
    "Annual report. The total revenue rose, the red car did not.",
    "Café and résumé: words with accents.",
    "A car that is red, and the total of it.",
)


class ReportShelf:
    """A document of five pages."""

    def __init__(self, store: Store) -> None:
        store.scan(("a.pdf", 10))
        (file,) = store.catalogue.unread_files()
        content = store.contents.attach(file.id, b"hash")
        store.contents.create_items(content, len(PAGES))
        self.items = [store.embed(content, page, text) for page, text in enumerate(PAGES, 1)]
        self.store = store
        self.words = WordSearch(store.database)

    def pages(self, text: str, *without: str, phrases: tuple[str, ...] = (), limit: int = 10) -> list[int]:
        found = self.words.search(text, without, limit, phrases=phrases)
        return [self.items.index(hit.item) + 1 for hit in found]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path)
    yield store
    store.database.close()


@pytest.fixture
def shelf(store: Store) -> ReportShelf:
    return ReportShelf(store)


def test_the_page_that_says_it_most_comes_first(shelf: ReportShelf) -> None:
    assert shelf.pages("baking bread") == [2]
    assert shelf.pages("total revenue")[0] == 3


def test_any_page_can_be_asked_what_it_says_of_a_question(shelf: ReportShelf) -> None:
    """As a search would score it; one that says nothing of it too."""
    found = {hit.item: hit.score for hit in shelf.words.search("red car", (), 10)}
    asked = {hit.item: hit.score for hit in shelf.words.score_items("red car", shelf.items)}
    assert set(asked) == set(shelf.items)
    assert {item: asked[item] for item in found} == pytest.approx(found)
    assert all(score < min(found.values()) for item, score in asked.items() if item not in found)
    assert shelf.words.score_items("", shelf.items) == shelf.words.score_items("red car", ()) == ()


def test_every_other_form_of_a_word_is_found(shelf: ReportShelf) -> None:
    assert shelf.pages("recipes") == [2]
    assert shelf.pages("resume cafe") == [4]


def test_words_are_taken_away(shelf: ReportShelf) -> None:
    assert shelf.pages("total", "revenue", "march") == [5]


def test_a_phrase_must_stand_as_it_is(shelf: ReportShelf) -> None:
    assert set(shelf.pages("red car")) == {3, 5}
    assert shelf.pages("red car", phrases=("red car",)) == [3]


def told(words: WordSearch, hit: WordHit) -> str:
    return hit.snippet(words.texts_of([hit.item])[hit.item])


def test_a_word_on_most_pages_counts_only_when_there_is_no_other(shelf: ReportShelf) -> None:
    assert shelf.pages("the recipe") == [2]
    assert set(shelf.pages("total")) == {1, 3, 5}


def test_the_share_of_the_query_that_was_found_is_told(shelf: ReportShelf) -> None:
    (whole,) = shelf.words.search("bread recipe", (), 10)
    (part,) = shelf.words.search("bread zeppelin", (), 10)
    assert whole.matched_share == pytest.approx(1.0)
    assert 0 < part.matched_share < 0.6
    assert "bread" in told(shelf.words, whole).lower()


def test_only_allowed_pages_answer(shelf: ReportShelf) -> None:
    allowed = np.array([shelf.items[4]], np.int64)
    assert [hit.item for hit in shelf.words.search("total", (), 10, allowed)] == [shelf.items[4]]
    assert shelf.words.search("total", (), 10, np.array([], np.int64)) == ()


def test_pages_of_missing_files_are_not_found(shelf: ReportShelf) -> None:
    shelf.store.scan()
    assert shelf.pages("total") == []


@pytest.mark.parametrize("text", ["", "!!! ???", '"', "NEAR(", "total OR", "a* b^ {c} : - ' \" ( )", "\x00"])
def test_nothing_that_is_typed_is_an_error(shelf: ReportShelf, text: str) -> None:
    shelf.pages(text, text, phrases=(text,))


def test_many_words_are_no_error(shelf: ReportShelf) -> None:
    many = [f"zz{number}" for number in range(300)]
    assert shelf.pages("bread " + " ".join(many), *many, phrases=()) == [2]
    assert shelf.pages("bread", phrases=tuple(many)) == []


def test_the_limit_is_kept(shelf: ReportShelf) -> None:
    assert len(shelf.pages("total", limit=2)) == 2
    assert shelf.pages("total", limit=0) == []


class Library:
    """Documents of a page each, by their names."""

    def __init__(self, store: Store, vectors: LoadWords | None = None, **pages: str) -> None:
        self.store = store
        self.texts = pages
        store.scan(*((f"{name}.pdf", 10) for name in pages))
        self.items: dict[str, int] = {}
        for file in list(store.catalogue.unread_files()):
            name = file.path.stem
            content = store.contents.attach(file.id, name.encode())
            store.contents.create_items(content, 1)
            self.items[name] = store.embed(content, 1, pages[name])
        self.words = WordSearch(store.database, vectors)

    def found(self, text: str, *without: str, phrases: tuple[str, ...] = (), limit: int = 10) -> list[str]:
        names = {item: name for name, item in self.items.items()}
        return [names[hit.item] for hit in self.words.search(text, without, limit, phrases=phrases)]


@pytest.mark.parametrize(
    ("query", "best"),
    [
        ("1,234.50", "number"),
        ("15.00", "code"),
        ("RM-15.00", "code"),
        ("jane.doe@example.org", "mail"),
        ("follow-up", "hyphen"),
        ("8.50", "glued"),
        ("東京", "japanese"),
        ("タワー", "japanese"),
        ("北京大学", "chinese"),
        ("ภาษา", "thai"),
    ],
)
def test_what_is_typed_is_found_as_it_stands(store: Store, query: str, best: str) -> None:
    library = Library(
        store,
        number="It came to 1,234.50 on 50 pages",
        other="1 of 234 and 50 others, 15 of 00, 8 of 50",
        code="the code RM-15.00 of it",
        mail="write to jane.doe@example.org today",
        notmail="jane says that a doe is no example",
        hyphen="a follow-up letter",
        glued="Total RM8.50 paid",
        japanese="昨日東京タワーへ行きました",
        notjapanese="京の東にあるタ",
        chinese="我在北京大学读书",
        thai="ฉันพูดภาษาไทย",
    )
    assert library.found(query)[0] == best


def test_a_phrase_in_a_script_without_spaces_must_stand_as_it_is(store: Store) -> None:
    library = Library(store, one="昨日東京タワーへ", other="京都と東")
    assert set(library.found("東京")) == {"one"}
    assert library.found("京", phrases=("京都",)) == ["other"]
    assert library.found("京", "東京") == ["other"]
    (hit,) = library.words.search("タワー", (), 10)
    assert told(library.words, hit) == "…日東京タワーへ"


def test_a_slip_is_forgiven_where_no_page_has_it(store: Store) -> None:
    library = Library(store, one="Netflix pays its dividend", other="nothing of the kind", third="filler")
    assert library.found("neflix divdend") == ["one"]
    (hit,) = library.words.search("neflix", (), 10)
    assert 0.7 < hit.matched_share < 1


def test_only_some_words_of_a_pasted_page_are_taken_for_slips(store: Store) -> None:
    library = Library(store, one="Netflix pays", other="nothing of the kind", third="filler")
    unknown = " ".join(f"unknown{letter}" for letter in "abcdefgh")
    assert library.found(f"neflix {unknown}") == ["one"]
    assert library.found(f"{unknown} neflix") == []


def test_letters_and_digits_are_tried_apart(store: Store) -> None:
    library = Library(store, one="in the year 2019", other="in the year 2018", third="filler words")
    assert library.found("FY2019") == ["one"]


def test_similar_words_answer_too_but_less(store: Store) -> None:
    library = Library(
        store,
        WordVectors.load,
        car="a red car stands here",
        vehicle="a red vehicle stands here",
        x="y",
        z="w",
    )
    assert library.found("car") == ["car", "vehicle"]
    assert WordSearch(store.database).search("car", (), 10)[0].item == library.items["car"]
    assert len(WordSearch(store.database).search("car", (), 10)) == 1


def test_a_similar_word_that_is_cut_like_an_unlike_one_does_not_count(store: Store) -> None:
    """FTS5 makes "anim" of both "animal", which is like "dog", and "animation", which is not."""
    library = Library(
        store,
        WordVectors.load,
        film="an animation will be displayed",
        lively="became more animated",
        dog="the dog barks",
        plural="two dogs",
        pet="a pet shop",
        z="w",
    )
    assert "film" not in library.found("dog")
    assert "lively" not in library.found("dog")
    assert library.found("dog")[:2] == ["dog", "plural"]


def test_words_that_belong_together_are_found_together(store: Store) -> None:
    library = Library(store, apart="car stood by a red house, red red", near="red car at a blue house", x="y")
    assert library.found("red car")[0] == "near"


def test_a_page_is_found_by_the_name_of_its_document(store: Store) -> None:
    library = Library(
        store,
        Costco2018="capital expenditure rose",
        Acme2018="capital expenditure rose",
        x="nothing",
        y="none",
    )
    assert library.found("capital expenditure of costco in 2018")[:2] == ["Costco2018", "Acme2018"]
    assert library.found("costco") == ["Costco2018"]
    assert library.found("costco", "capital") == []
    assert library.found("costco", phrases=("revenue",)) == []
    (hit,) = library.words.search("costco", (), 10)
    assert (hit.matched_share, told(library.words, hit)) == (1.0, "capital expenditure rose")
    with store.database.transaction() as db:
        db.execute(
            "UPDATE file SET path = ? WHERE CAST(path AS TEXT) LIKE '%Costco%'", (b"/pictures/Walmart.pdf",)
        )
    assert library.found("costco") == []
    assert library.found("walmart") == ["Costco2018"]


def test_named_documents_obey_the_folders(store: Store) -> None:
    library = Library(store, costco="some words", other="more words")
    allowed = np.array([library.items["other"]], np.int64)
    assert library.words.search("costco", (), 10, allowed) == ()


def test_a_picture_with_text_is_found_like_a_page(store: Store) -> None:
    store.scan(("receipt.jpg", 10))
    (file,) = store.catalogue.unread_files()
    content = store.contents.attach(file.id, b"hash")
    store.contents.create_items(content, None)
    item = store.embed(content, None, "Total 15.00")
    assert [hit.item for hit in WordSearch(store.database).search("total 15.00", (), 10)] == [item]


def test_common_words_find_what_rare_ones_do_not(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """FTS5 is asked for the rarest words first; a filter must not lose what only the others lead to."""
    monkeypatch.setattr(engine.search.text.word_search, "MOST_ROWS", 1)
    pages = {f"p{number}": "filler text" for number in range(8)}
    library = Library(store, None, rare="zeppelin", common="total", more="total revenue", **pages)
    assert library.found("zeppelin total revenue")[0] in {"rare", "more"}
    assert set(library.found("zeppelin total revenue")) == {"rare", "common", "more"}
    allowed = np.array([library.items["common"]], np.int64)
    hits = library.words.search("zeppelin total revenue", (), 10, allowed)
    assert [hit.item for hit in hits] == [library.items["common"]]


def test_where_every_word_is_common_pages_with_all_of_them_lead(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pages that say the rarest of them most often may say nothing of the others."""
    monkeypatch.setattr(engine.search.text.word_search, "MOST_ROWS", 2)
    monkeypatch.setattr(engine.search.text.word_search, "CANDIDATES", 2)
    often = {f"often{number}": "zeppelin zeppelin zeppelin" for number in range(3)}
    others = {f"other{number}": "revenue and a great deal of other text" for number in range(4)}
    filler = {f"filler{number}": "nothing of that kind" for number in range(12)}
    both = "this page speaks of one zeppelin and says at its very end what its revenue was"
    library = Library(store, None, one=both, **others, **often, **filler, two=both)
    assert set(library.found("zeppelin revenue", limit=2)) == {"one", "two"}
    assert set(library.found("zeppelin revenue", limit=5)) == {"one", "two", *often}
    assert set(library.found("zeppelin revenue", limit=9)) == {"one", "two", *often, *others}


def test_the_three_rarest_of_common_words_lead(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commonest need not be there; with the two rarest alone a page is not among the first."""
    monkeypatch.setattr(engine.search.text.word_search, "MOST_ROWS", 2)
    monkeypatch.setattr(engine.search.text.word_search, "CANDIDATES", 3)
    pages = {f"two{number}": "zeppelin revenue " * 5 for number in range(3)}
    pages |= {f"three{number}": f"zeppelin {'of that kind ' * 30} revenue bread" for number in range(3)}
    pages |= {f"bread{number}": "bread and recipe and so on" for number in range(3)}
    pages |= {f"common{number}": "a recipe of some kind" for number in range(5)}
    pages |= {f"filler{number}": "nothing that was asked" for number in range(20)}
    library = Library(store, None, **pages)
    asked = "zeppelin revenue bread recipe"
    assert set(library.found(asked, limit=3)) == {"three0", "three1", "three2"}
    assert set(library.found(asked, phrases=("revenue bread",), limit=3)) == {"three0", "three1", "three2"}
    assert not {"three0", "three1", "three2"} & set(library.found(asked, "bread", limit=3))


def test_texts_of_an_older_version_are_found_all_the_same(shelf: ReportShelf) -> None:
    before = shelf.words.search("total revenue bread", (), 10)
    with shelf.store.database.transaction() as db:
        db.execute("DELETE FROM page_terms")
    assert shelf.words.search("total revenue bread", (), 10) == before


def words_of(store: Store, item: int, text: str) -> None:
    boxed = [Word(word, (0.0, at / 100, 1.0, at / 100)) for at, word in enumerate(text.split())]
    with store.database.transaction() as db:
        write_text(db, item, text, boxed)


def test_why_names_the_words_that_answer(store: Store) -> None:
    library = Library(store, WordVectors.load, one="x", two="y", three="z", four="w")
    words_of(store, library.items["one"], "The vehicles, Cars and 1,234.50 of it: a car (1,2) netflix")
    found = library.words.matched_words("What is the car of neflix for 1,234.50?", library.items["one"])
    assert [(word.text, word.query_word) for word in found] == [
        ("vehicles,", "car"),
        ("Cars", "car"),
        ("1,234.50", "1,234.50"),
        ("car", "car"),
        ("netflix", "neflix"),
    ]
    assert [word.score == 1 for word in found] == [False, True, True, True, False]
    assert found[1].box == (0.0, 0.02, 1.0, 0.02)
    assert library.words.matched_words("!?", library.items["one"]) == ()
    assert library.words.matched_words("car", 999) == ()


def test_why_is_bounded(store: Store) -> None:
    library = Library(store, one="x", two="y", three="z")
    words_of(store, library.items["one"], "common " * 300 + "rare")
    found = library.words.matched_words("common rare", library.items["one"])
    assert len(found) == MOST_MATCHED


def test_warming_up_changes_no_answer(shelf: ReportShelf) -> None:
    warm = WordSearch(shelf.store.database, WordVectors.load)
    cold = WordSearch(shelf.store.database, WordVectors.load)
    warm.warm_up()
    assert warm.search("total revenue", (), 10) == cold.search("total revenue", (), 10)


def test_items_are_narrowed_by_what_they_carry(shelf: ReportShelf) -> None:
    everything = [1, 2, 3, 4, 5]

    def kept(allowed: list[int], phrases: tuple[str, ...], without: tuple[str, ...]) -> list[int]:
        items = np.array([shelf.items[page - 1] for page in allowed], np.int64)
        found = shelf.words.filter_by_phrases(items, phrases, without)
        return [shelf.items.index(item) + 1 for item in found.tolist()]

    assert kept(everything, ("total",), ()) == [1, 3, 5]
    assert kept(everything, ("total", "red car"), ()) == [3]
    assert kept(everything, (), ("total",)) == [2, 4]
    assert kept([1, 2, 5], ("total",), ("invoice",)) == [5]
    assert kept([1, 2], (), ()) == [1, 2]
    assert kept(everything, ("zeppelin",), ()) == []
