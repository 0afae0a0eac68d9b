"""What becomes of the pages of a PDF."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import numpy as np
import pypdfium2.raw as pdfium_raw  # type: ignore[import-untyped]  # it ships no types
import pytest

from engine.errors import FileProblem, ProblemKind
from engine.ingest.documents import page_text, rendering
from engine.ingest.documents.pdf import PdfContent, read_pdf
from engine.ingest.documents.rendering import BOTH_RENDERERS, EnabledRenderers
from engine.records import PictureInput
from tests.engine.ingest import pdf_files, sample_files
from tests.engine.ingest.sample_files import Page

WANTED = PictureInput(64, "squash")
QUARTERS = "1 0 0 rg 0 200 400 200 re f 0 1 0 rg 400 200 400 200 re f 0 0 1 rg 400 0 400 200 re f"
RENDERERS = [
    pytest.param(
        EnabledRenderers(pdfium=False),
        marks=pytest.mark.skipif(not rendering.poppler_installed(), reason="needs poppler"),
        id="poppler",
    ),
    pytest.param(EnabledRenderers(poppler=False), id="pdfium"),
]


def read(
    path: Path, content: bytes, renderers: EnabledRenderers = BOTH_RENDERERS, **options: int
) -> PdfContent:
    file = path / "document.pdf"
    file.write_bytes(content)
    arguments = {"first_page": 1, "page_limit": 4, "seconds": 60, **options}
    return read_pdf(file, WANTED, renderers=renderers, **arguments)


def problem(content: bytes) -> FileProblem:
    with pytest.raises(FileProblem) as caught:
        read_pdf(content, WANTED, 1, 4, 60)
    return caught.value


@pytest.mark.parametrize("renderers", RENDERERS)
@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_pages_are_drawn_upright(tmp_path: Path, renderers: EnabledRenderers, turned: int) -> None:
    page = Page(width=800, height=400, drawing=QUARTERS, extra=f"/Rotate {turned}")
    (item,) = read(tmp_path, sample_files.pdf([page]), renderers).items
    expected = np.asarray(
        sample_files.corners(800, 400).rotate(-turned, expand=True).resize((64, 64))
    ).astype(int)
    assert np.abs(item.pixels.astype(int) - expected).mean() < 4
    assert (item.width, item.height) == ((800, 400) if turned in (0, 180) else (400, 800))


@pytest.mark.parametrize("renderers", RENDERERS)
def test_only_what_the_crop_box_keeps_is_seen(tmp_path: Path, renderers: EnabledRenderers) -> None:
    page = Page([(420, 380, "kept")], 800, 400, drawing=QUARTERS, extra="/CropBox [400 200 800 400]")
    (item,) = read(tmp_path, sample_files.pdf([page]), renderers).items
    assert (item.width, item.height) == (400, 200)
    assert np.abs(item.pixels[48, 32].astype(int) - (0, 255, 0)).max() < 5
    left, top, right, bottom = item.words[0].box
    assert left == pytest.approx(20 / 400, abs=0.01)
    assert bottom == pytest.approx(20 / 200, abs=0.02)
    assert left < right < 0.2
    assert 0 <= top < bottom


@pytest.mark.parametrize("renderers", RENDERERS)
def test_the_pages_asked_for_are_read(tmp_path: Path, renderers: EnabledRenderers) -> None:
    pages = [Page([(72, 700, f"page {number}")], width=600 + 50 * (number // 4)) for number in range(1, 8)]
    content = sample_files.pdf(pages)
    first = read(tmp_path, content, renderers, page_limit=3)
    assert first.pages == 7
    assert [item.text for item in first.items] == ["page 1", "page 2", "page 3"]
    last = read(tmp_path, content, renderers, first_page=6)
    assert [(item.page, item.text) for item in last.items] == [(6, "page 6"), (7, "page 7")]
    assert read(tmp_path, content, renderers, first_page=8).items == ()


def test_the_renderers_agree_on_real_pages() -> None:
    folder = sample_files.SHARED_DATA / "pages"
    if not folder.is_dir() or not rendering.poppler_installed():
        pytest.skip("needs the shared data and poppler")
    for path in sorted(folder.glob("*.pdf"))[:4]:
        one, other = (
            read_pdf(path, WANTED, 1, 2, 60, EnabledRenderers(poppler, not poppler))
            for poppler in (True, False)
        )
        for left, right in zip(one.items, other.items, strict=True):
            assert np.abs(left.pixels.astype(int) - right.pixels.astype(int)).mean() < 12
            assert (left.text, left.words) == (right.text, right.words)
            assert left.words


# text


def test_words_come_in_reading_order_with_their_boxes(tmp_path: Path) -> None:
    page = Page([(72, 720, "Upper line"), (72, 396, "middle")])
    (item,) = read(tmp_path, sample_files.pdf([page])).items
    assert item.text == "Upper line\nmiddle"
    assert [word.text for word in item.words] == ["Upper", "line", "middle"]
    left, top, right, bottom = item.words[2].box
    assert left == pytest.approx(72 / 612, abs=0.01)
    assert bottom == pytest.approx(0.5, abs=0.01)
    assert top < bottom
    assert left < right < 0.25


@pytest.mark.parametrize(
    ("turned", "box"),
    [(90, (0.88, 0.12, 0.91, 0.25)), (180, (0.75, 0.88, 0.89, 0.91)), (270, (0.09, 0.75, 0.12, 0.89))],
)
def test_boxes_turn_with_the_page(tmp_path: Path, turned: int, box: tuple[float, ...]) -> None:
    page = Page([(72, 704, "turned")], 612, 792, extra=f"/Rotate {turned}")
    (item,) = read(tmp_path, sample_files.pdf([page])).items
    left, top, right, bottom = item.words[0].box
    assert box[0] - 0.02 <= left < right <= box[2] + 0.02
    assert box[1] - 0.02 <= top < bottom <= box[3] + 0.02


def test_a_word_broken_over_two_lines_is_one_word(tmp_path: Path) -> None:
    page = Page([(72, 720, "a long exam-"), (72, 706, "ple of it")])
    (item,) = read(tmp_path, sample_files.pdf([page])).items
    assert item.text == "a long example of it"
    broken = next(word for word in item.words if word.text == "example")
    assert broken.box[3] - broken.box[1] < 0.02  # the first half alone


def test_ligatures_are_written_out_and_controls_left_out(tmp_path: Path) -> None:
    page = Page([(72, 720, "of\\002ce \\001 end")])
    content = sample_files.pdf([page]).replace(
        b"/Encoding /WinAnsiEncoding",
        b"/Encoding << /Differences [2 /ffi] >>",
    )
    content = content.replace(b"of\\002ce", b"o\\002ce")
    (item,) = read(tmp_path, content).items
    assert item.text.startswith("office")
    assert item.text.endswith("end")
    assert not any(ord(letter) < 32 and letter != "\n" for letter in item.text)


def test_the_text_of_a_page_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_text, "MAX_CHARACTERS", 50)
    page = Page([(20, 780 - 12 * line, "word " * 10) for line in range(20)])
    (item,) = read(tmp_path, sample_files.pdf([page])).items
    assert 0 < len(item.text) <= 50


# what cannot be read


def test_a_document_with_a_password_is_told_from_one_with_an_empty_one() -> None:
    assert problem(sample_files.encrypted_pdf("secret")).kind is ProblemKind.ENCRYPTED
    assert len(read_pdf(sample_files.encrypted_pdf(""), WANTED, 1, 4, 60).items) == 1


def test_a_document_without_pages_is_told_also_after_another_failed() -> None:
    assert problem(sample_files.encrypted_pdf("secret")).kind is ProblemKind.ENCRYPTED
    assert problem(sample_files.pdf([])).kind is ProblemKind.NO_PAGES


def test_a_damaged_document_is_told() -> None:
    assert problem(b"%PDF-1.7\n" + b"nothing else\n" * 50).kind is ProblemKind.DAMAGED


@pytest.mark.parametrize("title", ["<FEFFD83D0041>", "<FEFFDC00>", "<FEFF0041D83D>"])
def test_a_title_with_half_a_character_does_not_cost_the_page(title: str) -> None:
    content = pdf_files.one_page("", more={6: f"<< /Title {title} >>"}, trailer="/Info 6 0 R")
    document = read_pdf(content, WANTED, 1, 4, 60)
    assert (len(document.items), document.title) == (1, "")


@pytest.mark.parametrize("claimed", [1_000_000, 2_000_000_000])
def test_a_claim_of_a_million_pages_is_not_believed(tmp_path: Path, claimed: int) -> None:
    document = read(tmp_path, sample_files.pdf([Page(), Page()], count=claimed))
    assert document.pages == 2
    assert len(document.items) == 2


@pytest.mark.parametrize("renderers", RENDERERS)
@pytest.mark.parametrize("size", [(14400, 14400), (1, 14400), (14400, 1), (200_000, 200_000)])
def test_enormous_pages_are_drawn_small(
    tmp_path: Path, renderers: EnabledRenderers, size: tuple[int, int]
) -> None:
    document = read(tmp_path, sample_files.pdf([Page(width=size[0], height=size[1])]), renderers)
    assert len(document.items) + len(document.problems) == 1
    assert size != (14400, 14400) or document.items[0].width == 14400


@pytest.mark.parametrize("renderers", RENDERERS)
def test_a_page_that_cannot_be_drawn_does_not_cost_the_others(
    tmp_path: Path, renderers: EnabledRenderers
) -> None:
    content = sample_files.pdf([Page([(72, 700, "one")]), Page(), Page([(72, 700, "three")])])
    content = content.replace(b"/Kids [4 0 R 6 0 R 8 0 R]", b"/Kids [4 0 R 1 0 R 8 0 R]")
    document = read(tmp_path, content, renderers)
    assert document.pages == 3
    assert [item.page for item in document.items] + [found.page for found in document.problems] == [1, 3, 2]
    assert [item.text for item in document.items] == ["one", "three"]


def fake_poppler(folder: Path, script: str) -> None:
    for name in ("pdftoppm", "pdfinfo"):
        command = folder / name
        command.write_text("#!/bin/sh\n" + script)
        command.chmod(command.stat().st_mode | stat.S_IXUSR)


@pytest.mark.skipif(os.name == "nt", reason="needs a shell")
@pytest.mark.parametrize(
    "script", ["exit 1", "echo Pages: 1; echo", "kill -9 $$", "printf 'P6\\n9 9\\n255\\nxyz'"]
)
def test_a_page_that_poppler_cannot_draw_is_a_problem(
    tmp_path: Path, script: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_poppler(tmp_path, script)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    document = read(tmp_path, sample_files.pdf([Page(), Page()]), EnabledRenderers(pdfium=False))
    assert [(found.page, found.kind) for found in document.problems] == [(1, "damaged"), (2, "damaged")]


@pytest.mark.skipif(not rendering.poppler_installed(), reason="needs poppler")
def test_pages_that_pdfium_cannot_draw_are_drawn_by_poppler(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdfium_raw, "FPDF_RenderPageBitmap_Start", lambda *_: pdfium_raw.FPDF_RENDER_FAILED)
    document = read(tmp_path, sample_files.pdf([Page(width=800, height=400, drawing=QUARTERS)]))
    assert np.abs(document.items[0].pixels[16, 16].astype(int) - (255, 0, 0)).max() < 5


def test_a_page_that_takes_pdfium_too_long_is_a_timeout_and_the_next_is_not_tried(tmp_path: Path) -> None:
    square = "0 0 1 rg " + "0 0 600 780 re 10 10 580 760 re f* " * 200_000
    document = read(
        tmp_path, sample_files.pdf([Page(drawing=square), Page()]), EnabledRenderers(poppler=False), seconds=0
    )
    assert [(found.page, found.kind) for found in document.problems] == [(1, "timeout"), (2, "timeout")]


@pytest.mark.skipif(os.name == "nt", reason="needs a shell")
def test_a_page_that_takes_poppler_too_long_is_a_timeout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = "case $0 in *pdfinfo) echo Pages: 1;; *) case $1 in -v) ;; *) exec sleep 600;; esac;; esac"
    fake_poppler(tmp_path, script)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    document = read(tmp_path, sample_files.pdf([Page()]), renderers=EnabledRenderers(pdfium=False), seconds=1)
    assert [found.kind for found in document.problems] == ["timeout"]
    assert document.pages == 1
