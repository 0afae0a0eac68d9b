# ruff: noqa: RUF001
"""Lines of a text layer in the order in which they are read."""

from __future__ import annotations

import unicodedata

import pypdfium2 as pdfium  # type: ignore[import-untyped]  # it ships no types
import pytest

from engine.ingest.documents.page_text import PageText, read_page_text
from engine.ingest.documents.reading_order import Letter, TextPiece, restore_reading_order
from tests.engine.ingest import pdf_files
from tests.engine.ingest.pdf_files import lines_of, one_page

LEFT = (
    "The committee publishes infor-\nmation about the ware-\nhouses of the region, and\nmore about "
    "their pur-\npose"
)
RIGHT = (
    "Another column tells of con-\ntracts that were made be-\ntween the partners in the\nnorth and of "
    "docu-\nments"
)
READ_LEFT = (
    "The committee publishes information about the warehouses of the region, and more about their purpose"
)
READ_RIGHT = (
    "Another column tells of contracts that were made between the partners in the north and of documents"
)
TWO_COLUMNS = f"{READ_LEFT} {READ_RIGHT}".split()


def read(content: bytes) -> PageText:
    document = pdfium.PdfDocument(content)
    try:
        page = document[0]
        found = read_page_text(page)
        page.close()
    finally:
        document.close()
    return found


def row_by_row(left: int, right: int, drop: int = 0) -> str:
    columns = zip(
        lines_of(LEFT, left=left).splitlines(),
        lines_of(RIGHT, left=right, top=720 - drop).splitlines(),
        strict=True,
    )
    return "\n".join(part for row in columns for part in row)


def line(*words: str, width: float = 5, leftward: bool = False, apart: float = 5) -> list[TextPiece]:
    """Words of letters at their places, one after the other."""
    pieces, place = [], 0.0
    for word in words:
        letters: list[Letter] = []
        for letter in word:
            letters.append((letter, (place, 0.0, place + width, 10.0)))
            place += -width if leftward else width
        pieces.append(TextPiece(tuple(letters)))
        place += -apart if leftward else apart
    return pieces


def text(*lines: list[TextPiece]) -> str:
    return "\n".join(" ".join(piece.text for piece in line) for line in restore_reading_order(lines))


@pytest.mark.parametrize("drop", [0, 3])
def test_columns_drawn_row_by_row_are_read_one_after_the_other(drop: int) -> None:
    heading = lines_of("A heading that stands over all of the columns of this page and is long", top=760)
    found = read(
        one_page(
            heading
            + row_by_row(72, 320, drop)
            + "\n"
            + lines_of("A foot over all of the columns " * 3, top=600)
        )
    )
    words = found.text.split()
    assert words[15 : 15 + len(TWO_COLUMNS)] == TWO_COLUMNS
    assert words[:3] == ["A", "heading", "that"]
    assert words[-3:] == ["of", "the", "columns"]
    assert [word.text for word in found.words] == words


def test_columns_drawn_one_after_the_other_stay_so() -> None:
    found = read(one_page(lines_of(LEFT, left=72) + lines_of(RIGHT, left=320)))
    assert found.text.split() == TWO_COLUMNS


def test_a_hyphen_in_a_table_parts_no_columns() -> None:
    rows = "".join(
        f"BT /F 10 Tf {72 + 150 * column} {700 - 20 * row} Td ({cell}) Tj ET\n"
        for row, cells in enumerate((("Item-No", "Price"), ("co-op", "1.20"), ("Bread", "-"), ("Milk", "3")))
        for column, cell in enumerate(cells)
    )
    assert read(one_page(rows)).text.split() == [
        "Item-No",
        "Price",
        "co-op",
        "1.20",
        "Bread",
        "-",
        "Milk",
        "3",
    ]


def test_a_compound_keeps_its_hyphens() -> None:
    assert read(one_page(lines_of("state-of-the-\nart and infor-\nmation and 1990-\n1995"))).text.split() == (
        ["state-of-the-art", "and", "information", "and", "1990-", "1995"]
    )


