"""Hashes what identifies a file: its content, and its name only if that affects how the content is read."""

from __future__ import annotations

import hashlib
import queue
import threading
from concurrent.futures import Future
from pathlib import Path

from engine.errors import FileProblem, ProblemKind
from engine.ingest.scanning.file_formats import HEADER_BYTES, format_by_name
from engine.progress import CancelToken, NonBlockingToken

CHUNK = 1 << 20  # bytes read at a time
DIGEST_BYTES = 20  # 160 bits: no accidental collision among any number of files


def hash_content(path: Path, cancel: CancelToken) -> bytes:
    """BLAKE2b of the whole content, 20 bytes, followed by the format if the name determines it.

    Raises FileProblem if it cannot be read, Cancelled.
    """
    digest = hashlib.blake2b(digest_size=DIGEST_BYTES)
    header = b""
    try:
        with path.open("rb", buffering=0) as file:
            while chunk := file.read(CHUNK):
                header = header or chunk[:HEADER_BYTES]
                digest.update(chunk)
                cancel.checkpoint()
    except FileNotFoundError as error:
        raise FileProblem(ProblemKind.VANISHED, "The file was gone when it was to be read.") from error
    except PermissionError as error:
        raise FileProblem(ProblemKind.UNREADABLE, "You have no permission to read this file.") from error
    except OSError as error:
        reason = error.strerror or "input/output error"
        raise FileProblem(ProblemKind.UNREADABLE, f"The file could not be read: {reason}.") from error
    return digest.digest() + format_by_name(header, path.suffix).encode()


def is_same_content(known: bytes, found: bytes) -> bool:
    """Whether `found` is the hash of the known content, which may be an earlier version's digest alone."""
    return found == known or (len(known) == DIGEST_BYTES and found.startswith(known))


class BackgroundHasher:
    """Hashes files one after another in a separate thread. `close` waits for nothing.

    A drive that does not respond blocks whoever reads from it, perhaps forever. So it blocks nothing else:
    neither the caller, who can poll the future and stop, nor the end of the program.
    """

    def __init__(self, cancel: CancelToken) -> None:
        self._closed = threading.Event()
        self._cancel = NonBlockingToken(cancel, self._closed.is_set)
        self._waiting: queue.SimpleQueue[tuple[Path, Future[bytes]] | None] = queue.SimpleQueue()
        threading.Thread(target=self._run, name="hashing", daemon=True).start()

    def submit(self, path: Path) -> Future[bytes]:
        """Queue a file. The future's exception is one of `hash_content`."""
        future: Future[bytes] = Future()
        self._waiting.put((path, future))
        return future

    def close(self) -> None:
        """Stop the thread at its next chunk, without waiting. Files not yet hashed end in `Paused`."""
        self._closed.set()
        self._waiting.put(None)

    def _run(self) -> None:
        while (job := self._waiting.get()) is not None:
            path, future = job
            try:
                future.set_result(hash_content(path, self._cancel))
            except BaseException as error:  # noqa: BLE001  # the caller gets it, whatever it is
                future.set_exception(error)
