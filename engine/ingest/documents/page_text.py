"""The text layer of a PDF page: words with their boxes, in PDFium's order."""

from __future__ import annotations

import ctypes
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

import pypdfium2 as pdfium  # type: ignore[import-untyped]  # it ships no types
import pypdfium2.raw as pdfium_raw  # type: ignore[import-untyped]

from engine.ingest.documents import annotation_text, hidden_layers
from engine.ingest.documents.reading_order import Box, Letter, TextPiece, enclosing_box, restore_reading_order
from engine.ingest.documents.text_quality import is_broken_character
from engine.records import Word

MAX_CHARACTERS = 200_000

# PDFium returns the first two for a hyphen at the end of a line; the third is Unicode's soft hyphen.
_LINE_HYPHENS = frozenset("\x02\ufffe\u00ad")
_INVISIBLE = frozenset("\u200b\u2060\ufeff\uffff")
_LIGATURE_RANGES = ((0xFB00, 0xFB06), (0xFB50, 0xFDFF), (0xFE70, 0xFEFC))  # Latin, Arabic forms
_UNMAPPED_SAMPLE = 200  # characters
_MIN_SPACED_LETTERS = 4  # letters of a word that is set with spaces between its letters
_MAX_LETTER_GAP = 1.2  # between such letters, in letter heights
_WORD_GAP_FACTOR = 1.7  # times the usual gap within a spaced word: the next word begins there

PlacedWord = tuple[str, Box | None]  # a word, its box in the page's own units


@dataclass(frozen=True, slots=True)
class PageText:
    """The text of a page. `unmapped_share` and `broken_share`: see `text_quality.is_garbage`."""

    text: str = ""
    words: tuple[Word, ...] = ()
    unmapped_share: float = 0.0
    broken_share: float = 0.0


@dataclass(frozen=True, slots=True)
class PageFrame:
    """Converts the page's own coordinates to fractions of the upright page."""

    box: Box
    rotation: int  # degrees, clockwise

    @classmethod
    def of_page(cls, page: pdfium.PdfPage) -> PageFrame:
        """The frame of a PDFium page."""
        return cls(page.get_bbox(), page.get_rotation())

    def contains(self, box: Box) -> bool:
        """Whether the centre of `box` is on the page."""
        left, bottom, right, top = self.box
        across, down = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        return left <= across <= right and bottom <= down <= top

    def to_fractions(self, box: Box) -> Box:
        """(left, top, right, bottom), each 0 to 1, from the top left corner."""
        left, bottom, right, top = self.box
        width, height = max(right - left, 1e-6), max(top - bottom, 1e-6)
        first = self._rotate((box[0] - left) / width, (top - box[3]) / height)
        second = self._rotate((box[2] - left) / width, (top - box[1]) / height)
        across, down = sorted((first[0], second[0])), sorted((first[1], second[1]))
        return (
            _to_fraction(across[0]),
            _to_fraction(down[0]),
            _to_fraction(across[1]),
            _to_fraction(down[1]),
        )

    def _rotate(self, across: float, down: float) -> tuple[float, float]:
        match self.rotation:
            case 90:
                return 1 - down, across
            case 180:
                return 1 - across, 1 - down
            case 270:
                return down, 1 - across
        return across, down


def read_page_text(page: pdfium.PdfPage) -> PageText:
    """Read the text layer; raises pypdfium2.PdfiumError if it cannot be read.

    Lines are kept; a word broken over two lines is joined, and has the box of its first half; a word set with
    spaces between its letters is joined too.
    """
    builder, frame = _TextBuilder(), PageFrame.of_page(page)
    hidden_texts = hidden_layers.find_hidden_texts(page)
    textpage = page.get_textpage()
    try:
        count = min(textpage.count_chars(), MAX_CHARACTERS)
        for letter, index in _iter_characters(textpage, count):
            box = None if letter.isspace() else _character_box(textpage, index)
            if box is None or (frame.contains(box) and not _is_character_of(hidden_texts, textpage, index)):
                builder.add(letter, box)
        unmapped = _unmapped_share(textpage, count)
    finally:
        textpage.close()
    lines = [
        _join_spaced_letters([(piece.text, piece.box) for piece in line])
        for line in restore_reading_order(builder.finish())
    ]
    return PageText(
        "\n".join(" ".join(word for word, _ in line) for line in lines),
        tuple(Word(word, frame.to_fractions(box)) for line in lines for word, box in line if box is not None),
        unmapped,
        builder.broken / max(builder.characters, 1),
    )


def add_annotation_text(page: pdfium.PdfPage, text: PageText) -> PageText:
    """The page's text followed by its annotations, one a line. All words of one have the box of the whole."""
    frame = PageFrame.of_page(page)
    typed = [
        (said.split(), box)
        for said, box in annotation_text.read_annotation_texts(page)
        if frame.contains(box)
    ]
    if not typed:
        return text
    lines = [" ".join(words) for words, _ in typed]
    words = [
        Word(unicodedata.normalize("NFC", word), frame.to_fractions(box))
        for said, box in typed
        for word in said
    ]
    said = "\n".join([*filter(None, [text.text]), *lines])
    return replace(text, text=unicodedata.normalize("NFC", said), words=(*text.words, *words))


