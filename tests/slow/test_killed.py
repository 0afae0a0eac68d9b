"""A library survives SIGKILL at any moment: nothing is damaged or lost, the answers are the same, and nothing
of the killed program is left.

FINDLING_KILLS=300 sets how many kills there are, FINDLING_KILLS_SEED=7 which moments they fall into. Killed
are the program (while it indexes, reads, makes page vectors, watches, adds a model, forgets a folder) and,
beneath one that goes on, one of its workers.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest
from PIL import Image

from engine.store.database.schema import MIGRATIONS
from tests.engine.ingest import text_pictures
from tests.engine.ingest.pdf_files import many_pages
from tests.engine.models.small_models import SMALL_CLIP, make_folder
from tests.engine.models.small_page_models import make_late_folder

pytestmark = [pytest.mark.slow, pytest.mark.timeout(6 * 3600)]

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("FINDLING_KILLS", "6"))
SEED = int(os.environ.get("FINDLING_KILLS_SEED", "11"))
PICTURES = 16
QUERIES = ("a blue surface", "harbour invoice", "bakery")
WORDS = ("harbour", "invoice", "lantern", "granite")
PAGE_MODEL = "small-pages"
ENDING_SECONDS = 60.0
CHECKED_EVERY = 5  # of so many libraries one is asked for its answers
FORGET = """
import sys
from pathlib import Path
from engine.errors import FolderError
from engine.library import Library
with Library.open(Path(sys.argv[1])) as library:
    for folder in library.folders():
        library.remove_folder(folder.path)
