"""Same files, same answers: whatever was done to the files before, a library tells what a fresh one does.

FINDLING_DRIFT=200 sets how many random sequences are tried, FINDLING_DRIFT_SEED=7 where they begin. Most are
read in this process, which takes a tenth of the time; every `APART`th by workers, as the program does.
"""

from __future__ import annotations

import os
import random
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.errors import Cancelled, UserError
from engine.library import Library, background_passes, indexing
from engine.progress import CancelToken, Progress
from engine.records import Query, Scope
from tests.engine.ingest.pdf_files import many_pages
from tests.engine.ingest.pipeline.test_embed_pass import Here
from tests.fakes import COLOURS, ColourRegistry

pytestmark = [pytest.mark.slow, pytest.mark.timeout(6 * 3600)]

SEQUENCES = int(os.environ.get("FINDLING_DRIFT", "12"))
FIRST_SEED = int(os.environ.get("FINDLING_DRIFT_SEED", "0"))
LENGTH = 24  # operations in a sequence
APART = 10
FOLDERS = ("", "a", "b", "a/deep")
PICTURE_SUFFIXES = (".png", ".jpg", ".tga", ".tif", ".pcx")
WORDS = ("harbour", "invoice", "lantern", "granite", "orchard", "violin", "meadow", "copper")
QUERIES = (
    *COLOURS,
    "red blue",
    "harbour",
    "invoice granite",
    "lantern violin meadow",
    "coper",
    "p1",
    "p1.png",
)
SECONDS = 120.0
REPLAYS = 60  # to shorten a sequence that failed

Told = dict[str, object]


@dataclass(frozen=True, slots=True)
class Step:
    """What is done is chosen by the name, to which file and how by the seed."""

    deed: str
    seed: int


class Inside(Here):
    """Takes the place of a pool."""

    def __init__(self, *_: object) -> None:
        super().__init__()

    def __enter__(self) -> Inside:
        return self

    def __exit__(self, *_: object) -> None:
        """There is nothing to end."""


