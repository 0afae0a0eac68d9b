from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.search.query.parsing import (
    NEGATIVE_WEIGHT,
    ParsedQuery,
    combine,
    parse,
    spreads,
)


@pytest.mark.parametrize(
    ("typed", "text", "not_text"),
    [
        ("dog", "dog", ()),
        ("dog -beach", "dog", ("beach",)),
        ("-beach dog", "dog", ("beach",)),
        ("dog -beach, -snow", "dog", ("beach", "snow")),
        ("dog -beach -beach", "dog", ("beach",)),
        ("-beach", "", ("beach",)),
        ("dog not on a beach", "dog", ("beach",)),
        ("dog, not beach", "dog", ("beach",)),
        ("dog NOT beach", "dog", ("beach",)),
        ("dog but not on the beach", "dog", ("beach",)),
        ("a dog that is not brown", "a dog", ("brown",)),
        ("dog not beach, running", "dog running", ("beach",)),
        ("dog not beach and not grass", "dog", ("beach", "grass")),
        ("dog not small but large", "dog large", ("small",)),
        ("street without cars", "street", ("cars",)),
        ('dog -"red car"', "dog", ("red car",)),
        ('dog not "in the red car"', "dog", ("in the red car",)),
        ("dog not on", "dog", ("on",)),
        ("dog not", "dog", ()),
    ],
)
def test_words_are_taken_away(typed: str, text: str, not_text: tuple[str, ...]) -> None:
    parsed = parse(typed)
    assert (parsed.text, parsed.not_text) == (text, not_text)


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("t-shirt", "t-shirt"),
        ("x-ray of a hand", "x-ray of a hand"),
        ("dog - beach", "dog beach"),
        ("dog – beach", "dog beach"),  # noqa: RUF001 - the dash that word processors make
        ("-", ""),
        ("--- --force", "--force"),
        ("not a dog", "not a dog"),
        ("that is not a dog", "that is not a dog"),
        ("without", "without"),
        ("do not enter sign", "do not enter sign"),
        ("whether or not", "whether or not"),
        ("knot notice", "knot notice"),
        ('"to be or not to be"', "to be or not to be"),
        ('sign "no dogs -allowed"', "sign no dogs -allowed"),
        ('an "open quote', "an open quote"),
        ('"" dog', "dog"),
        ("  spread \t out\n", "spread out"),
        ("", ""),
        ("猫 と 犬", "猫 と 犬"),
    ],
)
def test_what_only_looks_like_taking_away_is_searched_for(typed: str, text: str) -> None:
    parsed = parse(typed)
    assert (parsed.text, parsed.not_text) == (text, ())


def test_quoted_phrases_are_known_as_such() -> None:
    assert parse('a "red car" by “the sea”') == ParsedQuery(
        "a red car by the sea", (), ("red car", "the sea")
    )


@given(st.text(alphabet=st.sampled_from(list('ab -",.not“é\n')), max_size=60) | st.text(max_size=60))
def test_any_text_is_read_without_quotation_marks_or_empty_parts(typed: str) -> None:
    parsed = parse(typed)
    assert '"' not in parsed.text + "".join(parsed.not_text)
    assert all(part.strip() for part in (*parsed.not_text, *parsed.phrases))


AXES = np.eye(8, dtype=np.float32)
NOBODY = np.empty((0, 8), dtype=np.float32)


def unit_rows(count: int, seed: int = 0) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    rows = np.random.default_rng(seed).standard_normal((count, 8)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def test_a_single_part_keeps_its_scores() -> None:
    part = unit_rows(1)
    np.testing.assert_array_equal(combine(part, [], unit_rows(50, 1)), part[0])


def test_parts_with_narrow_scores_count_as_much_as_those_with_wide_ones() -> None:
    sample = unit_rows(400)
    sample[:, 0] *= 0.1  # along the first axis the library hardly differs
    query = combine(AXES[:2], [], sample)
    scores = sample @ query
    shares = [np.corrcoef(scores, sample[:, axis])[0, 1] for axis in (0, 1)]
    assert shares[0] == pytest.approx(shares[1], abs=0.1)
    assert np.linalg.norm(query) == pytest.approx(1, abs=1e-6)


def test_a_negative_lowers_what_resembles_it_and_weighs_half() -> None:
    query = combine(AXES[:1], AXES[1:2], NOBODY)
    assert query[1] / query[0] == pytest.approx(-NEGATIVE_WEIGHT)
    assert np.linalg.norm(query) == pytest.approx(1, abs=1e-6)


def test_negatives_alone_point_away() -> None:
    np.testing.assert_allclose(combine([], AXES[:1], NOBODY), -AXES[0])


def test_parts_that_cancel_out_leave_the_first_positive() -> None:
    np.testing.assert_array_equal(combine([AXES[0], -AXES[0]], [], NOBODY), AXES[0])
    np.testing.assert_array_equal(combine(AXES[:1], [AXES[0], AXES[0]], NOBODY), AXES[0])


def test_nothing_and_no_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="nothing"):
        combine([], [], NOBODY)
    with pytest.raises(ValueError, match="finite"):
        combine([AXES[0] * np.nan], [], NOBODY)


def test_a_library_without_differences_weighs_all_parts_alike() -> None:
    same = np.tile(AXES[3], (20, 1))
    query = combine(AXES[:2], [], same)
    assert query[0] == pytest.approx(query[1])
    assert np.isfinite(spreads(AXES[:2], same)).all()
    assert spreads(AXES[:2], same[:3]).tolist() == [1.0, 1.0]


def test_what_cannot_be_seen_is_not_searched_for() -> None:
    assert parse("photo\u200bsyn\u00adthesis -\ufeffred").text == "photosynthesis"
    assert parse("photo\u200bsyn\u00adthesis -\ufeffred").not_text == ("red",)
