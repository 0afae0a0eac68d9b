"""The processes in which files are read."""
