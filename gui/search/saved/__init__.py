"""Searches that are remembered, and the file in which they are kept."""
