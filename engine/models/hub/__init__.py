"""Brings in the files of models, from a hub or from disk, completely or not at all."""
