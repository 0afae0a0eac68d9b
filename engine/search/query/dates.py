"""The dates that a query asks for: a page that says one of them in whatever writing is an answer."""

from __future__ import annotations

from sqlite3 import Connection

from engine.search.query.library_terms import (
    Sought,
    term_carriers,
)
from engine.search.text.word_scores import Unit
from engine.text.dates import dates_in
from engine.text.spelling_variants import (
    Habit,
    asked_for,
)


def with_dates(db: Connection, text: str) -> tuple[list[Sought], str]:
    """What the dates of a query stand for, and the query without them. One that no page says stays in it."""
    found: list[Sought] = []
    rest = text
    for dated in reversed(dates_in(text)):
        terms = asked_for(dated, habit(db))
        count = sum(term_carriers(db, term) for term in terms)
        if count:
            word = text[dated.start : dated.end]
            unit = Unit(word, terms[:1], 0.0, dict.fromkeys(terms[1:], 1.0), is_exact=True)
            found.insert(0, Sought(unit, terms, count, count))
            rest = f"{rest[: dated.start]} {rest[dated.end :]}"
    return found, rest


def habit(db: Connection) -> Habit | None:
    """What most pages with a date in numbers put first, the day or the month; None where none tells."""
    days, months = (term_carriers(db, each.value) for each in Habit)
    if days == months == 0:
        return None
    return Habit.DAY if days >= months else Habit.MONTH
