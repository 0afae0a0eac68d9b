"""Brings the many ways to write the same letters into one form, so that they match in a search.

`normalize` unifies encoding, width and case (Unicode NFKC and case folding, UAX #15 and #31) and removes
invisible characters. `fold_accents` also removes or unifies what writers of a script leave out or exchange:
accents of Latin, Greek and Cyrillic, vowel signs of Hebrew and Arabic, forms of hamza, nukta. Marks that are
letters, such as the vowel signs of Indic scripts and of Thai, always stay.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_LAST_MARK = 0x1E94A  # only variation selectors lie beyond


def _marks() -> str:
    """Combining marks of all scripts, as ranges for a regular expression's character class."""
    codes = [code for code in range(0x300, _LAST_MARK + 1) if unicodedata.category(chr(code))[0] == "M"]
    begins = [code for at, code in enumerate(codes) if not at or codes[at - 1] != code - 1]
    ends = [code for at, code in enumerate(codes) if at + 1 == len(codes) or codes[at + 1] != code + 1]
    return "".join(f"{chr(begin)}-{chr(end)}" for begin, end in zip(begins, ends, strict=True))


MARKS = _marks()
# Soft hyphen, joiners, zero-width spaces, direction marks, variation selectors, Hangul fillers.
INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
# Spacing accents, as in TeX's fonts, and the combining marks that they stand for.
APART = {
    "\u00a8": "\u0308", "\u00af": "\u0304", "\u00b4": "\u0301", "\u00b8": "\u0327", "\u02c6": "\u0302",
    "\u02c7": "\u030c", "\u02d8": "\u0306", "\u02d9": "\u0307", "\u02da": "\u030a", "\u02db": "\u0328",
    "\u02dc": "\u0303", "\u02dd": "\u030b", "\u02ca": "\u0301", "\u02cb": "\u0300", "\u02c9": "\u0304",
}  # fmt: skip
ACCENTS = "".join(APART)
_DOTTED = {"\u0131": "i", "\u0237": "j"}  # dotless letters under an accent

_ANY_INVISIBLE = re.compile(f"[{INVISIBLE}]+")
_ACCENT_BEFORE = re.compile(f"([{ACCENTS}])([^\\W\\d_{ACCENTS}])")
_ACCENT_AFTER = re.compile(f"([^\\W\\d_{ACCENTS}])([{ACCENTS}])")
# "growth\u00b9" is a word and a footnote, "10\u2076" is not a hundred and six; "CO\u2082" and "m\u00b2" stay.
_RAISED = re.compile(
    "(?:(?<=[^\\W\\d_]{3})|(?<=\\d))(?=[\u00b2\u00b3\u00b9\u2070\u2074-\u2079])|(?<=\\d)(?=[\u00bc-\u00be\u2150-\u215e])"
)
_NUMBERED = re.compile(
    " ?([\u2460-\u249b\u24ea-\u24ff\u2776-\u2793]) ?"
)  # circled and bracketed: list numbers
# Trademark signs are not letters of the word before; company signs stand for whole words.
_WRITTEN_OUT = str.maketrans(
    dict.fromkeys("\u2122\u2120\u00ae\u00a9", " ") | {"㈱": "株式会社", "㈲": "有限会社"}
)
_BETWEEN_HEBREW = re.compile("(?<=[\u05d0-\u05ea])[\"'\u2019\u05f3\u05f4](?=[\u05d0-\u05ea])")
_THAI_AM = re.compile("([\u0e4d\u0ecd])([\u0e48-\u0e4b\u0ec8-\u0ecb])")  # NFKC splits "am"
# Letters that look and mean the same but that NFKC keeps apart: apostrophes, CJK radicals.
_SAME = str.maketrans(
    {"\u02bc": "'", "\u02bb": "'", "\u2019": "'", "\u2018": "'", "\u04c0": "\u04cf"}
    | dict(
        zip(
            "⺁⺅⺉⺌⺍⺒⺓⺖⺘⺙⺟⺠⺡⺢⺣⺥⺩⺪⺬⺭⺮⺯⺰⺲⺹⺻⺼⺽⺾⻀⻁⻂⻃⻄⻅⻆⻈⻉⻋⻌⻐⻑⻒⻓⻔⻖⻘⻙⻚⻛⻜⻝⻠⻢⻣⻤⻥⻦⻧⻨⻩⻫⻬⻭⻮⻯⻰⻱⻲⻳",
            "厂亻刂小小巳幺忄扌攵母民氵氺灬爫王疋示礻竹糹纟罒耂聿月臼艹艹虎衤覀西见角讠贝车辶钅長镸长门阝青韦页风飞食饣马骨鬼鱼鸟卤麦黄斉齐歯齿竜龙龜亀龟",
            strict=True,
        )
    )
)
_DIGIT = re.compile(r"\d")
_ACCENTED = re.compile(
    f"([A-Za-z\u00c0-\u024f\u1e00-\u1eff\u0370-\u03ff\u1f00-\u1fff\u0400-\u052f])[{MARKS}]+"
)
# Points of Hebrew, Arabic and Syriac, the Arabic tatweel that only stretches a word, nuktas.
_OPTIONAL = re.compile(
    "[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc"
    "\u06df-\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u08ca-\u08ff"
    "\u093c\u09bc\u0a3c\u0abc\u0b3c\u0c3c\u0cbc\U000110ba\U00011173]+"
)
# Devanagari and Gujarati write a nasal before a consonant of its own class as a letter or as a dot above.
_NASAL = re.compile(
    "ङ्(?=[क-घ])|ञ्(?=[च-झ])|ण्(?=[ट-ढ])|न्(?=[त-ध])|म्(?=[प-भ])"
    "|ઙ્(?=[ક-ઘ])|ઞ્(?=[ચ-ઝ])|ણ્(?=[ટ-ઢ])|ન્(?=[ત-ધ])|મ્(?=[પ-ભ])"
)
# Forms of yeh, kaf, heh and alef; candrabindu; letters with a stroke, and ligatures that are letters;
# Malayalam chillu letters, formerly a letter and a virama; digraphs of Yiddish.
_EXCHANGED = str.maketrans({
    "\u0649": "\u064a", "\u06cc": "\u064a", "\u06d2": "\u064a", "\u06a9": "\u0643", "\u0629": "\u0647",
    "\u06d5": "\u0647", "\u06be": "\u0647", "\u06c1": "\u0647", "\u0671": "\u0627",
    "\u0901": "\u0902", "\u0981": "\u0982", "\u0a81": "\u0a82", "\u0a70": "\u0a02",
    "\u0d7a": "\u0d23\u0d4d", "\u0d7b": "\u0d28\u0d4d", "\u0d7c": "\u0d30\u0d4d", "\u0d7d": "\u0d32\u0d4d",
    "\u0d7e": "\u0d33\u0d4d", "\u0d7f": "\u0d15\u0d4d",
    "\u05f0": "\u05d5\u05d5", "\u05f1": "\u05d5\u05d9", "\u05f2": "\u05d9\u05d9",
    "\u00f8": "o", "\u0142": "l", "\u0111": "d", "\u0127": "h", "\u0167": "t", "\u00f0": "d", "\u00fe": "th",
    "\u00e6": "ae", "\u0153": "oe", "\u0131": "i", "\u0237": "j",
})  # fmt: skip


