"""The words of a page, in reading order, and whether they are all there is to see."""

from __future__ import annotations

import pytest

from engine.ingest.documents.page_text import PageFrame
from engine.ingest.documents.pdf import PdfContent, read_pdf
from engine.records import DecodedItem, PictureInput
from tests.engine.ingest import pdf_files
from tests.engine.ingest.documents.test_text_quality import ENGLISH, LANGUAGES, rotated
from tests.engine.ingest.pdf_files import lines_of, one_page

SCAN = "q 612 0 0 792 0 0 cm /I Do Q "
PICTURE = {6: pdf_files.picture(16, 16, b"\x55" * 256)}
PICTURE_NAME = "/XObject << /I 6 0 R >>"
RIGHT_TO_LEFT = ("Arabic", "Hebrew")


def document(content: bytes) -> PdfContent:
    return read_pdf(content, PictureInput(32), 1, 1, 60)


def item(content: bytes) -> DecodedItem:
    (only,) = document(content).items
    return only


def in_unicode(text: str, mapped: bool = True, drawn_backwards: bool = False) -> bytes:
    letters = sorted(set(text) - {"\n"})
    font, more = pdf_files.unicode_font(letters, mapped)
    lines = (line[::-1] if drawn_backwards else line for line in text.splitlines())
    drawing = "".join(
        f"BT /F 10 Tf 36 {700 - 15 * number} Td {pdf_files.coded(line, letters)} Tj ET\n"
        for number, line in enumerate(lines)
    )
    return one_page(drawing, font, more)


def outlined(letters: int) -> str:
    """Shapes of as many segments as letters have."""
    shape = "{0} 501 {0} 502 {0} 503 c "
    return "".join(f"{place} 500 m " + shape.format(place) * 20 + "f " for place in range(letters))


# reading


def test_a_page_of_text_is_read() -> None:
    found = item(one_page(lines_of(ENGLISH)))
    assert found.read
    assert found.text == ENGLISH


@pytest.mark.parametrize("language", ["Arabic", "Chinese", "Greek", "Hebrew", "Hindi", "Russian", "Thai"])
def test_text_of_every_script_is_read_in_its_own_order(language: str) -> None:
    text = LANGUAGES[language][:50].strip()
    found = item(in_unicode(text, drawn_backwards=language in RIGHT_TO_LEFT))
    assert found.read
    assert found.text == text


def test_columns_are_read_one_after_the_other() -> None:
    columns = lines_of("one two\nthree four", left=72) + lines_of("five six\nseven eight", left=320)
    assert item(one_page(columns)).text.split() == [
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
    ]


def test_cells_of_a_table_come_row_by_row() -> None:
    rows = "".join(
        f"BT /F 10 Tf {72 + 150 * column} {700 - 20 * row} Td ({cell}) Tj ET\n"
        for row, cells in enumerate((("Item", "Price"), ("Milk", "1.20"), ("Bread", "2.50")))
        for column, cell in enumerate(cells)
    )
    assert item(one_page(rows)).text.split() == ["Item", "Price", "Milk", "1.20", "Bread", "2.50"]


def test_letters_set_apart_make_words() -> None:
    drawing = "BT /F 12 Tf 72 700 Td (A N N U A L   R E P O R T) Tj ET"
    found = item(one_page(drawing + " BT /F 12 Tf 72 600 Td [(T)-600(I)-600(T)-600(L)-600(E)] TJ ET"))
    assert found.text == "ANNUAL REPORT\nTITLE"
    left, top, right, bottom = found.words[0].box
    assert left == pytest.approx(72 / 612, abs=0.01)
    assert right < found.words[1].box[0]
    assert top < bottom


def test_single_letters_and_figures_stay_apart() -> None:
    assert item(one_page(lines_of("A B and C\n1 2 3 4 5 6"))).text == "A B and C\n1 2 3 4 5 6"


def test_bold_by_drawing_twice_is_one_text() -> None:
    twice = "BT /F 12 Tf 72 700 Td (Bold heading) Tj ET BT /F 12 Tf 72.3 700 Td (Bold heading) Tj ET"
    assert item(one_page(twice)).text == "Bold heading"


def test_text_up_the_page_is_read_along_its_line() -> None:
    label = "BT /F 12 Tf 0 1 -1 0 60 300 Tm (Share of answers) Tj ET BT /F 12 Tf 100 300 Td (Body) Tj ET"
    found = item(one_page(label))
    assert found.text.split() == ["Share", "of", "answers", "Body"]
    left, top, right, bottom = found.words[0].box
    assert right - left < bottom - top


def test_words_without_spaces_between_are_parted_by_their_distance() -> None:
    assert item(one_page("BT /F 12 Tf 72 700 Td [(The)-400(quick)-300(fox)] TJ ET")).text == "The quick fox"


# garbage, and pages that show more than they say


