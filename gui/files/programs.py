"""Finds the programs that open a file on freedesktop systems. Slow, so not for the main thread.

Implements the Desktop Entry Specification 1.5 and the Association between MIME types and applications 1.0.1.
"""

from __future__ import annotations

import configparser
import os
import shlex
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeDatabase

_ENTRY = "Desktop Entry"
_EVERYTHING = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Program:
    """An installed program."""

    name: str
    command: tuple[str, ...]  # with field codes; without any, files are appended

    def commands(self, paths: Sequence[Path]) -> list[list[str]]:
        """The argument lists that open the files: one for all if the program takes several at once."""
        if any(word in ("%F", "%U") for word in self.command):
            return [_filled(self.command, paths)]
        return [_filled(self.command, [path]) for path in paths]


def programs_for(path: Path) -> list[Program]:
    """The programs for a file name, the default first. Entries that cannot be parsed are skipped."""
    kind = QMimeDatabase().mimeTypeForFile(str(path), QMimeDatabase.MatchMode.MatchExtension)
    kinds = [kind.name(), *(name for name in kind.allAncestors() if name != _EVERYTHING)]
    entries = dict(_entries())
    wanted = _associated(kinds)
    wanted += [
        name
        for each in kinds
        for name, entry in entries.items()
        if each in entry.get("MimeType", "").split(";")
    ]
    found: dict[str, Program] = {}
    for name in wanted:
        program = _program(entries[name]) if name in entries and name not in found else None
        if program is not None:
            found[name] = program
    return list(found.values())


def _entries() -> Iterator[tuple[str, Mapping[str, str]]]:
    """The identifier and keys of each entry; the user's own precede the system's of the same name."""
    seen: set[str] = set()
    for folder in (data / "applications" for data in _data_folders()):
        for file in sorted(folder.rglob("*.desktop")):
            identifier = "-".join(file.relative_to(folder).parts)
            if identifier not in seen:
                seen.add(identifier)
                yield identifier, _keys(file, _ENTRY)


def _associated(kinds: Sequence[str]) -> list[str]:
    """The programs that the user, then the system, associates with these types."""
    configured = [Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")]
    folders = configured + [data / "applications" for data in _data_folders()]
    files = [folder / "mimeapps.list" for folder in folders]
    chosen: list[str] = []
    for group in ("Default Applications", "Added Associations"):
        for keys in (_keys(file, group) for file in files):
            chosen += [name for kind in kinds for name in keys.get(kind, "").split(";") if name]
    return chosen


def _program(entry: Mapping[str, str]) -> Program | None:
    """None for programs that are hidden or need a terminal."""
    if entry.get("Type") != "Application" or "true" in (entry.get("Hidden"), entry.get("Terminal")):
        return None
    try:
        command = shlex.split(entry.get("Exec", "").replace("\\\\", "\\"))
    except ValueError:  # an unterminated quote
        return None
    wanted = entry.get("TryExec") or (command[0] if command else "")
    if not wanted or shutil.which(wanted) is None:
        return None
    return Program(entry.get("Name", wanted), tuple(command))


def _filled(command: Sequence[str], paths: Sequence[Path]) -> list[str]:
    words: list[str] = []
    named = False
    for word in command:
        if word in ("%f", "%F"):
            words += [str(path) for path in paths]
        elif word in ("%u", "%U"):
            words += [path.as_uri() for path in paths]
        elif len(word) == 2 and word[0] == "%" and word != "%%":
            continue  # icon, translated name, path of the entry: not passed to the program
        else:
            words.append(word.replace("%%", "%"))
            continue
        named = True
    return words if named else [*words, *(str(path) for path in paths)]


def _keys(file: Path, group: str) -> Mapping[str, str]:
    """A group of a desktop file; empty if there is none or the file is damaged."""
    parser = configparser.ConfigParser(
        interpolation=None, strict=False, delimiters=("=",), comment_prefixes=("#",), default_section=""
    )
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # names are case-sensitive
    try:
        parser.read(file, "utf-8")
        return dict(parser[group]) if parser.has_section(group) else {}
    except (configparser.Error, UnicodeDecodeError, OSError):
        return {}


def _data_folders() -> list[Path]:
    own = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    shared = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    return [Path(folder) for folder in (own, *shared.split(":")) if folder]
