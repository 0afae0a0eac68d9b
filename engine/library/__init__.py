"""One person's library: the window and the command line call nothing but `Library`."""

from engine.library.facade import CATALOGUE_FILE, THUMBNAILS_FILE, Library

__all__ = ["CATALOGUE_FILE", "THUMBNAILS_FILE", "Library"]
