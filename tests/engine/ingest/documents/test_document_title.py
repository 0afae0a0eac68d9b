"""What a document calls itself, by its metadata and the words of its first page."""

from __future__ import annotations

import pytest

from engine.ingest.documents.document_title import MAX_TITLE_LENGTH, choose_title
from engine.records import Word


def line(text: str, top: float, height: float = 0.02) -> list[Word]:
    """The words of a line, side by side."""
    return [
        Word(word, (0.1 + 0.1 * place, top, 0.18 + 0.1 * place, top + height))
        for place, word in enumerate(text.split())
    ]


BODY = [word for row in range(10) for word in line("words of the body of the page", 0.3 + 0.03 * row)]


def test_the_metadata_says_it_in_one_line() -> None:
    assert choose_title(" Annual \n Report\x00 2018 ", "ar18", ()) == "Annual Report 2018"


@pytest.mark.parametrize(
    "metadata",
    [
        *(
            "",
            "Untitled",
            "Microsoft Word - draft",
            "report_final.docx",
            "C:\\papers\\x",
            "ar_2018-final",
            "12",
        ),
        *("Slide 1", "\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd", "Annual report"),
    ],
)
def test_what_is_no_title_or_the_name_of_the_file_gives_way_to_the_largest_words(metadata: str) -> None:
    page = [*line("Rain Over", 0.1, 0.05), *line("Flanders", 0.16, 0.05), *BODY]
    assert choose_title(metadata, "annual-report", page) == "Rain Over Flanders"
    assert choose_title(metadata, "annual-report", ()) == ""


def test_words_as_large_as_the_rest_are_no_title() -> None:
    assert choose_title("", "x", [*line("Rain Over Flanders", 0.1), *BODY]) == ""
    assert choose_title("", "x", [*BODY, *line("Rain Over Flanders", 0.9, 0.05)]) == ""


def test_a_cover_has_few_words_and_they_are_its_title() -> None:
    assert choose_title("", "x", line("Rain Over Flanders", 0.4)) == "Rain Over Flanders"


def test_a_long_title_ends_with_a_whole_word_and_costs_no_time() -> None:
    """The second would take hours if all of it were looked at."""
    sentence = "the rain over the fields of Flanders in a cold and early winter "
    title = choose_title(sentence * 10, "x", ())
    assert MAX_TITLE_LENGTH - 10 < len(title) <= MAX_TITLE_LENGTH
    assert (sentence * 10).startswith(f"{title} ")
    assert len(choose_title("1" * 1_000_000 + " rain over Flanders", "x", ())) <= MAX_TITLE_LENGTH


def test_a_title_that_is_the_file_s_name_in_other_letters_is_none() -> None:
    assert choose_title("Überblick Straße", "u\u0308berblick_STRASSE", ()) == ""
