"""Words that mean nearly the same are known without the tokenizer."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from engine.models.package_files import find_package_file
from engine.models.text.word_vectors import (
    PACKAGE,
    TOKENIZER,
    WEIGHTS,
    WORD_BOUNDARY,
    WORD_DIMENSION,
    WordVectors,
)


@pytest.fixture(scope="module")
def words() -> WordVectors:
    return WordVectors.load()


def test_the_words_are_those_of_the_tokenizer(words: WordVectors) -> None:
    """Read from the same files by other means, with the same vectors."""
    tokenizer = Tokenizer.from_file(str(find_package_file(PACKAGE, TOKENIZER)))
    names = tokenizer.get_vocab(with_added_tokens=False)
    table = load_file(find_package_file(PACKAGE, WEIGHTS))["embedding.weight"]
    assert words.words == WordVectors.from_table(table, names).words
    assert words.vectors.shape == (len(words.words), WORD_DIMENSION)
    expected = table[[names[WORD_BOUNDARY + word] for word in words.words]].astype(np.float32)
    np.testing.assert_allclose(
        words.vectors, expected / np.linalg.norm(expected, axis=1, keepdims=True), atol=1e-6
    )


def test_the_tokenizer_is_not_imported() -> None:
    """Reading it takes hold of every thread."""
    code = (
        "import sys; from engine.models.text.word_vectors import WordVectors;"
        "WordVectors.load(); print('tokenizers' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_words_that_mean_nearly_the_same_are_near(words: WordVectors) -> None:
    dog, nonsense, photo = words.find_similar(["dog", "xqzzy", "photo"], 0.6, 3)
    assert "dogs" in dog
    assert "dog" not in dog
    assert nonsense == {}
    assert list(photo.values()) == sorted(photo.values(), reverse=True)
    assert len(photo) == 3
    assert all(0.6 <= cosine <= 1 for cosine in (*dog.values(), *photo.values()))


def test_a_word_of_several_tokens_has_no_similar_words(words: WordVectors) -> None:
    assert words.find_similar(["revenue", ""], 0.5, 5) == [{}, {}]
    assert words.find_similar([], 0.5, 5) == []


def test_asking_again_gives_the_same(words: WordVectors) -> None:
    first = words.find_similar(["dog"], 0.6, 3)
    first[0]["changed"] = 1.0
    assert "changed" not in words.find_similar(["dog"], 0.6, 3)[0]
    assert len(words.find_similar(["dog"], 0.6, 1)[0]) == 1
