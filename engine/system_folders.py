"""Folders that a system or a program keeps for itself: nothing in them is a person's own picture."""

from __future__ import annotations

import re

# Windows, macOS and network drives take names in any case, and their drives are read elsewhere, too.
_ANY_CASE = frozenset(
    {
        # what was deleted
        "$recycle.bin",
        "recycler",
        "recycled",
        "#recycle",
        "@recycle",
        "@recently-snapshot",
        "@sharebin",
        "network trash folder",
        "network recycle bin",
        "recycle bin",
        "trashbox",
        # thumbnails and copies that a network drive makes
        "@eadir",
        "@tmp",
        "@transcode",
        "#snapshot",
        "~snapshot",
        # what a system notes on a drive
        "system volume information",
        "dfsrprivate",
        "lost.dir",
        "$extend",
        "$sysreset",
        "$winreagent",
        "$windows.~bt",
        "$windows.~ws",
        "temporary items",
        "thevolumesettingsfolder",
        "__macosx",
    }
)
_FOUND = re.compile(r"found\.\d{3}", re.IGNORECASE)  # what Windows' repair of a drive makes
# Linux tells "Lost+Found", which a person may have named so, from its own.
_AS_WRITTEN = frozenset(
    {
        "lost+found",
        "node_modules",
        "bower_components",
        "jspm_packages",
        "__pycache__",
        "site-packages",
        "dist-packages",
    }
)


def is_system_folder(name: str) -> bool:
    """Whether a folder of this name is a bin, or holds what is made for a system's or a program's own use."""
    return name in _AS_WRITTEN or name.casefold() in _ANY_CASE or _FOUND.fullmatch(name) is not None


def is_skipped_folder(name: str) -> bool:
    """Whether nothing of this name is looked into, unless it is itself a folder of the library."""
    return name.startswith(".") or is_system_folder(name)
