"""Finds pictures and pages by what they show: everything but the window."""

__version__ = "0.1.0"