def _is_character_of(texts: frozenset[int], textpage: pdfium.PdfTextPage, index: int) -> bool:
    """Whether one of these text objects shows the character."""
    if not texts:
        return False
    return hidden_layers.object_address(pdfium_raw.FPDFText_GetTextObject(textpage, index)) in texts


def _to_fraction(value: float) -> float:
    """0 for NaN: `max` then returns its first argument."""
    return round(min(max(0.0, value), 1.0), 5)


def _iter_characters(textpage: pdfium.PdfTextPage, count: int) -> Iterator[tuple[str, int]]:
    """(character, its index), with UTF-16 surrogates combined."""
    high = ""
    for index in range(count):
        code = pdfium_raw.FPDFText_GetUnicode(textpage, index)
        if 0xD800 <= code < 0xDC00:
            high = chr(code)
            continue
        letter = chr(code) if code <= 0x10FFFF else "\ufffd"
        if 0xDC00 <= code < 0xE000:
            letter = (high + letter).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        high = ""
        yield letter, index


def _unmapped_share(textpage: pdfium.PdfTextPage, count: int) -> float:
    """The share of characters, sampled evenly, whose font maps them to no Unicode."""
    sample = range(0, count, max(count // _UNMAPPED_SAMPLE, 1))
    found: int = sum(pdfium_raw.FPDFText_HasUnicodeMapError(textpage, index) == 1 for index in sample)
    return found / max(len(sample), 1)


class _TextBuilder:
    """Collects characters into words and lines."""

    def __init__(self) -> None:
        self.characters = 0  # without spaces
        self.broken = 0  # those that are not text
        self._lines: list[list[TextPiece]] = [[]]
        self._letters: list[Letter] = []
        self._hyphen: Box | None = None  # the letter before a hyphen at the end of a line

    def add(self, letter: str, box: Box | None) -> None:
        if letter in _LINE_HYPHENS:
            if self._letters:
                self._hyphen = self._letters[-1][1]
                self._end_word(divided=True)
            return
        if letter.isspace():
            self._end_word()
            if letter in "\r\n":
                self._end_line()
            return
        if letter in _INVISIBLE:
            return
        self._count(letter)
        if unicodedata.category(letter) in ("Cc", "Cs"):
            return
        if self._lines[-1] and self._lines[-1][-1].divided and not self._letters:
            self._handle_hyphen(box)
        self._letters.append((_expand_ligature(letter), box))

    def finish(self) -> list[list[TextPiece]]:
        """The lines with their words; no line is empty."""
        self._end_word()
        return [line for line in self._lines if line]

    def _count(self, letter: str) -> None:
        self.characters += 1
        if is_broken_character(letter):
            self.broken += 1

    def _handle_hyphen(self, box: Box | None) -> None:
        """PDFium returns no line end after it, but in a table the next column continues the row."""
        before = self._hyphen
        same_row = before and box and before[1] <= (box[1] + box[3]) / 2 <= before[3] and box[0] >= before[2]
        if not same_row:
            self._end_line()

    def _end_word(self, *, divided: bool = False) -> None:
        if self._letters:
            self._lines[-1].append(TextPiece(tuple(self._letters), divided))
        self._letters = []

    def _end_line(self) -> None:
        if self._lines[-1]:
            self._lines.append([])


def _join_spaced_letters(line: list[PlacedWord]) -> list[PlacedWord]:
    """The line with words of spaced letters, "T I T L E", joined."""
    if len(line) < _MIN_SPACED_LETTERS:
        return line
    joined: list[PlacedWord] = []
    run: list[tuple[str, Box]] = []
    for word, box in line:
        if box is not None and len(word) == 1 and word.isalpha() and word.isupper():
            run.append((word, box))
            continue
        joined += [*_spaced_words(run), (word, box)]
        run = []
    return [*joined, *_spaced_words(run)]


def _spaced_words(run: Sequence[tuple[str, Box]]) -> Sequence[PlacedWord]:
    if len(run) < _MIN_SPACED_LETTERS:
        return run
    gaps = [after[1][0] - before[1][2] for before, after in pairwise(run)]
    usual = median(gaps)
    height = median(box[3] - box[1] for _, box in run)
    if not 0 < usual < _MAX_LETTER_GAP * height:
        return run
    words = [run[0]]
    for gap, (letter, box) in zip(gaps, run[1:], strict=True):
        if gap > _WORD_GAP_FACTOR * usual:
            words.append((letter, box))
        else:
            words[-1] = (words[-1][0] + letter, enclosing_box((words[-1][1], box)) or box)
    return words


def _character_box(textpage: pdfium.PdfTextPage, index: int) -> Box | None:
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    if not pdfium_raw.FPDFText_GetCharBox(textpage, index, left, right, bottom, top):
        return None
    return left.value, bottom.value, right.value, top.value


def _expand_ligature(letter: str) -> str:
    """A ligature as its letters, so that the word can be found."""
    code = ord(letter)
    if any(first <= code <= last for first, last in _LIGATURE_RANGES):
        return unicodedata.normalize("NFKC", letter)
    return letter
