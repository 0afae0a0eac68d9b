"""The texts of the sidebar."""

from __future__ import annotations

from pathlib import Path

from gui import strings
from gui.translation import Findling

SIDEBAR = Findling.tr("Library")
EVERYTHING = Findling.tr("Everything")
DUPLICATES = Findling.tr("Duplicates")
FOLDERS = Findling.tr("Folders")
THEMES = Findling.tr("Themes")
SAVED = Findling.tr("Saved searches")
RECENT = Findling.tr("Recent searches")
CLEAR_RECENT = Findling.tr("Clear")
CLEAR_RECENT_HINT = Findling.tr("Forget all recent searches")
RENAME = Findling.tr("Rename…")
FORGET = Findling.tr("Forget")
SAVE_AS = Findling.tr("Save…")
SHOW = Findling.tr("Show")
EVERYTHING_TIP = Findling.tr("Everything in the library, the newest first")
DUPLICATES_TIP = Findling.tr("Copies and pictures that look the same")

WATCHING = Findling.tr("watching")
READING = Findling.tr("reading")
PAUSED = Findling.tr("paused")
STOPPED = Findling.tr("not watched")


def folder_details(items: int, failed: int, state: str) -> str:
    """The line under a folder: "1,204 · watching · 2 not read"."""
    parts = [strings.number(items), state]
    if failed:
        parts.append(strings.unread(failed))
    return " · ".join(part for part in parts if part)


def folder_spoken(path: str, items: int, failed: int, state: str) -> str:
    """Describe a folder to screen readers."""
    parts = [path, strings.items(items), state]
    if failed:
        parts.append(strings.unread(failed))
    return ", ".join(part for part in parts if part)


def search_again(path: Path) -> str:
    """The action that stops excluding a folder. `path` is relative to the folder in the library."""
    return Findling.tr("Search “{name}” again").format(name=strings.plain(path.as_posix()))


def theme_spoken(name: str, items: int) -> str:
    """Describe a theme to screen readers."""
    return Findling.tr("{name}, %Ln picture(s)", "", items).format(name=name)


def groups(count: int) -> str:
    """A count of groups of duplicates."""
    return Findling.tr("%Ln group(s)", "", count)
