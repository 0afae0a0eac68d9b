"""Ranks pages, by words and by a page model."""
