"""The cards of the grid: what is drawn on them, and their pictures."""
