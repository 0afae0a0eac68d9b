"""What a file is known by, whatever its name."""

from __future__ import annotations

import hashlib
from pathlib import Path

from engine.errors import FileProblem, ProblemKind
from engine.progress import CancelToken

CHUNK = 1 << 20  # bytes read at a time
DIGEST_BYTES = 20  # 160 bits: no accidental twin among any number of files


def content_hash(path: Path, cancel: CancelToken) -> bytes:
    """BLAKE2b of the whole content, 20 bytes. Raises FileProblem when it cannot be read, Cancelled."""
    digest = hashlib.blake2b(digest_size=DIGEST_BYTES)
    try:
        with path.open("rb", buffering=0) as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                cancel.checkpoint()
    except FileNotFoundError as error:
        raise FileProblem(ProblemKind.VANISHED, "The file was gone when it was to be read.") from error
    except PermissionError as error:
        raise FileProblem(ProblemKind.UNREADABLE, "You have no permission to read this file.") from error
    except OSError as error:
        reason = error.strerror or "input/output error"
        raise FileProblem(ProblemKind.UNREADABLE, f"The file could not be read: {reason}.") from error
    return digest.digest()
