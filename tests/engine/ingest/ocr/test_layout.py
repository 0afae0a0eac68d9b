"""Reading order and word boxes, worked out from lines alone."""

from __future__ import annotations

import math

import pytest

from engine.ingest.ocr.layout import OcrLine, Quad, assemble_text, quad_length, quad_thickness, rotate_quad

WIDTH, HEIGHT = 1000, 800


def line(text: str, left: float, top: float, right: float, height: float = 20) -> OcrLine:
    """A level line whose letters are evenly spread."""
    quad: Quad = ((left, top), (right, top), (right, top + height), (left, top + height))
    letters = [number for number, letter in enumerate(text) if not letter.isspace()]
    return OcrLine(text, 0.9, quad, tuple((number + 0.5) / len(text) for number in letters))


def turn(subject: OcrLine, quarters: int) -> OcrLine:
    """The line as it stands after the page was turned clockwise by so many quarters."""
    quad = subject.quad
    width, height = WIDTH, HEIGHT
    for _ in range(quarters):
        quad = tuple((height - y, x) for x, y in quad)  # type: ignore[assignment]
        width, height = height, width
    return OcrLine(subject.text, subject.confidence, quad, subject.character_positions)


def tilted(subject: OcrLine, degrees: float) -> OcrLine:
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    quad = tuple((cosine * x - sine * y, sine * x + cosine * y) for x, y in subject.quad)
    return OcrLine(subject.text, subject.confidence, quad, subject.character_positions)  # type: ignore[arg-type]


PAGE = [
    line("Total 5.50", 100, 100, 300),
    line("Bread", 100, 50, 200),
    line("3.40", 260, 53, 300),
]


def test_rows_are_read_from_the_top_and_each_from_the_left() -> None:
    text, words = assemble_text(PAGE, WIDTH, HEIGHT)
    assert text == "Bread 3.40\nTotal 5.50"
    assert [word.text for word in words] == ["Bread", "3.40", "Total", "5.50"]


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_turned_page_reads_the_same(quarters: int) -> None:
    assert (
        assemble_text([turn(line, quarters) for line in PAGE], WIDTH, HEIGHT)[0] == "Bread 3.40\nTotal 5.50"
    )


@pytest.mark.parametrize("degrees", [-8, 8])
def test_a_tilted_page_reads_the_same(degrees: float) -> None:
    rows = [line(f"left{n}", 100, 50 + 30 * n, 180) for n in range(6)]
    rows += [line(f"right{n}", 500, 50 + 30 * n, 600) for n in range(6)]
    text, _ = assemble_text([tilted(row, degrees) for row in rows], WIDTH, HEIGHT)
    assert text.splitlines() == [f"left{n} right{n}" for n in range(6)]


def test_words_stand_where_their_letters_do() -> None:
    _, words = assemble_text([line("ab cd", 100, 80, 200, 40)], WIDTH, HEIGHT)
    assert words[0].box == pytest.approx((0.10, 0.10, 0.14, 0.15))
    assert words[1].box == pytest.approx((0.16, 0.10, 0.20, 0.15))


def test_words_of_text_upside_down_stand_in_the_picture_as_it_is() -> None:
    upside_down = OcrLine(
        "ab cd",
        0.9,
        rotate_quad(line("ab cd", 100, 80, 200, 40).quad, 2),
        line("ab cd", 0, 0, 1).character_positions,
    )
    _, words = assemble_text([upside_down], WIDTH, HEIGHT)
    assert words[0].box == pytest.approx((0.16, 0.10, 0.20, 0.15))
    assert words[1].box == pytest.approx((0.10, 0.10, 0.14, 0.15))


def columns(left: str, right: str, rows: int = 5) -> list[OcrLine]:
    return [
        found
        for n in range(rows)
        for found in (
            line(f"{left}{n}", 50, 100 + 30 * n, 450),
            line(f"{right}{n}", 550, 100 + 30 * n, 950),
        )
    ]


def test_columns_of_running_text_are_read_one_after_the_other() -> None:
    title = line("A title that reaches across", 200, 40, 800)
    footer = line("A footer that reaches across", 200, 600, 800)
    text, _ = assemble_text(
        [*columns("a line of the left ", "a line of the right "), footer, title], WIDTH, HEIGHT
    )
    assert text.splitlines() == [
        title.text,
        *(f"a line of the left {n}" for n in range(5)),
        *(f"a line of the right {n}" for n in range(5)),
        footer.text,
    ]


def test_three_columns_too() -> None:
    lines = [
        line(f"words of column {c} row {r}", 20 + 330 * c, 100 + 30 * r, 320 + 330 * c)
        for r in range(4)
        for c in range(3)
    ]
    text, _ = assemble_text(lines, WIDTH, HEIGHT)
    assert text.splitlines() == [f"words of column {c} row {r}" for c in range(3) for r in range(4)]


def test_a_column_of_numbers_stays_beside_what_they_belong_to() -> None:
    text, _ = assemble_text(columns("the name of an article ", "12.0"), WIDTH, HEIGHT)
    assert text.splitlines()[0] == "the name of an article 0 12.00"


def test_nothing_is_read_from_nothing() -> None:
    assert assemble_text([], WIDTH, HEIGHT) == ("", ())


def test_boxes_stay_on_the_picture() -> None:
    _, words = assemble_text([line("outside", -50, -10, WIDTH + 50, HEIGHT + 50)], WIDTH, HEIGHT)
    assert words[0].box == (0.0, 0.0, 1.0, 1.0)


def test_wide_letters_become_usual_ones() -> None:
    assert assemble_text([line("ＡＢ１２", 0, 0, 80)], WIDTH, HEIGHT)[0] == "AB12"  # noqa: RUF001 - what is tested


def test_a_turned_box_begins_at_another_corner() -> None:
    quad = line("x", 0, 0, 100, 20).quad
    assert (quad_length(quad), quad_thickness(quad)) == (100, 20)
    assert (quad_length(rotate_quad(quad, 1)), quad_thickness(rotate_quad(quad, 1))) == (20, 100)
    assert rotate_quad(quad, 5) == rotate_quad(quad, 1)
    assert rotate_quad(rotate_quad(quad, 2), 2) == quad
