"""Folders, drives and files as the catalogue records them."""
