"""Sample pictures and documents, to try the program without files of one's own.

The photographs come with the package scikit-image; only those are used that its own notes release as CC0 or
into the public domain. The documents are generated here, with a text layer.
"""

from __future__ import annotations

import errno
import importlib.util
from dataclasses import dataclass
from pathlib import Path

from engine.errors import DiskFull, UserError

PHOTOGRAPHS_FOLDER = "photographs"
DOCUMENTS_FOLDER = "documents"
PAGE_WIDTH, PAGE_HEIGHT = 595, 842  # A4 in points
MARGIN = 56
BAND_HEIGHT = 84
TITLE_SIZE, BODY_SIZE = 22, 12
LINE_HEIGHT = 20


@dataclass(frozen=True, slots=True)
class SamplePhotograph:
    """A photograph that scikit-image ships, and the licence that allows showing it."""

    name: str
    shows: str
    licence: str
    source: str


@dataclass(frozen=True, slots=True)
class SamplePage:
    """A page of a sample document: a title on a band of `colour` (RGB from 0 to 1), and lines of text."""

    title: str
    colour: tuple[float, float, float]
    lines: tuple[str, ...]


PHOTOGRAPHS = (
    SamplePhotograph(
        "astronaut.png", "an astronaut in an orange space suit", "public domain", "NASA, Great Images"
    ),
    SamplePhotograph("brick.png", "bricks and mortar", "CC0", "CC0 Textures, Bricks25"),
    SamplePhotograph("camera.png", "a man behind a camera", "CC0", "Lav Varshney"),
    SamplePhotograph("chelsea.png", "a cat", "CC0", "Stefan van der Walt"),
    SamplePhotograph("clock_motion.png", "a wall clock, blurred", "public domain", "Stefan van der Walt"),
    SamplePhotograph("coffee.png", "a cup of coffee", "CC0", "Rachel Michetti, Pikolo Espresso Bar"),
    SamplePhotograph("grass.png", "grass", "CC0", "DeviantArt, linolafett"),
    SamplePhotograph("gravel.png", "gravel", "CC0", "CC0 Textures, Gravel04"),
    SamplePhotograph("horse.png", "the outline of a horse", "CC0", "Openclipart, Andreas Preuss"),
    SamplePhotograph("hubble_deep_field.jpg", "galaxies", "public domain", "NASA, Hubble eXtreme Deep Field"),
    SamplePhotograph("retina.jpg", "the back of an eye", "CC0", "Mikael Häggström, Wikimedia Commons"),
    SamplePhotograph("rocket.jpg", "a rocket taking off", "public domain", "SpaceX"),
)

BLUE, GREEN, RED = (0.20, 0.36, 0.58), (0.22, 0.47, 0.33), (0.62, 0.27, 0.22)

DOCUMENTS: dict[str, tuple[SamplePage, ...]] = {
    "bicycle-invoice.pdf": (
        SamplePage(
            "Invoice 0417",
            BLUE,
            (
                "Wheel and Spoke, bicycle workshop",
                "For: Alex Winter",
                "",
                "New chain, nine speed                      24.00",
                "Brake pads, front and rear                 18.50",
                "Labour, one hour                           44.00",
                "",
                "Total to pay                               86.50",
                "Please pay within fourteen days by bank transfer.",
            ),
        ),
        SamplePage(
            "Guarantee",
            BLUE,
            (
                "Every repair is guaranteed for twelve months.",
                "Worn parts such as tyres and brake pads are not covered.",
                "Bring this page when you make a claim.",
            ),
        ),
    ),
    "family-recipes.pdf": (
        SamplePage(
            "Sourdough bread",
            GREEN,
            (
                "500 g wheat flour, 350 g water, 100 g starter, 10 g salt",
                "",
                "Knead, let the dough rise over night, fold it twice.",
                "Bake in a closed pot for 45 minutes at 240 degrees.",
                "The crust should be dark and sound hollow.",
            ),
        ),
        SamplePage(
            "Tomato soup",
            GREEN,
            (
                "One kilogram of ripe tomatoes, two onions, garlic, basil",
                "",
                "Fry the onions gently, add the tomatoes, simmer for half an hour.",
                "Season with salt, pepper and a spoon of cream.",
            ),
        ),
        SamplePage(
            "Apple cake",
            GREEN,
            (
                "Four apples, 200 g butter, 180 g sugar, three eggs, cinnamon",
                "",
                "Slice the apples and lay them on the batter.",
                "Bake for 50 minutes, dust with sugar while it is warm.",
            ),
        ),
    ),
    "lisbon-journey.pdf": (
        SamplePage(
            "Night train to Lisbon",
            RED,
            (
                "Friday: depart Madrid 21:43, sleeping car 12, berths 31 and 32",
                "Saturday: arrive Lisbon Santa Apolonia 07:20",
                "Breakfast is served on board.",
            ),
        ),
        SamplePage(
            "Hotel and sights",
            RED,
            (
                "Three nights in the Alfama, room with a view of the river",
                "Tram 28 to the castle, the tile museum on Sunday",
                "Ferry across the Tagus at sunset",
            ),
        ),
        SamplePage(
            "Packing list",
            RED,
            ("Passport and health card", "Swimwear, sun hat, walking shoes", "Charger and camera"),
        ),
    ),
}


