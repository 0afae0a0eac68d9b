"""Recognises queries that are not English: the built-in model understands English only.

Short queries are hard to identify by their letters, and names belong to no language. So a query counts as
English if the built-in model knows most of its words; and the fewer words there are, the surer the detector
must be of another language. docs/decisions/words.md has the figures.
"""

from __future__ import annotations

import logging
import re
import threading
import unicodedata
from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from engine.models.starter.familiarity import load_caption_words
from engine.search.query.file_name_detection import looks_like_file_name
from engine.search.query.parsing import ParsedQuery

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier  # type: ignore[import-untyped]  # it ships no types

LONGEST_TEXT = 2000  # characters: more cannot make a query English
OTHER_LANGUAGE = "another language"  # if none is likely enough to be named

# Fewer than the detector knows: each further one takes some of a short English query's likelihood.
LANGUAGES: Mapping[str, str] = MappingProxyType(
    {
        "ar": "Arabic",
        "bg": "Bulgarian",
        "cs": "Czech",
        "da": "Danish",
        "de": "German",
        "el": "Greek",
        "es": "Spanish",
        "fa": "Persian",
        "fi": "Finnish",
        "fr": "French",
        "he": "Hebrew",
        "hi": "Hindi",
        "hr": "Croatian",
        "hu": "Hungarian",
        "it": "Italian",
        "ja": "Japanese",
        "ko": "Korean",
        "nl": "Dutch",
        "no": "Norwegian",
        "pl": "Polish",
        "pt": "Portuguese",
        "ro": "Romanian",
        "ru": "Russian",
        "sk": "Slovak",
        "sr": "Serbian",
        "sv": "Swedish",
        "th": "Thai",
        "tr": "Turkish",
        "uk": "Ukrainian",
        "zh": "Chinese",
    }
)
_ENGLISH = "en"
_NO_LANGUAGE = "zxx"  # the detector's own class of codes and the like

_MOST_KNOWN = 0.7  # of the words: with more of them known a query is English, with errors or a name in it
_SURE = (0.99, 0.96, 0.9)  # least likelihood of not being English: for one word, for two, for more
_ONE_LANGUAGE = 0.8  # least likelihood of one language for a single word, or a possible name
_NAMED = 0.5

_APOSTROPHE = "\u2019"
_WORD = re.compile(rf"[^\W\d_]+(?:['{_APOSTROPHE}][^\W\d_]+)*")
_CODE = re.compile(r"[\d_]|\.\w")  # marks a piece of text as a number, a code or a file name

logger = logging.getLogger(__name__)


class LanguageDetector:
    """Detects the language of queries. Thread-safe; after `load` a query takes less than a millisecond."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._identifier: LanguageIdentifier | None = None
        self.loaded = False

    def load(self) -> None:
        """Load the detector: about 0.4 s and 80 MB, once. `foreign_language` calls it when needed."""
        with self._lock:
            if not self.loaded:
                self.loaded = True  # even if it fails: no other query should wait
                self._identifier = _identifier()

    def foreign_language(self, query: ParsedQuery) -> str | None:
        """The English name of the query's language if it is not English, or `OTHER_LANGUAGE`.

        None if it is English, or unknown. Quoted phrases stand for themselves in any language and are
        ignored. Raises ModelError if the installation is damaged.
        """
        text = query.text
        for phrase in query.phrases:
            text = text.replace(phrase, " ", 1)
        text = text[:LONGEST_TEXT]
        if _is_of_another_script(text):
            return _language_name(self._likelihoods(text))
        words = [] if looks_like_file_name(text) else _words(text)
        if not words or self._is_mostly_english(words):
            return None
        return _foreign_language_of(words, self._likelihoods(" ".join(words).lower()))

    def _is_mostly_english(self, words: list[str]) -> bool:
        plain = (word.lower().replace(_APOSTROPHE, "'").removesuffix("'s") for word in words)
        return sum(word in self._english for word in plain) >= _MOST_KNOWN * len(words)

    @cached_property
    def _english(self) -> frozenset[str]:
        return load_caption_words()

    def _likelihoods(self, text: str) -> dict[str, float]:
        """By language, including English, summing to 1; empty if unknown."""
        self.load()
        return {} if self._identifier is None else dict(self._identifier.rank(text))


def _identifier() -> LanguageIdentifier | None:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    try:
        identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    except OSError:  # the detector unpacks its model into a temporary file, and the disk may be full
        logger.warning("The languages of questions cannot be told", exc_info=True)
        return None
    identifier.set_languages([*LANGUAGES, _ENGLISH, _NO_LANGUAGE])
    return identifier


def _foreign_language_of(words: list[str], likelihoods: Mapping[str, float]) -> str | None:
    """The language of `words` if they are surely not English."""
    foreign = {language: share for language, share in likelihoods.items() if language in LANGUAGES}
    if sum(foreign.values()) < _SURE[min(len(words), len(_SURE)) - 1]:
        return None
    only_names = len(words) == 1 or not any(word[0].islower() for word in words)
    if only_names and max(foreign.values()) < _ONE_LANGUAGE:
        return None
    return _language_name(foreign)


def _language_name(likelihoods: Mapping[str, float]) -> str:
    best = max(likelihoods, key=lambda language: likelihoods[language], default=_ENGLISH)
    if best not in LANGUAGES or likelihoods[best] < _NAMED:
        return OTHER_LANGUAGE
    return LANGUAGES[best]


def _words(text: str) -> list[str]:
    pieces = (piece for piece in text.split() if not _CODE.search(piece.strip(".,")))
    return [word for piece in pieces for word in _WORD.findall(piece)]


def _is_of_another_script(text: str) -> bool:
    """Whether most of its letters are not Latin."""
    latin = ["LATIN" in unicodedata.name(letter, "") for letter in text if letter.isalpha()]
    return 2 * sum(latin) < len(latin)
