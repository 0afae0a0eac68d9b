"""Dates, amounts and names are found however a page writes them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.records import Word
from engine.search.text.word_search import WordSearch
from engine.store.pages.page_texts import PageTexts, write_text
from tests.engine.store.conftest import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path)
    yield store
    store.database.close()


class Pages:
    """Documents of a page each."""

    def __init__(self, store: Store, **texts: str) -> None:
        store.scan(*((f"{name}.pdf", 10) for name in texts))
        self.items: dict[str, int] = {}
        for file in list(store.catalogue.unread_files()):
            content = store.contents.attach(file.id, file.path.name.encode())
            store.contents.create_items(content, 1)
            self.items[file.path.stem] = store.embed(content, 1, texts[file.path.stem])
        self.words = WordSearch(store.database)

    def found(self, text: str) -> list[str]:
        names = {item: name for name, item in self.items.items()}
        return [names[hit.item] for hit in self.words.search(text, (), 10) if hit.matched_share > 0.5]


FILLER = {f"filler{number}": "nothing of that kind" for number in range(6)}


@pytest.mark.parametrize("asked", ["March 2018", "mar 2018", "03/2018", "2018-03"])
def test_a_month_finds_its_days_in_every_writing(store: Store, asked: str) -> None:
    pages = Pages(
        store,
        numbers="Date: 17-03-18",
        year_first="2018/03/02",
        name="on 2 Mar 2018",
        dots="02.03.2018",
        month="of March 2018",
        other="on 17-04-18",
        march="we march in 2018",
        **FILLER,
    )
    assert set(pages.found(asked)) == {"numbers", "year_first", "name", "dots", "month"}


def test_where_day_and_month_are_unclear_the_habit_of_the_library_tells(store: Store) -> None:
    asked = {"March 2018", "2 March 2018", "02/03/2018"}
    pages = Pages(store, unclear="Date 02-03-18", clear="Date 31/12/17", other="Date 30/11/2017", **FILLER)
    assert [pages.found(each) for each in asked] == [["unclear"]] * 3
    assert pages.found("February 2018") == []
    with store.database.transaction() as db:
        for name in ("clear", "other"):
            write_text(db, pages.items[name], "Date 12/31/17", [])
    assert pages.found("March 2018") == []
    assert pages.found("February 2018") == pages.found("3 February 2018") == ["unclear"]


def test_where_no_page_tells_both_readings_are_found(store: Store) -> None:
    pages = Pages(store, unclear="Date 02-03-18", **FILLER)
    assert pages.found("March 2018") == pages.found("February 2018") == ["unclear"]


def test_a_page_with_the_date_comes_before_one_that_says_more_of_the_words(store: Store) -> None:
    pages = Pages(
        store,
        right="Gardenia bread. 17-03-18",
        wrong="Gardenia Gardenia bakeries. Gardenia bread, March and 2018. Gardenia of 17-04-18",
        day="something else 02-03-18",
        **FILLER,
    )
    assert pages.found("Gardenia bread March 2018")[0] == "right"
    assert pages.found("Gardenia bread May 2018")[0] in {"right", "wrong"}


@pytest.mark.parametrize("asked", ["1,234.50", "1234.5", "RM1,234.50", "1.234,50", "total of 1234.50 EUR"])
def test_an_amount_is_found_in_every_writing(store: Store, asked: str) -> None:
    pages = Pages(
        store,
        one="total RM1,234.50",
        two="total 1234.5 paid",
        three="total 1.234,50",
        other="total 1,234.05 and 1.50 and 234",
        **FILLER,
    )
    assert set(pages.found(asked)[:3]) == {"one", "two", "three"}


@pytest.mark.parametrize("asked", ["Mr DIY", "mr. d.i.y.", "MR. D. I. Y.", "M.R.D.I.Y", "MrDIY", "mr-diy"])
@pytest.mark.parametrize("written", ["MR. D.I.Y. (M) SDN BHD", "Mr DIY shop", "MR D I Y", "MR. D. I. Y. (M)"])
def test_initials_are_found_through_punctuation(store: Store, asked: str, written: str) -> None:
    pages = Pages(store, shop=written, other="Mr Smith did it himself", **FILLER)
    assert pages.found(asked)[:1] == ["shop"]


@pytest.mark.parametrize(
    "asked", ["Hewlett-Packard", "hewlett packard", "hewlettpackard", "HEWLETT\u2011PACKARD"]
)
@pytest.mark.parametrize("written", ["by Hewlett-Packard", "by Hewlett Packard", "by HewlettPackard"])
def test_names_are_found_through_spaces(store: Store, asked: str, written: str) -> None:
    pages = Pages(store, shop=written, other="by somebody else", **FILLER)
    assert pages.found(asked) == ["shop"]


def test_what_answers_in_another_writing_is_marked(store: Store) -> None:
    pages = Pages(store, one="x", **FILLER)
    text = "MR. D.I.Y. paid RM1,234.50 on 2 Mar 2018 at 10:17"
    boxed = [Word(word, (0.0, at / 100, 1.0, at / 100)) for at, word in enumerate(text.split())]
    with store.database.transaction() as db:
        write_text(db, pages.items["one"], text, boxed)
    found = pages.words.matched_words("diy 1234.5 March 2018", pages.items["one"])
    assert [(word.text, word.query_word) for word in found] == [
        ("D.I.Y.", "diy"),
        ("RM1,234.50", "1234.5"),
        ("2", "March 2018"),
        ("Mar", "March 2018"),
        ("2018", "March 2018"),
    ]
    (hit,) = pages.words.search("March 2018", (), 1)
    assert hit.snippet(text).startswith("…")


def test_an_older_library_learns_the_writings_of_its_texts(store: Store) -> None:
    pages = Pages(store, one="Date: 17-03-18", **FILLER)
    with store.database.transaction() as db:
        db.execute("UPDATE page_terms SET rules = 1, writings = x''")
        db.execute("UPDATE page_search SET text = 'date 17 03 18' WHERE rowid = ?", (pages.items["one"],))
    assert pages.found("March 2018") == []
    texts = PageTexts(store.database)
    while texts.catch_up():
        pass
    assert pages.found("March 2018") == ["one"]
