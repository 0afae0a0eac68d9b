"""Tells when something changes below folders."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from engine.ingest.formats import is_supported
from engine.progress import CancelToken

SETTLE_MILLISECONDS = 1_600  # changes that come in a burst (a copy of many files) are told once
RESCAN_SECONDS = 60.0  # where the system cannot watch

_log = logging.getLogger(__name__)


def changes(
    folders: Sequence[Path],
    avoid: Path,
    quiet_seconds: float,
    cancel: CancelToken,
    rescan_seconds: float = RESCAN_SECONDS,
) -> Iterator[bool]:
    """True after changes below `folders`, False after `quiet_seconds` without any; ends when cancelled.

    Nothing is missed while the caller is busy between two steps. Hidden files and what is below `avoid`
    do not count. Where the system cannot watch (too many folders, one that may not be read), it says True
    every `rescan_seconds`.
    """
    from watchfiles import Change, watch
    from watchfiles._rust_notify import WatchfilesRustInternalError

    watched = [folder.resolve() for folder in folders]
    avoided = avoid.resolve()

    def counts(change: Change, name: str) -> bool:
        path = Path(name)
        if _is_hidden(path, watched) or Path(os.path.realpath(path)).is_relative_to(avoided):
            return False
        return is_supported(path.name) or not path.suffix or change is Change.deleted or path.is_dir()

    try:
        for batch in watch(
            *watched,
            watch_filter=counts,
            debounce=SETTLE_MILLISECONDS,
            stop_event=_Stop(cancel),
            rust_timeout=int(quiet_seconds * 1000),
            yield_on_timeout=True,
            raise_interrupt=False,
            ignore_permission_denied=False,  # True would hide every failure, and leave folders unwatched
        ):
            yield bool(batch)
    except (OSError, WatchfilesRustInternalError) as error:
        _log.warning("the system cannot watch the folders, they are scanned now and then: %s", error)
        while not cancel.wait(rescan_seconds):
            yield True


def _is_hidden(path: Path, folders: Sequence[Path]) -> bool:
    """Whether it is hidden below each of the folders that it is in."""
    ways = [path.relative_to(folder).parts for folder in folders if path.is_relative_to(folder)]
    return bool(ways) and all(any(part.startswith(".") for part in parts) for parts in ways)


class _Stop:
    """A `CancelToken` as the watching library wants it."""

    def __init__(self, cancel: CancelToken) -> None:
        self._cancel = cancel

    def is_set(self) -> bool:
        return self._cancel.cancelled
