"""The engine: finds pictures and pages by what they show. Everything except the window."""

__version__ = "0.1.0"
