"""How much of the bare encoder's rate a whole index run keeps.

    python -m tests.bench.bench_pipeline [--model starter|ViT-B-32] [--pictures N] [--rounds N]

The alternative in the same run is the encoder alone, on the very batches that the run embeds, decoded
beforehand and held in memory. A whole run is everything else too: scan, hash, worker processes, decoding,
thumbnails, the catalogue and the index file. The rounds take turns, so that a drift of the machine's speed
hits both alike.
"""

from __future__ import annotations

import argparse
import contextlib
import resource
import statistics
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import psutil
from PIL import Image

from engine.ingest.decode import DecodeJob, decode
from engine.library import Library
from engine.models.protocols import PictureEmbedder
from engine.models.registry import ModelRegistry
from engine.progress import CancelToken, Progress
from engine.records import ModelIdentity, PixelBatch

PHOTOS = Path(__file__).resolve().parents[3] / "shared" / "data" / "photos"
MEGABYTE = 1 << 20
LOOK_SECONDS = 0.2


def make_pictures(folder: Path, count: int) -> list[Path]:
    """`count` different photographs: the shared ones, and crops of them once those are used up."""
    sources = sorted(PHOTOS.glob("*.jpg"))
    made: list[Path] = []
    for number in range(count):
        source, turn = sources[number % len(sources)], number // len(sources)
        path = folder / f"{number:05d}.jpg"
        with Image.open(source) as image:
            image.crop((turn, turn, image.width, image.height)).save(path, quality=90)
        made.append(path)
    return made


class LoadedRegistry(ModelRegistry):
    """Hands out a model that is loaded already: loading is no part of what is measured."""

    def __init__(self, directory: Path, model: PictureEmbedder) -> None:
        super().__init__(directory)
        self._model = model

    def load_picture_model(self, identity: ModelIdentity) -> PictureEmbedder:
        return self._model if identity == self._model.identity else super().load_picture_model(identity)


class ChildMemory:
    """The most memory any child process held, looked at while the block runs.

    The system's own account will not do: a child counts its parent's memory until it becomes itself.
    """

    def __init__(self) -> None:
        self.peak = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> ChildMemory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stopping.wait(LOOK_SECONDS):
            for child in psutil.Process().children(recursive=True):
                with contextlib.suppress(psutil.Error):  # it ended meanwhile
                    if child.cmdline() != psutil.Process().cmdline():
                        self.peak = max(self.peak, child.memory_info().rss)


def decoded_batches(pictures: Sequence[Path], model: PictureEmbedder) -> list[PixelBatch]:
    pixels = [decode(DecodeJob(path, model.picture_input)).items[0].pixels for path in pictures]
    size = model.batch_size
    return [np.stack(pixels[start : start + size]) for start in range(0, len(pixels), size)]


def bare_seconds(model: PictureEmbedder, batches: Sequence[PixelBatch]) -> float:
    began = time.perf_counter()
    for batch in batches:
        model.embed_pictures(batch)
    return time.perf_counter() - began


def whole_seconds(location: Path, registry: ModelRegistry, name: str, folder: Path, count: int) -> float:
    """A first index run into a new library, the model loaded beforehand."""
    location.mkdir()
    library = Library(location, registry, name, read_text=False)
    try:
        library.add_folder(folder)
        began = time.perf_counter()
        report = library.index(Progress(), CancelToken())
        seconds = time.perf_counter() - began
    finally:
        library.close()
    if report.embedded != count:
        raise RuntimeError(f"{report.embedded} of {count} pictures were embedded")
    return seconds


def random_clip(folder: Path, registry: ModelRegistry, architecture: str) -> None:
    """The architecture at its full size with random weights: as fast as trained ones."""
    import open_clip  # type: ignore[import-untyped]  # it has no types
    from safetensors.torch import save_file

    model = open_clip.create_model(architecture)
    weights = folder / "weights.safetensors"
    save_file({name: value.contiguous() for name, value in model.state_dict().items()}, weights)
    registry.add_from_disk(architecture, weights)


def run(name: str, count: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        registry = ModelRegistry(place / "models")
        if name != "starter":
            random_clip(place, registry, name)
        (place / "pictures").mkdir()
        pictures = make_pictures(place / "pictures", count)
        model = registry.load_picture_model(registry.identity_of(name))
        loaded = LoadedRegistry(place / "models", model)
        batches = decoded_batches(pictures, model)
        bare_seconds(model, batches[:2])
        bare: list[float] = []
        whole: list[float] = []
        with ChildMemory() as watched:
            for number in range(rounds):
                bare.append(bare_seconds(model, batches))
                location = place / f"library{number}"
                whole.append(whole_seconds(location, loaded, name, place / "pictures", count))
    print(f"{name}, {count} photographs, {rounds} rounds in turn")
    print(f"{'':24}{'seconds (median)':>18}{'pictures/s':>12}{'ratio':>8}")
    for label, seconds in (("encoder alone", bare), ("whole index run", whole)):
        ratio = statistics.median(b / s for b, s in zip(bare, seconds, strict=True))
        median = statistics.median(seconds)
        print(f"{label:24}{median:18.2f}{count / median:12.1f}{ratio:8.2f}")
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MEGABYTE
    print(
        f"peak memory: main process {own:.0f} MB, largest decoding process {watched.peak / MEGABYTE:.0f} MB"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--model", default="ViT-B-32")
    parser.add_argument("--pictures", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    run(options.model, options.pictures, options.rounds)


if __name__ == "__main__":
    main()
