"""Decodes pictures into pixels, and reads their metadata."""
