"""The list of keyboard shortcuts, and help."""
