"""Splits text into the terms that pages, file names and queries are matched by."""
