"""The log: one rotating file beside the library, and nothing on the terminal."""

from __future__ import annotations

import io
import logging
import logging.handlers
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine import permissions

MAXIMUM_BYTES = 1_000_000
OLD_FILES = 3
OWN_LOGGERS = ("engine", "gui")


class QuietRotatingFile(logging.handlers.RotatingFileHandler):
    """A log that gives way: a full disk or a read-only folder costs its lines, never the work.

    The file is opened at the first record, its folder made if needed. Bytes of a file name that are no
    text are written escaped.
    """

    def __init__(self, file: Path) -> None:
        super().__init__(
            file,
            maxBytes=MAXIMUM_BYTES,
            backupCount=OLD_FILES,
            encoding="utf-8",
            errors="backslashreplace",
            delay=True,
        )
        self.lost_records = 0

    def _open(self) -> io.TextIOWrapper:
        file = Path(self.baseFilename)
        permissions.make_folder(file.parent)
        permissions.make_file(file)
        return super()._open()

    def handleError(self, record: logging.LogRecord) -> None:
        """Count what could not be written; the base class would print a traceback on the terminal."""
        del record
        self.lost_records += 1

    def close(self) -> None:
        try:
            super().close()
        except OSError:  # what a full disk did not take is still to be written, and will not be
            self.lost_records += 1


@contextmanager
def logging_to(file: Path) -> Iterator[QuietRotatingFile]:
    """Send everything that is logged to `file` while the block runs: our own from INFO, others' warnings.

    Python's own warnings go there too. To be entered once, by the program that runs, around all its work.
    """
    handler = QuietRotatingFile(file)
    handler.setFormatter(
        logging.Formatter("%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s", "%Y-%m-%d %H:%M:%S")
    )
    root = logging.getLogger()
    own = [logging.getLogger(name) for name in OWN_LOGGERS]
    levels = [logger.level for logger in own]
    root.addHandler(handler)
    for logger in own:
        logger.setLevel(logging.INFO)
    logging.captureWarnings(True)
    try:
        yield handler
    finally:
        logging.captureWarnings(False)
        for logger, level in zip(own, levels, strict=True):
            logger.setLevel(level)
        root.removeHandler(handler)
        handler.close()
