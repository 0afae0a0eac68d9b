"""Folders, drives and files as the catalogue knows them."""
