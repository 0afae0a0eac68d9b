"""Answers queries: parses them, ranks photographs and pages, and builds the hits."""
