"""Makes permissions bind root, too."""

from __future__ import annotations

import os
import shutil

import pytest


def without_privileges() -> tuple[str, ...]:
    """What to put before a command so that permissions bind it, though root runs it."""
    if not hasattr(os, "geteuid"):
        pytest.skip("permissions work otherwise here")
    if os.geteuid() != 0:
        return ()
    if shutil.which("setpriv") is None:
        pytest.skip("root reads everything, and setpriv is not here to prevent it")
    rights = "-dac_override,-dac_read_search"
    return ("setpriv", f"--bounding-set={rights}", f"--inh-caps={rights}")
