"""The log: one rotating file beside the library, nothing on the terminal."""

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
    """A log that never disturbs the work: on a full disk or in a read-only folder its lines are lost.

    The file is opened at the first record, and its folder is created if needed. Bytes of a file name that are
    not valid text are written escaped. `lost_records` counts what could not be written.
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
        """Count the record as lost; the base class would print a traceback on the terminal."""
        del record
        self.lost_records += 1

    def close(self) -> None:
        """Close the file. What a full disk cannot take counts as one lost record."""
        try:
            super().close()
        except OSError:  # a full disk did not take the buffered lines
            self.lost_records += 1


@contextmanager
def logging_to(file: Path) -> Iterator[QuietRotatingFile]:
    """Log to `file` while the block runs: our own loggers from INFO, all others from WARNING.

    Python's own warnings go there too. The program enters this once, around all its work.
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
