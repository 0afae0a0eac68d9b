"""A window that does nothing, watched until its input ends: what the machine alone keeps one waiting.

    python -m tests.bench.idle_window MILLISECONDS

Prints how many gaps of its event loop were longer than that, and the longest in milliseconds.
"""

from __future__ import annotations

import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QSocketNotifier
from PySide6.QtWidgets import QApplication, QWidget

from tests.bench.simulated_user import LoopWatch


def main() -> None:
    application = QApplication([])
    window = QWidget()
    window.show()
    end = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
    end.activated.connect(application.quit)
    watch = LoopWatch(float(sys.argv[1]), window)
    application.exec()
    print(len(watch.gaps), max((gap.wall for gap in watch.gaps), default=0.0))


if __name__ == "__main__":
    main()
