"""The grid of results: layout, painting, mouse and keyboard."""