def strip_invisible(text: str) -> str:
    """Remove invisible characters, including the joiners between letters or emoji."""
    return text if text.isascii() else _ANY_INVISIBLE.sub("", text)


@lru_cache(maxsize=65_536)
def normalize(text: str) -> str:
    """Unify the encoding, width and case of a text and remove invisible characters. Idempotent; cached."""
    if text.isascii():
        return text.lower()
    text = _NUMBERED.sub(
        r" \1 ", _RAISED.sub(" ", compose_accents(unicodedata.normalize("NFC", strip_invisible(text))))
    ).translate(_WRITTEN_OUT)
    # Decompose before folding: a capital with an iota below folds differently when composed.
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFD", text).casefold())
    text = strip_invisible(unicodedata.normalize("NFKC", text.casefold())).replace("i\u0307", "i")
    return _BETWEEN_HEBREW.sub("", _THAI_AM.sub(r"\2\1", text.translate(_SAME)))


@lru_cache(maxsize=65_536)
def fold_accents(text: str) -> str:
    """Remove accents and optional marks from a text that `normalize` returned. Cached."""
    if text.isascii():
        return text
    text = _OPTIONAL.sub("", _ACCENTED.sub(r"\1", unicodedata.normalize("NFD", text)))
    text = _DIGIT.sub(lambda digit: str(unicodedata.digit(digit.group())), text)
    text = _NASAL.sub(lambda nasal: "\u0902" if nasal.group() < "\u0a80" else "\u0a82", text)
    return unicodedata.normalize("NFC", text.translate(_EXCHANGED))


def compose_accents(text: str) -> str:
    """Put spacing accents onto their letters: onto the letter after, as TeX writes them, or else before."""
    text = _ACCENT_BEFORE.sub(lambda found: _with_accent(found, found[1], found[2]), text)
    return _ACCENT_AFTER.sub(lambda found: _with_accent(found, found[2], found[1]), text)


def add_accent(letter: str, accent: str) -> str:
    """The letter composed of `letter` and `accent` (a key of `APART`), or "" if there is none."""
    both = unicodedata.normalize("NFC", _DOTTED.get(letter, letter) + APART[accent])
    return both if len(both) == 1 else ""


def _with_accent(found: re.Match[str], accent: str, letter: str) -> str:
    return add_accent(letter, accent) or found.group()