def hebrew(shown: str, step: int) -> bytes:
    """Each letter at its place, in one operator that steps back or on."""
    letters = sorted(set(shown))
    font, more = pdf_files.unicode_font(letters)
    codes = " ".join(f"{pdf_files.coded(letter, letters)} {step}" for letter in shown)
    return one_page(f"BT /F 10 Tf 400 700 Td [{codes}] TJ ET", font, more)


@pytest.mark.parametrize("words", ["הספרייה נמצאת במרכז העיר", "المكتبة في وسط المدينة", "הבית 1234 גדול"])
def test_letters_shown_in_one_operator_that_steps_left_are_read_by_place(words: str) -> None:
    shown = words.replace("1234", "4321")  # at their places, figures are read to the right
    assert read(hebrew(shown, 1000)).text == words


@pytest.mark.parametrize(
    "words",
    [("הספרייה", "הלאומית"), ("שנת", "2023", "חשבון"), ("חברת", "IBM", "ישראל"), ("שלום", "(ירושלים)")],
)
def test_words_that_one_operator_shows_and_steps_left_between_are_parted(words: tuple[str, ...]) -> None:
    """PDFium finds no space where an operator steps back, and has the last word first."""
    placed = line(*words, leftward=True)
    letters: list[Letter] = []
    for word in reversed(placed):
        figures = word.text.isascii()
        boxes = sorted(box for _, box in word.letters if box is not None)
        boxes = boxes if figures else boxes[::-1]
        letters += [(letter, box) for (letter, _), box in zip(word.letters, boxes, strict=True)]
    assert text([TextPiece(tuple(letters))]) == " ".join(words)


def test_marks_follow_their_letters_where_all_was_drawn_from_the_left() -> None:
    word = "كِتَابٌ"
    assert read(hebrew(word, 0)).text == word


def test_words_to_the_left_among_others_are_turned_alone() -> None:
    first = line("see", "here")
    turned = line("רפס", "בוט")
    shifted = [
        TextPiece(tuple((letter, (box[0] + 90, 0, box[2] + 90, 10)) for letter, box in piece.letters if box))
        for piece in turned
    ]
    assert (
        text([*first, *shifted, *line("of", "it", "all", "and", "more")])
        == "see here טוב ספר of it all and more"
    )


@pytest.mark.parametrize(
    ("shown", "read_as"),
    [
        ("M¨uller", "Müller"),
        ("fran¸cais", "français"),
        ("n´ee", "née"),
        ("pi˜nata", "piñata"),
        ("na¨ıve", "naïve"),
        ("Erd˝os", "Erdős"),
        ("Dvoˇr´ak", "Dvořák"),
        ("tr`es", "très"),
        ("Caf´e", "Café"),
        ("Cafe´", "Café"),
        ("`quoted'", "`quoted'"),
        ("5¨", "5¨"),
    ],
)
def test_an_accent_joins_its_letter(shown: str, read_as: str) -> None:
    assert text(line(shown)) == read_as


def test_an_accent_over_the_letter_before_it_is_that_one_s() -> None:
    (word,) = line("nee")
    over = (word.letters[1][1] or (0.0, 0.0, 0.0, 0.0), "´")
    letters = (*word.letters[:2], (over[1], over[0]), word.letters[2])
    assert text([TextPiece(letters)]) == "née"


def test_an_accent_that_seems_a_word_of_its_own_is_none() -> None:
    before, after = line("M", "uller", apart=1)
    box = after.letters[0][1]
    assert text([before, TextPiece((("¨", box),)), after]) == "Müller"
    assert text([TextPiece((*before.letters, ("¨", box))), after]) == "Müller"


def test_what_is_joined_is_in_one_encoding() -> None:
    decomposed = unicodedata.normalize("NFD", "é")
    assert text(line(decomposed)) == "é"
