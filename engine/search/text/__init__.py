"""Finds pages and files by words: full text, meaning, names."""
