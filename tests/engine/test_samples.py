from __future__ import annotations

import importlib.util
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]  # the package ships no types
import pytest
from PIL import Image

from engine import samples
from engine.errors import DiskFull, UserError


@pytest.fixture
def written(tmp_path: Path) -> tuple[Path, ...]:
    return samples.write_samples(tmp_path / "samples")


def page_texts(document: Path) -> list[str]:
    pages = pypdfium2.PdfDocument(document)
    try:
        return [page.get_textpage().get_text_bounded() for page in pages]
    finally:
        pages.close()


def test_every_photograph_of_the_table_is_there_and_opens(written: tuple[Path, ...]) -> None:
    names = {photograph.name for photograph in samples.PHOTOGRAPHS}
    photographs = [path for path in written if path.name in names]
    assert len(photographs) == len(names)
    for path in photographs:
        with Image.open(path) as picture:
            picture.load()


def test_every_photograph_names_a_free_licence_and_its_source() -> None:
    for photograph in samples.PHOTOGRAPHS:
        assert photograph.licence in ("CC0", "public domain")
        assert photograph.source


def test_the_words_of_a_document_can_be_read_back_page_by_page(written: tuple[Path, ...]) -> None:
    documents = {path.name: path for path in written if path.suffix == ".pdf"}
    assert set(documents) == set(samples.DOCUMENTS)
    for name, pages in samples.DOCUMENTS.items():
        texts = page_texts(documents[name])
        assert len(texts) == len(pages)
        for text, page in zip(texts, pages, strict=True):
            read = text.split()
            assert page.title.split() == read[: len(page.title.split())]
            assert " ".join(page.lines).split() == read[len(page.title.split()) :]


def test_marks_that_mean_something_to_a_pdf_survive(tmp_path: Path) -> None:
    line = r"50 % (of 1) \ fünf € )("
    file = tmp_path / "marks.pdf"
    file.write_bytes(samples.document((samples.SamplePage("Title", (0, 0, 0), (line,)),)))
    assert page_texts(file)[0].splitlines()[-1].strip() == line


def test_writing_again_changes_no_file_and_mends_a_broken_one(
    written: tuple[Path, ...], tmp_path: Path
) -> None:
    broken, *others = written
    content = broken.read_bytes()
    broken.write_bytes(b"cut short")
    before = {path: path.stat() for path in others}
    assert samples.write_samples(tmp_path / "samples") == written
    assert broken.read_bytes() == content
    assert {path: path.stat().st_ino for path in others} == {path: old.st_ino for path, old in before.items()}
    assert sorted(path for path in (tmp_path / "samples").rglob("*") if path.is_file()) == sorted(written)


def test_without_the_package_of_photographs_the_sentence_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(UserError, match=r"pip install scikit-image\.$"):
        samples.write_samples(tmp_path)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UserError, match="could not be written to") as caught:
        samples.write_samples(tmp_path / "file")
    assert not isinstance(caught.value, DiskFull)
