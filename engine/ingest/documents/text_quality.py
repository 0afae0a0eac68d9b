"""Judges by the text alone whether a page's text layer says what a reader sees.

A layer is garbage if its fonts do not map their codes to letters, or map them wrongly: then it consists of
private or replacement characters, of letters of several scripts in one word, or of Latin letters unlike any
language, as in a shifted alphabet. Letters of other scripts are accepted as they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import sqrt

_MIN_CHARACTERS = 8  # below that only characters that are not text can be judged
_MIN_LETTERS = 80  # below that frequencies mean nothing
_MIN_WORDS = 12
_MAX_BROKEN_SHARE = 0.3  # of the characters
_MAX_UNMAPPED_SHARE = 0.3
_CLEAR_SIMILARITY = 0.85
_CLEAR_LETTER_SHARE = 0.5  # of the characters
_MAX_ACCENTED_SHARE = 0.6  # of the Latin letters; Vietnamese has a third
_MAX_MIXED_SHARE = 0.3  # of the words
_MAX_VOWELLESS_SHARE = 0.1  # of the words of four letters and more
_VOWEL_SHARE = (0.28, 0.65)  # of the Latin letters; languages have .31 to .6
# Cosine to `_LETTER_FREQUENCIES`; Tagalog and Hawaiian have .62, the languages of Europe .75 to .99.
_MIN_SIMILARITY = 0.55
_MIN_DOUBTED_SIMILARITY = 0.7  # required if the vowels are unusual too
_MAX_SINGLE_LETTER_SHARE = 0.7  # of the words in letters

_VOWELS = frozenset("aeiouy")
# Occurrences in 1,000 letters, the mean of English, German, French, Spanish, Italian, Portuguese and Dutch.
_LETTER_FREQUENCIES = dict(
    zip(
        "abcdefghijklmnopqrstuvwxyz",
        (89, 14, 33, 44, 144, 11, 18, 26, 76, 5, 7, 43, 27, 77, 70, 26, 8, 69, 66, 66, 39, 13, 9, 2, 7, 6),
        strict=True,
    )
)
_WORD = re.compile(r"[^\W\d_]+")
_NO_SPACES = "CJK"  # stands for all scripts without spaces between words
_SCRIPTS = (  # (first code, script): those whose mixture within a word shows a broken font
    (0x0000, "Latin"),
    (0x0370, "Greek"),
    (0x0400, "Cyrillic"),
    (0x0530, "Armenian"),
    (0x0590, "Hebrew"),
    (0x0600, "Arabic"),
    (0x0700, "other"),
    (0x0900, "Indic"),
    (0x0E00, _NO_SPACES),
    (0x10A0, "Georgian"),
    (0x1100, _NO_SPACES),
    (0x1200, "other"),
    (0x1780, _NO_SPACES),
    (0x1800, "other"),
    (0x1E00, "Latin"),
    (0x1F00, "Greek"),
    (0x2000, "sign"),
    (0x2E80, _NO_SPACES),
    (0xA4D0, "other"),
    (0xAC00, _NO_SPACES),
    (0xD800, "other"),
    (0xF900, _NO_SPACES),
    (0xFB00, "Latin"),
    (0xFB1D, "Hebrew"),
    (0xFB50, "Arabic"),
    (0xFE00, "sign"),
    (0xFE70, "Arabic"),
    (0xFF00, "Latin"),
    (0xFF66, _NO_SPACES),
    (0x10000, "other"),
    (0x20000, _NO_SPACES),
)


def is_garbage(text: str, unmapped: float = 0.0, broken: float = 0.0) -> bool:
    """Whether `text` cannot be what the page shows. Short texts get the benefit of the doubt.

    `unmapped`: the share (0 to 1) of characters that the fonts map to no Unicode, so that their codes were
    used instead; `broken`: of those that are not text, whether or not they are in `text`.
    """
    counts = Counter(character for character in text if not character.isspace())
    left = sum(count for character, count in counts.items() if is_broken_character(character))
    if max(broken, left / max(counts.total(), 1)) > _MAX_BROKEN_SHARE:
        return True
    if counts.total() < _MIN_CHARACTERS:
        return unmapped > _MAX_UNMAPPED_SHARE
    plain, accented = _count_latin(counts)
    if unmapped > _MAX_UNMAPPED_SHARE:
        return not (
            plain.total() > _CLEAR_LETTER_SHARE * counts.total()
            and _language_similarity(plain) > _CLEAR_SIMILARITY
        )
    words = _WORD.findall(text)
    return _mixes_scripts(words) or _has_spaced_letters(words) or _unlike_any_language(plain, accented, words)


def is_broken_character(character: str) -> bool:
    """Whether it is a replacement, control, private or unassigned character."""
    return character == "\ufffd" or (
        not character.isspace() and unicodedata.category(character) in ("Co", "Cn", "Cc", "Cs")
    )


def _mixes_scripts(words: Sequence[str]) -> bool:
    """Words with letters of several scripts, as codes read with the wrong table produce."""
    long = [word for word in words if len(word) > 2]
    if len(long) < _MIN_WORDS:
        return False
    return sum(len(_scripts_of(word)) > 1 for word in long) > _MAX_MIXED_SHARE * len(long)


def _scripts_of(word: str) -> set[str]:
    return {_script_of(letter) for letter in word} - {"sign"}


@lru_cache(maxsize=4096)
def _script_of(letter: str) -> str:
    code = ord(letter)
    return next(script for first, script in reversed(_SCRIPTS) if code >= first)


def _has_spaced_letters(words: Sequence[str]) -> bool:
    """Whether almost every word is a single letter, in a script with longer words."""
    spaced = [word for word in words if _script_of(word[0]) != _NO_SPACES]
    if len(spaced) < 4 * _MIN_WORDS:
        return False
    return sum(len(word) == 1 for word in spaced) > _MAX_SINGLE_LETTER_SHARE * len(spaced)


def _count_latin(counts: Mapping[str, int]) -> tuple[Counter[str], int]:
    """The count of each Latin letter, ignoring accents and case, and the number of non-ASCII letters."""
    plain: Counter[str] = Counter()
    accented = 0
    for character, count in counts.items():
        if character.isalpha() and _script_of(character) == "Latin":
            plain[_base_letter(character)] += count
            accented += count * (not character.isascii())
    return plain, accented


def _unlike_any_language(plain: Counter[str], accented: int, words: Sequence[str]) -> bool:
    letters = plain.total()
    if letters < _MIN_LETTERS:
        return False
    if accented > _MAX_ACCENTED_SHARE * letters:
        return True
    vowels = sum(plain[vowel] for vowel in _VOWELS) / letters
    odd = not _VOWEL_SHARE[0] <= vowels <= _VOWEL_SHARE[1] or _lacks_vowels(words)
    return _language_similarity(plain) < (_MIN_DOUBTED_SIMILARITY if odd else _MIN_SIMILARITY)


def _lacks_vowels(words: Sequence[str]) -> bool:
    long = [word for word in words if len(word) > 3 and _script_of(word[0]) == "Latin"]
    if len(long) < _MIN_WORDS:
        return False
    bare = sum(not any(_base_letter(letter) in _VOWELS for letter in word) for word in long)
    return bare > _MAX_VOWELLESS_SHARE * len(long)


@lru_cache(maxsize=4096)
def _base_letter(letter: str) -> str:
    """The lower-case letter without accents."""
    return unicodedata.normalize("NFKD", letter)[0].lower()[0]


def _language_similarity(letters: Mapping[str, int]) -> float:
    """Cosine, 0 to 1, of letter counts to those of western European languages."""
    product = sum(letters.get(letter, 0) * usual for letter, usual in _LETTER_FREQUENCIES.items())
    length = sqrt(sum(letters.get(letter, 0) ** 2 for letter in _LETTER_FREQUENCIES))
    return product / max(length * sqrt(sum(usual**2 for usual in _LETTER_FREQUENCIES.values())), 1.0)
