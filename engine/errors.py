"""What can go wrong, sorted by who can do something about it.

`UserError` is a condition of the environment that the person who reads its sentence can fix. `FileProblem` is
a property of one file: it becomes a row in the catalogue and never stops the others. `Cancelled` is not an
error at all. Anything else that is raised is a bug and stays an ordinary exception.
"""

from __future__ import annotations

import pickle
from enum import StrEnum


class UserError(Exception):
    """A condition the user can fix. `str(error)` is the message and the remedy; `remedy` may be empty."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class LibraryInUse(UserError):
    """Another process is changing this library."""


class LibraryTooNew(UserError):
    """The catalogue was written by a newer version."""


class LibraryReadOnly(UserError):
    """The library can be searched but not written to."""


class LibraryDamaged(UserError):
    """The catalogue is not a readable database."""


class DiskFull(UserError):
    """The disk that holds the library is full."""


class FolderError(UserError):
    """A folder is missing, unreadable, or not a folder."""


class ModelError(UserError):
    """A model is unknown or not installed, or its files are not as they should be."""


class HubError(UserError):
    """The model hub could not be reached, or did not deliver the requested file."""


class QueryError(UserError):
    """A query is empty, or one of its pictures cannot be read."""


class EmptyQuery(QueryError):
    """A query has nothing to search for: it is empty, or only excludes things."""


class QueryPictureError(QueryError):
    """A picture of the query cannot be read, so the query cannot be answered."""


class Cancelled(Exception):
    """Work stopped because its cancel token was set."""


class Panicked(Exception):
    """Wraps a raised `BaseException` that is not an `Exception`, such as a panic in a Rust extension."""


def contain_base_exception(error: BaseException) -> Exception:
    """Return `error` as an `Exception`, so that it does not end the thread that passes it on.

    An `Exception` is returned unchanged; anything else is wrapped in `Panicked`.
    """
    if isinstance(error, Exception):
        return error
    panicked = Panicked(f"{type(error).__name__}: {error}")
    panicked.__cause__ = error
    return panicked


def make_picklable(error: BaseException) -> Exception:
    """Return `error` as an exception that another process can unpickle.

    An exception that cannot be pickled becomes a RuntimeError with its type and message.
    """
    error = contain_base_exception(error)
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # noqa: BLE001  # a foreign exception may do anything when it is unpickled
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


class ProblemKind(StrEnum):
    """Why a file, or one page of it, is not in the index."""

    UNREADABLE = "unreadable"  # permission, input/output error
    VANISHED = "vanished"  # deleted between scanning and reading
    EMPTY = "empty"  # zero bytes
    UNRECOGNISED = "unrecognised"  # the content is in no format that we read
    DAMAGED = "damaged"  # a known format, but broken or truncated
    TOO_LARGE = "too large"  # more pixels than this machine's memory allows
    ENCRYPTED = "encrypted"  # a document that needs a password
    NO_PAGES = "no pages"  # a document without pages
    TIMEOUT = "timeout"  # decoding took longer than allowed
    MEMORY = "memory"  # decoding needed more memory than allowed
    CRASHED = "crashed"  # the decoder's process died


class FileProblem(Exception):
    """A file (or page) that cannot be indexed. `message` is a sentence for a person, without the path."""

    def __init__(self, kind: ProblemKind, message: str) -> None:
        super().__init__(kind, message)  # both, so that it survives pickling between processes
        self.kind = kind
        self.message = message

    def __str__(self) -> str:
        return self.message
