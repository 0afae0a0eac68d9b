"""Words of English, as the sentence encoder's vocabulary has them: none of them is a slip of typing."""

from __future__ import annotations

import json

from engine.models.package_files import find_package_file
from engine.models.text.sentence_encoder import PACKAGE, TOKENIZER

MIN_LETTERS = 3  # letters: shorter tokens are mostly pieces of words


def load_english_words() -> frozenset[str]:
    """Some 21,000 in small letters, in 50 ms. Raises ModelError when the package's file is missing.

    Only the names of the tokens are read, not the tokenizer: that takes three times as long.
    """
    text = find_package_file(PACKAGE, TOKENIZER).read_text("utf-8")
    vocabulary, _end = json.JSONDecoder().raw_decode(text, text.index("{", text.index('"vocab"')))
    return frozenset(word for word in vocabulary if len(word) >= MIN_LETTERS and word.isalpha())
