"""The cards of the grid: what is on them, and their pictures."""
