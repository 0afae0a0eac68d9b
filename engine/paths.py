"""Where things live on this machine. Nothing is created here."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import platformdirs

from engine.errors import UserError

APPLICATION = "Findling"
LIBRARY_VARIABLE = "FINDLING_LIBRARY"
MODELS_VARIABLE = "FINDLING_MODELS"


def data_folder() -> Path:
    """The folder that the system gives this program for the user's data."""
    return platformdirs.user_data_path(APPLICATION, appauthor=False)


def library_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """The library used when none is named; the environment variable FINDLING_LIBRARY goes first.

    Raises UserError when that names the home folder of nobody.
    """
    return _from_environment(environment, LIBRARY_VARIABLE) or data_folder() / "library"


def models_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Where downloaded models live; the environment variable FINDLING_MODELS goes first.

    All libraries share them: a model is gigabytes, and the same for each. Raises UserError as
    `library_folder` does.
    """
    return _from_environment(environment, MODELS_VARIABLE) or data_folder() / "models"


def samples_folder() -> Path:
    """The sample pictures and their own library, apart from the user's."""
    return data_folder() / "samples"


def log_file(library: Path) -> Path:
    """The log of everything that opens this library."""
    return library / "findling.log"


def _from_environment(environment: Mapping[str, str], name: str) -> Path | None:
    value = environment.get(name, "").strip()
    try:
        return Path(value).expanduser().absolute() if value else None
    except RuntimeError as error:
        raise UserError(f"{name} says {value}, but there is no such home folder.") from error
