"""Which copies of a picture are found to be the same, and whether any other two pictures are.

    python -m tests.bench.bench_duplicates [--data FOLDER] [--originals N]

Copies are those of `altered_copies`, of photographs, pages and receipts whose names have an odd hash.
Others are all pairs of these, the made sets of the tests, and letters, receipts and forms that differ in
their text alone. Each pair goes through the filters of `near_duplicates` but for the vectors.
"""

from __future__ import annotations

import argparse
import io
import itertools
import statistics
import time
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pypdfium2  # type: ignore[import-untyped]  # it ships no types
from PIL import Image, ImageDraw, ImageFont

from engine.clustering.duplicates.copies import SIDE_LOOKED_AT, is_copy
from engine.clustering.duplicates.image_similarity import ComparedImage, compare_images, comparison_view
from engine.clustering.duplicates.near_duplicates import (
    LEAST_HASH,
    LEAST_INNER_HASH,
    has_similar_shape,
    may_be_same,
)
from engine.clustering.duplicates.perceptual_hash import PerceptualHashes
from engine.store.clusters.cluster_store import PhotoFacts
from tests.bench.altered_copies import KINDS, save
from tests.engine.clustering.synthetic_pictures import SETS, dense_pages, numbered, tiny_print

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
STORED_SIDE = 320  # of a thumbnail
PAGE_SIDE = 1600  # to which a page of a PDF is drawn
PAGES_A_DOCUMENT = 3
SIDES = (420, 480, 560, 640, 800, 1200)
LETTERS, RECEIPTS, FORMS = 8, 8, 8  # of each size
WORDS = (
    *("we", "have", "received", "your", "letter", "of", "last", "week", "and", "thank", "you", "for", "the"),
    *("order", "which", "will", "be", "sent", "by", "end", "next", "month", "amount", "is", "due", "within"),
    *("thirty", "days", "please", "transfer", "it", "to", "account", "below", "with", "customer", "number"),
)
GOODS = ("bread", "milk 1l", "butter", "apples 1kg", "coffee", "sugar", "rice 5kg", "soap", "batteries AA")


@dataclass(eq=False)
class Seen:
    """A picture as the library has it."""

    name: str
    picture: Image.Image
    view: ComparedImage = field(init=False)

    def __post_init__(self) -> None:
        self.view = comparison_view(thumbnail(self.picture))

    def opened(self) -> Image.Image:
        """As it is opened for the closest comparison."""
        small = self.picture.copy()
        small.thumbnail((SIDE_LOOKED_AT, SIDE_LOOKED_AT))
        return small


def thumbnail(picture: Image.Image) -> bytes:
    """The JPEG that is stored of it."""
    small = picture.copy()
    small.thumbnail((STORED_SIDE, STORED_SIDE))
    stream = io.BytesIO()
    small.save(stream, "JPEG", quality=85)
    return stream.getvalue()


def is_found(first: Seen, second: Seen) -> bool:
    """Whether the two are grouped, as far as their pixels say."""
    sizes = (PhotoFacts(None, *each.picture.size) for each in (first, second))
    if not has_similar_shape(*sizes) or not have_similar_hashes(first, second):
        return False
    alike = compare_images(first.view, second.view)
    return may_be_same(alike) and is_copy(
        first.view, second.view, alike, lambda: (first.opened(), second.opened())
    )


def have_similar_hashes(first: Seen, second: Seen) -> bool:
    """Whether the average hashes let a pair pass."""
    hashes = PerceptualHashes(())
    hashes.add([(1, first.view.average_hash()), (2, second.view.average_hash())])
    return bool(hashes.may_match(np.array([1]), np.array([2]), LEAST_HASH, LEAST_INNER_HASH)[0])


# ---- pictures


def held_out(paths: Sequence[Path], count: int) -> list[Path]:
    """Every second file, by its name and not by its place."""
    return [path for path in sorted(paths) if zlib.crc32(path.name.encode()) & 1][:count]


def originals(data: Path, count: int) -> dict[str, list[Seen]]:
    """Photographs of two sources, receipts, and pages of documents."""
    found = {
        name: [_load(path) for path in held_out(list((data / name).glob(pattern)), count)]
        for name, pattern in (("photos", "*.jpg"), ("captioned", "images/*.jpg"), ("receipts", "*.jpg"))
    }
    documents = held_out(list((data / "pages").glob("*.pdf")), count)
    found["pages"] = list(itertools.islice(itertools.chain.from_iterable(map(_pages, documents)), count))
    return found


def _load(path: Path) -> Seen:
    with Image.open(path) as image:
        picture = image.convert("RGB")
    picture.thumbnail((PAGE_SIDE, PAGE_SIDE))
    return Seen(path.name, picture)


