"""What stands in the sidebar: one entry for each view of the library that can be chosen there."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from engine.records import FolderStatus, Theme
from gui import strings
from gui.indexing import IndexState
from gui.search.saved.saved_search import SavedSearch
from gui.strings import sidebar as words


class SidebarSection(Enum):
    """With the name by which it is remembered whether it is folded."""

    FOLDERS = "folders"
    SAVED = "saved"  # before the themes: there may be many of those, and nobody chose them
    THEMES = "themes"
    RECENT = "recent"


class EntryKind(Enum):
    EVERYTHING = "everything"
    DUPLICATES = "duplicates"
    FOLDER = "folder"
    THEME = "theme"
    SAVED = "saved"
    RECENT = "recent"


@dataclass(frozen=True, slots=True)
class Entry:
    """`subject`: the Path, Theme or Remembered that it stands for. `key`: what makes it the same entry when
    its counts have changed."""

    kind: EntryKind
    title: str
    key: Hashable = None
    subject: object = None
    details: str = ""  # a second line
    count: str = ""  # at the end of the line
    icon: str = ""
    cover: int = 0  # the item whose picture stands before it
    spoken: str = ""  # for who cannot see it; the title where it is empty
    tip: str = ""

    @property
    def identity(self) -> tuple[EntryKind, Hashable]:
        return self.kind, self.key


TITLES = {
    SidebarSection.FOLDERS: words.FOLDERS,
    SidebarSection.SAVED: words.SAVED,
    SidebarSection.THEMES: words.THEMES,
    SidebarSection.RECENT: words.RECENT,
}
_STATES = {
    IndexState.IDLE: words.STOPPED,
    IndexState.RUNNING: words.READING,
    IndexState.STOPPING: words.READING,
    IndexState.PAUSED: words.PAUSED,
    IndexState.WATCHING: words.WATCHING,
}
_SIGNS = {
    IndexState.IDLE: "folder",
    IndexState.RUNNING: "refresh",
    IndexState.STOPPING: "refresh",
    IndexState.PAUSED: "pause",
    IndexState.WATCHING: "folder",
}


def everything(items: int) -> Entry:
    return Entry(
        EntryKind.EVERYTHING,
        words.EVERYTHING,
        count=strings.number(items),
        icon="grid",
        tip=words.EVERYTHING_TIP,
    )


def duplicates(groups: int) -> Entry:
    return Entry(
        EntryKind.DUPLICATES,
        words.DUPLICATES,
        count=strings.number(groups) if groups else "",
        icon="copies",
        spoken=f"{words.DUPLICATES}, {words.groups(groups)}",
        tip=words.DUPLICATES_TIP,
    )


def folder(status: FolderStatus, state: IndexState) -> Entry:
    says = _STATES[state] if status.available else strings.FOLDER_UNAVAILABLE
    path = strings.plain(str(status.path))
    return Entry(
        EntryKind.FOLDER,
        strings.file_name(status.path),
        status.path,
        status.path,
        details=words.folder_details(status.items, status.failed, says),
        icon=_SIGNS[state] if status.available else "unplugged",
        spoken=words.folder_spoken(path, status.items, status.failed, says),
        tip="\n".join([path, *map(_unplugged, status.unplugged)]),
    )


def _unplugged(drive: Path) -> str:
    return f"{strings.plain(str(drive))}: {strings.FOLDER_UNAVAILABLE}"


def theme(theme: Theme) -> Entry:
    """By its number: its name may change when the library has grown."""
    name = strings.plain(theme.name)
    return Entry(
        EntryKind.THEME,
        name,
        theme.number,
        theme,
        count=strings.number(theme.items),
        cover=theme.cover,
        icon="picture",
        spoken=words.theme_spoken(name, theme.items),
        tip=name,
    )


def remembered(kind: EntryKind, searches: Sequence[SavedSearch]) -> list[Entry]:
    entries = []
    for search in searches:
        title = strings.plain(search.name or search.label)
        icon = "star" if kind is EntryKind.SAVED else "clock"
        entries.append(Entry(kind, title, search, search, icon=icon, tip=strings.plain(search.label)))
    return entries
