"""Themes: the kinds of photographs in a library, and their names."""