def _pages(path: Path) -> Iterator[Seen]:
    with pypdfium2.PdfDocument(path) as document:
        step = max(len(document) // PAGES_A_DOCUMENT, 1)
        for number in list(range(0, len(document), step))[:PAGES_A_DOCUMENT]:
            page = document[number]
            drawn = page.render(scale=PAGE_SIDE / max(page.get_size())).to_pil().convert("RGB")
            yield Seen(f"{path.name}:{number + 1}", drawn)


# ---- pictures that differ in their text alone


def letters(side: int, print_rows: int) -> list[Seen]:
    """Of one sender: the same head and greeting, other words in the same lines."""
    made = []
    for number in range(LETTERS):
        chance = np.random.default_rng(number)
        picture, draw = _sheet(side)
        _line(draw, side, 0.06, "Meier & Sons, 12 Harbour Road, Leeds", 2 * print_rows)
        for row in range(int(side * 0.7 / (print_rows + 4))):
            text = " ".join(chance.choice(WORDS, 12))
            _line(draw, side, 0.16 + row * (print_rows + 4) / side, text, print_rows)
        made.append(Seen(f"letter {number}, {side}, {print_rows}", picture))
    return made


def receipts(side: int, print_rows: int) -> list[Seen]:
    """Of one shop: the same head and goods, other amounts."""
    made = []
    for number in range(RECEIPTS):
        chance = np.random.default_rng(100 + number)
        picture, draw = _sheet(side)
        _line(draw, side, 0.05, "CORNER SHOP 24", 2 * print_rows)
        for row, name in enumerate(GOODS):
            amount = f"{name:<14}{chance.integers(100, 2000) / 100:>8.2f}"
            _line(draw, side, 0.15 + row * (print_rows + 6) / side, amount, print_rows)
        made.append(Seen(f"receipt {number}, {side}, {print_rows}", picture))
    return made


def forms(side: int, print_rows: int) -> list[Seen]:
    """The same form, filled in by different people."""
    made = []
    for number in range(FORMS):
        chance = np.random.default_rng(200 + number)
        picture, draw = _sheet(side)
        for row, label in enumerate(("Name", "Born", "Street", "Town", "Account", "Amount", "Date")):
            down = 0.1 + row * 0.1
            _line(draw, side, down, label, print_rows)
            draw.line((side * 0.25, side * (down + 0.03), side * 0.68, side * (down + 0.03)), (90, 90, 90))
            filled = "".join(chance.choice(list("abcdefghijklmnopqrstuvwxyz0123456789"), 14))
            _line(draw, side, down, filled, print_rows, 0.27)
        made.append(Seen(f"form {number}, {side}, {print_rows}", picture))
    return made


def _sheet(side: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    picture = Image.new("RGB", (side * 5 // 7, side), (250, 249, 246))
    return picture, ImageDraw.Draw(picture)


def _line(
    draw: ImageDraw.ImageDraw, side: int, down: float, text: str, pixels: int, left: float = 0.05
) -> None:
    draw.text((side * left, side * down), text, (30, 30, 35), ImageFont.load_default(pixels))


def made_sets() -> Iterator[tuple[str, list[Seen]]]:
    """Pictures of which no two are the same: those of the tests, and print of several sizes."""
    for make in (*SETS, dense_pages, numbered, tiny_print):
        for side in SIDES:
            yield (
                make.__name__,
                [Seen(f"{make.__name__} {side}", save(each, "JPEG", 85)) for each in make(side)],
            )
    for make_print in (letters, receipts, forms):
        for side, rows in ((420, 6), (480, 7), (560, 6), (560, 8), (640, 8), (800, 9), (1200, 12)):
            yield make_print.__name__, make_print(side, rows)


# ---- figures


def measure_copies(name: str, pictures: Sequence[Seen], found: Counter[str], tried: Counter[str]) -> None:
    """Add to both, by kind, how many copies were found and tried, and print the share of this source."""
    before = found.total(), tried.total()
    for original in pictures:
        for kind, alter in KINDS.items():
            tried[kind] += 1
            found[kind] += is_found(original, Seen(kind, alter(original.picture)))
    of = tried.total() - before[1]
    print(f"{name:<12} {len(pictures):>4} pictures  {(found.total() - before[0]) / of:.3f} of {of} copies")


def measure_others(name: str, pictures: Sequence[Seen]) -> tuple[int, int]:
    """Pairs, and how many of them were taken for one picture."""
    false = [
        (first.name, second.name)
        for first, second in itertools.combinations(pictures, 2)
        if is_found(first, second)
    ]
    for first, second in false:
        print(f"  {name}: {first} = {second}")
    return len(pictures) * (len(pictures) - 1) // 2, len(false)


def measure_letters(count: int = 20) -> None:
    """The time of a pair of like letters, which pass the first filters."""
    some = letters(1200, 12) + letters(1190, 12)
    times = []
    for first, second in itertools.islice(itertools.combinations(some, 2), count):
        began = time.perf_counter()
        is_found(first, second)
        times.append((time.perf_counter() - began) * 1000)
    print(f"a pair of like letters: {statistics.median(times):.0f} ms (most {max(times):.0f})")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=SHARED)
    parser.add_argument("--originals", type=int, default=20, help="of each source")
    options = parser.parse_args()
    sets: Counter[str] = Counter()
    false: Counter[str] = Counter()
    for name, pictures in made_sets():
        pairs, wrong = measure_others(name, pictures)
        sets[name] += pairs
        false[name] += wrong
    for name, pairs in sets.items():
        print(f"{name:<18} {false[name]:>3} of {pairs:>5} other pairs taken for one picture")
    print(f"{'made sets':<18} {false.total():>3} of {sets.total():>5}")
    sources = originals(options.data, options.originals)
    pairs, wrong = measure_others("real", [seen for pictures in sources.values() for seen in pictures])
    print(f"{'real pictures':<18} {wrong:>3} of {pairs:>5}")
    found: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    for name, pictures in sources.items():
        measure_copies(name, pictures, found, tried)
    for kind, of in tried.items():
        print(f"  {kind:<34} {found[kind] / of:.3f}")
    print(f"{len(tried)} kinds: {found.total() / tried.total():.3f} of {tried.total()} copies")
    measure_letters()


if __name__ == "__main__":
    main()
