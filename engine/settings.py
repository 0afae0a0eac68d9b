"""What a person has set, in a small file beside the library that a person may also read and mend."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

from engine import permissions
from engine.errors import UserError

SETTINGS_FILE = "settings.json"
DAMAGED_SUFFIX = ".damaged"
LOWEST_CARD, HIGHEST_CARD = 80, 480  # logical pixels
VERSION_KEY = "version"
STORED_NAMES = {"appearance": "theme"}  # where the file says something else

Appearance: TypeAlias = Literal["system", "light", "dark"]
Stored: TypeAlias = dict[str, Any]  # the file's own object, with what we do not know of
Migration: TypeAlias = Callable[[Stored], Stored]

MIGRATIONS: tuple[Migration, ...] = ()  # entry n brings a file from version n + 1 to n + 2

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Settings:
    appearance: Appearance = "system"
    card_height: int = 200  # of the pictures among the results, in logical pixels
    fold_alike: bool = True  # pictures that look the same stand behind one
    watch: bool = True  # changes in the folders are read as they happen
    keep_history: bool = True  # what was searched for is remembered
    read_text: bool = True  # text on pictures and scans is looked for


class _DamagedSettings(Exception):
    """The file holds no settings. What is wrong with it."""


class SettingsFile:
    """A file that is missing or damaged only means that nothing was set.

    A damaged one is put aside before it is written over, not when it is read: another may be writing it.
    """

    def __init__(self, path: Path, migrations: Sequence[Migration] = MIGRATIONS) -> None:
        self._path = path
        self._migrations = migrations
        self.damaged = False  # what was read last

    def load(self) -> Settings:
        """What was set, and the default for what was not or makes no sense."""
        self.damaged = False
        try:
            return _parse_settings(self._read())
        except _DamagedSettings as error:
            self.damaged = True
            _log.warning("the settings %s are damaged, the defaults stand: %s", self._path, error)
            return Settings()

    def save(self, settings: Settings) -> None:
        """Write what differs from the file in one step; what we do not know of stays. Raises UserError."""
        try:
            stored = self._read()
        except _DamagedSettings as error:
            self._move_aside(error)
            stored = {}
        before = _parse_settings(stored)
        for field in fields(Settings):
            value, stored_name = getattr(settings, field.name), _stored_name(field.name)
            if stored_name not in stored or value != getattr(before, field.name):
                stored[stored_name] = value
        stored[VERSION_KEY] = max(_version(stored), len(self._migrations) + 1)
        try:
            write_whole(self._path, json.dumps(stored, indent=2) + "\n")
        except OSError as error:
            raise UserError(
                f"Your settings could not be saved: {error.strerror}.",
                f"Look whether there is room, and whether {self._path.parent} may be written to.",
            ) from error

    def _read(self) -> Stored:
        """The file's object in today's form; empty when none can be read. Raises _Damaged."""
        try:
            stored: Stored = json.loads(self._path.read_bytes())
            if not isinstance(stored, dict):
                raise ValueError("it holds no object")
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except OSError as error:
            _log.warning("the settings %s cannot be read: %s", self._path, error)
            return {}
        except (ValueError, RecursionError) as error:
            raise _DamagedSettings(str(error)) from error
        for migration in self._migrations[max(_version(stored), 1) - 1 :]:
            stored = migration(stored)
        return stored

    def _move_aside(self, error: Exception) -> None:
        aside = self._path.with_name(self._path.name + DAMAGED_SUFFIX)
        _log.warning("the settings %s are damaged and put aside as %s: %s", self._path, aside.name, error)
        try:
            self._path.replace(aside)
        except OSError as refused:
            _log.warning("they could not be put aside: %s", refused)


def _stored_name(name: str) -> str:
    return STORED_NAMES.get(name, name)


def _version(stored: Mapping[str, object]) -> int:
    version = stored.get(VERSION_KEY)
    return version if type(version) is int else 1


def _parse_settings(stored: Mapping[str, object]) -> Settings:
    known: Stored = {}
    for field in fields(Settings):
        value = stored.get(_stored_name(field.name))
        if _is_valid(field.name, value, field.default):
            known[field.name] = value
        elif value is not None:
            _log.warning(
                "the setting %s is not understood, the default stands: %r", _stored_name(field.name), value
            )
    return Settings(**known)


def _is_valid(name: str, value: object, default: object) -> bool:
    if type(value) is not type(default):  # True is an int to `isinstance`
        return False
    if name == "appearance":
        return value in get_args(Appearance)
    return not isinstance(value, int) or name != "card_height" or LOWEST_CARD <= value <= HIGHEST_CARD


def write_whole(path: Path, text: str) -> None:
    """In one step, for its owner alone to read: after a crash the old file is still there. Raises OSError."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with os.fdopen(permissions.create_private(part), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
