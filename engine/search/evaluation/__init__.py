"""Measures how well searching works, with queries whose answers are known."""
