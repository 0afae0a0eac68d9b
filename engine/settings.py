"""The user's settings, in a small file beside the library that a person can also read and edit."""

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
STORED_NAMES = {"appearance": "theme"}  # fields that have another name in the file

Appearance: TypeAlias = Literal["system", "light", "dark"]
Stored: TypeAlias = dict[str, Any]  # the file's JSON object, including unknown keys
Migration: TypeAlias = Callable[[Stored], Stored]

MIGRATIONS: tuple[Migration, ...] = ()  # entry n brings a file from version n + 1 to n + 2

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person can set; the defaults apply where nothing was set."""

    appearance: Appearance = "system"
    card_height: int = 200  # of the result pictures, in logical pixels
    fold_alike: bool = True  # stack pictures that look the same
    watch: bool = True  # index changes in the folders as they happen
    keep_history: bool = True  # remember past searches
    read_text: bool = True  # run OCR on pictures and scans


class _DamagedSettings(Exception):
    """The file contains no valid settings; the message says what is wrong with it."""


class SettingsFile:
    """Loads and saves the settings; a missing or damaged file means the defaults.

    A damaged file is moved aside before it is overwritten, not when it is read: another process may be
    writing it.
    """

    def __init__(self, path: Path, migrations: Sequence[Migration] = MIGRATIONS) -> None:
        self._path = path
        self._migrations = migrations
        self.damaged = False  # whether the last `load` found a damaged file

    def load(self) -> Settings:
        """The stored settings, with the default for each value that is missing or invalid."""
        self.damaged = False
        try:
            return _parse_settings(self._read())
        except _DamagedSettings as error:
            self.damaged = True
            _log.warning("the settings %s are damaged, the defaults stand: %s", self._path, error)
            return Settings()

    def save(self, settings: Settings) -> None:
        """Write the settings that differ from the file, atomically; unknown keys stay. Raises UserError."""
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
        """The file's object, migrated to the current version; empty if there is none.

        Raises _DamagedSettings.
        """
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
    """Write a private file atomically: after a crash the old one is still there. Raises OSError."""
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
