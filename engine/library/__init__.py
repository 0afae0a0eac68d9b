"""One person's library: `Library` is all that the window and the command line ever call."""

from engine.library.facade import CATALOGUE_FILE, THUMBNAILS_FILE, Library

__all__ = ["CATALOGUE_FILE", "THUMBNAILS_FILE", "Library"]
