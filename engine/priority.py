"""Lowers a process's priority, so that other programs on the machine come first."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

_AUTOGROUP = Path("/proc/self/autogroup")


def lower_priority(niceness: int, own_session: bool = False) -> None:
    """Lower the priority of this process for good; on Linux, of this thread and the threads it starts.

    `niceness`: 0 to 19, on systems with that scale, counted from the niceness of the parent process. What the
    thread inherited beyond that is not added. `own_session`: the process leads a session, which should also
    give way to other sessions.
    """
    if niceness == 0:
        return
    if sys.platform == "win32":
        import psutil

        psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
        return
    inherited = os.nice(0) - os.getpriority(os.PRIO_PROCESS, os.getppid())
    os.nice(max(niceness - inherited, 0))
    if own_session:
        with contextlib.suppress(OSError):  # exists only where Linux schedules by session
            _AUTOGROUP.write_text(str(niceness))
