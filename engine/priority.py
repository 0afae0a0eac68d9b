"""Lets a process give way to others on the machine."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

_AUTOGROUP = Path("/proc/self/autogroup")


def lower_priority(niceness: int, own_session: bool = False) -> None:
    """Lower the priority of this process, for good; on Linux, of this thread and those that it starts.

    `niceness`: 0 to 19, where the system has such a scale; from where the program stands that started it,
    whatever the niceness of the thread that did.

    `own_session`: it leads a session, and is to give way to other sessions, too.
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
        with contextlib.suppress(OSError):  # only where Linux shares out the time by session
            _AUTOGROUP.write_text(str(niceness))
