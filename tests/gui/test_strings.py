"""What is shown reads as a person would say it, and draws names from the disk safely."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl

from engine.models.specs import get_spec
from engine.search.query.language_detection import LANGUAGES, OTHER_LANGUAGE
from gui import strings
from gui.files import desktop
from gui.search.picture_query import offer
from gui.strings import activity, languages, results


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, ""),
        (3, "a few seconds left"),
        (45, "less than a minute left"),
        (60, "about 1 minute left"),
        (1500, "about 25 minutes left"),
        (3600, "about 1 hour left"),
        (20_000, "about 6 hours left"),
        (200_000, "about 2 days left"),
    ],
)
def test_remaining_time_is_a_duration_in_words(seconds: float | None, words: str) -> None:
    assert strings.remaining(seconds) == words


@pytest.mark.parametrize(
    ("value", "words"), [(12.4, "12 a second"), (0.5, "30 a minute"), (0.001, ""), (0.0, "")]
)
def test_a_slow_rate_is_counted_by_the_minute(value: float, words: str) -> None:
    assert strings.rate(value) == words


def test_copies_are_told_because_they_are_found_once() -> None:
    assert activity.found_files(15, 0) == "15 files"
    assert activity.found_files(15, 1) == "15 files · 1 copy of another"
    assert activity.found_files(15, 2) == "15 files · 2 copies of others"


def test_counts_have_their_singular() -> None:
    assert strings.files(1) == "1 file"
    assert strings.files(2) == "2 files"
    assert strings.done_of(1, 12, "items") == "1 of 12 pictures and pages"
    assert strings.holdings(1, 0) == "1 photograph"


def test_every_language_that_a_question_may_be_in_can_be_translated() -> None:
    assert set(languages.LANGUAGES) == {*LANGUAGES.values(), OTHER_LANGUAGE}


def test_a_question_in_another_language_names_the_model_that_understands_it() -> None:
    sentence = results.foreign_question("German")
    assert sentence.startswith("This looks like German. ")
    languages, _, _ = get_spec("siglip2-base").languages.partition(",")
    assert f"SigLIP 2 was trained on {languages}." in sentence
    assert results.foreign_question(OTHER_LANGUAGE).startswith("This looks like another language. ")


@pytest.mark.parametrize("phase", ["scanning", "indexing", "something else"])
def test_every_phase_has_words(phase: str) -> None:
    assert strings.phase(phase)[0].isupper()


@pytest.mark.parametrize(
    "name",
    ["line\nbreak.jpg", "turned\u202egpj.exe", "bad\udcff.jpg", "bell\x07.jpg", "isolate\u2066.jpg"],
)
def test_what_cannot_be_drawn_is_replaced(name: str) -> None:
    shown = strings.file_name(Path(name))
    assert "\ufffd" in shown
    shown.encode("utf-8")


def test_ordinary_names_of_any_language_are_left_alone() -> None:
    for name in ("Grüße.jpg", "写真.png", "👩‍👩‍👧 family.jpg", "עברית.jpg"):
        assert strings.file_name(Path(name)) == name


def test_a_name_that_is_no_utf8_still_has_an_address() -> None:
    assert desktop.file_url(Path("/x/caf\udce9 #1.jpg")).toEncoded().data() == b"file:///x/caf%E9%20%231.jpg"


def test_dropped_web_addresses_are_not_ours() -> None:
    data = QMimeData()
    data.setUrls([QUrl("https://example.org/a.jpg")])
    assert offer(data).empty
