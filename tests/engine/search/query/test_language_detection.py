"""Questions in other languages are told from English ones, and names, codes and quoted words from both."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from engine.clustering.themes.label_vocabulary import vocabulary
from engine.search.confidence.calibration_queries import CALIBRATION_PHRASES, CALIBRATION_WORDS
from engine.search.query.language_detection import LANGUAGES, OTHER_LANGUAGE, LanguageDetector
from engine.search.query.parsing import parse
from engine.training.benchmark_words import WORDS

# As people type them: short, without capitals or with too many, with slips, numbers and names.
ENGLISH = (
    "a dog",
    "dogs",
    "dog on the beach",
    "two men playing chess",
    "a red car in the snow",
    "grandma's birthday cake",
    "kids in the pool",
    "wedding dance",
    "sunset over the sea",
    "cat sleeping on a sofa",
    "receipt from the dentist",
    "annual report 2019",
    "revenue by region",
    "FY2018 capital expenditure",
    "Netflix streaming members 2015",
    "warranty two years",
    "wiring diagram",
    "insurance policy",
    "boarding pass",
    "descalling cofee machine",
    "how do I descale the coffee machine?",
    "what is the total of the second table",
    "Which dataset has the most questions?",
    "WHERE IS THE ENTRANCE",
    "angel on the roof",
    "a chat on main street",
    "restaurant menu",
    "auto show",
    "taxi in New York",
    "kindergarten photo",
    "children eating pasta in a café",
    "questionnaire",
    "alaska",
)
NAMES_AND_CODES = (
    "Mr DIY",
    "KING'S CONFECTIONERY 25.15",
    "restoran hassanbistro",
    "Gardenia Bakeries",
    "IMG_20190803",
    "DSC_0042.JPG",
    "Urlaub in Italien.jpg",
    "scan0001.pdf",
    "iPhone 12",
    "BMW E46",
    "Toyota Yaris",
    "Angela Merkel",
    "Mona Lisa",
    "Van Gogh",
    "Volkswagen Beetle",
    "Müller",
    "Zürich",
    "El Niño",
    "UNIHAKKA INTERNATIONAL SDN BHD",
    "IBAN DE89 3704",
    "4711",
    "",
    "!?",
)
FOREIGN = (
    ("Ein Hund rennt durch das Wasser", "German"),
    ("Hund am Strand", "German"),
    ("Umsatz nach Region", "German"),
    ("Geburtstagskuchen", "German"),
    ("KINDER SPIELEN IM GARTEN", "German"),
    ("un chien dans la neige", "French"),
    ("voiture rouge", "French"),
    ("gâteau d’anniversaire", "French"),  # noqa: RUF001 - as it is typeset
    ("děti si hrají na zahradě", "Czech"),
    ("západ slunce nad mořem", "Czech"),
    ("perro en la playa", "Spanish"),
    ("cane sulla spiaggia", "Italian"),
    ("crianças brincando", "Portuguese"),
    ("hond op het strand", "Dutch"),
    ("zachód słońca", "Polish"),
    ("koira rannalla", "Finnish"),
    ("câine pe plajă", "Romanian"),
    ("кіт на дивані", "Ukrainian"),
    ("σκύλος στην παραλία", "Greek"),
    ("浜辺の犬", "Japanese"),
    ("海滩上的狗", "Chinese"),
    ("해변의 개", "Korean"),
    ("كلب على الشاطئ", "Arabic"),
    ("כלב על החוף", "Hebrew"),
    ("สุนัขบนชายหาด", "Thai"),
    ('red car -"czerwony samochód"', None),
    ('a dog "un chien dans la neige"', None),
    ("un chien dans la neige -car", "French"),
    ('"a red car" un chien dans la neige', "French"),
)
UNNAMED = ("červené auto", "hund på stranden", "собака", "犬", "собака 2019")


@pytest.fixture(scope="module")
def detector() -> LanguageDetector:
    detector = LanguageDetector()
    detector.load()
    return detector


@pytest.mark.parametrize("question", [*ENGLISH, *NAMES_AND_CODES])
def test_english_questions_and_names_are_let_pass(detector: LanguageDetector, question: str) -> None:
    assert detector.foreign_language(parse(question)) is None


def test_everyday_english_words_are_let_pass(detector: LanguageDetector) -> None:
    words = [*WORDS, *vocabulary(), *CALIBRATION_PHRASES, *CALIBRATION_WORDS]
    assert len(words) > 600
    assert [word for word in words if detector.foreign_language(parse(word)) is not None] == []


@pytest.mark.parametrize(("question", "language"), FOREIGN)
def test_a_question_in_another_language_is_told(
    detector: LanguageDetector, question: str, language: str | None
) -> None:
    assert detector.foreign_language(parse(question)) == language


@pytest.mark.parametrize("question", UNNAMED)
def test_a_language_that_is_not_sure_is_not_named(detector: LanguageDetector, question: str) -> None:
    assert detector.foreign_language(parse(question)) in {OTHER_LANGUAGE, *LANGUAGES.values()} - {"English"}


def test_an_english_question_does_not_load_the_languages() -> None:
    detector = LanguageDetector()
    assert detector.foreign_language(parse("a dog on the beach")) is None
    assert not detector.loaded


def test_a_full_disk_keeps_no_question_from_being_asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    detector = LanguageDetector()
    for _time in range(2):
        assert detector.foreign_language(parse("un chien dans la neige")) is None
    assert detector.foreign_language(parse("犬")) == OTHER_LANGUAGE
    assert len(caplog.records) == 1
