"""The state of the preview without widgets: its position, and what is loaded for it."""
