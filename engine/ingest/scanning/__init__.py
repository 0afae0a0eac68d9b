"""Finds files: scans and watches folders, tracks drives, identifies formats."""
