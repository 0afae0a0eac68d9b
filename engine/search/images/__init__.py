"""Photographs, and pages by their look: the query as vectors, and the pictures nearest to it."""
