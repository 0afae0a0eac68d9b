"""What counts as text, and what as the leavings of a broken font."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.ingest.documents.text_quality import is_garbage

ENGLISH = """The report describes how the company earned its revenue in the past year and which risks it
expects to meet in the coming one. Every page of the document shows a table with figures, and the reader finds
the notes below. Nothing in this text is of any importance, but it is long enough to be judged."""

# The first article of the Universal Declaration of Human Rights.
LANGUAGES: dict[str, str] = json.loads((Path(__file__).parent / "languages.json").read_text("utf-8"))


def moved(text: str, by: int) -> str:
    """Every character but spaces, as many codes on."""
    return "".join(letter if letter.isspace() else chr(ord(letter) + by) for letter in text)


def rotated(text: str, by: int) -> str:
    """The alphabet rotated; signs stay."""
    first = "abcdefghijklmnopqrstuvwxyz"
    turned = first[by:] + first[:by]
    return text.translate(str.maketrans(first + first.upper(), turned + turned.upper()))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_language_is_garbage(language: str) -> None:
    assert not is_garbage(LANGUAGES[language] * 3)


@pytest.mark.parametrize("by", [1, 3, 5, 25])
def test_a_rotated_alphabet_is_garbage(by: int) -> None:
    assert is_garbage(rotated(ENGLISH, by))
    assert is_garbage(rotated(LANGUAGES["German"] * 3, by))


@pytest.mark.parametrize("by", [-29, 3, 29, 0xF000])
def test_moved_codes_are_garbage(by: int) -> None:
    assert is_garbage(moved(ENGLISH, by))


@pytest.mark.parametrize(
    "garbage",
    [
        "\ufffd\ufffd\ufffd \ufffd\ufffd\ufffd\ufffd and",
        LANGUAGES["Russian"].encode("cp1251").decode("cp1252") * 2,
        " ".join(f"{latin}{chr(0x436)}{chr(greek)}" for latin in "abcd" for greek in range(0x3B1, 0x3B5)),
        " ".join("thequickbrownfox" * 5),
    ],
    ids=["replacements", "Cyrillic read as Latin", "scripts mixed in words", "letters apart"],
)
def test_other_garbage(garbage: str) -> None:
    assert is_garbage(garbage)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  \n",
        "12",
        "XKCD",
        "Q3 2018",
        "1,204 3,551 (12.4) % $ 77 " * 30,
        "a = b x c + d " * 3,
        "\uf0b7 One point",
    ],
)
def test_little_text_and_tables_are_no_garbage(text: str) -> None:
    assert not is_garbage(text)


def test_codes_without_unicode_are_believed_only_when_they_read_like_a_language() -> None:
    assert not is_garbage(ENGLISH, unmapped=1.0)
    assert is_garbage('! " # $%& ( % - ) * + , 0 8 & : "' * 8, unmapped=1.0)
    assert is_garbage("ab", unmapped=1.0)
    assert not is_garbage("ab", unmapped=0.1)


def test_characters_that_were_left_out_count() -> None:
    assert is_garbage("", broken=1.0)
    assert not is_garbage(ENGLISH, broken=0.05)
