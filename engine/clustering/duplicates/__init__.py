"""Finds photographs that are the same picture."""
