from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from engine.errors import Cancelled, UserError
from engine.models.starter.backbone import FEATURE_COUNT, PICTURE_INPUT, EfficientNetLite
from engine.progress import CancelToken, Progress
from engine.records import PixelBatch, Pixels
from engine.training.feature_cache import MIRRORED, WHOLE, FeatureCache, view_names

SIDE = PICTURE_INPUT.size


class CountingBackbone(EfficientNetLite):
    """Its features are the mean colour and the first pixels' red. It keeps what it saw."""

    def __init__(self, stop_after: int = 0) -> None:
        self.seen: list[Pixels] = []
        self.cancel = CancelToken()
        self._stop_after = stop_after

    def features(self, pictures: PixelBatch) -> NDArray[np.float32]:
        self.seen.extend(pictures)
        if 0 < self._stop_after <= len(self.seen):
            self.cancel.cancel()
        result = np.zeros((len(pictures), FEATURE_COUNT), np.float32)
        result[:, :3] = pictures.mean(axis=(1, 2))
        result[:, 3:SIDE] = pictures[:, 0, 3:SIDE, 0]
        return result


def looked(
    cache: Path, images: Sequence[Path], names: Sequence[str], backbone: CountingBackbone | None = None
) -> NDArray[np.float32]:
    backbone = backbone or CountingBackbone()
    return FeatureCache(cache, backbone).views(images, names, Progress(), backbone.cancel)


def save_noise(path: Path, seed: int, size: tuple[int, int] = (SIDE, SIDE)) -> Path:
    """A picture in which no two places are alike; of the size that the backbone wants, nothing is scaled."""
    pixels = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), np.uint8)
    Image.fromarray(pixels).save(path, compress_level=1)
    return path


@pytest.fixture
def images(tmp_path: Path) -> list[Path]:
    folder = tmp_path / "images"
    folder.mkdir()
    return [save_noise(folder / f"{number}.png", number) for number in range(6)]


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def pixels_of(path: Path) -> Pixels:
    return np.asarray(Image.open(path))


def test_the_views_are_named_the_whole_first() -> None:
    assert view_names(0) == (WHOLE, MIRRORED)
    assert view_names(2) == (WHOLE, MIRRORED, "crop 1", "crop 2")


def test_each_view_of_each_picture_has_its_features(cache: Path, images: list[Path]) -> None:
    backbone = CountingBackbone()
    views = looked(cache, images, view_names(1), backbone)
    assert views.shape == (3, 6, FEATURE_COUNT)
    assert views.dtype == np.float32
    for view, row in enumerate(views):
        seen = np.stack(backbone.seen[6 * view : 6 * view + 6])
        np.testing.assert_array_equal(row, CountingBackbone().features(seen))


def test_the_whole_is_the_picture_and_the_mirrored_its_mirror_image(cache: Path, images: list[Path]) -> None:
    backbone = CountingBackbone()
    looked(cache, images[:1], (WHOLE, MIRRORED), backbone)
    np.testing.assert_array_equal(backbone.seen[0], pixels_of(images[0]))
    np.testing.assert_array_equal(backbone.seen[1], pixels_of(images[0])[:, ::-1])


def test_what_was_computed_is_used_again(cache: Path, images: list[Path]) -> None:
    first = looked(cache, images, view_names(1))
    backbone = CountingBackbone()
    np.testing.assert_array_equal(looked(cache, images, view_names(1), backbone), first)
    assert not backbone.seen


def test_a_view_more_is_all_that_is_computed_for_a_view_more(cache: Path, images: list[Path]) -> None:
    looked(cache, images, view_names(1))
    backbone = CountingBackbone()
    looked(cache, images, view_names(2), backbone)
    assert len(backbone.seen) == len(images)


def test_a_changed_picture_is_looked_at_anew(cache: Path, images: list[Path]) -> None:
    looked(cache, images, (WHOLE,))
    save_noise(images[3], 77)
    os.utime(images[3], ns=(1, 1))  # where two writes may fall on one tick of the clock
    views = looked(cache, images, (WHOLE,))
    np.testing.assert_array_equal(views[0, 3, :3], pixels_of(images[3]).mean(axis=(0, 1)).astype(np.float32))


def test_other_pictures_are_not_taken_for_these(cache: Path, images: list[Path]) -> None:
    there = looked(cache, images, (WHOLE,))
    back = looked(cache, images[::-1], (WHOLE,))
    np.testing.assert_array_equal(back[0], there[0, ::-1])
    assert looked(cache, images[:2], (WHOLE,)).shape == (1, 2, FEATURE_COUNT)


def test_what_was_computed_stays_when_it_is_cancelled(cache: Path, images: list[Path]) -> None:
    with pytest.raises(Cancelled):
        looked(cache, images, view_names(1), CountingBackbone(stop_after=8))
    backbone = CountingBackbone()
    views = looked(cache, images, view_names(1), backbone)
    assert len(backbone.seen) == 2 * len(images)  # the first view was complete
    np.testing.assert_array_equal(views, looked(cache.with_name("other"), images, view_names(1)))


def test_of_many_pictures_the_first_parts_stay(tmp_path: Path, cache: Path) -> None:
    many = [save_noise(tmp_path / f"{number}.png", number, (4, 4)) for number in range(230)]
    with pytest.raises(Cancelled):
        looked(cache, many, (WHOLE,), CountingBackbone(stop_after=220))
    backbone = CountingBackbone()
    views = looked(cache, many, (WHOLE,), backbone)
    assert len(backbone.seen) < 100
    np.testing.assert_array_equal(views, looked(cache.with_name("other"), many, (WHOLE,)))