class Tree:
    """Files, and what may happen to them."""

    def __init__(self, root: Path, outside: Path) -> None:
        self.root, self.outside = root, outside
        root.mkdir(parents=True)
        outside.mkdir(parents=True)

    def files(self) -> list[Path]:
        found = (Path(folder) / name for folder, _, names in os.walk(self.root) for name in names)
        return sorted(path for path in found if path.is_symlink() or path.is_file())

    def folders(self) -> list[Path]:
        return sorted(Path(folder) / name for folder, names, _ in os.walk(self.root) for name in names)

    def do(self, deed: str, chance: random.Random) -> None:
        getattr(self, deed)(chance)

    # ---- deeds

    def create(self, chance: random.Random) -> None:
        self._write(self._new(chance), chance)

    def edit(self, chance: random.Random) -> None:
        if (path := self._any(chance)) is not None and not path.is_symlink():
            self._write(path, chance)

    def touch(self, chance: random.Random) -> None:
        if (path := self._any(chance)) is not None and path.exists():
            moment = 1_000_000_000 + chance.randrange(4) * 86_400
            os.utime(path, (moment, moment))

    def move(self, chance: random.Random) -> None:
        if (path := self._any(chance)) is not None:
            path.replace(self._new(chance, path.suffix))

    def new_suffix(self, chance: random.Random) -> None:
        if (path := self._any(chance)) is not None:
            path.replace(path.with_suffix(chance.choice((*PICTURE_SUFFIXES, ".pdf", ".nef", ".txt"))))

    def copy(self, chance: random.Random) -> None:
        if (path := self._any(chance)) is not None and path.exists():
            chance.choice((shutil.copy, shutil.copy2))(path, self._free(chance, path.suffix))

    def hard_link(self, chance: random.Random) -> None:
        if (path := self._any(chance)) is not None and path.is_file() and not path.is_symlink():
            new = self._free(chance, path.suffix)
            new.hardlink_to(path)

    def link(self, chance: random.Random) -> None:
        if (path := self._any(chance)) is not None:
            self._free(chance, path.suffix).symlink_to(path)

    def link_outside(self, chance: random.Random) -> None:
        target = self.outside / f"o{chance.randrange(3)}.png"
        if not target.exists():
            self._write(target, chance)
        self._free(chance, ".png").symlink_to(target)

    def delete_outside(self, chance: random.Random) -> None:
        (self.outside / f"o{chance.randrange(3)}.png").unlink(missing_ok=True)

    def link_nowhere(self, chance: random.Random) -> None:
        self._free(chance, ".png").symlink_to(self.root / "nothing.png")

    def delete(self, chance: random.Random) -> None:
        if (path := self._any(chance)) is not None:
            path.unlink()

    def other_kind(self, chance: random.Random) -> None:
        if (path := self._any(chance)) is not None:
            path.unlink()
            self._write(path, chance, as_suffix=chance.choice((".pdf", ".png", ".broken")))

    def rename_folder(self, chance: random.Random) -> None:
        if folders := self.folders():
            folder = chance.choice(folders)
            new = self.root / f"f{chance.randrange(3)}"
            if not new.exists() and not new.is_symlink():
                folder.rename(new)

    def link_folder(self, chance: random.Random) -> None:
        if folders := self.folders():
            new = self.root / f"l{chance.randrange(2)}"
            if not new.exists() and not new.is_symlink():
                new.symlink_to(chance.choice(folders), target_is_directory=True)

    # ---- parts of these

    def _any(self, chance: random.Random) -> Path | None:
        files = self.files()
        return chance.choice(files) if files else None

    def _new(self, chance: random.Random, suffix: str | None = None) -> Path:
        """A name that may be taken."""
        folder = self.root / chance.choice(FOLDERS)
        if not folder.is_dir():
            folder = self.root
        (self.root / "a" / "deep").mkdir(parents=True, exist_ok=True)
        (self.root / "b").mkdir(exist_ok=True)
        suffix = chance.choice((*PICTURE_SUFFIXES, ".pdf")) if suffix is None else suffix
        return folder / f"p{chance.randrange(6)}{suffix}"

    def _free(self, chance: random.Random, suffix: str) -> Path:
        path = self._new(chance, suffix)
        while path.exists() or path.is_symlink():
            path = path.with_name(f"{path.stem}x{path.suffix}")
        return path

    def _write(self, path: Path, chance: random.Random, as_suffix: str | None = None) -> None:
        suffix = as_suffix or path.suffix
        if suffix == ".pdf":
            pages = [
                " ".join(chance.choices(WORDS, k=chance.randrange(1, 30)))
                for _ in range(chance.randrange(1, 4))
            ]
            path.write_bytes(many_pages(len(pages), lambda number: pages[number - 1]))
        elif suffix in PICTURE_SUFFIXES:
            self._picture(chance).save(path, _KINDS[suffix])
        else:
            path.write_bytes(chance.randbytes(200))

    @staticmethod
    def _picture(chance: random.Random) -> Image.Image:
        """Often of a plain colour, so that several look exactly the same."""
        side = chance.choice((16, 24, 32))
        if chance.random() < 0.5:
            return Image.new("RGB", (side, side), chance.choice(list(COLOURS.values())))
        pixels = np.random.default_rng(chance.randrange(1000)).integers(0, 256, (4, 4, 3), np.uint8)
        return Image.fromarray(pixels).resize((side * 2, side), Image.Resampling.NEAREST)


_KINDS = {".png": "PNG", ".jpg": "JPEG", ".tga": "TGA", ".tif": "TIFF", ".pcx": "PCX"}
DEEDS = {
    "create": 6,
    "edit": 2,
    "touch": 1,
    "move": 3,
    "new_suffix": 2,
    "copy": 3,
    "hard_link": 1,
    "link": 1,
    "link_outside": 1,
    "delete_outside": 1,
    "link_nowhere": 1,
    "delete": 3,
    "other_kind": 1,
    "rename_folder": 1,
    "link_folder": 1,
    "exclude": 1,
    "include": 1,
    "search": 2,
    "index": 5,
    "watch": 1,
}


def a_sequence(seed: int) -> list[Step]:
    chance = random.Random(seed)
    names = chance.choices(list(DEEDS), list(DEEDS.values()), k=LENGTH)
    return [Step(name, chance.randrange(1 << 30)) for name in names]


@contextmanager
def opened(location: Path) -> Iterator[Library]:
    location.mkdir()
    with Library(location, ColourRegistry(location.parent / "models"), None, read_text=False) as library:
        library.use_model("colours")
        library.use_model("colour-pages")
        yield library


def index(library: Library) -> None:
    library.index(Progress(), CancelToken())


def watch(library: Library) -> None:
    """Until there is nothing to do but to wait."""
    progress, cancel = Progress(), CancelToken()
    raised: list[BaseException] = []

    def work() -> None:
        try:
            library.watch(progress, cancel)
        except Cancelled:
            pass
        except BaseException as error:  # noqa: BLE001  # told by the test's own thread
            raised.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    pause = threading.Event()
    while thread.is_alive() and progress.snapshot().phase != "watching":
        pause.wait(0.02)
    cancel.cancel()
    thread.join(SECONDS)
    assert not thread.is_alive()
    assert not raised, raised


