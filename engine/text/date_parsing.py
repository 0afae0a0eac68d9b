"""Finds dates as people write them: "2 Mar 2018", "March 2nd, 2018", "02-03-18", "2018年3月2日".

If a date in numbers ("02-03-18") does not show which is the day and which the month, both readings are kept,
unless other dates in the same text settle it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.text.normalization import fold_accents, normalize

# fmt: off
_NAMES = (  # English, German, French, Spanish, Italian, Portuguese, Dutch, Malay and Indonesian, Scandinavian
    "january jan januar janner janvier janv enero ene gennaio gen janeiro januari",
    "february feb februar feber fevrier fevr febrero febbraio fevereiro fev februari februaribr pebruari",
    "march mar marz mrz mars marzo marco maart mrt mac maret marts",
    "april apr avril avr abril abr aprile",
    "may mai mayo maggio mag maio mei maj",
    "june jun juni juin junio giugno giu junho",
    "july jul juli juil juillet julio luglio lug julho julai",
    "august aug aout agosto ago augustus ogos agustus augusti",
    "september sep sept septembre septiembre settembre setembro",
    "october oct oktober okt octobre octubre ottobre ott outubro out oktobre",
    "november nov novembre noviembre novembro nopember",
    "december dec dezember dez decembre diciembre dic dicembre dezembro disember desember des",
)
# fmt: on
_MONTHS = {name: number for number, names in enumerate(_NAMES, 1) for name in names.split()}
_ABBREVIATED = 4  # letters, at most

_YEAR = r"(?:19|20)\d\d"
_NO_NUMBER_BEFORE = r"(?<![\d/])(?<!\d[.,:-])"
_NO_NUMBER_BEHIND = r"(?![\d/])(?![.,:-]\d)"
_NUMERIC = re.compile(
    rf"{_NO_NUMBER_BEFORE}(?:"
    rf"(?P<y1>{_YEAR})(?P<s1>[-/.]) ?(?P<m1>\d\d?)(?P=s1) ?(?P<d1>\d\d?)\.?(?=\D|$)"
    r"|(?P<a>\d\d?)(?P<s2>[-/.]) ?(?P<b>\d\d?)(?P=s2) ?(?P<y2>(?:19|20)\d\d|\d\d)"
    rf"|(?P<y3>{_YEAR})(?P<m3>0[1-9]|1[0-2])(?P<d3>0[1-9]|[12]\d|3[01])"
    rf"|(?P<m4>0?[1-9]|1[0-2])(?P<s4>[-/.])(?P<y4>{_YEAR})"
    rf"|(?P<y5>{_YEAR})[-/](?P<m5>0[1-9]|1[0-2])"
    rf"|(?P<y6>{_YEAR})[年년] ?(?P<m6>\d\d?)[月월](?: ?(?P<d6>\d\d?)[日일])?"
    rf"){_NO_NUMBER_BEHIND}"
)
_BEFORE_NUMBER = re.compile(r"(?<![^\W\d_])[^\W\d_]{3,11}(?=\W{0,3}(?:(?:of|de|del) )?\d)")
_DAY_BEFORE = re.compile(r"(?<!\d)(?<!\d[.,:/])(\d\d?)(?:st|nd|rd|th|er|\.|º)?[\s./-]*(?:(?:of|de) )?$")
_YEAR_BEFORE = re.compile(rf"(?<!\d)({_YEAR})[\s,./-]+$")
_YEAR_BEHIND = re.compile(rf"\.?,?[\s./-]*(?:(?:of|de|del) )?({_YEAR})(?!\d)")
_SHORT_YEAR_BEHIND = re.compile(r"\.?(?:[-/.]|\s?['\u2019])(\d\d)(?![\d.,:/-])")
_SPACED_SHORT_YEAR = re.compile(r"\.? (\d\d)(?![\d.,:/%-])")
_DAY_YEAR_BEHIND = re.compile(rf"\.?[\s-]*(\d\d?)(?:st|nd|rd|th)?,?[\s-]+({_YEAR})(?!\d)")
_DAY_BEHIND = re.compile(r"\.?[\s./-]*(\d\d?)(?:st|nd|rd|th)?(?![\d.,:/])")
_AROUND = 14  # characters to examine before a month's name
_CENTURY = 70  # two-digit years from here on belong to the 20th century


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day, or a month if `day` is 0."""

    year: int
    month: int
    day: int = 0


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date in a text, from `start` to `end`.

    `day_first` and `month_first` differ if the order is ambiguous.
    """

    start: int
    end: int
    day_first: CalendarDay
    month_first: CalendarDay
    date_order: str = ""  # "day" or "month", if the date itself shows which its writer puts first
    short_year: bool = False  # the year is not written as a four-digit number of its own

    @property
    def is_clear(self) -> bool:
        """Whether both readings are the same day."""
        return self.day_first == self.month_first


def find_dates(text: str) -> list[DateMention]:
    """The dates in a text, in order; where two overlap, only the first is returned."""
    found = sorted([*_find_numeric(text), *_find_named(text)], key=lambda dated: (dated.start, -dated.end))
    kept: list[DateMention] = []
    for dated in found:
        if not kept or dated.start >= kept[-1].end:
            kept.append(dated)
    return _unify_order(kept)


def _unify_order(found: Sequence[DateMention]) -> list[DateMention]:
    """If all dates that show an order agree, apply it to the ambiguous ones."""
    date_orders = {dated.date_order for dated in found} - {""}
    if len(date_orders) != 1:
        return list(found)
    day_first = date_orders == {"day"}
    return [_read(dated, dated.day_first if day_first else dated.month_first) for dated in found]


def _read(dated: DateMention, day: CalendarDay) -> DateMention:
    return DateMention(dated.start, dated.end, day, day, dated.date_order, dated.short_year)


def _find_numeric(text: str) -> Iterator[DateMention]:
    for match in _NUMERIC.finditer(text):
        told = match.groupdict()
        if told["a"]:
            yield from _numeric_parts(match)
            continue
        at = next(number for number in "13456" if told[f"y{number}"])
        if told.get("s4") in {".", "-"} and len(told["m4"]) < 2:
            continue
        day = CalendarDay(int(told[f"y{at}"]), int(told[f"m{at}"]), int(told.get(f"d{at}") or 0))
        if _is_day(day):
            yield DateMention(*match.span(), day, day, short_year=at == "3")


def _numeric_parts(match: re.Match[str]) -> Iterator[DateMention]:
    """Read the numbers of day and month, in either order, and of the year."""
    one, other, mark, digits = match["a"], match["b"], match["s2"], match["y2"]
    short = len(digits) == 2
    if short and mark != "/" and not len(one) == len(other) == 2:
        return
    year = _whole_year(digits)
    day_first, month_first = CalendarDay(year, int(other), int(one)), CalendarDay(year, int(one), int(other))
    can_day, can_month = _is_day(day_first), _is_day(month_first) and mark != "."
    if not (can_day or can_month):
        return
    date_order = "" if can_day == can_month or mark == "." else "day" if can_day else "month"
    day_readings = (day_first if can_day else month_first), (month_first if can_month else day_first)
    yield DateMention(*match.span(), *day_readings, date_order, short)


def _find_named(text: str) -> Iterator[DateMention]:
    for match in _BEFORE_NUMBER.finditer(text):
        month = _MONTHS.get(fold_accents(normalize(match.group())))
        if month is None:
            continue
        start, end = match.span()
        before = _DAY_BEFORE.search(text, max(start - _AROUND, 0), start)
        year_before = _YEAR_BEFORE.search(text, max(start - _AROUND, 0), start)
        yield from _named_around(text, month, (start, end), before, year_before)


def _named_around(
    text: str,
    month: int,
    name: tuple[int, int],
    before: re.Match[str] | None,
    year_before: re.Match[str] | None,
) -> Iterator[DateMention]:
    start, end = name
    if behind := _DAY_YEAR_BEHIND.match(text, end):
        yield from _make_mention((start, behind.end()), int(behind[2]), month, int(behind[1]))
    elif behind := _YEAR_BEHIND.match(text, end):
        begin, day = (before.start(), int(before[1])) if before else (start, 0)
        yield from _make_mention((begin, behind.end()), int(behind[1]), month, day)
    elif year_before and (behind := _DAY_BEHIND.match(text, end)):
        yield from _make_mention(
            (year_before.start(), behind.end()), int(year_before[1]), month, int(behind[1])
        )
    elif behind := _SHORT_YEAR_BEHIND.match(text, end) or (
        _SPACED_SHORT_YEAR.match(text, end) if before and end - start <= _ABBREVIATED else None
    ):
        begin, day = (before.start(), int(before[1])) if before else (start, 0)
        yield from _make_mention((begin, behind.end()), _whole_year(behind[1]), month, day, short=True)


def _make_mention(
    span: tuple[int, int], year: int, month: int, number: int, *, short: bool = False
) -> Iterator[DateMention]:
    day = CalendarDay(year, month, number)
    if _is_day(day):
        yield DateMention(*span, day, day, short_year=short)


def _whole_year(digits: str) -> int:
    year = int(digits)
    if len(digits) > 2:
        return year
    return year + (1900 if year >= _CENTURY else 2000)


def _is_day(day: CalendarDay) -> bool:
    return 1 <= day.month <= 12 and 0 <= day.day <= 31 and 1900 <= day.year < 2100
