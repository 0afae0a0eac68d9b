"""Determines a document's title: from its metadata if meaningful, else the largest words of page 1."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from engine.ingest.documents.text_quality import is_broken_character, is_garbage
from engine.records import Word
from engine.text.normalization import fold_accents, normalize

MAX_TITLE_LENGTH = 200  # characters

_MAX_METADATA_LENGTH = 10 * MAX_TITLE_LENGTH  # of the metadata; the patterns below take quadratic time
_MIN_LETTERS = 4
_MIN_TITLE_SIZE = 1.25  # times the usual height of a line's words
_MIN_NEIGHBOUR_SIZE = 0.75  # of the largest line's height, for further lines of the title
_MAX_TITLE_TOP = 0.75  # of the page, from the top: there is no title below
_MAX_LINE_STEP = 1.9  # in heights: the largest distance to the title's next line
_MAX_WORDS = 30
_COVER_WORDS = 20  # a page with fewer is a cover: its largest words need not be larger than the rest

_FILE_NAME = re.compile(
    r"\.(docx?|docm|dotx?|rtf|odt|wpd|pages|pptx?|odp|key|xlsx?|ods|csv|pdf|ps|eps|ai|indd|indb|qxp|qxd|p65|pmd|"
    r"fm|book|tex|dvi|cdr|psd|pub|vsd|dwg|html?|xml|txt|md|jpe?g|png|tiff?|gif|bmp)\b|\\|^/|^file:|https?://",
    re.IGNORECASE,
)
_NO_TITLE = re.compile(
    r"(\(?(untitled|unbenannt|sans titre|sin título|senza titolo|sem título|no title)\)?|title|titel|slide|"
    r"page|microsoft (word|excel|powerpoint)( -.*)?|powerpoint[ -]*(presentation|präsentation)|"
    r"présentation powerpoint|presentación de powerpoint|presentation|präsentation|document|dokument|print|"
    r"scan(ned)?( document| image)?|layout|cover|blank|book|article|full page( photo| fax print)?|none|null|"
    r"unknown)[\W\d_]*",
    re.IGNORECASE,
)
_NUMBERED_NAME = re.compile(r"[\w.-]*[\d_][\w.-]*")  # one word with digits or underscores: "ar_2018-final"


def choose_title(metadata: str, file_stem: str, words: Sequence[Word]) -> str:
    """One line of at most `MAX_TITLE_LENGTH` characters; "" if the document has no title.

    `words`: of the first page, in reading order.
    """
    title = _to_one_line(metadata[:_MAX_METADATA_LENGTH])
    if _is_title(title) and _comparison_key(title) != _comparison_key(file_stem):
        return _shorten(title)
    title = _to_one_line(_largest_lines(words))
    return _shorten(title) if _is_title(title) else ""


def _to_one_line(text: str) -> str:
    kept = "".join(" " if letter.isspace() or is_broken_character(letter) else letter for letter in text)
    return unicodedata.normalize("NFC", " ".join(kept.split()))


def _is_title(title: str) -> bool:
    letters = sum(letter.isalpha() for letter in title)
    wide = any(ord(letter) > 0x2E80 for letter in title)  # one character means as much as a word
    return (
        letters >= (2 if wide else _MIN_LETTERS)
        and not _FILE_NAME.search(title)
        and not _NO_TITLE.fullmatch(title)
        and not _NUMBERED_NAME.fullmatch(title)
        and not is_garbage(title)
    )


def _comparison_key(text: str) -> str:
    return "".join(letter for letter in fold_accents(normalize(text)) if letter.isalnum())


def _shorten(title: str) -> str:
    return title if len(title) <= MAX_TITLE_LENGTH else title[:MAX_TITLE_LENGTH].rsplit(" ", 1)[0]


def _largest_lines(words: Sequence[Word]) -> str:
    """The lines in the largest type, if it is larger than the rest of the page."""
    lines = _group_lines([word for word in words if _is_horizontal(word)])
    candidates = [
        line for line in lines if line[0].box[1] < _MAX_TITLE_TOP and _letters(line) >= _MIN_LETTERS
    ]
    if not candidates:
        return ""
    largest = max(candidates, key=_height)
    usual = median(_height(line) for line in lines for _ in line)
    if len(words) > _COVER_WORDS and _height(largest) < _MIN_TITLE_SIZE * usual:
        return ""
    title = _join_neighbours(lines, lines.index(largest))
    return " ".join(word.text for word in title) if len(title) <= _MAX_WORDS else ""


def _join_neighbours(lines: Sequence[Sequence[Word]], place: int) -> list[Word]:
    """The line and those directly above and below it that are about as large."""
    first = last = place
    size = _height(lines[place])
    while first > 0 and _continues(lines[first - 1], lines[first], size):
        first -= 1
    while last + 1 < len(lines) and _continues(lines[last], lines[last + 1], size):
        last += 1
    return [word for line in lines[first : last + 1] for word in line]


def _continues(line: Sequence[Word], following: Sequence[Word], size: float) -> bool:
    step = following[0].box[1] - line[0].box[1]
    return (
        min(_height(line), _height(following)) >= _MIN_NEIGHBOUR_SIZE * size
        and 0 < step < _MAX_LINE_STEP * size
    )


def _is_horizontal(word: Word) -> bool:
    """Not vertical text along the page's edge."""
    left, top, right, bottom = word.box
    return len(word.text) < 3 or right - left > bottom - top


def _group_lines(words: Sequence[Word]) -> list[list[Word]]:
    """Groups of consecutive words that are side by side."""
    lines: list[list[Word]] = [[words[0]]] if words else []
    for before, word in pairwise(words):
        middle = (word.box[1] + word.box[3]) / 2
        if before.box[1] <= middle <= before.box[3]:
            lines[-1].append(word)
        else:
            lines.append([word])
    return lines


def _height(line: Sequence[Word]) -> float:
    """In page heights: of the tallest word, since a word may have no tall letters."""
    return max(word.box[3] - word.box[1] for word in line)


def _letters(line: Sequence[Word]) -> int:
    return sum(letter.isalpha() for word in line for letter in word.text)
