"""What can go wrong, sorted by who can do something about it.

`UserError` is a condition of the environment: the person reading the sentence can mend it. `FileProblem` is
a property of one file: it becomes a row in the catalogue and never stops the others. `Cancelled` is not an
error at all. Everything else that is raised is a bug and stays an ordinary exception.
"""

from __future__ import annotations

import pickle
from enum import StrEnum


class UserError(Exception):
    """A condition the user can mend. `str(error)` is one sentence; `remedy` says what to do, or is empty."""

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
    """The library may be searched, and nothing of it be written."""


class LibraryDamaged(UserError):
    """The catalogue is not a readable database."""


class DiskFull(UserError):
    """The disk that holds the library has no room left."""


class FolderError(UserError):
    """A folder is missing, unreadable, or not a folder."""


class ModelError(UserError):
    """A model is unknown, not installed, or its files are not what they should be."""


class HubError(UserError):
    """The model hub could not be reached, or did not give what was asked for."""


class QueryError(UserError):
    """A query is empty, or one of its pictures cannot be read."""


class EmptyQuery(QueryError):
    """A query says nothing, or only what to keep away: asked again it says no more."""


class QueryPictureError(QueryError):
    """A picture of the query cannot be read: no answer could be one to what was asked."""


class Cancelled(Exception):
    """Work stopped because it was asked to."""


class Panicked(Exception):
    """Something was raised that is no `Exception`, as a panic of a Rust extension is."""


def contain_base_exception(error: BaseException) -> Exception:
    """The error, as one that does not end the thread which hands it on."""
    if isinstance(error, Exception):
        return error
    panicked = Panicked(f"{type(error).__name__}: {error}")
    panicked.__cause__ = error
    return panicked


def make_picklable(error: BaseException) -> Exception:
    """The error, as one that another process can read."""
    error = contain_base_exception(error)
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # noqa: BLE001  # a foreign exception may do anything when it is made anew
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


class ProblemKind(StrEnum):
    """Why a file, or one page of it, has no place in the index."""

    UNREADABLE = "unreadable"  # permission, input/output error
    VANISHED = "vanished"  # gone between the scan and the reading
    EMPTY = "empty"  # zero bytes
    UNRECOGNISED = "unrecognised"  # the content is no format that we read
    DAMAGED = "damaged"  # a known format, but broken or cut short
    TOO_LARGE = "too large"  # more pixels than this machine's memory allows
    ENCRYPTED = "encrypted"  # a document that asks for a password
    NO_PAGES = "no pages"  # a document without pages
    TIMEOUT = "timeout"  # decoding took longer than allowed
    MEMORY = "memory"  # decoding asked for more memory than allowed
    CRASHED = "crashed"  # the decoder's process died


class FileProblem(Exception):
    """A file (or page) that cannot be indexed. `message` is a sentence for a person, without the path."""

    def __init__(self, kind: ProblemKind, message: str) -> None:
        super().__init__(kind, message)  # both, so that it survives pickling between processes
        self.kind = kind
        self.message = message

    def __str__(self) -> str:
        return self.message
