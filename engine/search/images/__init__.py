"""Searches photographs, and pages by their look: encodes the query and finds the nearest pictures."""
