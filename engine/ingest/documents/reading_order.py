"""Restores the reading order of a text layer's lines.

Puts accents on their letters, words of right-to-left scripts in order, columns one after another, and joins
words that are divided between lines.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from engine.text.normalization import APART, add_accent

Box = tuple[float, float, float, float]  # left, bottom, right, top in the page's own units
Letter = tuple[str, Box | None]

_GRAVE = "`"  # the grave accent in TeX fonts
_ACCENTS = {**APART, _GRAVE: "\u0300"}
_MIN_WORD_GAP = 0.25  # of a letter's height: less does not separate words
_WIDE_STEP = 0.5  # of a word's height
_COLUMN_GAP = 1.0  # of a word's height, between columns


@dataclass(frozen=True, slots=True)
class TextPiece:
    """A word, or the part of it on one line."""

    letters: tuple[Letter, ...]
    divided: bool = False  # by a hyphen at the end of the line, which is not among the letters
    box: Box | None = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "box", enclosing_box(box for _, box in self.letters))

    @property
    def text(self) -> str:
        """The letters as one string, in composed form (NFC)."""
        return unicodedata.normalize("NFC", "".join(letter for letter, _ in self.letters))


TextLine = Sequence[TextPiece]


def restore_reading_order(lines: Sequence[TextLine]) -> list[TextLine]:
    """The lines in reading order, without empty ones. `lines`: from PDFium."""
    accented = [_attach_accents(line) for line in lines]
    return _join_divided_words(_order_by_columns(_order_right_to_left(accented)))


def enclosing_box(boxes: Iterable[Box | None]) -> Box | None:
    """The smallest box around all known boxes; None if none is known."""
    known = [box for box in boxes if box is not None]
    if not known:
        return None
    left, bottom, right, top = zip(*known, strict=True)
    return min(left), min(bottom), max(right), max(top)


# ---- accents


def _attach_accents(line: TextLine) -> TextLine:
    if not any(letter in _ACCENTS for piece in line for letter, _ in piece.letters):
        return line
    joined: list[TextPiece] = []
    for piece in reversed(line):
        after = joined.pop() if joined and _belong_together(piece, joined[-1]) else None
        joined.append(replace(after, letters=(*piece.letters, *after.letters)) if after else piece)
    return [replace(piece, letters=tuple(_combine_accents(piece.letters))) for piece in reversed(joined)]


def _belong_together(before: TextPiece, after: TextPiece) -> bool:
    """Whether an accent between two pieces is above or below a letter, so that the apparent space is none."""
    (last, last_box), (first, first_box) = before.letters[-1], after.letters[0]
    if last in _ACCENTS and last != first:
        return _stands_over(last_box, first_box)
    if first not in _ACCENTS:
        return False
    if _stands_over(first_box, last_box):
        return True
    under = after.letters[1][1] if len(after.letters) > 1 else None
    if last_box is None or under is None or not _stands_over(first_box, under):
        return False
    return 0 <= under[0] - last_box[2] < _MIN_WORD_GAP * (under[3] - under[1])


def _combine_accents(letters: Sequence[Letter]) -> Iterator[Letter]:
    """TeX shows an accent before its letter; one that is above the preceding letter belongs to that."""
    done: list[Letter] = []
    at = 0
    while at < len(letters):
        accent, box = letters[at]
        following = letters[at + 1] if at + 1 < len(letters) else ("", None)
        at += 1
        if accent not in _ACCENTS:
            done.append((accent, box))
            continue
        before = done[-1] if done else ("", None)
        is_before = _stands_over(box, before[1]) and not _stands_over(box, following[1])
        if accent == _GRAVE and not (before[0].isalpha() or _stands_over(box, following[1])):
            done.append((accent, box))  # an opening quotation mark
        elif not is_before and (composed := _compose(following[0], accent)):
            done.append((composed, following[1]))
            at += 1
        elif composed := _compose(before[0], accent):
            done[-1] = (composed, before[1])
        else:
            done.append((accent, box))
    yield from done


def _compose(letter: str, accent: str) -> str:
    if len(letter) != 1 or not letter.isalpha():
        return ""
    return add_accent(letter, "\u02cb" if accent == _GRAVE else accent)


def _stands_over(accent: Box | None, letter: Box | None) -> bool:
    """Whether it is above or below it."""
    return accent is not None and letter is not None and letter[0] <= (accent[0] + accent[2]) / 2 <= letter[2]


# ---- right-to-left scripts


def _order_right_to_left(lines: Sequence[TextLine]) -> Sequence[TextLine]:
    """Put words of Hebrew and Arabic in the order of their letters' positions.

    PDFium reverses them, since most programs show them from left to right; but it also does so for programs
    that show them in reading order. In that case their letters step to the right, or marks precede their
    letters if they were drawn in that order from the left.
    """
    lines = [_split_at_jumps(line) for line in lines]
    words = [piece for line in lines for piece in line if _is_right_to_left(piece)]
    with_marks = [piece for piece in words if any(_is_mark(letter) for letter, _ in piece.letters)]
    before = sum(_is_mark(piece.letters[0][0]) for piece in with_marks)
    return (
        [_reverse_words(line, marks_first=2 * before > len(with_marks)) for line in lines] if words else lines
    )


def _split_at_jumps(line: TextLine) -> TextLine:
    """Split words that one operator shows with steps to the left, and no space, between them."""
    parts = [_split_piece_at_jumps(piece) if _is_right_to_left(piece) else [piece] for piece in line]
    if len(line) == sum(map(len, parts)):
        return line
    return [part for pieces in parts for part in sorted(pieces, key=_left_edge, reverse=True)]


def _split_piece_at_jumps(piece: TextPiece) -> list[TextPiece]:
    """The words of a piece, split where steps go back to the right over others."""
    if piece.box is None:
        return [piece]
    wide = _WIDE_STEP * (piece.box[3] - piece.box[1])
    jumps = [at for at, letters in enumerate(pairwise(piece.letters), 1) if _is_jump(*letters, wide)]
    if not 0 < 2 * len(jumps) < len(piece.letters):
        return [piece]
    begins, ends = [0, *jumps], [*jumps, len(piece.letters)]
    parts = [TextPiece(piece.letters[begin:end]) for begin, end in zip(begins, ends, strict=True)]
    return [*parts[:-1], replace(parts[-1], divided=piece.divided)]


def _is_jump(letter: Letter, following: Letter, wide: float) -> bool:
    """Digits and Latin letters step to the right themselves, but not far."""
    (before, box), (after, next_box) = letter, following
    if box is None or next_box is None:
        return False
    leftward = all(unicodedata.bidirectional(each[0]) in ("R", "AL") for each in (before, after))
    return next_box[0] - box[2] > (0 if leftward else wide)


def _left_edge(piece: TextPiece) -> float:
    return piece.box[0] if piece.box else 0.0


def _reverse_words(line: TextLine, *, marks_first: bool) -> TextLine:
    words = [piece for piece in line if _is_right_to_left(piece)]
    steps = [step for piece in words for step in _steps(piece)]
    steps_right = 2 * sum(step > 0 for step in steps) > len(steps)
    if not words or not (steps_right or marks_first):
        return line
    if 2 * sum(len(piece.letters) for piece in words) > sum(len(piece.letters) for piece in line):
        return _reverse_run(line, leftward=steps_right)
    turned: list[TextPiece] = []
    run: list[TextPiece] = []
    for piece in line:
        if _is_right_to_left(piece):
            run.append(piece)
        else:
            turned += [*_reverse_run(run, leftward=steps_right), piece]
            run = []
    return [*turned, *_reverse_run(run, leftward=steps_right)]


def _steps(piece: TextPiece) -> Iterator[float]:
    """From each letter to the next."""
    places = [
        (box[0] + box[2]) / 2
        for letter, box in piece.letters
        if box and unicodedata.bidirectional(letter) in ("R", "AL")
    ]
    return (after - before for before, after in pairwise(places))


def _reverse_run(run: TextLine, *, leftward: bool) -> list[TextPiece]:
    """By position, if all are known; words that are read to the right keep their order."""
    if any(piece.box is None for piece in run):
        ordered = list(reversed(run))
    else:
        ordered = sorted(run, key=_left_edge, reverse=leftward)
    turned: list[TextPiece] = []
    others: list[TextPiece] = []
    for piece in ordered:
        if _is_right_to_left(piece) or not any(letter.isalnum() for letter, _ in piece.letters):
            turned += [*(reversed(others) if leftward else others), _reverse_letters(piece)]
            others = []
        else:
            others.append(_order_left_to_right(piece))
    return [*turned, *(reversed(others) if leftward else others)]


def _order_left_to_right(piece: TextPiece) -> TextPiece:
    """Digits are read to the right, in whichever order they were shown."""
    places = [box[0] for _, box in piece.letters if box]
    is_turned = len(places) > 1 and all(after < before for before, after in pairwise(places))
    return replace(piece, letters=piece.letters[::-1]) if is_turned else piece


def _reverse_letters(piece: TextPiece) -> TextPiece:
    letters: list[Letter] = []
    others: list[Letter] = []  # digits and Latin letters
    for letter in reversed(piece.letters):
        if unicodedata.bidirectional(letter[0]) in ("EN", "AN", "L"):
            others.append(letter)
        else:
            letters += [*reversed(others), letter]
            others = []
    return replace(piece, letters=(*letters, *reversed(others)))


def _is_right_to_left(piece: TextPiece) -> bool:
    return any(unicodedata.bidirectional(letter[0]) in ("R", "AL") for letter, _ in piece.letters)


def _is_mark(letter: str) -> bool:
    return unicodedata.category(letter[0]) == "Mn"


# ---- columns


def _order_by_columns(lines: Sequence[TextLine]) -> Sequence[TextLine]:
    """Separate columns that were drawn row by row; a hyphen within a row shows that they were."""
    gaps = [gap for line in lines for gap in _hyphen_gaps(line)]
    if not gaps:
        return lines
    first = gaps[0]
    gaps = [gap for gap in gaps if gap[0] < first[1] and first[0] < gap[1]]
    gutter = (max(gap[0] for gap in gaps) + min(gap[1] for gap in gaps)) / 2
    rows = [row for line in lines for row in _split_rows(line)]
    at_gutter = [at for at, row in enumerate(rows) if any(_hyphen_gaps(row))]
    begin, end = at_gutter[0], at_gutter[-1] + 1
    while begin > 0 and not _crosses(rows[begin - 1], gutter):
        begin -= 1
    while end < len(rows) and not _crosses(rows[end], gutter):
        end += 1
    if any(_crosses(row, gutter) for row in rows[begin:end]):
        return lines
    left = [[piece for piece in row if piece.box and piece.box[0] < gutter] for row in rows[begin:end]]
    right = [[piece for piece in row if piece.box and piece.box[0] >= gutter] for row in rows[begin:end]]
    columns = [*_drop_empty(left), *_order_by_columns(_drop_empty(right))]
    return [*rows[:begin], *map(_mark_divided_end, columns), *rows[end:]]


def _hyphen_gaps(line: TextLine) -> Iterator[tuple[float, float]]:
    """Wide gaps within a row after a word that ends with a hyphen."""
    for before, after in pairwise(line):
        if (
            before.box
            and after.box
            and (before.divided or _ends_in_hyphen(before))
            and _is_same_row(before, after)
        ):
            height = before.box[3] - before.box[1]
            if after.box[0] - before.box[2] > _COLUMN_GAP * height:
                yield before.box[2], after.box[0]


def _ends_in_hyphen(piece: TextPiece) -> bool:
    text = piece.text
    return len(text) > 2 and text[-1] in "-\u2010" and text[-2].isalpha()


def _is_same_row(before: TextPiece, after: TextPiece) -> bool:
    if before.box is None or after.box is None:
        return True
    overlap = min(before.box[3], after.box[3]) - max(before.box[1], after.box[1])
    return overlap > 0 and after.box[0] >= before.box[0]


def _split_rows(line: TextLine) -> list[list[TextPiece]]:
    rows: list[list[TextPiece]] = [[]]
    for piece in line:
        if rows[-1] and not _is_same_row(rows[-1][-1], piece):
            rows.append([])
        rows[-1].append(piece)
    return _drop_empty(rows)


def _crosses(row: TextLine, gutter: float) -> bool:
    """Whether a word crosses it, or two are as near to it as words of a line, or one has no position."""
    if any(piece.box is None or piece.box[0] < gutter < piece.box[2] for piece in row):
        return True
    for before, after in pairwise(row):
        if before.box and after.box and before.box[2] <= gutter <= after.box[0]:
            return after.box[0] - before.box[2] < 0.6 * (before.box[3] - before.box[1])
    return False


def _drop_empty(rows: Iterable[list[TextPiece]]) -> list[list[TextPiece]]:
    return [row for row in rows if row]


def _mark_divided_end(row: TextLine) -> TextLine:
    last = row[-1]
    return (
        [*row[:-1], replace(last, letters=last.letters[:-1], divided=True)] if _ends_in_hyphen(last) else row
    )


# ---- words divided between lines


def _join_divided_words(lines: Sequence[TextLine]) -> list[TextLine]:
    """A small letter continues the word; anything else shows that the word ended with its hyphen.

    The box is that of the first half. The lines are joined. A hyphen after others stays: "state-of-the-".
    """
    joined: list[list[TextPiece]] = []
    for line in lines:
        if joined and joined[-1][-1].divided:
            first = joined[-1].pop()
            if line[0].letters[0][0].islower():
                hyphen: tuple[Letter, ...] = (("-", None),) if "-" in first.text else ()
                rest = tuple((letter, None) for letter, _ in line[0].letters)
                joined[-1] += [TextPiece((*first.letters, *hyphen, *rest), line[0].divided), *line[1:]]
                continue
            joined[-1].append(_add_hyphen(first))
        joined.append([*map(_add_hyphen, line[:-1]), line[-1]])
    if joined and joined[-1][-1].divided:
        joined[-1][-1] = _add_hyphen(joined[-1][-1])
    return list(joined)


def _add_hyphen(piece: TextPiece) -> TextPiece:
    return replace(piece, letters=(*piece.letters, ("-", None)), divided=False) if piece.divided else piece
