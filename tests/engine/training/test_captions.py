from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import UserError
from engine.training.captions import CaptionDataset, read_captions

LINES = (
    "image,split,caption",
    "b.jpg,train,A dog runs.",
    'a.jpg,train,"Two cats, asleep"',
    "a.jpg,train,a DOG runs",
    "c.jpg,dev,a dog sleeps!",
    "d.jpg,test,a bus",
)


def read(folder: Path, *lines: str) -> CaptionDataset:
    (folder / "captions.csv").write_text("\n".join(lines), encoding="utf-8")
    return read_captions(folder)


def test_a_folder_is_read(tmp_path: Path) -> None:
    captioned = read(tmp_path, *LINES)
    assert captioned.images == tuple(tmp_path / "images" / name for name in ("b.jpg", "a.jpg", "c.jpg"))
    assert captioned.train.pictures.tolist() == [0, 1, 1]
    assert captioned.dev.pictures.tolist() == [2]


def test_captions_of_the_same_words_are_one_text(tmp_path: Path) -> None:
    captioned = read(tmp_path, *LINES)
    assert captioned.texts == ("a dog runs", "two cats asleep", "a dog sleeps")
    assert captioned.train.texts.tolist() == [0, 1, 0]
    assert captioned.dev.texts.tolist() == [2]


def test_columns_may_stand_in_any_order_beside_others(tmp_path: Path) -> None:
    mixed = read(tmp_path, "caption,by,image,split", "a dog,someone,a.jpg,train", "a cat,someone,b.jpg,dev")
    assert mixed.texts == ("a dog", "a cat")
    assert [path.name for path in mixed.images] == ["a.jpg", "b.jpg"]


def test_what_is_in_neither_split_is_not_there(tmp_path: Path) -> None:
    captioned = read(tmp_path, *LINES)
    assert "a bus" not in captioned.texts
    assert tmp_path / "images" / "d.jpg" not in captioned.images


@pytest.mark.parametrize("caption", ["", "...", "😀"])
def test_a_caption_without_a_word_says_nothing(tmp_path: Path, caption: str) -> None:
    captioned = read(tmp_path, *LINES, f"e.jpg,train,{caption}")
    assert captioned.texts == ("a dog runs", "two cats asleep", "a dog sleeps")
    assert tmp_path / "images" / "e.jpg" not in captioned.images


def test_a_photograph_in_both_splits_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="both to train on and to choose by"):
        read(tmp_path, *LINES, "a.jpg,dev,a third caption")


def test_a_split_without_a_caption_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match='no caption of the split "dev"'):
        read(tmp_path, *LINES[:4])
    with pytest.raises(UserError, match='no caption of the split "train"'):
        read(tmp_path, LINES[0], LINES[4], "e.jpg,train,...")
    with pytest.raises(UserError, match="no caption"):
        read(tmp_path, LINES[0])


@pytest.mark.parametrize("heading", ["", "image,caption", "picture,split,caption"])
def test_a_missing_column_is_named(tmp_path: Path, heading: str) -> None:
    with pytest.raises(UserError, match="caption, image, split"):
        read(tmp_path, heading, *LINES[1:])


def test_a_line_with_too_few_columns_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="too few columns in line 7"):
        read(tmp_path, *LINES, "e.jpg,train", LINES[1])


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"captions\.csv cannot be read"):
        read_captions(tmp_path)
    (tmp_path / "captions.csv").write_bytes("image,split,caption\na.jpg,train,h\xe4h".encode("latin-1"))
    with pytest.raises(UserError, match=r"captions\.csv cannot be read"):
        read_captions(tmp_path)
    with pytest.raises(UserError, match=r"captions\.csv cannot be read"):
        read(tmp_path, *LINES, "e.jpg,train," + "word " * 100_000)


def test_the_words_are_those_of_the_captions_to_train_on(tmp_path: Path) -> None:
    captioned = read(
        tmp_path,
        LINES[0],
        "a.jpg,train,A dog and a dog.",
        "b.jpg,train,Snow",
        "c.jpg,train,a dog and a DOG",
        "d.jpg,dev,a cat in the snow",
    )
    assert list(captioned.words_seen().items()) == [("a", 2), ("and", 2), ("dog", 2), ("snow", 1)]


KEPT_BACK = (
    LINES[0],
    "a.jpg,train,a dog runs",
    "a.jpg,train,snow lies",
    "b.jpg,train,snow lies",
    "b.jpg,train,a hotdog",
    "c.jpg,train,the Dogs!",
    "d.jpg,dev,a dog sleeps",
)


def captions_of(captioned: CaptionDataset) -> list[tuple[str, str]]:
    return [
        (captioned.images[picture].name, captioned.texts[text])
        for text, picture in zip(captioned.train.texts, captioned.train.pictures, strict=True)
    ]


def test_photographs_of_what_is_kept_back_are_not_trained_on_at_all(tmp_path: Path) -> None:
    """By none of their captions, though only one says the word, and one is another photograph's too."""
    captioned = read(tmp_path, *KEPT_BACK)
    kept = captioned.without({"dog"})
    assert captions_of(kept) == [("b.jpg", "snow lies"), ("b.jpg", "a hotdog"), ("c.jpg", "the dogs")]
    assert captions_of(captioned.without({"dog", "dogs", "zebra"})) == captions_of(kept)[:2]


def test_what_is_kept_back_is_still_there_to_choose_by(tmp_path: Path) -> None:
    captioned = read(tmp_path, *KEPT_BACK)
    kept = captioned.without({"dog"})
    assert kept.dev is captioned.dev
    assert (kept.images, kept.texts) == (captioned.images, captioned.texts)


def test_where_nothing_is_kept_back_all_is_trained_on(tmp_path: Path) -> None:
    captioned = read(tmp_path, *KEPT_BACK)
    for words in (set[str](), {"zebra"}, {"sleeps"}):
        assert captions_of(captioned.without(words)) == captions_of(captioned)


def test_nothing_may_be_left_to_train_on(tmp_path: Path) -> None:
    assert len(read(tmp_path, *KEPT_BACK).without({"dog", "dogs", "snow"}).train) == 0


def test_the_words_of_a_dev_caption_are_not_trained_on(tmp_path: Path) -> None:
    captioned = read(
        tmp_path, LINES[0], "a.jpg,train,A dog!", "a.jpg,train,a cat", "b.jpg,dev,a dog", "b.jpg,dev,a bird"
    )
    assert [captioned.texts[text] for text in captioned.train.texts] == ["a cat"]
    assert [captioned.texts[text] for text in captioned.dev.texts] == ["a dog", "a bird"]


def test_a_file_that_begins_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    (tmp_path / "captions.csv").write_text("\n".join(LINES), encoding="utf-8-sig")
    assert len(read_captions(tmp_path).train) == 3
