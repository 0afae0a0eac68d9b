"""PDF pages that show more, or less, than their text layer says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from engine.errors import FileProblem, ProblemKind
from engine.ingest.decode import DecodedFile, DecodeJob, decode
from engine.records import DecodedItem, PictureInput
from tests.engine.ingest import sample_files
from tests.engine.ingest.pdf_files import HELVETICA, assemble, one_page, stream

WANTED = PictureInput(300, "fit")
LABEL = "BT /F 12 Tf 72 740 Td (Label) Tj ET"
WIDGET = "/Subtype /Widget /F 4 /Rect [72 600 400 640] /T (name) /DA (/F 24 Tf 0 g)"
PRINTED = WIDGET.replace("/F 4", "/F 2")  # with the flag of what is hidden
TYPEWRITER = "/Subtype /FreeText /F 4 /Rect [72 600 400 640] /DA (/F 24 Tf 0 g)"


def pdf(
    annotations: Sequence[str] = (),
    drawing: str = LABEL,
    page: str = "",
    form: str = "/NeedAppearances true",
    catalogue: str = "",
    resources: str = "",
    more: Mapping[int, str | bytes] | None = None,
) -> bytes:
    """A page with annotations, all of them in the form's list of fields too. `more`: objects from 50 on."""
    listed = " ".join(f"{10 + index} 0 R" for index in range(len(annotations)))
    fonts = "/Font << /F 5 0 R >>"
    objects: dict[int, str | bytes] = {
        1: f"<< /Type /Catalog /Pages 2 0 R {catalogue} "
        f"/AcroForm << /Fields [{listed}] /DR << {fonts} >> /DA (/F 12 Tf 0 g) {form} >> >>",
        2: "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Annots [{listed}] "
        f"/Resources << {fonts} {resources} >> {page} >>",
        4: stream(drawing.encode("latin-1")),
        5: HELVETICA,
    }
    for index, annotation in enumerate(annotations):
        objects[10 + index] = f"<< /Type /Annot /P 3 0 R {annotation} >>"
    return assemble({**objects, **(more or {})})


def read(source: bytes | Path) -> DecodedFile:
    return decode(DecodeJob(source, WANTED))


def only_page(source: bytes | Path) -> DecodedItem:
    (item,) = read(source).items
    return item


def lines(source: bytes) -> list[str]:
    return only_page(source).text.splitlines()


@pytest.mark.parametrize(
    ("annotation", "typed"),
    [
        (f"{WIDGET} /FT /Tx /V (Wilhelmina Quackenbush)", "Wilhelmina Quackenbush"),
        (f"{WIDGET} /FT /Tx /Ff 4096 /V (two\\rlines)", "two lines"),
        (f"{WIDGET} /FT /Tx /V <feff00dc0062006500720073>", "Übers"),
        (f"{WIDGET} /FT /Ch /Ff 131072 /Opt [(Alpha) (Beta)] /V (Beta)", "Beta"),
        (f"{WIDGET} /FT /Ch /Ff 131072 /Opt [[(1) (First)] [(2) (Second)]] /V (2)", "Second"),
        (f"{WIDGET} /FT /Ch /Ff 2097152 /Opt [(Alpha) (Beta) (Gamma)] /V [(Alpha) (Gamma)]", "Alpha Gamma"),
        (f"{TYPEWRITER} /Contents (Flamingo)", "Flamingo"),
        ("/Subtype /Text /F 4 /Rect [72 600 92 620] /Contents (Ask Flamingo)", "Ask Flamingo"),
    ],
)
def test_what_was_typed_on_a_page_is_among_its_words(annotation: str, typed: str) -> None:
    blank, item = only_page(pdf()), only_page(pdf([annotation]))
    assert item.text.splitlines() == ["Label", typed]
    assert [word.text for word in item.words] == ["Label", *typed.split()]
    left, top, right, bottom = item.words[-1].box
    assert 0.1 < left < right < 0.7
    assert 0.18 < top < bottom < 0.25
    assert item.read
    assert item.pixels.tobytes() != blank.pixels.tobytes()  # it is drawn, too


@pytest.mark.parametrize(("state", "typed"), [("Married", ["Married"]), ("Off", []), ("Yes", []), ("On", [])])
def test_a_checked_box_says_what_it_stands_for(state: str, typed: list[str]) -> None:
    looks = (
        f"/AP << /N << /{state} 50 0 R /Off 50 0 R >> >>"
        if state != "Off"
        else "/AP << /N << /On 50 0 R >> >>"
    )
    mark = stream(b"0 0 10 10 re f", "/Type /XObject /Subtype /Form /BBox [0 0 20 20]")
    box = f"/Subtype /Widget /F 4 /Rect [72 600 92 620] /T (box) /FT /Btn /V /{state} /AS /{state} {looks}"
    assert lines(pdf([box], more={50: mark})) == ["Label", *typed]


