"""Saved searches and the search history, and the file that stores them."""
