"""Finds dates, amounts, initials and compounds in a text, with terms that match all their spellings.

"02-03-18" is found as a day, "1,234.50" as the same amount as 1234.5, "D.I.Y." as "diy", "Hewlett-Packard" as
"hewlettpackard". A term is a word, or begins with a sign that no text of today contains; the full-text index
treats each as one word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from engine.text.date_parsing import CalendarDay, DateMention, find_dates
from engine.text.normalization import fold_accents, normalize
from engine.text.tokenization import terms_in

# A letter of a single Old Slavonic word. Index terms that begin with it are not words of the text.
SIGN = "\ua66e"
_SURE, _BY_DAY, _BY_MONTH = "d", "f", "h"  # how day and month were told apart: clear, day first, month first
_YEAR = f"{SIGN}y"
_POINT = SIGN  # of a decimal fraction
GROUPED = 1000  # whole numbers from here on may also be written with separators

_SEPARATOR = "[.,'\u2019\u00a0\u202f\u2009]"
_NUMBER = re.compile(rf"(?<!\d)(?<!\d[.,])\d+(?:{_SEPARATOR}\d+)+(?![.,]?\d)")
_MARKS_OF_NUMBERS = re.compile(_SEPARATOR)
_LETTER = r"[^\W\d_]"
# "D.I.Y.", "D. I. Y.", "D I Y" in capitals, "AT&T"
_INITIALS = re.compile(
    rf"(?<![^\W_])(?:{_LETTER}\. ?){{1,11}}{_LETTER}(?![^\W_])\.?"
    rf"|(?<![^\W_])(?:[A-Z] ){{2,11}}[A-Z](?![^\W_])(?! [^\W_](?![^\W_]))"
)
_COMPOUND = re.compile(r"(?<![^\W_])[^\W_]+(?:['&\u2019\u2010\u2011-][^\W_]+)+")
_BETWEEN = re.compile(r"[\W_]+")
_POSSESSIVE = re.compile(r"['\u2019][sS]$")
LONGEST_NUMBER = 40  # digits and separators; longer ones are not amounts
LONGEST_JOINED = 40  # letters; longer ones are not names
_OTHER_WORDS = frozenset({"am", "as", "at", "do", "if", "in", "is", "it", "me", "no", "so", "us", "we"})


class DateOrder(Enum):
    """Whether the writers of a library put the day or the month first in numeric dates."""

    DAY = f"{SIGN}k"
    MONTH = f"{SIGN}l"


@dataclass(frozen=True, slots=True)
class SpellingVariant:
    """A piece of a text, from `start` to `end`, and the terms that match it in any spelling."""

    start: int
    end: int
    terms: tuple[str, ...]


def find_variants(text: str) -> list[SpellingVariant]:
    """All variants in a text, in order. A number or compound within a date is not returned again."""
    found = [SpellingVariant(dated.start, dated.end, _terms_of(dated)) for dated in find_dates(text)]
    taken = [(each.start, each.end) for each in found]
    found.extend(each for each in _amounts(text) if not _overlaps(each, taken))
    found.extend(_initials(text))
    found.extend(each for each in _compounds(text) if not _overlaps(each, taken))
    return sorted(found, key=lambda each: each.start)


# ---- dates


def date_query_terms(dated: DateMention, date_order: DateOrder | None) -> tuple[str, ...]:
    """The index terms that match the date of a query. `date_order`: the library's order, None if unknown."""
    days = {DateOrder.DAY: [dated.day_first], DateOrder.MONTH: [dated.month_first]}
    meant = days[date_order] if date_order else [dated.day_first, dated.month_first]
    ways = {DateOrder.DAY: (_SURE, _BY_DAY), DateOrder.MONTH: (_SURE, _BY_MONTH)}
    read = ways[date_order] if date_order else (_SURE, _BY_DAY, _BY_MONTH)
    return tuple(dict.fromkeys(_term(way, day) for day in meant for way in read))


def year_query_term(year: int) -> str:
    """The index term that matches a year written in any way other than four digits."""
    return f"{_YEAR}{year}"


def _terms_of(dated: DateMention) -> tuple[str, ...]:
    if dated.is_clear:
        terms = _month_and_day_terms(_SURE, dated.day_first)
    else:
        terms = [
            *_month_and_day_terms(_BY_DAY, dated.day_first),
            *_month_and_day_terms(_BY_MONTH, dated.month_first),
        ]
    if dated.short_year:
        terms.append(year_query_term(dated.day_first.year))
    if dated.date_order:
        terms.append((DateOrder.DAY if dated.date_order == "day" else DateOrder.MONTH).value)
    return tuple(dict.fromkeys(terms))


