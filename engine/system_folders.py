"""Folders that a system or a program keeps for itself and that hold none of a person's pictures."""

from __future__ import annotations

import re

# Windows, macOS and network drives ignore case, and their drives may be read on other systems.
_ANY_CASE = frozenset(
    {
        # bins
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
        # thumbnails and snapshots of network drives
        "@eadir",
        "@tmp",
        "@transcode",
        "#snapshot",
        "~snapshot",
        # bookkeeping of a system on a drive
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
_FOUND = re.compile(r"found\.\d{3}", re.IGNORECASE)  # from Windows' disk repair
# Case matters on Linux: "Lost+Found" may be a person's own folder.
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
    """Whether a folder of this name is a bin, or is for a system's or a program's own use."""
    return name in _AS_WRITTEN or name.casefold() in _ANY_CASE or _FOUND.fullmatch(name) is not None


def is_skipped_folder(name: str) -> bool:
    """Whether the scan skips folders of this name, unless one is itself a folder of the library."""
    return name.startswith(".") or is_system_folder(name)