@pytest.mark.parametrize(
    "content",
    [
        in_unicode(ENGLISH, mapped=False),
        in_unicode(rotated(ENGLISH, 3)),
        in_unicode("".join(letter if letter.isspace() else chr(ord(letter) + 0xF000) for letter in ENGLISH)),
    ],
    ids=["no Unicode", "wrong letters", "private characters"],
)
def test_the_layer_of_a_broken_font_is_left_to_ocr(content: bytes) -> None:
    found = item(content)
    assert (found.text, found.words, found.read) == ("", (), False)


def test_a_type_3_font_without_unicode_is_believed_when_its_codes_read_like_text() -> None:
    glyphs = " ".join(["/a"] * 90)
    font = (
        "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 10 10] /FontMatrix [.1 0 0 .1 0 0] "
        f"/CharProcs << /a 6 0 R >> /Encoding << /Type /Encoding /Differences [33 {glyphs}] >> "
        f"/FirstChar 33 /LastChar 122 /Widths [{' '.join(['6'] * 90)}] >>"
    )
    glyph = {6: pdf_files.stream(b"6 0 0 0 5 5 d1 0 0 5 5 re f")}
    assert item(one_page(lines_of(ENGLISH), font, glyph)).read
    assert not item(one_page(lines_of(rotated(ENGLISH, 7)), font, glyph)).text


def test_a_stamp_on_a_scan_is_kept_and_the_scan_left_to_ocr() -> None:
    found = item(one_page(SCAN + lines_of("Received 12 May"), more=PICTURE, resources=PICTURE_NAME))
    assert found.text == "Received 12 May"
    assert not found.read


def test_a_scan_within_a_form_is_seen() -> None:
    form = pdf_files.stream(
        b"/I Do", f"/Type /XObject /Subtype /Form /BBox [0 0 1 1] /Resources << {PICTURE_NAME} >>"
    )
    scan = SCAN.replace("/I", "/X") + lines_of(ENGLISH)
    assert not item(one_page(scan, more={**PICTURE, 7: form}, resources="/XObject << /X 7 0 R >>")).read


def test_a_scan_with_a_hidden_layer_of_words_is_read() -> None:
    found = item(one_page(SCAN + "3 Tr " + lines_of(ENGLISH), more=PICTURE, resources=PICTURE_NAME))
    assert found.read
    assert found.text == ENGLISH


def test_a_small_picture_among_text_is_not_for_ocr() -> None:
    logo = "q 60 0 0 60 500 720 cm /I Do Q "
    assert item(one_page(logo + lines_of(ENGLISH), more=PICTURE, resources=PICTURE_NAME)).read


def test_letters_drawn_as_shapes_are_left_to_ocr() -> None:
    assert not item(one_page(outlined(100))).read
    assert not item(one_page(outlined(400) + lines_of("page 7"))).read


@pytest.mark.parametrize("drawing", ["", "0 0 m 100 100 l S 10 10 50 50 re f", lines_of(" ")])
def test_a_page_that_draws_no_text_is_read(drawing: str) -> None:
    assert item(one_page(drawing)).read


# titles


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("Annual  Report\n2018", "Annual Report 2018"),
        ("Microsoft Word - report.doc", "Large words"),
        ("untitled", "Large words"),
        ("C:\\\\reports\\\\final.indd", "Large words"),
        ("0000909832-21-000014", "Large words"),
        ("PowerPoint Presentation", "Large words"),
        ("", "Large words"),
        ("The report " * 100, ("The report " * 18).strip()),
    ],
)
def test_a_document_s_title_is_its_own_or_the_largest_words(said: str, title: str) -> None:
    page = lines_of("Large words", size=24) + lines_of(ENGLISH, top=600)
    content = one_page(page, more={6: f"<< /Title ({said}) >>"}, trailer="/Info 6 0 R")
    assert document(content).title == title


def test_a_page_of_even_text_names_no_title() -> None:
    assert document(one_page(lines_of(ENGLISH + "\n" + ENGLISH))).title == ""


def test_only_the_first_page_gives_a_title() -> None:
    content = pdf_files.many_pages(2, lambda number: f"Chapter number {number}")
    assert read_pdf(content, PictureInput(32), 1, 1, 60).title == "Chapter number 1"
    assert read_pdf(content, PictureInput(32), 2, 1, 60).title == ""


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("wild", [float("nan"), float("inf"), -float("inf")])
def test_boxes_lie_on_the_page_whatever_the_document_says(wild: float, rotation: int) -> None:
    for page, box in (
        ((0.0, 0.0, 100.0, 100.0), (wild, 0.0, wild, 10.0)),
        ((0.0, wild, wild, 100.0), (10.0, 10.0, 20.0, 20.0)),
    ):
        assert all(0 <= side <= 1 for side in PageFrame(page, rotation).to_fractions(box))
