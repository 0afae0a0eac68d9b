"""How long the window takes to appear, from the start of its process to the first paint.

    python -m tests.bench.bench_start [--runs N]

The program runs as a user starts it (`python main.py`), on a virtual screen where there is no other (Xvfb),
with an empty library. Its modules are bytecode already, as they are once it was installed or started: the
first run is not counted. The alternative in the same run is an empty window of the toolkit alone.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PAINTED = "painted"

# Runs a program in this very process and tells when its first window was painted.
WATCHED = f"""
import runpy, sys
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget

class Eye(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and isinstance(watched, QWidget) and watched.isWindow():
            print({PAINTED!r}, flush=True)
            QApplication.instance().removeEventFilter(self)
        return False

eye = Eye()
run = QApplication.exec
def watched_exec(*arguments):
    QApplication.instance().installEventFilter(eye)
    return run()
QApplication.exec = watched_exec
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
EMPTY = """
from PySide6.QtWidgets import QApplication, QWidget
application = QApplication([])
window = QWidget()
window.show()
raise SystemExit(application.exec())
"""


@contextmanager
def screen() -> Iterator[dict[str, str]]:
    """The environment of a program that shall have a display."""
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        yield {}
        return
    reading, writing = os.pipe()
    with subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x860x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    ) as server:
        os.close(writing)
        with os.fdopen(reading) as pipe:
            number = pipe.readline().strip()
        try:
            yield {"DISPLAY": f":{number}"}
        finally:
            server.terminate()


def seconds_to_paint(program: Path, environment: dict[str, str]) -> float:
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-c", WATCHED, str(program)],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT), **environment},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        if process.stdout is None or process.stdout.readline().strip() != PAINTED:
            raise RuntimeError(f"{program} ended without a window")
        seconds = time.perf_counter() - began
        process.terminate()
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary, screen() as display:
        empty = Path(temporary) / "empty.py"
        empty.write_text(EMPTY)
        environment = {
            **display,
            "FINDLING_LIBRARY": str(Path(temporary) / "library"),
            "PYTHONDONTWRITEBYTECODE": "",
            "PYTHONPYCACHEPREFIX": str(Path(temporary) / "bytecode"),
        }
        programs = {"an empty window": empty, "Findling": PROJECT / "main.py"}
        times: dict[str, list[float]] = {name: [] for name in programs}
        for run in range(options.runs + 1):
            for name, program in programs.items():
                seconds = seconds_to_paint(program, environment)
                if run:
                    times[name].append(seconds)
    reference = statistics.median(times["an empty window"])
    print(f"{'start of the process to first paint':38}{'median s':>10}{'worst s':>10}{'ratio':>8}")
    for name, values in times.items():
        median = statistics.median(values)
        print(f"{name:38}{median:10.2f}{max(values):10.2f}{median / reference:8.2f}")


if __name__ == "__main__":
    main()
