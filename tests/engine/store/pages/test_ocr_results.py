"""What is still to be read, and what was."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import FileProblem, ProblemKind
from engine.records import PageProblem, Word
from engine.store.pages.ocr_results import UNREAD, OcrResults, UnreadItem
from engine.store.pages.page_texts import PageTexts
from tests.engine.store.conftest import Store

READER = "reader-1"
WORD = Word("bread", (0.1, 0.2, 0.3, 0.4))


@pytest.fixture
def ocr_results(store: Store) -> OcrResults:
    return OcrResults(store.database)


def unread_items(ocr_results: OcrResults) -> list[int]:
    found = [unread.item for unread in ocr_results.unread_items()]
    assert ocr_results.pending_count() == len(found)
    return found


def text_of(store: Store, item: int) -> str:
    with store.database.read() as db:
        row = db.execute("SELECT text FROM page_text WHERE item_id = ?", (item,)).fetchone()
    return "" if row is None else str(row[0])


def reading_of(store: Store, item: int) -> tuple[str, str | None, str | None] | None:
    with store.database.read() as db:
        row = db.execute(
            "SELECT reader, problem_kind, problem_message FROM reading WHERE item_id = ?", (item,)
        ).fetchone()
    return None if row is None else (row[0], row[1], row[2])


def test_an_item_is_unread_until_a_reading_is_kept(store: Store, ocr_results: OcrResults) -> None:
    store.scan(("a.png", 7), ("b.pdf", 8))
    (photograph,) = store.read("a.png", b"a")
    first, second = store.read("b.pdf", b"b", pages=2)
    assert list(ocr_results.unread_items()) == [
        UnreadItem(photograph, None, Path("/pictures/a.png"), 7, 1),
        UnreadItem(first, 1, Path("/pictures/b.pdf"), 8, 1),
        UnreadItem(second, 2, Path("/pictures/b.pdf"), 8, 1),
    ]
    ocr_results.save(first, READER, "rye bread", [WORD])
    ocr_results.save(photograph, READER, "", [])
    assert unread_items(ocr_results) == [second]
    assert reading_of(store, first) == (READER, None, None)
    assert text_of(store, first) == "rye bread"
    assert PageTexts(store.database).words(first) == (WORD,)
    assert text_of(store, photograph) == ""


def test_a_failed_reading_is_not_tried_again_and_the_item_stays(
    store: Store, ocr_results: OcrResults
) -> None:
    store.scan(("a.png", 7))
    (item,) = store.read("a.png", b"a")
    ocr_results.fail(item, READER, FileProblem(ProblemKind.TIMEOUT, "It took too long."))
    assert unread_items(ocr_results) == []
    assert reading_of(store, item) == (READER, "timeout", "It took too long.")
    (failure,) = store.catalogue.failures()
    assert failure.message == "Its text could not be read: It took too long."
    store.catalogue.forget_failures()
    assert unread_items(ocr_results) == [item]
    assert item in store.contents.stored_items([item])


def test_a_changed_file_is_read_again(store: Store, ocr_results: OcrResults) -> None:
    store.scan(("a.png", 7))
    (old,) = store.read("a.png", b"a")
    ocr_results.fail(old, READER, FileProblem(ProblemKind.CRASHED, "It crashed."))
    store.scan(("a.png", 9))
    (new,) = store.read("a.png", b"changed")
    assert unread_items(ocr_results) == [new]


def test_a_copy_is_not_read_again(store: Store, ocr_results: OcrResults) -> None:
    store.scan(("a.png", 7))
    (item,) = store.read("a.png", b"a")
    ocr_results.save(item, READER, "", [])
    store.scan(("a.png", 7), ("copy.png", 7))
    store.read("copy.png", b"a")
    assert unread_items(ocr_results) == []


def test_what_is_out_of_reach_waits(store: Store, ocr_results: OcrResults) -> None:
    store.scan(("a.png", 7), ("b.png", 8))
    store.read("a.png", b"a")
    (kept,) = store.read("b.png", b"b")
    store.scan(("b.png", 8))
    assert unread_items(ocr_results) == [kept]
    with store.database.transaction() as db:
        db.execute("UPDATE folder SET away = 1")
    assert unread_items(ocr_results) == []


def test_what_has_a_problem_or_was_not_decoded_yet_is_not_read(store: Store, ocr_results: OcrResults) -> None:
    store.scan(("a.pdf", 7), ("b.png", 8), ("c.png", 9))
    good, bad = store.read("a.pdf", b"a", pages=2)
    files = {file.path.name: file.id for file in store.catalogue.unread_files()}
    store.contents.create_items(
        store.contents.attach(files["b.png"], b"b"), None
    )  # its text layer is not known
    content = store.contents.attach(files["c.png"], b"c")
    store.contents.fail_content(content, FileProblem(ProblemKind.DAMAGED, "It is damaged."))
    with store.database.read() as db:
        (content,) = db.execute("SELECT content_id FROM item WHERE id = ?", (bad,)).fetchone()
    store.contents.fail_page(content, PageProblem(2, ProblemKind.DAMAGED.value, "It is damaged."))
    assert unread_items(ocr_results) == [good]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ("rye bread 3.40 and more", "rye bread 3.40 and more"),
        ("rye", "a heading only"),
        ("... --- ... --- ... --- ...", "a heading only"),
        ("", "a heading only"),
    ],
)
def test_a_partial_text_gives_way_only_to_one_that_says_more(
    found: str, expected: str, store: Store, ocr_results: OcrResults
) -> None:
    store.scan(("a.pdf", 7))
    file = next(store.catalogue.unread_files())
    content = store.contents.attach(file.id, b"a")
    store.contents.create_items(content, 1)
    item = store.embed(content, 1, text="a heading only")
    assert unread_items(ocr_results) == [item]
    ocr_results.save(item, READER, found, [WORD])
    assert unread_items(ocr_results) == []
    assert text_of(store, item) == expected


def test_an_item_that_went_meanwhile_is_passed_over(store: Store, ocr_results: OcrResults) -> None:
    ocr_results.save(12345, READER, "words", [WORD])
    ocr_results.fail(12345, READER, FileProblem(ProblemKind.CRASHED, "It crashed."))
    assert store.count("reading") == 0
    assert store.count("page_text") == 0


def test_reading_may_be_written_down_while_the_list_goes_on(store: Store, ocr_results: OcrResults) -> None:
    store.scan(("a.pdf", 7))
    items = store.read("a.pdf", b"a", pages=1203)
    seen = []
    for unread in ocr_results.unread_items():
        seen.append(unread.item)
        ocr_results.save(unread.item, READER, "", [])
    assert seen == list(items)
    assert unread_items(ocr_results) == []


def test_asking_looks_nothing_up_by_walking_a_whole_table(store: Store) -> None:
    """Only the items themselves are walked, from where the last batch ended."""
    with store.database.read() as db:
        plan = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN SELECT item.id {UNREAD}", (0,))]
    assert any("SEARCH reading" in step for step in plan)
    assert not any("SCAN" in step for step in plan)
