"""The manifest beside an installed model's files, which describes it without loading anything heavy."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from engine.records import ModelIdentity, PictureInput

ModelKind: TypeAlias = Literal["pictures", "pages"]

MANIFEST_FILE = "manifest.json"
FORMAT_VERSION = 1


@dataclass(frozen=True, slots=True)
class Manifest:
    """An installed model. `files` gives each file's size in bytes."""

    identity: ModelIdentity
    picture_input: PictureInput  # for a page model, of its pages
    title: str
    licence: str
    languages: str
    good_for: str
    source: str  # repository, or the path it was added from
    files: dict[str, int]
    kind: ModelKind = "pictures"  # manifests older than page models have no kind

    @property
    def total_bytes(self) -> int:
        """The size of all files together."""
        return sum(self.files.values())


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest into the model's folder. Raises OSError."""
    content = {"format": FORMAT_VERSION} | dataclasses.asdict(manifest)
    (folder / MANIFEST_FILE).write_text(json.dumps(content, indent=2), encoding="utf-8")


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest in a folder; None if it has no model that this version understands.

    Also None for a damaged manifest, or if a file is missing or has another size: the remedy is the same, to
    get the model again.
    """
    try:
        content = json.loads((folder / MANIFEST_FILE).read_text(encoding="utf-8"))
        if content.pop("format") != FORMAT_VERSION:
            return None
        content["identity"] = ModelIdentity(**content["identity"])
        content["picture_input"] = PictureInput(**content["picture_input"])
        manifest = Manifest(**content)
        if manifest.kind not in get_args(ModelKind):
            return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    complete = all(_has_size(folder / name, size) for name, size in manifest.files.items())
    return manifest if complete else None


def _has_size(path: Path, size: int) -> bool:
    return path.is_file() and path.stat().st_size == size
