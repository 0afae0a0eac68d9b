"""The texts of the results: on cards, in headings, and for screen readers."""

from __future__ import annotations

from gui.strings import DRIVE_NOT_CONNECTED, number, page, photographs
from gui.strings.languages import LANGUAGES
from gui.translation import Findling

SECTION_PHOTOS = Findling.tr("Photographs")
SECTION_PAGES = Findling.tr("Documents")
SECTION_LESS_CERTAIN = Findling.tr("Less certain")
SECTION_FAR_OFF = Findling.tr("Far off")
NEAREST = Findling.tr("no good match, these are the nearest")
ALL = Findling.tr("All {count} ›")  # noqa: RUF001 - as a link that leads on
MORE = Findling.tr("More ›")  # noqa: RUF001
SHOW = Findling.tr("Show")
EVERYWHERE = Findling.tr("Search everywhere")
HIDE = Findling.tr("Hide")
STRONG = Findling.tr("Good match")
WEAK = Findling.tr("Possible match")
NONE = Findling.tr("Far off")
PAGE_AND_NAME = Findling.tr("{page} · {name}")
UNDATED = Findling.tr("Without a date")
CARD_SIZE = Findling.tr("Size of the pictures")
CARD_SIZE_HINT = Findling.tr(
    "Size of the pictures (Ctrl and + or -, Ctrl and the wheel; Ctrl and 0 for the usual size)"
)
SMALLER = Findling.tr("Smaller pictures (Ctrl+-)")
LARGER = Findling.tr("Larger pictures (Ctrl++)")
MONTHS = (
    Findling.tr("January"),
    Findling.tr("February"),
    Findling.tr("March"),
    Findling.tr("April"),
    Findling.tr("May"),
    Findling.tr("June"),
    Findling.tr("July"),
    Findling.tr("August"),
    Findling.tr("September"),
    Findling.tr("October"),
    Findling.tr("November"),
    Findling.tr("December"),
)
MONTHS_IN_DATES = (  # some languages inflect them after a day
    Findling.tr("January", "after a day"),
    Findling.tr("February", "after a day"),
    Findling.tr("March", "after a day"),
    Findling.tr("April", "after a day"),
    Findling.tr("May", "after a day"),
    Findling.tr("June", "after a day"),
    Findling.tr("July", "after a day"),
    Findling.tr("August", "after a day"),
    Findling.tr("September", "after a day"),
    Findling.tr("October", "after a day"),
    Findling.tr("November", "after a day"),
    Findling.tr("December", "after a day"),
)


def month(key: str) -> str:
    """A month as a heading: "June 2024" for "2024-06". An invalid key is "undated"."""
    year, _dash, name = key.partition("-")
    if not (name.isdecimal() and 1 <= int(name) <= len(MONTHS)):
        return UNDATED
    return Findling.tr("{month} {year}").format(month=MONTHS[int(name) - 1], year=year)


def day(taken: str) -> str:
    """The date under a picture: "2 June" for "2024-06-02 17:30:00"; the heading has the year. "" if bad."""
    date = taken[:10].split("-")
    if len(date) != 3 or not date[2].isdecimal() or month(taken[:7]) == UNDATED:
        return ""
    return Findling.tr("{day} {month}").format(day=int(date[2]), month=MONTHS_IN_DATES[int(date[1]) - 1])


def whole_day(taken: str) -> str:
    """A date where no heading has the year: "2 June 2024". "" if invalid."""
    short = day(taken)
    return (
        Findling.tr("{day} {year}", "day with its month").format(day=short, year=taken[:4]) if short else ""
    )


def foreign_question(language: str) -> str:
    """The note on a query in a language that the built-in model does not understand."""
    return Findling.tr(
        "This looks like {language}. The built-in model understands English only; "
        "SigLIP 2 was trained on 109 languages."
    ).format(language=LANGUAGES.get(language, language))


def alike(count: int) -> str:
    """The badge of a stack of similar photographs."""
    return Findling.tr("%Ln alike", "", count)


def documents(count: int) -> str:
    """A count of documents: "3 documents"."""
    return Findling.tr("%Ln document(s)", "", count)


def pages_of_document(count: int, shown: int) -> str:
    """The link to a document's other pages. `shown`: how many of its `count` pages have cards."""
    if 1 < shown < count:
        return Findling.tr("All %Ln pages", "", count)
    return Findling.tr("%Ln page(s)", "", count)


def all_of(count: int) -> str:
    """The link to all `count` results of a section."""
    return ALL.format(count=number(count))


def results(photo_count: int, document_count: int, complete: bool) -> str:
    """The heading over the results: "12 photographs · 3 documents". Not `complete`: the best of more."""
    photos = [photographs(photo_count)] if photo_count or not document_count else []
    parts = [*photos, documents(document_count)] if document_count else photos
    text = " · ".join(parts)
    return text if complete else Findling.tr("The best {count}").format(count=text)


def everywhere(count: int, complete: bool) -> str:
    """The offer to search the whole library, with the number of results there."""
    return Findling.tr("Search everywhere ({count})").format(count=some_of(count, complete))


def unread(count: int) -> str:
    """The note that text recognition is not finished, so that some text is not found."""
    return Findling.tr("Text on %Ln picture(s) or scan(s) is not read yet, so it is not found.", "", count)


def selected(count: int) -> str:
    """A count of selected results."""
    return Findling.tr("%Ln selected", "", count)


def some_of(count: int, complete: bool) -> str:
    """A count, exact or as a lower bound: "128", or "more than 128"."""
    return number(count) if complete else Findling.tr("more than %Ln", "", count)


def browsed(count: int) -> str:
    """The heading while browsing without a query, when more items follow."""
    return Findling.tr("More than %Ln picture(s) or page(s)", "", count)


def copies(count: int) -> str:
    """A count of other files with the same content."""
    return Findling.tr("%Ln copies", "", count)


def second_line(page_number: int | None, date: str, others: int, available: bool) -> str:
    """The line under a file name: "Page 3 · 2 June 2024 · 1 copy". `others`: files with the same content."""
    parts = [page(page_number)] if page_number is not None else []
    parts += [part for part in (date, copies(others) if others else "") if part]
    if not available:
        parts.append(DRIVE_NOT_CONNECTED)
    return " · ".join(parts)