@pytest.mark.parametrize(
    "annotation",
    [
        f"{WIDGET} /FT /Tx /Ff 8192 /V (secret)",
        f"{PRINTED} /FT /Tx /V (hidden)",
        f"{TYPEWRITER} /Contents (viewless)".replace("/F 4", "/F 32"),
        f"{TYPEWRITER} /Contents (outside)".replace("[72 600 400 640]", "[72 900 400 940]"),
        "/Subtype /Link /F 4 /Rect [72 600 400 640] /Contents (elsewhere)",
        f"{WIDGET} /FT /Tx",
    ],
)
def test_what_is_not_seen_of_a_form_is_not_among_its_words(annotation: str) -> None:
    assert lines(pdf([annotation])) == ["Label"]


@pytest.mark.parametrize(
    "kind",
    [
        "Highlight",
        "Underline",
        "Squiggly",
        "StrikeOut",
        "Square",
        "Circle",
        "Line",
        "Polygon",
        "PolyLine",
        "Stamp",
        "Caret",
        "Ink",
    ],
)
def test_a_note_on_what_is_marked_is_among_the_words(kind: str) -> None:
    marked = "/Rect [72 600 400 640] /QuadPoints [72 640 400 640 72 600 400 600] /Contents (Ask Flamingo)"
    assert lines(pdf([f"/Subtype /{kind} /F 4 {marked}"])) == ["Label", "Ask Flamingo"]
    assert lines(pdf([f"/Subtype /{kind} /F 2 {marked}"])) == ["Label"]


def test_what_was_typed_over_a_scan_leaves_the_scan_to_ocr() -> None:
    scan = "q 612 0 0 792 0 0 cm /I Do Q"
    image = stream(
        bytes(range(256)),
        "/Type /XObject /Subtype /Image /Width 16 /Height 16 /BitsPerComponent 8 /ColorSpace /DeviceGray",
    )
    item = only_page(
        pdf(
            [f"{TYPEWRITER} /Contents (Flamingo)"],
            scan,
            resources="/XObject << /I 50 0 R >>",
            more={50: image},
        )
    )
    assert item.text == "Flamingo"
    assert not item.read


WORDS = (
    "BT /F 12 Tf 72 740 Td (Upper) Tj ET BT /F 12 Tf 72 100 Td (Lower) Tj ET "
    "BT /F 12 Tf 472 100 Td (Right) Tj ET BT /F 12 Tf 72 900 Td (Beyond) Tj ET"
)


@pytest.mark.parametrize(
    ("box", "size", "seen"),
    [
        ("", (612, 792), "Upper Lower Right"),
        ("/CropBox [0 0 612 400]", (612, 400), "Lower Right"),
        ("/CropBox [0 0 612 400] /Rotate 90", (400, 612), "Lower Right"),
        ("/CropBox [-100 -100 300 800]", (300, 792), "Upper Lower"),
        ("/CropBox [1000 1000 1200 1200]", (612, 792), "Upper Lower Right"),  # off the sheet: no cut at all
    ],
)
def test_text_that_is_cut_away_is_not_found(box: str, size: tuple[int, int], seen: str) -> None:
    item = only_page(pdf(drawing=WORDS, page=box))
    assert (item.width, item.height) == size
    assert item.text.split() == seen.split()
    assert item.pixels.min() < 128


LAYERS: dict[int, str | bytes] = {50: "<< /Type /OCG /Name (Off) >>", 51: "<< /Type /OCG /Name (On) >>"}
IN_LAYERS = (
    "/OC /A BDC BT /F 12 Tf 72 700 Td (Hidden) Tj ET EMC /OC /B BDC BT /F 12 Tf 72 600 Td (Shown) Tj ET EMC "
    "BT /F 12 Tf 72 500 Td (Plain) Tj ET /OC /A BDC /X Do EMC"
)
LAYERED_FORM = stream(
    b"BT /F 12 Tf 72 400 Td (Within) Tj ET",
    "/Type /XObject /Subtype /Form /BBox [0 0 612 792] /Resources << /Font << /F 5 0 R >> >>",
)


