from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from engine.errors import ModelError
from engine.models.label_names import CLASSES, read_labels
from engine.models.package_files import package_file
from engine.models.token_vectors import TOKEN_DIMENSION, TokenVectors, words_of


@pytest.fixture(scope="module")
def tokens() -> TokenVectors:
    return TokenVectors.load()


def test_words_are_lower_case_and_without_punctuation() -> None:
    words = words_of("A dog's ball, red_and-blue! 🐕 Überfahrt")
    assert words == ["a", "dog's", "ball", "red", "and", "blue", "überfahrt"]


def test_a_text_of_any_length_is_read_in_bounded_time() -> None:
    assert len(words_of("word " * 1_000_000)) == 400


def test_a_sum_of_words_is_the_sum_of_its_parts(tokens: TokenVectors) -> None:
    sums, totals = tokens.weighted_sums([["dog"], ["snow"], ["dog", "snow"]])
    assert sums.shape == (3, TOKEN_DIMENSION)
    assert sums.dtype == totals.dtype == np.float32
    np.testing.assert_allclose(sums[2], sums[0] + sums[1], atol=1e-5)
    np.testing.assert_allclose(totals[2], totals[0] + totals[1], rtol=1e-5)


def test_related_words_are_nearer_than_unrelated_ones(tokens: TokenVectors) -> None:
    sums, _ = tokens.weighted_sums([["dog"], ["puppy"], ["airplane"]])
    unit = sums / np.linalg.norm(sums, axis=1, keepdims=True)
    assert unit[0] @ unit[1] > unit[0] @ unit[2] + 0.2


def test_what_the_vocabulary_does_not_know_weighs_nothing(tokens: TokenVectors) -> None:
    sums, totals = tokens.weighted_sums([["\U0001f600"], [], ["dog"]])
    assert totals[0] == totals[1] == 0
    assert not sums[:2].any()
    assert totals[2] > 0


def test_a_missing_package_is_an_error_for_the_user() -> None:
    with pytest.raises(ModelError, match="missing"):
        package_file("no_such_package_at_all", "file")
    with pytest.raises(ModelError, match="missing"):
        package_file("wordllama", "no such file")


def test_labels_are_one_a_class() -> None:
    labels = read_labels()
    assert len(labels) == CLASSES
    assert labels[2].name == "great white shark"
    assert all(label.name and label.definition for label in labels)


def test_neither_torch_nor_the_vectors_own_package_is_imported_for_a_query() -> None:
    code = (
        "import sys; from engine.models.starter import StarterModel;"
        "StarterModel.load().embed_texts(['a dog']);"
        "print(sorted({'torch', 'wordllama', 'timm', 'open_clip', 'transformers'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
