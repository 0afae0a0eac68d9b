"""Exports files to a folder, and moves them to the trash and back."""
