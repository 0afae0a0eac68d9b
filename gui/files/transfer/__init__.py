"""Copies files out, and moves them to the trash and back."""
