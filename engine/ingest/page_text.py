"""The text layer of a PDF page: words with their boxes, in the order that PDFium reads them."""

from __future__ import annotations

import ctypes
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2 as pdfium  # type: ignore[import-untyped]  # it ships no types
import pypdfium2.raw as pdfium_raw  # type: ignore[import-untyped]

from engine.records import Word

MOST_CHARACTERS = 200_000

# PDFium writes the first two for a hyphen that ends a line; the third is Unicode's own soft hyphen.
_LINE_HYPHENS = frozenset("\x02\ufffe\u00ad")
_INVISIBLE = frozenset("\u200b\u2060\ufeff\uffff")
_LIGATURE_RANGES = ((0xFB00, 0xFB06), (0xFB50, 0xFDFF), (0xFE70, 0xFEFC))  # Latin, Arabic forms

Box = tuple[float, float, float, float]  # left, bottom, right, top in the page's own units


def read_words(page: pdfium.PdfPage) -> tuple[str, tuple[Word, ...]]:
    """(text, words). Lines are kept; a word broken over two lines is joined, and its box is that of its
    first half. Raises pypdfium2.PdfiumError when the text cannot be had."""
    reader = _Reader(_PageFrame(page.get_bbox(), page.get_rotation()))
    textpage = page.get_textpage()
    try:
        for letter, index in _characters(textpage):
            reader.take(letter, textpage, index)
    finally:
        textpage.close()
    return reader.finish()


@dataclass(frozen=True, slots=True)
class _PageFrame:
    """From the page's own coordinates to fractions of the upright page."""

    box: Box
    rotation: int  # degrees, clockwise

    def place(self, box: Box) -> Box:
        left, bottom, right, top = self.box
        width, height = max(right - left, 1e-6), max(top - bottom, 1e-6)
        first = self._turn((box[0] - left) / width, (top - box[3]) / height)
        second = self._turn((box[2] - left) / width, (top - box[1]) / height)
        across, down = sorted((first[0], second[0])), sorted((first[1], second[1]))
        return (_fraction(across[0]), _fraction(down[0]), _fraction(across[1]), _fraction(down[1]))

    def _turn(self, across: float, down: float) -> tuple[float, float]:
        match self.rotation:
            case 90:
                return 1 - down, across
            case 180:
                return 1 - across, 1 - down
            case 270:
                return down, 1 - across
        return across, down


def _fraction(value: float) -> float:
    return round(min(max(value, 0.0), 1.0), 5)


def _characters(textpage: pdfium.PdfTextPage) -> Iterator[tuple[str, int]]:
    """(character, its index) with UTF-16 halves put together."""
    high = ""
    for index in range(min(textpage.count_chars(), MOST_CHARACTERS)):
        code = pdfium_raw.FPDFText_GetUnicode(textpage, index)
        if 0xD800 <= code < 0xDC00:
            high = chr(code)
            continue
        letter = chr(code) if code <= 0x10FFFF else "\ufffd"
        if 0xDC00 <= code < 0xE000:
            letter = (high + letter).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        high = ""
        yield letter, index


class _Reader:
    """Gathers characters into words and lines."""

    def __init__(self, frame: _PageFrame) -> None:
        self._frame = frame
        self._words: list[Word] = []
        self._text: list[str] = []
        self._letters = ""
        self._box: Box | None = None
        self._hyphen = False  # the last character ended a line within a word
        self._second_line = False  # the word goes on there: its box is complete

    def take(self, letter: str, textpage: pdfium.PdfTextPage, index: int) -> None:
        if letter in _LINE_HYPHENS:
            self._hyphen = bool(self._letters)
            return
        if letter.isspace():
            self._end_word()
            self._end_line() if letter in "\r\n" else self._space()
            return
        if letter in _INVISIBLE or unicodedata.category(letter) in ("Cc", "Cs"):
            return
        if self._hyphen:
            self._pass_hyphen(letter)
        self._letters += _expanded(letter)
        if not self._second_line:
            self._grow(_character_box(textpage, index))

    def finish(self) -> tuple[str, tuple[Word, ...]]:
        self._end_word()
        return "".join(self._text).strip(), tuple(self._words)

    def _pass_hyphen(self, following: str) -> None:
        """A small letter goes on with the word; anything else shows that the word had ended."""
        self._hyphen = False
        if following.islower():
            self._second_line = True
        else:
            self._letters += "-"
            self._end_word()
            self._end_line()

    def _grow(self, box: Box | None) -> None:
        if box is None:
            return
        old = self._box or box
        self._box = (min(old[0], box[0]), min(old[1], box[1]), max(old[2], box[2]), max(old[3], box[3]))

    def _end_word(self) -> None:
        if self._letters:
            word = unicodedata.normalize("NFC", self._letters + ("-" if self._hyphen else ""))
            self._text.append(word)
            if self._box is not None:
                self._words.append(Word(word, self._frame.place(self._box)))
        self._letters, self._box, self._hyphen, self._second_line = "", None, False, False

    def _space(self) -> None:
        if self._text and not self._text[-1].isspace():
            self._text.append(" ")

    def _end_line(self) -> None:
        if self._text and self._text[-1] == " ":
            self._text[-1] = "\n"
        elif self._text and self._text[-1] != "\n":
            self._text.append("\n")


def _character_box(textpage: pdfium.PdfTextPage, index: int) -> Box | None:
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    if not pdfium_raw.FPDFText_GetCharBox(textpage, index, left, right, bottom, top):
        return None
    return left.value, bottom.value, right.value, top.value


def _expanded(letter: str) -> str:
    """A ligature as the letters it stands for, so that the word can be searched for."""
    code = ord(letter)
    if any(first <= code <= last for first, last in _LIGATURE_RANGES):
        return unicodedata.normalize("NFKC", letter)
    return letter