def search(library: Library, tree: Tree) -> None:
    """What is kept in memory for the next search may be of what has gone by then."""
    told(library, tree.root)


def exclude(library: Library, tree: Tree, chance: random.Random) -> None:
    if folders := [folder for folder in tree.folders() if not folder.is_symlink()]:
        library.exclude(chance.choice(folders))


def include(library: Library, tree: Tree, chance: random.Random) -> None:
    del tree
    if left_out := library.folders()[0].left_out:
        library.include(chance.choice(left_out))


def told(library: Library, root: Path) -> Told:
    """All that a library says, but for what it remembers of files that are gone and how large it is."""

    def hits(query: Query) -> list[object]:
        try:
            found = library.search(query).hits
        except UserError as error:
            return [str(error)]
        return [
            (
                str(hit.path.relative_to(root)),
                hit.page,
                hit.verdict.value,
                round(hit.score, 6),
                hit.copies,
                hit.available,
                hit.snippet,
                hit.taken,
                hit.dated,
            )
            for hit in found
        ]

    status = library.status()
    answers: Told = {f"search {text}": hits(Query(text=text, limit=40)) for text in QUERIES}
    answers |= {
        f"{scope.value} first three": hits(Query(text="red harbour", scope=scope, limit=3)) for scope in Scope
    }
    answers["not"] = hits(Query(text="red", not_text=("blue",), limit=40))
    browsed = library.browse(Query(limit=40)).hits
    answers["browse"] = [(str(hit.path.relative_to(root)), hit.page) for hit in browsed]
    for hit in sorted(browsed, key=lambda hit: hit.path)[:3]:
        answers[f"like {hit.path.relative_to(root)}"] = hits(Query(like=(hit.path,), limit=40))
    answers["failed"] = [(str(each.path), each.kind, each.message) for each in library.failures()]
    answers["duplicates"] = [
        (group.kind, [str(file.path.relative_to(root)) for file in group.files])
        for group in library.duplicates()
    ]
    answers["status"] = (status.files, status.copies, status.items, status.photos, status.pages)
    answers["to do"] = (status.failed, status.pending, status.unread)
    return answers


def differences(place: Path, steps: Sequence[Step]) -> dict[str, tuple[object, object]]:
    """What a library that lived through `steps` tells, and what a fresh one does, where these differ."""
    tree = Tree(place / "tree", place / "outside")
    with opened(place / "lived") as lived:
        lived.add_folder(tree.root)
        ways: dict[str, Callable[[random.Random], None]] = {
            "index": lambda _: index(lived),
            "watch": lambda _: watch(lived),
            "search": lambda _: search(lived, tree),
            "exclude": lambda chance: exclude(lived, tree, chance),
            "include": lambda chance: include(lived, tree, chance),
        }
        for step in steps:
            chance = random.Random(step.seed)
            if step.deed in ways:
                ways[step.deed](chance)
            else:
                tree.do(step.deed, chance)
        index(lived)
        here = told(lived, tree.root)
        excludes = lived.folders()[0].excludes
    with opened(place / "fresh") as fresh:
        fresh.add_folder(tree.root, excludes)
        index(fresh)
        there = told(fresh, tree.root)
    return {key: (here.get(key), there.get(key)) for key in here | there if here.get(key) != there.get(key)}


def shortened(place: Path, steps: list[Step]) -> list[Step]:
    """As few of the steps as still make a difference, as far as a few dozen replays tell."""
    replays, size = 0, len(steps) // 2
    while size and replays < REPLAYS:
        at = 0
        while at < len(steps) and replays < REPLAYS:
            fewer = steps[:at] + steps[at + size :]
            replays += 1
            if differences(place / f"replay{replays}", fewer):
                steps = fewer
            else:
                at += size
        size //= 2
    return steps


@pytest.mark.parametrize("seed", range(FIRST_SEED, FIRST_SEED + SEQUENCES))
def test_a_library_tells_what_a_fresh_one_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    if seed % APART != APART - 1:
        monkeypatch.setattr(indexing, "DecodePool", Inside)
        monkeypatch.setattr(background_passes, "DecodePool", Inside)
    steps = a_sequence(seed)
    if not differences(tmp_path / "whole", steps):
        return
    steps = shortened(tmp_path, steps)
    found = differences(tmp_path / "short", steps)
    said = [f"{key}:\n  lived {here}\n  fresh {there}" for key, (here, there) in found.items()]
    pytest.fail("\n".join([*map(str, steps), *said]))
