"""English words, from the sentence encoder's vocabulary: none of them is a typing error."""

from __future__ import annotations

import json

from engine.models.package_files import find_package_file
from engine.models.text.sentence_encoder import PACKAGE, TOKENIZER

MIN_LETTERS = 3  # shorter tokens are mostly pieces of words


def load_english_words() -> frozenset[str]:
    """Some 21,000 words in lower case; takes 50 ms. Raises ModelError if the package's file is missing.

    Reads only the names of the tokens, not the tokenizer, which takes three times as long.
    """
    text = find_package_file(PACKAGE, TOKENIZER).read_text("utf-8")
    vocabulary, _end = json.JSONDecoder().raw_decode(text, text.index("{", text.index('"vocab"')))
    return frozenset(word for word in vocabulary if len(word) >= MIN_LETTERS and word.isalpha())
