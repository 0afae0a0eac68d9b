"""Splits a query into terms: single words, and sequences such as a number or a code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from engine.text.normalization import MARKS, normalize, strip_invisible
from engine.text.spelling_variants import (
    amount_query_terms,
    close_initials,
    initials_as_word,
    join_words,
    year_query_term,
)
from engine.text.tokenization import WORD, WORDS, is_unspaced, split_letters

MOST_TERMS = 64  # of one query: the text may be a pasted page
LONGEST_TEXT = 10_000  # characters of a query
LETTERS_TOGETHER = 2  # letters of a script without spaces that are searched for together

# Word characters joined by the separators inside numbers, codes, addresses and compounds.
_CHUNK = re.compile(f"{WORD}+(?:[.,:;/@'&+#*_\\-\u2010-\u2013\u2019]+{WORD}+)*")
_NUMBER = re.compile(r"(?<!\d)\d+(?:[.,:']\d+)+")
_YEAR = re.compile("(?:19|20)\\d\\d")
_POSSESSIVE = re.compile("['\u2019]s$")
LONG_NUMBER = 4  # digits and separators: "15.00", but not "12"
_COMPOUND = re.compile(f"{WORD}+(?:[-'&\u2010\u2011]{WORD}+)+")
# Belongs to the number beside it: "RM1,234.50" and "1,234.50 EUR" are 1234.5.
_CURRENCIES = "rm|us\\$|usd|eur|gbp|myr|sgd|inr|jpy|cny|chf|aud|cad|hkd|nzd|sek|nok|dkk|pln|czk|idr|thb"
_CURRENCY = re.compile(
    f"(?<![^\\W_])(?:{_CURRENCIES}|rs)\\.? ?(?=\\d)(?!(?:19|20)\\d\\d(?![.,\\d]))"
    f"|(?<=\\d) ?(?:{_CURRENCIES})(?![^\\W_])",
    re.IGNORECASE,
)
_LETTERS_OR_DIGITS = re.compile(f"\\d+|(?:[^\\W\\d_]|[{MARKS}])+")
# Instructions on the form of the answer in a pasted question: "...? Please write the answer as a list."
_ANSWER_FORMAT = re.compile(
    r"(?<=\?)\s*(?:please\s+)?(?:answer|enumerate|express|format|give|list|return|round|write)\b[^?]*$",
    re.IGNORECASE,
)
# fmt: off
# Interrogatives and function words, which say nothing about a page's subject. Their rarity in a library does
# not show that, since reports and manuals contain few questions.
QUESTION_WORDS = frozenset({
    "a", "all", "am", "an", "and", "any", "are", "as", "at", "be", "been", "but", "by", "can", "could", "did",
    "do", "does", "each", "find", "for", "from", "give", "had", "has", "have", "he", "her", "his", "how", "i",
    "if", "in", "into", "is", "it", "its", "many", "may", "me", "might", "much", "my", "no", "not", "of",
    "on", "or", "our", "please", "shall", "she", "should", "show", "so", "some", "such", "tell", "than",
    "that", "the", "their", "them", "then", "there", "these", "they", "this", "those", "to", "us", "was",
    "we", "were", "what", "when", "where", "which", "while", "who", "whom", "whose", "why", "will", "with",
    "would", "you", "your",
})
# Particles and prepositions.
PARTICLES = frozenset({
    "about", "above", "across", "after", "against", "along", "among", "around", "away", "before", "behind",
    "below", "beneath", "beside", "besides", "between", "beyond", "down", "during", "except", "inside",
    "near", "off", "onto", "out", "outside", "over", "past", "per", "since", "through", "throughout", "till",
    "toward", "towards", "under", "underneath", "until", "up", "upon", "via", "within", "without",
})
# fmt: on
WEIGHTLESS = QUESTION_WORDS | PARTICLES


@dataclass(frozen=True, slots=True)
class QueryTerm:
    """A word of the query, or several to find in sequence."""

    text: str
    word: str  # of the query, as typed
    variants: tuple[str, ...] = ()  # other terms that match it
    is_exact: bool = False  # an amount or a long number, which a page either has or not


def extract_terms(text: str, *, any_word: bool = True) -> tuple[QueryTerm, ...]:
    """The distinct terms of a text, in order, without function words unless there are no others.

    `any_word`: False drops function words even if nothing is left.
    """
    found = _terms_in(_ANSWER_FORMAT.sub("", text[:LONGEST_TEXT])) or _terms_in(text)
    telling = [piece for piece in found if piece.text not in WEIGHTLESS]
    if any_word:
        telling = telling or found
    return tuple(dict.fromkeys(telling))[:MOST_TERMS]


def split_letters_and_digits(text: str) -> list[str]:
    """Split a word where letters and digits meet: "FY2019" gives "FY" and "2019"."""
    return _LETTERS_OR_DIGITS.findall(text)


def _terms_in(text: str) -> list[QueryTerm]:
    close = _CURRENCY.sub(" ", close_initials(strip_invisible(text[:LONGEST_TEXT])))
    return [piece for match in _CHUNK.finditer(normalize(close)) for piece in _chunk_terms(match.group())]


def _chunk_terms(chunk: str) -> Iterator[QueryTerm]:
    """A compound is searched for as a whole and by its words.

    Initials and digits of a number only as a whole.
    """
    chunk = _POSSESSIVE.sub("", chunk)
    words = WORDS.findall(chunk)
    for word in words:
        if is_unspaced(word[0]) or is_unspaced(word[-1]):
            yield from (QueryTerm(run, word) for run in _letter_pairs(word))
            return
    if all(len(word) == 1 and word.isalpha() for word in words) and len(words) > 1:
        yield QueryTerm(chunk, chunk, initials_as_word(chunk))
        return
    is_name = _COMPOUND.fullmatch(chunk) and not chunk.replace("-", "").isdecimal()
    name = (join_words(chunk),) if is_name else ()
    if len(words) > 1:
        yield _number_term(chunk, chunk) if _NUMBER.fullmatch(chunk) else QueryTerm(chunk, chunk, name)
    numbers = _NUMBER.findall(chunk)
    for word in WORDS.findall(_NUMBER.sub(" ", chunk)) if numbers else words:
        yield _number_term(word, chunk) if word.isdecimal() else QueryTerm(word, chunk, name)
    if numbers and numbers != [chunk]:
        yield from (_number_term(number, chunk) for number in numbers)


def _number_term(number: str, chunk: str) -> QueryTerm:
    if _YEAR.fullmatch(number):
        return QueryTerm(number, chunk, (year_query_term(int(number)),))
    is_exact = len(number) >= LONG_NUMBER
    return QueryTerm(number, chunk, amount_query_terms(number), is_exact)


def _letter_pairs(word: str) -> list[str]:
    """Overlapping pairs of letters: in scripts without spaces two letters mostly form a word."""
    letters = split_letters(word)
    return [
        "".join(letters[at : at + LETTERS_TOGETHER])
        for at in range(max(len(letters) - LETTERS_TOGETHER + 1, 1))
    ]
