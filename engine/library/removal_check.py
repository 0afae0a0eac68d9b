"""Checks files once more before they go to the bin: the catalogue may be out of date."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine import paths
from engine.errors import FileProblem, ProblemKind
from engine.ingest.scanning.hashing import hash_content, is_same_content
from engine.progress import CancelToken
from engine.records import Objection, ObjectionKind, ShownFile
from engine.store.files.file_states import FileStates, KnownFile


@dataclass(frozen=True, slots=True)
class _Signature:
    """The attributes that change if another file, or other content, replaces one that was read."""

    size: int
    mtime_ns: int
    stamp: int
    device: int
    number: int


class RemovalCheck:
    """The checks of one removal; a file it has hashed is hashed again only if it changed. Not thread-safe."""

    def __init__(self, states: FileStates, cancel: CancelToken) -> None:
        self._states = states
        self._cancel = cancel
        self._read: dict[Path, tuple[_Signature, bytes]] = {}

    def objection(self, file: ShownFile, kept: Sequence[ShownFile] | None = None) -> Objection | None:
        """Why `file` must not be removed; None if nothing speaks against it. Raises Cancelled.

        `kept`: for a duplicate, the other files of its group, which stay, the best first. One with the same
        content must exist, or else the best one; both files are read in full.
        """
        known = self._states.read_file(file.item, file.path)
        if known is None:
            return Objection(ObjectionKind.CHANGED, file.path)
        objection = self._changed(file.path, known, read=kept is not None)
        if objection is not None or not kept:
            return objection
        states = [(other.path, self._states.read_file(other.item, other.path)) for other in kept]
        same = [(path, state) for path, state in states if state and state.content == known.content]
        objections: list[Objection] = []
        for path, state in same or states[:1]:
            doubt = self._keeper_objection(file.path, path, state)
            if doubt is None:
                return None
            objections.append(doubt)
        return objections[0]

    def _changed(self, path: Path, known: KnownFile, read: bool) -> Objection | None:
        """The objection if a file is not what it was when it was shown."""
        found = _stat_regular(path)
        if found is None:
            return Objection(ObjectionKind.GONE, path)
        if (found.st_size, paths.mtime_ns_of(found)) != (known.size, known.mtime_ns):
            return Objection(ObjectionKind.CHANGED, path)
        if read:
            return self._has_other_content(path, known)
        return Objection(ObjectionKind.CHANGED, path) if known.doubtful else None

    def _keeper_objection(self, going: Path, path: Path, known: KnownFile | None) -> Objection | None:
        """Why the file at `path` cannot stay in place of `going`."""
        found = _stat_regular(path)
        if found is None:
            link = path.is_symlink()
            return Objection(ObjectionKind.KEPT_LINK if link else ObjectionKind.KEPT_GONE, path)
        if known is None or found.st_size != known.size or self._has_other_content(path, known):
            return Objection(ObjectionKind.KEPT_CHANGED, path)
        if _is_same_file(going, path):
            return Objection(ObjectionKind.SAME_FILE, path)
        return None

    def _has_other_content(self, path: Path, known: KnownFile) -> Objection | None:
        try:
            content = self._hash_content(path)
        except FileProblem as problem:
            vanished = problem.kind is ProblemKind.VANISHED
            return Objection(ObjectionKind.GONE if vanished else ObjectionKind.UNREADABLE, path)
        return None if is_same_content(known.content, content) else Objection(ObjectionKind.CHANGED, path)

    def _hash_content(self, path: Path) -> bytes:
        """The content hash. Raises FileProblem, Cancelled."""
        before = self._read.get(path)
        signature = _signature(path)
        if before is not None and before[0] == signature:
            return before[1]
        content = hash_content(path, self._cancel)
        if signature is None or _signature(path) != signature:
            raise FileProblem(ProblemKind.UNREADABLE, "The file changed while it was read.")
        self._read[path] = (signature, content)
        return content


def _stat_regular(path: Path) -> os.stat_result | None:
    """None if there is no regular file; a link does not count, since the removal could take its target."""
    try:
        found = path.lstat()
    except (OSError, ValueError):
        return None
    return found if stat.S_ISREG(found.st_mode) else None


def _signature(path: Path) -> _Signature | None:
    found = _stat_regular(path)
    if found is None:
        return None
    return _Signature(found.st_size, found.st_mtime_ns, paths.change_stamp(found), found.st_dev, found.st_ino)


def _is_same_file(first: Path, second: Path) -> bool:
    """Whether two paths name one file, through links, linked folders or a second mount."""
    one, other = paths.file_identity(first), paths.file_identity(second)
    if one is not None and other is not None and one == other:
        return True
    return paths.resolve_leniently(first) == paths.resolve_leniently(second)
