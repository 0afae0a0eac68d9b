"""A person's home with pictures and documents, all made from the sample pictures that may be shown."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from PIL import Image, ImageEnhance

from engine.samples import BLUE, GREEN, PHOTOGRAPHS_FOLDER, RED, SamplePage, document, write_samples

MARK = ".made-for-screenshots"  # without it the folder is somebody's own, and stays
LONGER_SIDE = 1600  # pixels
VARIABLES = {
    "HOME": "",
    "XDG_DATA_HOME": ".local/share",
    "XDG_CONFIG_HOME": ".config",
    "XDG_CACHE_HOME": ".cache",
    "XDG_STATE_HOME": ".local/state",
    "HF_HOME": ".cache/hub",
}
UNWANTED = (
    "FINDLING_LIBRARY",
    "FINDLING_MODELS",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "QT_SCALE_FACTOR",
    "QT_STYLE_OVERRIDE",
)

Box = tuple[float, float, float, float]  # left, top, right, bottom in fractions

WHOLE: Box = (0, 0, 1, 1)
CUTS: tuple[Box, ...] = (
    WHOLE,
    (0.0, 0.0, 0.55, 0.95),
    (0.42, 0.08, 1.0, 1.0),
    (0.0, 0.05, 1.0, 0.62),
    (0.18, 0.2, 0.82, 0.86),
    (0.3, 0.0, 0.74, 1.0),
    (0.0, 0.35, 0.8, 1.0),
)


@dataclass(frozen=True, slots=True)
class Series:
    """Photographs cut out of one sample, taken on some days."""

    sample: str
    folder: str
    name: str  # with room for a number
    day: str
    cuts: int = len(CUTS)
    camera: str = ""
    place: tuple[float, float] | None = None  # degrees north and east


SERIES = (
    Series("chelsea.png", "Our cat", "IMG_{:04}.jpg", "2024-05-11", camera="X-T4", place=(38.7139, -9.1334)),
    Series(
        "coffee.png", "Kitchen", "breakfast {}.jpg", "2024-05-19", camera="X-T4", place=(38.7107, -9.1365)
    ),
    Series("rocket.jpg", "Space museum", "launch {}.jpg", "2024-03-02", camera="EOS R6"),
    Series("astronaut.png", "Space museum", "portrait {}.jpg", "2024-03-02", camera="EOS R6"),
    Series("hubble_deep_field.jpg", "Night sky", "deep field {}.jpg", "2023-11-25"),
    Series("retina.jpg", "Health", "eye {}.jpg", "2023-09-07", 4),
    Series("camera.png", "Grandfather's prints", "print {}.jpg", "2023-08-13", 6),
    Series("clock_motion.png", "Grandfather's prints", "clock {}.jpg", "2023-08-13", 4),
    Series("brick.png", "Textures", "bricks {}.jpg", "2023-06-04", 5),
    Series("grass.png", "Textures", "grass {}.jpg", "2023-06-04", 5),
    Series("gravel.png", "Textures", "gravel {}.jpg", "2023-06-05", 5),
    Series("horse.png", "Textures", "horse outline {}.png", "2023-06-05", 1),
)

DOCUMENTS: dict[str, tuple[SamplePage, ...]] = {
    "coffee-machine.pdf": (
        SamplePage(
            "Your coffee machine",
            BLUE,
            (
                "For your first cup of coffee: fill the tank, press the left button.",
                "Grind the beans finely and heat the cup beforehand.",
                "",
                "Warranty: two years from the day on the receipt.",
            ),
        ),
        SamplePage(
            "Descaling",
            BLUE,
            (
                "Descale the machine after every two hundred cups of coffee.",
                "One part vinegar, two parts water. Rinse twice.",
            ),
        ),
    ),
    "observatory-tickets.pdf": (
        SamplePage(
            "A night at the observatory",
            RED,
            (
                "Two tickets, Saturday 25 November, doors open at 21:30",
                "Galaxies and nebulae through the large telescope.",
                "Coffee and tea are served on the terrace.",
            ),
        ),
    ),
    "vet-bill.pdf": (
        SamplePage(
            "Veterinary practice Rossio",
            GREEN,
            (
                "Patient: Chelsea, cat, four years old",
                "",
                "Examination                                35.00",
                "Vaccination against cat flu                28.00",
                "",
                "Total                                      63.00",
            ),
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Home:
    root: Path

    @property
    def pictures(self) -> Path:
        return self.root / "Pictures"

    @property
    def documents(self) -> Path:
        return self.root / "Documents"

    @property
    def library(self) -> Path:
        return self.root / ".local" / "share" / "Findling" / "library"

    @property
    def screenshots(self) -> Path:
        """To be left out of the library."""
        return self.pictures / "Screenshots"

    @property
    def missed(self) -> tuple[Path, ...]:
        """Files that a person may miss, each for another reason."""
        return (
            self.pictures / "Kitchen" / "breakfast 1.jpg",
            self.documents / "scan 0007.pdf",
            self.screenshots / "map.png",
            self.root / "Desktop" / "boarding pass.png",
            self.documents / "letter to the landlord.docx",
        )


def make_home(root: Path) -> Home:
    """Everything that belongs to it; the environment of this process says from now on that one lives there.

    Raises FileExistsError when `root` is there and was not made here.
    """
    if root.exists():
        if not (root / MARK).is_file():
            raise FileExistsError(f"{root} is there already, and not for screenshots")
        remove_home(Home(root))
    root.mkdir(parents=True)
    (root / MARK).touch()
    _live_in(root)
    home = Home(root)
    samples = root / ".cache" / "samples"
    write_samples(samples)
    for number, series in enumerate(SERIES):
        _write_series(home, series, samples / PHOTOGRAPHS_FOLDER, 100 * number)
    _write_alike(home)
    shutil.copytree(samples / "documents", home.documents)
    for name, pages in DOCUMENTS.items():
        (home.documents / name).write_bytes(document(pages))
    _write_missed(home)
    _date_documents(home)
    return home


def remove_home(home: Home) -> None:
    """The mark goes last: what could not be removed is still known to be ours."""
    for path in home.root.iterdir():
        if path.name != MARK:
            shutil.rmtree(path)
    (home.root / MARK).unlink()
    home.root.rmdir()


def _live_in(root: Path) -> None:
    for name in UNWANTED:
        os.environ.pop(name, None)
    for name, folder in VARIABLES.items():
        path = root / folder
        path.mkdir(parents=True, exist_ok=True)
        os.environ[name] = str(path)
    os.environ["TZ"] = "UTC"
    time.tzset()


def _write_series(home: Home, series: Series, samples: Path, first: int) -> None:
    with Image.open(samples / series.sample) as opened:
        whole = opened.convert("RGB")
    start = datetime.fromisoformat(f"{series.day} 10:12:40")
    for number, cut in enumerate(CUTS[: series.cuts]):
        moment = start + timedelta(days=number // 3, minutes=17 * number + first % 60)
        number_shown = 2000 + first + number if "04" in series.name else number + 1
        path = home.pictures / series.folder / series.name.format(number_shown)
        _save(_cut(whole, cut), path, moment, series)


def _write_alike(home: Home) -> None:
    """Saved again, halved, edited; a burst; and copies."""
    cat, kitchen, museum = SERIES[0], SERIES[1], SERIES[2]
    first = home.pictures / cat.folder / "IMG_2000.jpg"
    with Image.open(first) as opened:
        whole = opened.convert("RGB")
    moment = datetime.fromisoformat("2024-05-11 16:40:02")
    for number, shift in enumerate((0.0, 0.01, 0.02)):  # the cat moves its head a little
        frame = _cut(whole, (0.03 + shift, 0.02, 0.95 + shift, 0.94))
        name = f"IMG_{2031 + number}.jpg"
        _save(frame, home.pictures / cat.folder / name, moment + timedelta(seconds=2 * number), cat)
    for series, name in ((kitchen, "breakfast 1"), (museum, "launch 1")):
        original = home.pictures / series.folder / f"{name}.jpg"
        for suffix, changed in _changes(original):
            _save(changed, original.with_name(f"{name} {suffix}.jpg"), None, series, 72)
    backup = home.pictures / "Backup of the old phone"
    for name in ("Kitchen/breakfast 2.jpg", "Night sky/deep field 1.jpg", "Our cat/IMG_2004.jpg"):
        backup.mkdir(exist_ok=True)
        shutil.copy2(home.pictures / name, backup / Path(name).name)


def _changes(path: Path) -> Iterator[tuple[str, Image.Image]]:
    with Image.open(path) as opened:
        picture = opened.convert("RGB")
    yield "small", picture.resize((picture.width // 2, picture.height // 2), Image.Resampling.LANCZOS)
    yield "brighter", ImageEnhance.Brightness(picture).enhance(1.18)


def _cut(picture: Image.Image, box: Box) -> Image.Image:
    width, height = picture.size
    left, top, right, bottom = box
    part = picture.crop((int(left * width), int(top * height), int(right * width), int(bottom * height)))
    factor = LONGER_SIDE / max(part.size)
    size = (round(part.width * factor), round(part.height * factor))
    return part.resize(size, Image.Resampling.LANCZOS)


def _save(
    picture: Image.Image, path: Path, moment: datetime | None, series: Series, quality: int = 88
) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".png":
        picture.save(path)
    else:
        picture.save(path, quality=quality, exif=_exif(moment, series))
    _set_time(path, moment or datetime.fromisoformat(f"{series.day} 20:00:00"))


def _exif(moment: datetime | None, series: Series) -> Image.Exif:
    exif = Image.Exif()
    if series.camera:
        exif[0x010F] = "FUJIFILM" if series.camera == "X-T4" else "Canon"
        exif[0x0110] = series.camera
    details = exif.get_ifd(0x8769)
    if moment is not None:
        details[0x9003] = moment.strftime("%Y:%m:%d %H:%M:%S")
    if series.camera:
        details.update({0x829A: 1 / 125, 0x829D: 2.8, 0x8827: 400, 0x920A: 35.0, 0xA434: "XF35mmF1.4 R"})
    if series.place is not None:
        north, east = series.place
        exif.get_ifd(0x8825).update(
            {
                1: "N" if north >= 0 else "S",
                2: _degrees(abs(north)),
                3: "E" if east >= 0 else "W",
                4: _degrees(abs(east)),
            }
        )
    return exif


def _degrees(value: float) -> tuple[float, float, float]:
    minutes = (value % 1) * 60
    return (float(int(value)), float(int(minutes)), round((minutes % 1) * 60, 2))


def _write_missed(home: Home) -> None:
    """Damaged files, one of another kind, one elsewhere, and a folder to be left out."""
    healthy = (home.pictures / "Kitchen" / "breakfast 3.jpg").read_bytes()
    (home.pictures / "Kitchen" / "breakfast 9.jpg").write_bytes(healthy[:300] + b"\x00" * 2000)
    (home.pictures / "Our cat" / "IMG_2010.jpg").write_bytes(b"")
    (home.documents / "scan 0007.pdf").write_bytes((home.documents / "vet-bill.pdf").read_bytes()[:180])
    (home.documents / "letter to the landlord.docx").write_bytes(b"PK\x03\x04")
    with Image.open(home.pictures / "Textures" / "grass 1.jpg") as grass:
        for path in (home.screenshots / "map.png", home.root / "Desktop" / "boarding pass.png"):
            path.parent.mkdir()
            grass.resize((640, 400)).save(path)
            _set_time(path, datetime.fromisoformat("2024-01-20 09:30:00"))


def _date_documents(home: Home) -> None:
    for number, path in enumerate(sorted(home.documents.iterdir())):
        _set_time(path, datetime(2024, 2, 3 + number, 9, 30))  # noqa: DTZ001  # local time, as files have it


def _set_time(path: Path, moment: datetime) -> None:
    os.utime(path, (moment.timestamp(), moment.timestamp()))
