"""The entries of the sidebar, one for each view of the library that can be chosen there."""

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
    """The sections in order; the values are stored with the folded sections."""

    FOLDERS = "folders"
    SAVED = "saved"  # before the themes, of which there may be many
    THEMES = "themes"
    RECENT = "recent"


class EntryKind(Enum):
    """What an entry stands for."""

    EVERYTHING = "everything"
    DUPLICATES = "duplicates"
    FOLDER = "folder"
    THEME = "theme"
    SAVED = "saved"
    RECENT = "recent"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the sidebar. `subject`: the Path, Theme or SavedSearch that it stands for.

    `key` identifies it when its counts change.
    """

    kind: EntryKind
    title: str
    key: Hashable = None
    subject: object = None
    details: str = ""  # a second line
    count: str = ""  # at the end of the line
    icon: str = ""
    cover: int = 0  # the item whose picture is its icon; 0 for none
    spoken: str = ""  # the accessible text; "" for the title
    tip: str = ""

    @property
    def identity(self) -> tuple[EntryKind, Hashable]:
        """What makes it the same entry after an update."""
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
    """The entry for all items."""
    return Entry(
        EntryKind.EVERYTHING,
        words.EVERYTHING,
        count=strings.number(items),
        icon="grid",
        tip=words.EVERYTHING_TIP,
    )


def duplicates(groups: int) -> Entry:
    """The entry for groups of duplicates."""
    return Entry(
        EntryKind.DUPLICATES,
        words.DUPLICATES,
        count=strings.number(groups) if groups else "",
        icon="copies",
        spoken=f"{words.DUPLICATES}, {words.groups(groups)}",
        tip=words.DUPLICATES_TIP,
    )


def folder(status: FolderStatus, state: IndexState) -> Entry:
    """The entry for a folder, with the state of indexing or that its drive is missing."""
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
    """The entry for a theme, identified by its number since its name may change."""
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
    """The entries for saved or recent searches."""
    entries = []
    for search in searches:
        title = strings.plain(search.name or search.label)
        icon = "star" if kind is EntryKind.SAVED else "clock"
        entries.append(Entry(kind, title, search, search, icon=icon, tip=strings.plain(search.label)))
    return entries
