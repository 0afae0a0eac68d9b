"""A library survives SIGKILL at any moment: nothing is damaged, nothing is lost, the answers are the same."""

from __future__ import annotations

import json
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import psutil
import pytest
from PIL import Image

from engine.samples import write_samples

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

ROOT = Path(__file__).parents[2]
KILLS = 20
HALFWAY = 5  # kills that must have met a half-filled catalogue
PICTURES = 40
QUERIES = ("a cup of coffee", "invoice total", "a blue surface")
MOMENTS = 0.8  # of an undisturbed run: later ones mostly come when it is over
MOST_STARTS = 80  # a run may end before its moment comes; then another library is begun


def command(library: Path, *arguments: str) -> list[str]:
    return [sys.executable, str(ROOT / "main.py"), "--library", str(library), "--quiet", *arguments]


def make_pictures(folder: Path) -> None:
    """Samples, and many pictures each of its own: colours over noise, so that no two vectors are equal."""
    write_samples(folder)
    chance = random.Random(7)
    for number in range(PICTURES):
        colour = tuple(chance.randrange(256) for _ in range(3))
        picture = Image.effect_noise((600, 400), 60 + chance.randrange(100)).convert("RGB")
        Image.blend(picture, Image.new("RGB", picture.size, colour), 0.6).save(folder / f"noise{number}.png")


def answers(library: Path) -> dict[str, dict[tuple[str, int | None], float]]:
    found: dict[str, dict[tuple[str, int | None], float]] = {}
    for query in QUERIES:
        search = subprocess.run(
            command(library, "search", query, "--json", "--limit", "300"), capture_output=True, check=True
        )
        rows = [json.loads(line) for line in search.stdout.splitlines()]
        found[query] = {(row["path"], row["page"]): row["score"] for row in rows}
    return found


def work_done(library: Path) -> int:
    """How many vectors and readings are in a catalogue that passes its checks; 0 before it is made."""
    catalogue = library / "catalogue.sqlite"
    if not catalogue.exists():
        return 0
    with sqlite3.connect(catalogue) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        made = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        tables = made & {"vector", "reading"}
        count = sum(db.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] for table in tables)
    db.close()
    return int(count)


def run_until(library: Path, folder: Path, seconds: float) -> bool:
    """Index for so long, then kill. True when it was still at work; no process of it is left."""
    process = subprocess.Popen(command(library, "index", str(folder)))
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        children: Sequence[psutil.Process] = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGKILL)
        process.wait()
        _, alive = psutil.wait_procs(children, timeout=20)
        assert alive == []
        return True
    assert process.returncode == 0
    return False


def test_twenty_kills_leave_the_same_library(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    make_pictures(folder)
    calm = tmp_path / "calm"
    began = time.monotonic()
    subprocess.run(command(calm, "index", str(folder)), check=True)
    whole = time.monotonic() - began
    expected = answers(calm)

    chance = random.Random(11)
    kills = halfway = libraries = 0
    everything = work_done(calm)
    library = tmp_path / "disturbed0"
    for _ in range(MOST_STARTS):
        fresh, began = not library.exists(), time.monotonic()
        if run_until(library, folder, chance.uniform(0.1, MOMENTS * whole)):
            kills += 1
            halfway += 0 < work_done(library) < everything
            if kills == KILLS:
                break
        else:
            if fresh:  # the machine may have been busier when the first was made
                whole = min(whole, time.monotonic() - began)
            libraries += 1
            library = tmp_path / f"disturbed{libraries}"
    assert kills == KILLS
    assert halfway >= HALFWAY  # the others fell into starting, scanning or the very end

    for disturbed in sorted(tmp_path.glob("disturbed*")):
        subprocess.run(command(disturbed, "index", str(folder)), check=True)
        assert work_done(disturbed) == everything
        found = answers(disturbed)
        for query, rows in expected.items():
            assert found[query].keys() == rows.keys()
            assert found[query] == pytest.approx(rows, abs=2e-3)