def write_samples(folder: Path) -> tuple[Path, ...]:
    """Write the samples below `folder` and return their paths.

    Files that are already the same stay untouched. Raises UserError if the photographs are not installed or
    `folder` cannot be written to, DiskFull.
    """
    try:
        written = [
            *_write_all(folder / PHOTOGRAPHS_FOLDER, _photographs()),
            *_write_all(
                folder / DOCUMENTS_FOLDER, {name: document(pages) for name, pages in DOCUMENTS.items()}
            ),
        ]
    except OSError as error:
        kind = DiskFull if error.errno in (errno.ENOSPC, errno.EDQUOT) else UserError
        raise kind(f"The sample pictures could not be written to {folder}: {error.strerror}.") from error
    return tuple(written)


def document(pages: tuple[SamplePage, ...]) -> bytes:
    """The bytes of a PDF 1.4 file of A4 pages with extractable text; the same pages give the same bytes."""
    first_page = 4
    kids = " ".join(f"{first_page + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>".encode("ascii"),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, page in enumerate(pages):
        drawing = _drawing(page)
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {PAGE_WIDTH} {PAGE_HEIGHT}] "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {first_page + 2 * number + 1} 0 R >>".encode(
                "ascii"
            )
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawing), drawing))
    return _with_cross_references(objects)


def _photographs() -> dict[str, bytes]:
    # find_spec locates the package without importing it: importing scikit-image takes a second
    package = importlib.util.find_spec("skimage")
    roots = package.submodule_search_locations if package is not None else None
    data = [Path(root) / "data" for root in roots or ()]
    found = {
        photograph.name: (place / photograph.name).read_bytes()
        for photograph in PHOTOGRAPHS
        for place in data
        if (place / photograph.name).is_file()
    }
    if not found:
        raise UserError(
            "The sample photographs come with the package scikit-image, which is not installed.",
            "Install it with: pip install scikit-image.",
        )
    return found


def _write_all(folder: Path, contents: dict[str, bytes]) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        target = folder / name
        if not (target.is_file() and target.read_bytes() == content):
            part = folder / f".{name}.part"
            part.write_bytes(content)
            part.replace(target)
    return [folder / name for name in contents]


def _drawing(page: SamplePage) -> bytes:
    red, green, blue = page.colour
    band_bottom = PAGE_HEIGHT - BAND_HEIGHT
    parts = [
        f"{red} {green} {blue} rg 0 {band_bottom} {PAGE_WIDTH} {BAND_HEIGHT} re f".encode("ascii"),
        b"1 1 1 rg " + _text(page.title, TITLE_SIZE, band_bottom + (BAND_HEIGHT - TITLE_SIZE) // 2),
        b"0 0 0 rg",
    ]
    baseline = band_bottom - 3 * LINE_HEIGHT
    for line in page.lines:
        if line:
            parts.append(_text(line, BODY_SIZE, baseline))
        baseline -= LINE_HEIGHT
    return b"\n".join(parts)


def _text(text: str, size: int, baseline: int) -> bytes:
    escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)").encode("cp1252")
    return b"BT /F1 %d Tf %d %d Td (%s) Tj ET" % (size, MARGIN, baseline, escaped)


def _with_cross_references(objects: list[bytes]) -> bytes:
    content = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(content)
    content += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for offset in offsets:
        content += b"%010d 00000 n \n" % offset
    content += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(content)
