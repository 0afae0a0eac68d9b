"""Finds data files of installed packages without importing the packages."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from engine.errors import ModelError


def find_package_file(package: str, relative: str) -> Path:
    """The path of a package's file. Raises ModelError if the package or the file is missing."""
    spec = importlib.util.find_spec(package)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / relative
        if path.is_file():
            return path
    raise ModelError(
        f"A file of the package {package} is missing from this installation.", "Install the program again."
    )
