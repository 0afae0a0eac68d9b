"""Start Findling: a sub-command runs the command line; without one the window opens.

Keep this module light: every decoding process imports it again, and the window should appear at once.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

# onnxruntime (the OCR engine) sends telemetry unless this is set before it loads.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

# NumPy's matrix library (OpenBLAS, or Apple's Accelerate) reads this when NumPy is imported, here or in a
# child process. Its extra threads keep spinning after each product on cores that the window needs, and
# beside busy processes a small product waits until each of its threads has had a core.
for _name in ("OPENBLAS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ.setdefault(_name, "1")

# When torch is imported it creates a permanent folder for compiled code among the temporary files. We compile
# nothing, so it gets a folder that already exists.
os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", tempfile.gettempdir())


def main() -> int:
    """Run the command line or the window, as this process's arguments say, and return the exit status."""
    arguments = sys.argv[1:]
    if arguments and (library := library_alone(arguments)) is None:
        from engine.cli import main

        return main.run()
    return window(library if arguments else None)


def library_alone(arguments: Sequence[str]) -> Path | None:
    """The library to open the window on, if `--library DIR` is the only argument and is valid; else None.

    This does not use the command line's own parser, which takes far longer to import than the window to
    appear.
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
    """Open the window on `library` (None: the default one); return the exit status once it closes."""
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
    """Whether a window can open. Only Linux and similar systems can lack a display."""
    if platform in ("win32", "darwin"):
        return True
    return any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


if __name__ == "__main__":
    raise SystemExit(main())