def test_a_damaged_part_of_the_cache_is_computed_again(
    cache: Path, images: list[Path], caplog: pytest.LogCaptureFixture
) -> None:
    first = looked(cache, images, view_names(0))
    for kept, content in zip(sorted(cache.iterdir()), (b"", b"no array"), strict=True):
        kept.write_bytes(content)
    np.testing.assert_array_equal(looked(cache, images, view_names(0)), first)
    assert caplog.text.count("computed again") == 2
    backbone = CountingBackbone()
    looked(cache, images, view_names(0), backbone)
    assert not backbone.seen


def test_crops_are_the_same_at_every_run(cache: Path, images: list[Path]) -> None:
    first, again = CountingBackbone(), CountingBackbone()
    for backbone, folder in ((first, cache), (again, cache.with_name("other"))):
        looked(folder, images, ("crop 1", "crop 2"), backbone)
    np.testing.assert_array_equal(first.seen, again.seen)


def test_no_two_crops_are_alike(cache: Path, tmp_path: Path) -> None:
    alike = [save_noise(tmp_path / name, 0) for name in ("a.png", "b.png")]
    backbone = CountingBackbone()
    looked(cache, alike, (WHOLE, "crop 1", "crop 2"), backbone)
    assert len({seen.tobytes() for seen in backbone.seen}) == 1 + 2 * 2


def test_a_crop_shows_a_good_part_of_the_picture(cache: Path, tmp_path: Path) -> None:
    """Of a picture whose red says how far right, whose green how far down a place is."""
    across, down = np.meshgrid(np.arange(256, dtype=np.uint8), np.arange(256, dtype=np.uint8))
    backbone = CountingBackbone()
    image = Image.fromarray(np.stack([across, down, across], axis=-1)).resize((SIDE, SIDE))
    paths = [tmp_path / f"{number}.png" for number in range(10)]
    for path in paths:
        image.save(path)
    looked(cache, paths, ("crop 1", "crop 2"), backbone)
    spans = np.stack([np.ptp(seen[..., :2].reshape(-1, 2), axis=0) / 255 for seen in backbone.seen])
    shown, turned = spans.prod(axis=1), [seen[0, 0, 0] > seen[0, -1, 0] for seen in backbone.seen]
    assert 0.4 < shown.min() < 0.7 < shown.max() <= 1
    assert (spans.max(axis=1) / spans.min(axis=1)).max() < 1.8
    assert 0 < sum(turned) < len(turned)
    assert all(seen[0, 0, 1] < seen[-1, 0, 1] for seen in backbone.seen)


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1)])
def test_the_smallest_pictures_have_all_views(cache: Path, tmp_path: Path, size: tuple[int, int]) -> None:
    path = save_noise(tmp_path / "small.png", 0, size)
    assert np.isfinite(looked(cache, [path], view_names(5))).all()


def test_a_picture_is_seen_upright(cache: Path, tmp_path: Path, images: list[Path]) -> None:
    lying = tmp_path / "lying.png"
    exif = Image.Exif()
    exif[274] = 6  # to be turned right by a quarter
    with Image.open(images[0]) as image:
        image.transpose(Image.Transpose.ROTATE_90).save(lying, exif=exif)
    backbone = CountingBackbone()
    looked(cache, [lying], (WHOLE,), backbone)
    np.testing.assert_array_equal(backbone.seen[0], pixels_of(images[0]))


def test_what_is_transparent_is_white_as_everywhere(cache: Path, tmp_path: Path) -> None:
    Image.new("RGBA", (9, 9), (200, 0, 0, 0)).save(tmp_path / "clear.png")
    backbone = CountingBackbone()
    looked(cache, [tmp_path / "clear.png"], (WHOLE,), backbone)
    assert backbone.seen[0].min() == 255


def test_a_file_that_is_no_picture_is_named_in_a_sentence(cache: Path, images: list[Path]) -> None:
    whole = images[2].read_bytes()
    for content in (b"", b"a text", whole[: len(whole) // 2], whole[:100] + bytes(len(whole) - 100)):
        images[2].write_bytes(content)
        with pytest.raises(UserError, match=r"2\.png cannot be read: .*\.$"):
            looked(cache, images, (WHOLE,))


def test_a_missing_file_is_named_in_a_sentence(cache: Path, images: list[Path]) -> None:
    images[2].unlink()
    with pytest.raises(UserError, match=r"2\.png cannot be read: .*\.$"):
        looked(cache, images, (WHOLE,))


def test_progress_counts_every_view(cache: Path, images: list[Path]) -> None:
    looked(cache, images, (WHOLE,))
    progress = Progress()
    FeatureCache(cache, CountingBackbone()).views(images, view_names(2), progress, CancelToken())
    snapshot = progress.snapshot()
    assert (snapshot.unit, snapshot.found, snapshot.done) == ("pictures", 24, 24)


def test_no_pictures_have_no_features(cache: Path) -> None:
    assert looked(cache, [], view_names(1)).shape == (3, 0, FEATURE_COUNT)


@pytest.mark.skipif(sys.platform == "win32", reason="a script cannot stand for a program there")
def test_no_program_is_started_for_a_picture(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pillow would hand an EPS file to Ghostscript, whatever the file's name."""
    program, started = tmp_path / "bin" / "gs", tmp_path / "started"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\ntouch {started}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    picture = tmp_path / "picture.jpg"
    picture.write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\n%%EOF\n")
    with pytest.raises(UserError, match="cannot be read"):
        looked(cache, [picture], (WHOLE,))
    assert not started.exists()