"""


@dataclass
class Bench:
    """Where everything lies, and what an undisturbed program makes of it."""

    place: Path
    expected: dict[str, dict[tuple[str, int | None], float]] = field(default_factory=dict)
    done: dict[str, int] = field(default_factory=dict)

    @property
    def pictures(self) -> Path:
        return self.place / "pictures"

    @property
    def models(self) -> Path:
        return self.place / "models"

    @property
    def temporary(self) -> Path:
        return self.place / "temporary"

    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "FINDLING_MODELS": str(self.models),
            "TMPDIR": str(self.temporary),
            "PYTHONPATH": str(ROOT),
            "OMP_NUM_THREADS": "1",
        }

    def start(self, command: list[str]) -> subprocess.Popen[bytes]:
        nowhere = subprocess.DEVNULL
        return subprocess.Popen(command, env=self.environment(), stdin=nowhere, stdout=nowhere)

    def run(self, command: list[str]) -> float:
        """Seconds that it took."""
        began = time.monotonic()
        subprocess.run(command, env=self.environment(), stdout=subprocess.DEVNULL, check=True)
        return time.monotonic() - began

    def findling(self, library: Path, *arguments: str) -> list[str]:
        return [sys.executable, str(ROOT / "main.py"), "--library", str(library), "--quiet", *arguments]

    def output(self, library: Path, *arguments: str) -> list[dict[str, object]]:
        command = self.findling(library, *arguments, "--json")
        told = subprocess.run(command, env=self.environment(), capture_output=True, check=True)
        return [json.loads(line) for line in told.stdout.splitlines()]

    def answers(self, library: Path) -> dict[str, dict[tuple[str, int | None], float]]:
        found = {}
        for query in QUERIES:
            rows = self.output(library, "search", query, "--limit", "300", "--flat")
            found[query] = {(row["path"], row["page"]): row["score"] for row in rows}
        return found  # type: ignore[return-value]  # as the contract of the command line has them


def make_pictures(folder: Path) -> None:
    """Pictures each of its own, so that no two vectors are equal; pages with words, receipts to be read."""
    folder.mkdir()
    chance = random.Random(7)
    for number in range(PICTURES):
        colour = tuple(chance.randrange(256) for _ in range(3))
        picture = Image.effect_noise((400, 300), 60 + chance.randrange(100)).convert("RGB")
        Image.blend(picture, Image.new("RGB", picture.size, colour), 0.6).save(folder / f"noise{number}.png")
    for number in range(3):
        pages = many_pages(6, lambda page: " ".join(chance.choices(WORDS, k=10)) + f" {page}")
        (folder / f"pages{number}.pdf").write_bytes(pages)
    for number in range(3):
        text_pictures.saved(
            text_pictures.receipt([f"Harbour bakery {number}"]), folder / f"receipt{number}.png"
        )


def counts(library: Path) -> dict[str, int]:
    """Rows of what work makes, in a catalogue that passes its checks; none before it is made."""
    catalogue = library / "catalogue.sqlite"
    if not catalogue.exists():
        return {}
    with sqlite3.connect(catalogue) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        made = db.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
        tables = ("file", "content", "item", "vector", "reading", "page_text") if made else ()
        found = {table: db.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] for table in tables}
        if made:
            db.execute("INSERT INTO page_search (page_search) VALUES ('integrity-check')")
            db.rollback()
    db.close()
    return found


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    _, left = psutil.wait_procs(processes, timeout=ENDING_SECONDS)
    return [process for process in left if process.status() != psutil.STATUS_ZOMBIE]


def kill_after(bench: Bench, command: list[str], seconds: float) -> bool:
    """True when it was still at work; nothing of it is left then."""
    process = bench.start(command)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert alive(children) == []
        return True
    assert process.returncode == 0
    return False


def kill_a_worker(bench: Bench, command: list[str], seconds: float, chance: random.Random) -> bool:
    """Once so many seconds have passed; the program goes on, and to its end. True when there was one."""
    process = bench.start(command)
    killed = False
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        family = psutil.Process(process.pid).children(recursive=True)
        workers = [child for child in family if is_worker(child)]
        if workers:
            chance.choice(workers).kill()
            killed = True
        process.wait(20 * ENDING_SECONDS)
        assert alive(family) == []
    assert process.returncode == 0
    return killed


def is_worker(process: psutil.Process) -> bool:
    try:
        return any("spawn_main" in argument for argument in process.cmdline())
    except psutil.Error:
        return False


class Deed:
    """Something that a program does to a library, again and again until it is done, and then to another."""

    def __init__(self, bench: Bench, name: str) -> None:
        self.bench = bench
        self.name = name
        self.number = 0
        self.begin()

    @property
    def library(self) -> Path:
        return self.bench.place / f"{self.name}{self.number}"

    def begin(self) -> None:
        """A library at which it is all still to be done."""

    def command(self) -> list[str]:
        return self.bench.findling(self.library, "index", str(self.bench.pictures))

    def check(self) -> None:
        """After a kill."""
        counts(self.library)

    def finish(self) -> None:
        """Undisturbed, it comes to what it would have come to without the kills."""
        self.bench.run(self.command())
        assert counts(self.library) == self.bench.done
        assert self.bench.output(self.library, "status", "--failed") == []
        found = self.bench.answers(self.library)
        for query, rows in self.bench.expected.items():
            assert found[query].keys() == rows.keys()
            assert found[query] == pytest.approx(rows, abs=2e-3)

    def is_done(self) -> bool:
        """Whether what was done undisturbed is all there."""
        return counts(self.library) == self.bench.done

    def renew(self) -> None:
        """Begin another library, once this one is done."""
        assert self.is_done()
        if self.number % CHECKED_EVERY == 0:
            self.finish()
        shutil.rmtree(self.library)
        self.number += 1
        self.begin()


class PageVectors(Deed):
    """On a library at which all else is done."""

    def begin(self) -> None:
        shutil.copytree(self.bench.place / "calm", self.library)
        self.bench.run(self.bench.findling(self.library, "models", "use", PAGE_MODEL))

    def is_done(self) -> bool:
        return counts(self.library)["vector"] > self.bench.done["vector"]

    def finish(self) -> None:
        self.bench.run(self.command())
        (status,) = self.bench.output(self.library, "status")
        assert status["page_model"] == PAGE_MODEL


class Watch(Deed):
    """The folder was added, and nothing indexed."""

    def begin(self) -> None:
        add = "import sys; from pathlib import Path; from engine.library import Library\n"
        add += "with Library.open(Path(sys.argv[1])) as library: library.add_folder(Path(sys.argv[2]))"
        self.bench.run([sys.executable, "-c", add, str(self.library), str(self.bench.pictures)])

    def command(self) -> list[str]:
        return self.bench.findling(self.library, "watch")

    def check(self) -> None:
        super().check()
        if self.is_done():
            self.renew()

    def finish(self) -> None:
        self.bench.run(super().command())
        assert self.is_done()


class Forget(Deed):
    def begin(self) -> None:
        shutil.copytree(self.bench.place / "calm", self.library)

    def command(self) -> list[str]:
        return [sys.executable, "-c", FORGET, str(self.library)]

    def is_done(self) -> bool:
        return set(counts(self.library).values()) == {0}

    def finish(self) -> None:
        self.bench.run(self.command())
        assert self.is_done()


class AddModel(Deed):
    """What is left half done is gone once a library was opened."""

    def begin(self) -> None:
        self.library.mkdir()
        shutil.copytree(self.bench.place / "calm", self.library, dirs_exist_ok=True)

    def command(self) -> list[str]:
        source = self.bench.place / f"small{random.Random(self.number).randrange(2)}"
        return self.bench.findling(self.library, "models", "add", "small", "--from", str(source))

    def check(self) -> None:
        self.bench.output(self.library, "status")
        left = {path.name for path in self.bench.models.iterdir()} - {"small", PAGE_MODEL}
        assert left == set()

    def finish(self) -> None:
        self.bench.run(self.command())
        told = {row["name"]: row["installed"] for row in self.bench.output(self.library, "models")}
        assert told["small"] is True


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    bench = Bench(tmp_path)
    bench.temporary.mkdir()
    make_pictures(bench.pictures)
    for seed in range(2):
        make_folder(tmp_path / f"small{seed}", SMALL_CLIP, seed=seed)
    calm = tmp_path / "calm"
    bench.run(bench.findling(calm, "index", str(bench.pictures)))
    bench.done, bench.expected = counts(calm), bench.answers(calm)
    pages = make_late_folder(tmp_path / "pages", "colmodernvbert")
    bench.run(bench.findling(calm, "models", "add", PAGE_MODEL, "--from", str(pages)))
    return bench


def test_kills_at_any_moment_leave_the_same_library_and_nothing_else(bench: Bench) -> None:
    chance = random.Random(SEED)
    deeds: list[tuple[Deed, Callable[[Deed, float], bool]]] = []

    def program(deed: Deed, seconds: float) -> bool:
        return kill_after(bench, deed.command(), seconds)

    def worker(deed: Deed, seconds: float) -> bool:
        return kill_a_worker(bench, deed.command(), seconds, chance)

    deeds = [
        (Deed(bench, "index"), program),
        (Watch(bench, "watch"), program),
        (PageVectors(bench, "page vectors"), program),
        (Forget(bench, "forget"), program),
        (AddModel(bench, "models add"), program),
        (Deed(bench, "worker"), worker),
    ]
    longest = {deed.name: 0.0 for deed, _ in deeds}
    kills: Counter[str] = Counter()
    tries = 0
    while kills.total() < KILLS:
        deed, kill = deeds[tries % len(deeds)]
        tries += 1
        assert tries < 20 * KILLS, kills
        began = time.monotonic()
        seconds = chance.uniform(0.1, longest[deed.name] or 20.0)
        if kill(deed, seconds):
            kills[deed.name] += 1
            deed.check()
        else:
            longest[deed.name] = max(longest[deed.name] * 0.8, time.monotonic() - began)
            deed.renew()
        assert list(bench.temporary.iterdir()) == []
    for deed, _ in deeds:
        deed.finish()
    print(dict(kills))
