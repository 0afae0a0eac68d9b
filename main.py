"""Start Findling: with a sub-command the command line, without one the window, on the library that is named.

Light on purpose: every decoding process imports this module again, and the window should appear at once.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

# onnxruntime, which looks for text on pictures, reports to its makers unless told not to before it loads.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

# What NumPy multiplies with (OpenBLAS, or Apple's Accelerate) reads this as NumPy is imported, here or in a
# process of ours. Its further threads go on turning after each product, on cores that the window needs; and
# beside busy processes a small product waits until each of them has had a core.
for _name in ("OPENBLAS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ.setdefault(_name, "1")

# torch makes a folder for what it compiles as it is imported, in the temporary one and for good, and we have
# it compile nothing: a folder that is there already is not made.
os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", tempfile.gettempdir())


def main() -> int:
    """Do what the arguments of this process say and return the exit status."""
    arguments = sys.argv[1:]
    if arguments and (library := library_alone(arguments)) is None:
        from engine.cli import main

        return main.run()
    return window(library if arguments else None)


def library_alone(arguments: Sequence[str]) -> Path | None:
    """The library on which the window is to open; None where there is anything else, or anything wrong.

    Apart from all other arguments: what reads those takes far longer to be imported than the window to come.
    """
    match arguments:
        case ["--library", name] if name:
            pass
        case [joined] if joined.startswith("--library=") and joined != "--library=":
            name = joined.removeprefix("--library=")
        case _:
            return None
    try:
        return Path(name).expanduser().absolute()
    except RuntimeError:
        return None


def window(library: Path | None = None) -> int:
    """Open the window, on the user's own library where none is named; the exit status once it is closed."""
    if not has_display(sys.platform, os.environ):
        sys.stderr.write("findling: No display was found, so the window cannot open. See: findling --help\n")
        return 1

    from engine import logs, paths
    from engine.errors import UserError
    from gui import app

    try:
        library = library or paths.library_folder()
    except UserError as error:
        sys.stderr.write(f"findling: {error}\n")
        return 1
    with logs.logging_to(paths.log_file(library)):
        return app.run(library)


def has_display(platform: str, environment: Mapping[str, str]) -> bool:
    """Whether a window can open; only on Linux and its like can one be missing."""
    if platform in ("win32", "darwin"):
        return True
    return any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


if __name__ == "__main__":
    raise SystemExit(main())