def _month_and_day_terms(way: str, day: CalendarDay) -> list[str]:
    """The term of the month, and of the day if it is known."""
    month = _term(way, CalendarDay(day.year, day.month))
    return [month, _term(way, day)] if day.day else [month]


def _term(way: str, day: CalendarDay) -> str:
    number = f"{day.day:02}" if day.day else ""
    return f"{SIGN}{way}{day.year}{day.month:02}{number}"


# ---- amounts


def amount_terms(number: str) -> tuple[str, ...]:
    """The index terms of a number, whichever separators its thousands and its fraction have.

    Empty if it is not a number, such as "1.2.3". "1.234" is also read as 1234.
    """
    number = fold_accents(number)
    parts, marks = _MARKS_OF_NUMBERS.split(number), _MARKS_OF_NUMBERS.findall(number)
    if len(number) > LONGEST_NUMBER or not all(part.isdecimal() for part in parts):
        return ()
    if not marks:
        return _whole_number(parts[0])
    terms: list[str] = []
    if len(set(marks)) == 1 and _is_grouped(parts):
        terms.append(_strip_separators("".join(parts)))
    last = marks[-1]
    is_fraction = last in ".," and last not in marks[:-1] and len(set(marks[:-1])) < 2
    if is_fraction and (len(parts) == 2 or _is_grouped(parts[:-1])) and (not terms or last == "."):
        terms.append(f"{_strip_separators(''.join(parts[:-1]))}{_POINT}{parts[-1].rstrip('0') or '0'}")
    return tuple(terms)


def amount_query_terms(number: str) -> tuple[str, ...]:
    """Like `amount_terms`, for the number of a query: 1,234.00 also matches 1234."""
    found = amount_terms(number)
    nothing = f"{_POINT}0"
    also = [term.removesuffix(nothing) if term.endswith(nothing) else term + nothing for term in found]
    whole = [term for term in also if int(term.split(_POINT)[0]) >= GROUPED and term.count(_POINT) <= 1]
    return tuple(dict.fromkeys([*found, *(term for term in whole if _is_whole(term))]))


def _is_whole(term: str) -> bool:
    return _POINT not in term or term.endswith(f"{_POINT}0")


def _whole_number(digits: str) -> tuple[str, ...]:
    return (digits,) if len(digits) >= len(str(GROUPED)) and digits[0] != "0" else ()


def _is_grouped(parts: Sequence[str]) -> bool:
    """Whether digits are grouped in thousands, or in lakhs and crores."""
    first, *middle, last = parts if len(parts) > 1 else ("", *parts)
    return (
        0 < len(first) <= 3
        and first[0] != "0"
        and len(last) == 3
        and len({len(part) for part in middle}) <= 1
        and all(len(part) in {2, 3} for part in middle)
    )


def _strip_separators(digits: str) -> str:
    return digits.lstrip("0") or "0"


def _amounts(text: str) -> Iterator[SpellingVariant]:
    for match in _NUMBER.finditer(text):
        if terms := amount_terms(match.group()):
            yield SpellingVariant(*match.span(), terms)


# ---- names


def _initials(text: str) -> Iterator[SpellingVariant]:
    for match in _INITIALS.finditer(text):
        if name := initials_as_word(match.group()):
            yield SpellingVariant(*match.span(), name)


def _compounds(text: str) -> Iterator[SpellingVariant]:
    for match in _COMPOUND.finditer(text):
        word = _POSSESSIVE.sub("", match.group())
        if any(map(str.isalpha, word)) and _BETWEEN.search(word) and len(word) <= LONGEST_JOINED:
            name = join_words(word)
            if len(terms_in(name)) == 1:  # in scripts without spaces each letter is a term
                yield SpellingVariant(match.start(), match.start() + len(word), (name,))


def initials_as_word(letters: str) -> tuple[str, ...]:
    """The word that initials form, as a tuple; empty if it would be another word: "U.S." is not "us"."""
    word = join_words(letters)
    return () if word in _OTHER_WORDS or len(terms_in(word)) != 1 else (word,)


def close_initials(text: str) -> str:
    """Join the initials of a query into one piece: "MR. D. I. Y." becomes "MR. D.I.Y"."""
    return _INITIALS.sub(lambda match: f"{'.'.join(_BETWEEN.sub('', match.group()))} ", text)


def join_words(words: str) -> str:
    """Join the words of a name into one, without what separates them."""
    return _BETWEEN.sub("", fold_accents(normalize(_BETWEEN.sub("", words))))


def _overlaps(writing: SpellingVariant, taken: Sequence[tuple[int, int]]) -> bool:
    return any(start < writing.end and writing.start < end for start, end in taken)