def layered(off: str, drawing: str = IN_LAYERS, form: str | bytes = LAYERED_FORM) -> bytes:
    return pdf(
        drawing=drawing,
        resources="/Properties << /A 50 0 R /B 51 0 R >> /XObject << /X 52 0 R >>",
        catalogue=f"/OCProperties << /OCGs [50 0 R 51 0 R] /D << /OFF [{off}] >> >>",
        more={**LAYERS, 52: form},
    )


def test_text_in_a_layer_that_is_switched_off_is_not_found() -> None:
    assert lines(layered("50 0 R")) == ["Shown", "Plain"]
    assert lines(layered("")) == ["Hidden", "Shown", "Plain", "Within"]


@pytest.mark.parametrize("ink", [0, 1])
def test_a_form_that_is_in_a_layer_itself_is_not_found_where_that_is_off(ink: int) -> None:
    form = LAYERED_FORM.replace(b"/Form", b"/Form /OC 50 0 R").replace(b"BT", b"%d g BT" % ink, 1)
    drawing = "BT /F 12 Tf 72 200 Td (Plain) Tj ET .5 g 0 390 612 30 re f /X Do"
    assert lines(layered("50 0 R", drawing, form)) == ["Plain"]
    assert lines(layered("", drawing, form)) == ["Plain", "Within"]


def test_a_layer_within_another_is_off_by_itself() -> None:
    inner = "/OC /B BDC BT /F 12 Tf 72 600 Td (Inner) Tj ET EMC"
    drawing = f"/OC /A BDC BT /F 12 Tf 72 700 Td (Outer) Tj ET {inner} EMC"
    assert lines(layered("51 0 R", drawing)) == ["Outer"]
    assert lines(layered("50 0 R", drawing)) == []


def test_text_of_a_form_below_a_scan_is_kept_because_ocr_programs_write_it() -> None:
    for covering in ("1 g 0 0 612 792 re f", "0 g 0 0 612 792 re f"):
        assert lines(layered("", f"/X Do {covering}")) == ["Within"]


def test_invisible_text_is_kept_in_any_layer_because_ocr_programs_write_it() -> None:
    assert lines(layered("", "/OC /A BDC BT 3 Tr /F 12 Tf 72 700 Td (Scanned) Tj ET EMC")) == ["Scanned"]


@pytest.mark.parametrize(
    ("said", "catalogue"),
    [
        ("Please wait... If this message is not eventually replaced with the proper contents", ""),
        ("To view the full contents of this document, you need a later version", ""),
        ("Veuillez patienter. Voir http://www.adobe.com/go/reader_download", ""),
        ("The document you are trying to load requires Adobe Reader 8 or higher.", ""),
        ("Bitte warten", "/NeedsRendering true"),
    ],
)
def test_a_form_that_is_no_page_is_named_as_such(said: str, catalogue: str) -> None:
    source = pdf(drawing=f"BT /F 12 Tf 72 740 Td ({said}) Tj ET", form="/XFA 4 0 R", catalogue=catalogue)
    decoded = read(source)
    assert decoded.items == ()
    assert [problem.kind for problem in decoded.problems] == [ProblemKind.UNRECOGNISED]
    assert "XFA form" in decoded.problems[0].message


def test_a_form_with_pages_and_a_page_that_says_please_wait_are_read() -> None:
    assert lines(pdf(form="/XFA 4 0 R")) == ["Label"]
    assert lines(
        pdf([f"{WIDGET} /FT /Tx /V (typed)"], form="/XFA 4 0 R", catalogue="/NeedsRendering true")
    ) == [
        "Label",
        "typed",
    ]
    assert lines(one_page("BT /F 12 Tf 72 700 Td (Please wait here) Tj ET")) == ["Please wait here"]


# what PDFium cannot open


def test_what_pdfium_cannot_open_is_drawn_by_poppler_and_left_to_ocr() -> None:
    path = sample_files.SHARED_DATA / "broken" / "qpdf" / "qpdf" / "qtest" / "qpdf" / "bad35.pdf"
    if not path.is_file():
        pytest.skip("needs the shared data")
    item = only_page(path)
    assert (item.page, item.width, item.height) == (1, 612, 792)
    assert item.pixels.min() < 128
    assert (item.text, item.read) == ("", False)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\nnothing of the kind", ProblemKind.DAMAGED),
        (sample_files.encrypted_pdf("secret"), ProblemKind.ENCRYPTED),
    ],
)
def test_what_neither_can_open_is_told(tmp_path: Path, content: bytes, kind: ProblemKind) -> None:
    path = tmp_path / "document.pdf"
    path.write_bytes(content)
    with pytest.raises(FileProblem) as raised:
        read(path)
    assert raised.value.kind is kind
